/** Segments of old connections between the same two ports must never be heard in a new one. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpoint } from "../../../src/core/transport.ts";
import type { Segment } from "../../../src/sim/stream/segment-port.ts";
import { Spy, text, twoHosts } from "./wire.ts";

/** Hosts whose client has only one ephemeral port: every connection uses the same pair of ports. */
function hostsWithOnePort(...args: Parameters<typeof twoHosts>) {
  const hosts = twoHosts(...args);
  for (let port = 49_153; port <= 65_535; port++) hosts.client.layer.listen(port, () => undefined);
  return hosts;
}

describe("late duplicates", () => {
  test("all segments of an ended connection, again and in any order, leave the next one as it is", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 0, max: 300 })), { maxLength: 60 }), (replays) => {
        const { wire, accepted, connect } = hostsWithOnePort();
        const first = connect();
        first.stream?.write(text("the old words"));
        first.stream?.end();
        wire.run();
        expect(first.last).toBe("closed: ended");
        const old: Segment[] = wire.log.map((s) => s.segment);

        const second = connect();
        for (const [pick, delayMs] of replays) wire.deliver(old[pick % old.length]!, delayMs);
        wire.run(wire.nowMs + 100);
        second.stream?.write(text("the new words"));
        wire.run(wire.nowMs + 300);
        second.stream?.end();
        wire.run();
        expect(second.stream?.local.port).toBe(first.stream?.local.port);
        expect(second.events).toEqual(["open", "end", "closed: ended"]);
        expect(accepted.map((spy) => spy.text)).toEqual(["the old words", "the new words"]);
        expect(accepted[1]?.events).toEqual(["data", "end", "closed: ended"]);
      }),
      { numRuns: 60 },
    );
  });

  test.each(["the server's host was restarted", "the server has forgotten", "the stream was broken off"])(
    "an old conversation is not heard again where %s",
    (how) => {
      const { wire, client, server, accepted, connect, listen } = hostsWithOnePort({
        stream: { maxRememberedStreams: 1 },
      });
      const first = connect();
      first.stream?.write(text("the old words"));
      wire.run();
      if (how === "the stream was broken off") first.stream?.abort();
      else first.stream?.end();
      wire.run();
      const old = wire.log.map((s) => s.segment);
      const heard = accepted.length;
      if (how === "the server's host was restarted") {
        server.layer.crash(true);
        listen();
      } else if (how === "the server has forgotten") {
        const another = wire.host("10.0.0.9");
        const stream = another.layer.connect("10.0.0.9", endpoint("10.0.0.2", 80), { onData() {} });
        stream.end();
        wire.run();
        expect(accepted).toHaveLength(heard + 1);
      }
      const before = accepted.length;
      client.isUnplugged = true; // so that not even its resets can help
      for (const segment of old) wire.deliver(segment, 1);
      wire.run();
      expect(accepted).toHaveLength(before);
      expect(server.layer.openStreams).toBe(0);
    },
  );

  test("a reset of an old connection does not break a new one off", () => {
    const { wire, accepted, connect } = hostsWithOnePort();
    const first = connect();
    wire.run();
    first.stream?.abort();
    wire.run();
    const [reset] = wire.sent("RST");
    const second = connect();
    wire.deliver(reset!.segment, 5);
    wire.deliver(reset!.segment, 15);
    wire.deliver(reset!.segment, 50);
    wire.run(100);
    second.stream?.write(text("hello"));
    wire.run();
    expect(accepted[1]?.text).toBe("hello");
    expect(second.events).toEqual(["open"]);
  });

  test("the reset that answered a SYN too early does not break off the connection of a later SYN", () => {
    // The first SYN finds nobody listening, its reset is slow; the second SYN, after 1 s, finds somebody.
    const { wire, server, client } = twoHosts({ fate: (s) => [s.type === "RST" ? 2000 : 10] });
    const events: string[] = [];
    const stream = client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 81), {
      onOpen: () => events.push("open"),
      onData() {},
      onClose: (reason) => events.push(reason),
    });
    wire.run(500);
    const spy = new Spy();
    server.layer.listen(81, () => spy);
    wire.run(3000);
    stream.write(text("hello"));
    wire.run();
    expect(events).toEqual(["open"]);
    expect(spy.text).toBe("hello");
  });

  test("a new SYN from the same port ends the connection whose other end has forgotten it", () => {
    const { wire, client, accepted, connect } = hostsWithOnePort();
    connect();
    wire.run();
    client.layer.crash(false);
    for (let port = 49_153; port <= 65_535; port++) client.layer.listen(port, () => undefined);
    client.layer.listen(49_151, () => undefined);
    const ports: number[] = [];
    let again = connect();
    ports.push(again.stream!.local.port);
    while (again.stream!.local.port !== 49_152) {
      again = connect();
      ports.push(again.stream!.local.port);
    }
    wire.run();
    expect(accepted[0]?.events).toEqual(["closed: reset"]);
    expect(again.events).toEqual(["open"]);
    again.stream?.write(text("hello"));
    wire.run();
    expect(accepted.at(-1)?.text).toBe("hello");
  });
});
