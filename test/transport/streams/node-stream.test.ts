/** What real byte streams do beyond the contract: limits, and the system's errors. */

import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endpoint, type Stream } from "../../../src/core/transport.ts";
import { needsIpv6 } from "../../support/ipv6.ts";
import { INFO, RealWorld, until } from "../support.ts";

let world: RealWorld;
beforeEach(() => {
  world = new RealWorld();
});
afterEach(() => world.close());

/** A TCP server that is none of ours. */
async function plainServer(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as { port: number }).port };
}

describe("limits", () => {
  test("more streams than a host takes are reset, told of, and room is made by those that end", async () => {
    const server = await world.open(
      "server",
      { onConnection: () => ({ onData() {}, onEnd: (stream) => stream.end() }) },
      { streams: { maxAccepted: 2 } },
    );
    const client = await world.open("client");
    const closed: string[] = [];
    const opened: Stream[] = [];
    const dial = (name: string): void => {
      client.connect(server.self, {
        onData() {},
        onOpen: (stream) => void opened.push(stream),
        onClose: (reason) => void closed.push(`${name} ${reason}`),
      });
    };
    dial("first");
    dial("second");
    await until("two", () => opened.length === 2);
    dial("third");
    await until("the third", () => closed.length === 1);
    expect(closed).toEqual(["third reset"]);
    expect(world.tape.notes({ node: "server", event: "state" })).toContain("stream not taken: more than 2 at once");
    opened[0]?.end();
    await until("the first to end", () => closed.length === 2);
    const before = opened.length;
    dial("fourth");
    await until("the fourth", () => opened.length > before);
    expect(closed).toEqual(["third reset", "first ended"]);
  });

  test("a writer who does not wait when told to is refused at last, and told why", async () => {
    const sockets: Socket[] = [];
    const { server, port } = await plainServer((socket) => void sockets.push(socket.pause()));
    const client = await world.open("client", {}, { streams: { maxUnsentBytes: 1_000_000 } });
    let stream: Stream | undefined;
    client.connect(endpoint("127.0.0.1", port), { onData() {}, onOpen: (opened) => (stream = opened) });
    await until("the stream", () => stream !== undefined);
    const flood = (): void => {
      for (let i = 0; i < 1000; i++) stream?.write(new Uint8Array(100_000));
    };
    expect(flood).toThrow("wait for onDrain when write returns false");
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test("a connection that is not made in time fails with timeout", async () => {
    const client = await world.open("client", {}, { streams: { connectTimeoutMs: 50 } });
    // RFC 5737: nobody has this address. Some networks say so at once, which is the same to the stream.
    const closed: string[] = [];
    await client.close();
    const everywhere = await world.open(
      "c2",
      {},
      {
        bind: { host: "0.0.0.0", port: 0 },
        streams: { connectTimeoutMs: 50 },
      },
    );
    everywhere.connect(endpoint("192.0.2.1", 9), { onData() {}, onClose: (reason) => void closed.push(reason) });
    await until("the end", () => closed.length === 1);
    expect(["timeout", "refused"]).toContain(closed[0]);
  });
});

describe("ends", () => {
  test("to something that is no IP address: refused", async () => {
    const client = await world.open("client");
    const closed: string[] = [];
    const stream = client.connect(endpoint("localhost", 9), {
      onData() {},
      onClose: (reason) => void closed.push(reason),
    });
    stream.write(new Uint8Array(1));
    await until("the refusal", () => closed.length === 1);
    expect(closed).toEqual(["refused"]);
  });

  test("a program that vanishes: reset", async () => {
    const { server, port } = await plainServer((socket) => socket.resetAndDestroy());
    const client = await world.open("client");
    const closed: string[] = [];
    client.connect(endpoint("127.0.0.1", port), { onData() {}, onClose: (reason) => void closed.push(reason) });
    await until("the reset", () => closed.length === 1);
    expect(closed).toEqual(["reset"]);
    await new Promise((resolve) => server.close(resolve));
  });

  test("aborted before it is open: closed, and never opened", async () => {
    const server = await world.open("server", { onConnection: () => ({ onData() {} }) });
    const client = await world.open("client");
    const events: string[] = [];
    const stream = client.connect(server.self, {
      onData() {},
      onOpen: () => void events.push("open"),
      onClose: (reason) => void events.push(reason),
    });
    stream.abort();
    expect(events).toEqual([]);
    await until("the end", () => events.length > 0);
    expect(events).toEqual(["reset"]);
  });
});

describe("a host for IPv4 and IPv6", () => {
  test("knows IPv4 peers by their plain addresses, for datagrams and streams", async (context) => {
    needsIpv6(context);
    const heard: string[] = [];
    const both = await world.open(
      "both",
      {
        onDatagram: (from) => void heard.push(`datagram ${from.key}`),
        onConnection: (stream) => {
          heard.push(`stream ${stream.remote.host}`);
          return { onData() {} };
        },
      },
      { bind: { host: "::", port: 0 } },
    );
    const client = await world.open("client");
    const to = endpoint("127.0.0.1", both.self.port);
    client.send(to, new Uint8Array(1), INFO);
    client.connect(to, { onData() {} });
    await until("both", () => heard.length === 2);
    expect(heard.toSorted()).toEqual([`datagram ${client.self.key}`, "stream 127.0.0.1"]);
    // And back, from a socket of both kinds to a plain IPv4 one.
    both.send(client.self, new Uint8Array(1), INFO);
    await until("the answer", () => world.tape.find({ event: "deliver", node: "client" }).length === 1);
  });
});
