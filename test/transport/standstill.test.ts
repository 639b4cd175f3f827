import { afterEach, describe, expect, test } from "vitest";
import { BytesFile } from "../../src/core/peer/memory-store.ts";
import type { FileBody, ResponseHandlers, Timer } from "../../src/core/transport.ts";
import { wholeFile } from "../../src/core/transport.ts";
import { Standstill } from "../../src/transport/standstill.ts";
import { bytes, INFO, RealWorld, until } from "./support.ts";

const worlds: RealWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});
function newWorld(): RealWorld {
  const world = new RealWorld();
  worlds.push(world);
  return world;
}

describe("what waits while a process stands still", () => {
  test("happens in its order; what pauses the host again makes the rest wait in front of what came since", () => {
    const standstill = new Standstill();
    const happened: number[] = [];
    standstill.isPaused = true;
    standstill.putOff(() => {
      happened.push(1);
      standstill.isPaused = true;
      standstill.putOff(() => void happened.push(3));
    });
    standstill.putOff(() => void happened.push(2));
    standstill.resume();
    expect(happened).toEqual([1]);
    standstill.resume();
    expect(happened).toEqual([1, 2, 3]);
  });

  test("256 datagrams wait, one more is refused; room again after it went on", () => {
    const standstill = new Standstill();
    standstill.isPaused = true;
    const put = () => standstill.putOffDatagram(() => {});
    for (let i = 0; i < 256; i++) expect(put()).toBe(true);
    expect(put()).toBe(false);
    standstill.resume();
    standstill.isPaused = true;
    expect(put()).toBe(true);
  });
});

describe("a real host that stands still", () => {
  test("handles datagrams and timers when it goes on, in the order in which they came", async () => {
    const world = newWorld();
    const happened: string[] = [];
    const timers: Timer[] = [];
    const b = await world.open("b", {
      onDatagram: (_from, datagram) => void happened.push(new TextDecoder().decode(datagram)),
    });
    const a = await world.open("a");
    timers.push(b.createTimer(() => void happened.push("timer")));
    b.pause();
    timers[0]?.set(0);
    a.send(b.self, bytes("one"), INFO);
    await until("both wait", () => b.standstill.putOffCount === 2);
    a.send(b.self, bytes("two"), INFO);
    await until("the third waits", () => b.standstill.putOffCount === 3);
    expect(happened).toEqual([]);
    expect(timers[0]?.isSet).toBe(true);
    b.resume();
    expect(happened.toSorted()).toEqual(["one", "timer", "two"]);
    expect(happened.indexOf("one")).toBeLessThan(happened.indexOf("two"));
    const states = world.tape.rows.filter(({ node }) => node === "b").map(({ event, note }) => `${event} ${note}`);
    expect(states.slice(0, 3)).toEqual(["state started", "state paused", "state resumed"]);
    expect(states.slice(3)).toEqual(["deliver ", "deliver "]);
  });

  test("a timer that is cancelled by what came before it does not fire", async () => {
    const world = newWorld();
    let fired = 0;
    const b = await world.open("b", { onDatagram: () => timer.cancel() });
    const a = await world.open("a");
    const timer = b.createTimer(() => void fired++);
    b.pause();
    a.send(b.self, bytes("cancel"), INFO);
    await until("the datagram waits", () => b.standstill.putOffCount === 1);
    timer.set(0);
    await until("the timer waits", () => b.standstill.putOffCount === 2);
    b.resume();
    expect([fired, timer.isSet]).toEqual([0, false]);
  });

  test("drops what has no room to wait, at the receiver", async () => {
    const world = newWorld();
    const b = await world.open("b");
    const a = await world.open("a");
    b.pause();
    for (let i = 0; i < 260; i++) a.send(b.self, bytes(`${i}`), INFO);
    await until("four are dropped", () => world.tape.rows.filter(({ event }) => event === "drop").length === 4);
    expect(world.tape.rows.find(({ event }) => event === "drop")).toMatchObject({
      node: "b",
      peer: "a",
      note: "receive buffer full",
    });
  });

  test("answers a file request when it goes on, and takes an answer when it goes on, whole", async () => {
    const world = newWorld();
    const content = new Uint8Array(500_000).map((_, i) => i % 251);
    const file: FileBody = new BytesFile(content);
    const http = { host: "127.0.0.1", port: 0 };
    const server = await world.open(
      "server",
      {
        onFileRequest: (_from, _request, response) =>
          response.respond({ status: 200, reason: "OK", headers: {} }, wholeFile(file)),
      },
      { http },
    );
    const client = await world.open("client");
    const chunks: Uint8Array[] = [];
    let hasEnded = false;
    const handlers: ResponseHandlers = {
      onHead: () => client.pause(),
      onData: (data) => void chunks.push(data.slice()),
      onEnd: () => {
        hasEnded = true;
      },
      onError: (reason) => expect.fail(reason),
    };
    server.pause();
    client.request(server.http!, { method: "GET", name: "f" }, handlers);
    await until("the request waits", () => server.standstill.putOffCount === 1);
    server.resume();
    await until("the client stands still", () => client.standstill.isPaused);
    expect(chunks).toEqual([]);
    client.resume();
    await until("the answer is whole", () => hasEnded);
    expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(content.length);
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
  });

  test("pause and resume refuse what makes no sense", async () => {
    const b = await newWorld().open("b");
    expect(() => b.resume()).toThrow("b is not paused");
    b.pause();
    expect(() => b.pause()).toThrow("b is paused");
    await b.crash();
    expect(() => b.pause()).toThrow("b is closed");
  });
});

describe("a real host that crashes", () => {
  test("says goodbye to nobody, calls nothing any more, and its address is free again", async () => {
    const world = newWorld();
    const called: string[] = [];
    const b = await world.open("b", { stop: () => void called.push("stop") });
    const timer = b.createTimer(() => void called.push("timer"));
    timer.set(0);
    await b.crash();
    expect(called).toEqual([]);
    expect(world.tape.rows.at(-1)).toMatchObject({ event: "state", node: "b", note: "crashed" });
    await world.open("b", {}, { bind: { host: "127.0.0.1", port: b.self.port } });
    expect(world.tape.rows.at(-1)).toMatchObject({ note: "restarted" });
    await b.crash(); // a second time: nothing
    expect(world.tape.rows.filter(({ note }) => note === "crashed")).toHaveLength(1);
  });
});
