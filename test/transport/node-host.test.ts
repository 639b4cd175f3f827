/** A real host's life: opening, what can go wrong, closing, and bugs of its participant. */

import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endpoint, type Participant } from "../../src/core/transport.ts";
import { defaultLinkOptions, defaultNetworkOptions } from "../../src/faults/options.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { FaultyNetwork } from "../../src/transport/faulty-network.ts";
import type { NodeHost } from "../../src/transport/node-host.ts";
import { TransportError } from "../../src/transport/transport-error.ts";
import { bytes, INFO, RealWorld, until } from "./support.ts";

let world: RealWorld;
beforeEach(() => {
  world = new RealWorld();
});
afterEach(() => world.close());

const streams: Partial<Participant> = { onConnection: () => ({ onData() {} }) };

describe("opening", () => {
  test("with port 0 both kinds of sockets have one number, and `boot` knows it", async () => {
    let seenBooting = "";
    const host = await world.open(
      "H",
      {},
      {
        http: { host: "127.0.0.1", port: 0 },
        boot: (booting) => {
          seenBooting = `${booting.self.key} ${booting.http?.key}`;
          return { start() {}, stop() {}, onDatagram() {}, onFileRequest() {}, ...streams };
        },
      },
    );
    expect(seenBooting).toBe(`${host.self.key} ${host.http?.key}`);
    const taken = createServer();
    await expect(
      new Promise((resolve, reject) => {
        taken.once("error", reject);
        taken.listen(host.self.port, "127.0.0.1", () => resolve(undefined));
      }),
    ).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("a name is looked up; an IPv6 address is written one way", async () => {
    const host = await world.open("H", {}, { bind: { host: "localhost", port: 0 } });
    expect(["127.0.0.1", "::1"]).toContain(host.self.host);
  });

  test("a host for all addresses is reached at each of them, and known by its name", async () => {
    const heard: string[] = [];
    const host = await world.open(
      "everywhere",
      { onDatagram: (from) => void heard.push(from.key) },
      { bind: { host: "0.0.0.0", port: 0 } },
    );
    const other = await world.open("other");
    other.send(endpoint("127.0.0.1", host.self.port), bytes("x"), INFO);
    await until("the datagram", () => heard.length === 1);
    expect(heard).toEqual([other.self.key]);
    expect(world.tape.find({ event: "send" })[0]).toMatchObject({ node: "other", peer: "everywhere" });
    expect(world.tape.find({ event: "deliver" })[0]).toMatchObject({ node: "everywhere", peer: "other", packetId: 1 });
  });

  test("a participant without streams and files: nobody answers at its TCP ports", async () => {
    let httpPort = 0;
    const host = await world.open(
      "H",
      {},
      {
        http: { host: "127.0.0.1", port: 0 },
        boot: (booting) => {
          httpPort = booting.http?.port ?? 0;
          return { start() {}, stop() {}, onDatagram() {} };
        },
      },
    );
    expect(host.http).toBeUndefined();
    const client = await world.open("client");
    const reasons: string[] = [];
    for (const port of [host.self.port, httpPort]) {
      client.connect(endpoint("127.0.0.1", port), { onData() {}, onClose: (reason) => void reasons.push(reason) });
    }
    await until("both refusals", () => reasons.length === 2);
    expect(reasons).toEqual(["refused", "refused"]);
  });
});

describe("what cannot be opened is said in words", () => {
  async function refusal(options: Parameters<RealWorld["open"]>[2], handlers = {}): Promise<TransportError> {
    const error: unknown = await world.open("H", handlers, options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TransportError);
    return error as TransportError;
  }

  test("a UDP port that is taken", async () => {
    const { port } = (await world.open("first")).self;
    const error = await refusal({ bind: { host: "127.0.0.1", port } });
    expect(error.code).toBe("EADDRINUSE");
    expect(error.message).toBe(
      `cannot listen on UDP port ${port} of 127.0.0.1: another program (or another host of this one) has it; end that, or choose another port (0 takes any that is free)`,
    );
  });

  test("a TCP port that is taken matters to a participant with streams, and to no other", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const error = await refusal({ bind: { host: "127.0.0.1", port } }, streams);
    expect(error.message).toContain(`cannot listen on TCP port ${port} of 127.0.0.1: another program`);
    const host = await world.open("H", {}, { bind: { host: "127.0.0.1", port } });
    expect(host.self.port).toBe(port);
    await new Promise((resolve) => server.close(resolve));
  });

  test("an HTTP port that is taken; nothing of the host stays open", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { port: udpPort } = (await world.open("earlier")).self;
    await world.hosts[0]?.close();
    const bind = { host: "127.0.0.1", port: udpPort };
    const error = await refusal({ bind, http: { host: "127.0.0.1", port } }, { onFileRequest() {} });
    expect(error.message).toContain(`cannot listen on HTTP port ${port} of 127.0.0.1: another program`);
    expect((await world.open("H", streams, { bind })).self.port).toBe(udpPort);
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ["198.51.100.7", 0, "EADDRNOTAVAIL", "198.51.100.7 is no address of this machine"],
    ["no-such-name.invalid", 0, "", "no address is known for the name no-such-name.invalid"],
    ["", 0, "ENOTFOUND", "an address to listen on is missing"],
    ["127.0.0.1", 65_536, "ERR_SOCKET_BAD_PORT", "a port is an integer from 0 (any) to 65535, not 65536"],
    ["127.0.0.1", -1, "ERR_SOCKET_BAD_PORT", "not -1"],
    ["127.0.0.1", 1.5, "ERR_SOCKET_BAD_PORT", "not 1.5"],
  ])("%s port %d", async (host, port, code, says) => {
    const error = await refusal({ bind: { host, port } });
    if (code !== "") expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  test("limits that are none", async () => {
    await expect(world.open("H", {}, { budget: { burst: 0 } })).rejects.toThrow("a budget's burst is a number from 1");
  });
});

describe("closing", () => {
  test("stops the participant, lets its last datagram out, and frees the ports", async () => {
    const heard: string[] = [];
    const other = await world.open("other", {
      onDatagram: (_from, datagram) => void heard.push(new TextDecoder().decode(datagram)),
    });
    const host = await world.open(
      "H",
      {},
      {
        boot: (booting) => ({
          start() {},
          stop: () => void booting.send(other.self, bytes("goodbye"), INFO),
          onDatagram() {},
          ...streams,
        }),
      },
    );
    const { port } = host.self;
    await host.close();
    await until("the goodbye", () => heard.length === 1);
    expect(heard).toEqual(["goodbye"]);
    await world.open("next", streams, { bind: { host: "127.0.0.1", port } });
  });

  test("waits for what a fault rule holds up, but not longer than it is told", async () => {
    let heard = 0;
    const other = await world.open("other", { onDatagram: () => void heard++ });
    const delay = (valueMs: number): FaultyNetwork =>
      new FaultyNetwork({
        seed: "close",
        network: {
          ...defaultNetworkOptions,
          link: { ...defaultLinkOptions, delay: { distribution: "constant", valueMs } },
        },
      });
    const soon = await world.open("soon", {}, { faults: delay(50), closeTimeoutMs: 20_000 });
    soon.send(other.self, bytes("x"), INFO);
    await soon.close();
    await until("the packet", () => heard === 1);
    const late = await world.open("late", {}, { faults: delay(3_600_000), closeTimeoutMs: 10 });
    late.send(other.self, bytes("x"), INFO);
    await late.close();
    expect(world.tape.notes({ event: "drop", node: "late" })).toEqual(["host closed"]);
  });

  test("lets streams that were ended get their bytes out, and resets the others", async () => {
    const received: number[] = [0, 0];
    const reasons: string[] = [];
    let count = 0;
    const server = await world.open("server", {
      onConnection() {
        const index = count++;
        return {
          onData: (data) => {
            received[index] = (received[index] ?? 0) + data.length;
          },
          onEnd: (stream) => stream.end(),
          onClose: (reason) => void reasons.push(reason),
        };
      },
    });
    const client = await world.open("client");
    let opened = 0;
    const handlers = { onData() {}, onOpen: () => void opened++ };
    const ended = client.connect(server.self, handlers);
    client.connect(server.self, handlers);
    await until("both", () => opened === 2 && count === 2);
    ended.write(new Uint8Array(8_000_000));
    ended.end();
    await client.close();
    await until("both ends", () => reasons.length === 2);
    expect(received.toSorted((a, b) => a - b)).toEqual([0, 8_000_000]);
    expect(reasons.toSorted()).toEqual(["ended", "reset"]);
  });

  test("gives up requests that are under way", async () => {
    let connections = 0;
    const silent = createServer((socket) => {
      connections++;
      socket.on("error", () => {}); // how it is given up does not matter
      socket.on("close", () => void connections--);
      socket.resume();
    });
    await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const client = await world.open("client");
    const handlers = { onHead() {}, onData() {}, onEnd() {}, onError() {} };
    client.request(endpoint("127.0.0.1", port), { method: "GET", name: "x" }, handlers);
    await until("the request", () => connections === 1);
    await client.close();
    await until("the end of the connection", () => connections === 0);
    await new Promise((resolve) => silent.close(resolve));
  });

  test("twice is once; afterwards nothing is sent, no timer runs, nothing is called", async () => {
    let stops = 0;
    let called = 0;
    const host = await world.open("H", { stop: () => void stops++, onDatagram: () => void called++ });
    const other = await world.open("other");
    const timer = host.createTimer(() => void called++);
    timer.set(5);
    const [first, second] = [host.close(), host.close()];
    expect(first).toBe(second);
    await first;
    expect([stops, timer.isSet]).toEqual([1, false]);
    timer.set(1);
    host.send(other.self, bytes("x"), INFO);
    host.connect(other.self, { onData: () => void called++, onClose: () => void called++ });
    host.request(
      other.self,
      { method: "GET", name: "x" },
      {
        onHead: () => void called++,
        onData: () => void called++,
        onEnd: () => void called++,
        onError: () => void called++,
      },
    );
    await sleep(30);
    expect(called).toBe(0);
    expect(world.tape.notes({ event: "drop" })).toEqual(["host closed"]);
  });
});

describe("a participant that throws is a bug, and is not hushed up", () => {
  const bug = new Error("a bug of the participant");
  const fail = (): never => {
    throw bug;
  };

  test.each<[string, (host: NodeHost) => Participant]>([
    ["boot", fail],
    ["start", () => ({ start: fail, stop() {}, onDatagram() {} })],
  ])("in %s: opening rejects with it, and the port is free again", async (_where, boot) => {
    const probe = await world.open("probe");
    const { port } = probe.self;
    await probe.close();
    const bind = { host: "127.0.0.1", port };
    await expect(world.open("H", {}, { bind, boot })).rejects.toBe(bug);
    await world.open("next", streams, { bind });
  });

  test("in onDatagram: the host is closed at once, and says why", async () => {
    const host = await world.open("H", { onDatagram: fail });
    const closed = expect(host.closed).rejects.toBe(bug);
    (await world.open("other")).send(host.self, bytes("x"), INFO);
    await closed;
    expect(host.isClosed).toBe(true);
    await expect(host.close()).rejects.toBe(bug);
  });

  test("in a timer", async () => {
    const host = await world.open("H");
    const closed = expect(host.closed).rejects.toBe(bug);
    host.createTimer(fail).set(1);
    let fired = false;
    (await world.open("other"))
      .createTimer(() => {
        fired = true;
      })
      .set(1);
    await closed;
    await until("the other host's timer", () => fired);
  });

  test("in a stream's handler, at either end", async () => {
    const server = await world.open("server", { onConnection: fail });
    const serverClosed = expect(server.closed).rejects.toBe(bug);
    const client = await world.open("client");
    const clientClosed = expect(client.closed).rejects.toBe(bug);
    client.connect(server.self, { onData() {}, onOpen() {}, onClose: fail });
    await serverClosed;
    await clientClosed;
  });

  test("in onFileRequest, and in an answer's handler", async () => {
    const server = await world.open("server", { onFileRequest: fail }, { http: { host: "127.0.0.1", port: 0 } });
    const serverClosed = expect(server.closed).rejects.toBe(bug);
    const client = await world.open("client");
    const clientClosed = expect(client.closed).rejects.toBe(bug);
    const handlers = { onHead() {}, onData() {}, onEnd() {}, onError: fail };
    client.request(server.http ?? server.self, { method: "GET", name: "x" }, handlers);
    await serverClosed;
    await clientClosed;
  });

  test("and so does a sink of the trace that throws, as one whose disk is full", async () => {
    let isFull = false;
    const recorder = new Recorder([{ onEvent: () => isFull && fail() }]);
    const host = await world.open("H", {}, { recorder });
    const closed = expect(host.closed).rejects.toBe(bug);
    isFull = true;
    (await world.open("other")).send(host.self, bytes("x"), INFO);
    await closed;
  });

  test("in stop: closing rejects with it, and everything is closed all the same", async () => {
    const host = await world.open("H", { stop: fail });
    const { port } = host.self;
    await expect(host.close()).rejects.toBe(bug);
    await world.open("next", {}, { bind: { host: "127.0.0.1", port } });
  });
});

describe("the order of things", () => {
  test("what waits in the socket when a timer is due comes first: an ACK at the very timeout is in time", async () => {
    const seen: string[] = [];
    const host = await world.open("H", { onDatagram: () => void seen.push("datagram") });
    const timer = host.createTimer(() => void seen.push("timer"));
    const plain = createSocket("udp4");
    await new Promise<void>((resolve) => void plain.bind(0, "127.0.0.1", resolve));
    timer.set(2);
    await new Promise<void>((resolve) => {
      plain.send(bytes("x"), host.self.port, "127.0.0.1", () => resolve());
      const untilMs = performance.now() + 20; // the process is busy meanwhile: both are due when it looks again
      while (performance.now() < untilMs);
    });
    await until("both", () => seen.length === 2);
    expect(seen).toEqual(["datagram", "timer"]);
    await new Promise<void>((resolve) => void plain.close(() => resolve()));
  });

  test("delays of a real alarm are never short, a thousand times", async () => {
    const host = await world.open("H");
    let left = 1000;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 1000; i++) {
      const delayMs = (i % 40) / 4;
      const startMs = host.now();
      const timer = host.createTimer(() => {
        earliestMs = Math.min(earliestMs, host.now() - startMs - delayMs);
        left--;
      });
      timer.set(delayMs);
      if (i % 50 === 0) await sleep(1);
    }
    await until("all timers", () => left === 0);
    expect(earliestMs).toBeGreaterThanOrEqual(-1e-6);
  });
});
