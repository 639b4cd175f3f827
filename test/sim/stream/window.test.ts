import { describe, expect, test } from "vitest";
import { expectBytes, pattern, text, twoHosts } from "./wire.ts";

describe("flow control (RFC 9293, 3.8.6)", () => {
  test("a receiver that pauses closes the window; no more than the window comes; resume brings the rest", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 8000 } });
    const spy = connect();
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(30_000));
    wire.run(wire.nowMs + 5000);
    expect(accepted[0]?.bytes.length).toBe(0);
    const acks = wire.sent("SEGMENT-ACK", "10.0.0.2");
    expect(acks.at(-1)?.segment.windowBytes).toBe(0);
    expect(acks.at(-1)?.segment.ack).toBe(8001);

    accepted[0]?.stream?.resume();
    expect(accepted[0]?.bytes.length).toBe(0); // not from within the call
    wire.run();
    expectBytes(accepted[0]?.bytes, pattern(30_000));
  });

  test("a closed window is probed with one byte, first after an RTO, then at doubled intervals (3.8.6.1)", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 4000 } });
    const spy = connect();
    wire.run(100);
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(10_000));
    wire.run(120);
    wire.log.length = 0;
    wire.run(3000);
    const probes = wire.sent("SEGMENT");
    expect(probes.every((s) => s.segment.payload.length === 1 && s.segment.seq === 4001)).toBe(true);
    const gaps = probes.slice(1).map((s, i) => s.atMs - probes[i]!.atMs);
    expect(gaps[0]).toBeGreaterThan(200);
    for (let i = 1; i < gaps.length; i++) expect(gaps[i]).toBe(gaps[i - 1]! * 2);
    expect(probes.length).toBeGreaterThanOrEqual(3);
    // Each of them is answered with the window as it is.
    expect(wire.sent("SEGMENT-ACK").map((s) => s.segment.windowBytes)).toEqual(probes.map(() => 0));
  });

  test("a stream lives as long as its probes are answered", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 4000 } });
    const spy = connect();
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(10_000));
    wire.run(3_600_000);
    expect(spy.events).toEqual(["open"]);
    accepted[0]?.stream?.resume();
    wire.run();
    expectBytes(accepted[0]?.bytes, pattern(10_000));
  });

  test("probes that nobody answers any more end in `timeout`", () => {
    const { wire, server, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 4000 } });
    const spy = connect();
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(10_000));
    wire.run(1000);
    server.isUnplugged = true;
    wire.run();
    expect(spy.last).toBe("closed: timeout");
  });

  test("resume tells the other side at once, which goes on as fast as it was before", () => {
    const { wire, accepted, connect } = twoHosts();
    const spy = connect();
    spy.stream?.write(pattern(60_000));
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(120_000));
    wire.run(wire.nowMs + 30_000); // the window is closed, and probed now and then
    const start = wire.nowMs;
    accepted[0]?.stream?.resume();
    // One way for the update, one for the probe and what follows it: a whole window but for a round trip.
    wire.run(start + 20);
    expect(wire.log.filter((s) => s.type === "SEGMENT" && s.atMs === start + 10).length).toBeGreaterThan(10);
    wire.run(start + 60);
    expect(accepted[0]?.bytes.length).toBe(180_000);
  });

  test("a probe that was dropped is sent again as soon as the window opens", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 4000 } });
    const spy = connect();
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(4001)); // the last byte is all that is left to probe with
    wire.run(20_000);
    accepted[0]?.stream?.resume();
    wire.run(20_020);
    expectBytes(accepted[0]?.bytes, pattern(4001));
  });

  // Of the closed window of the test above, the probes come at 340, 560, 1000, ...
  test.each([340, 1000])(
    "where the window opens just before the probe of %d ms, what is sent has its own RTO",
    (probeMs) => {
      const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 4000 } });
      const spy = connect();
      wire.run(100);
      accepted[0]?.stream?.pause();
      spy.stream?.write(pattern(4001));
      wire.run(probeMs - 11);
      accepted[0]?.stream?.resume(); // the update arrives 1 ms before the timer would fire
      wire.run(10_000);
      const times = wire
        .sent("SEGMENT")
        .filter((s) => s.segment.seq === 4001)
        .map((s) => s.atMs);
      expect(times).toEqual([...[340, 560].filter((ms) => ms < probeMs), probeMs - 1]);
    },
  );

  test("no small segment only because the window is nearly used up (3.8.6.2.1)", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 2500 } });
    connect().stream?.write(pattern(20_000));
    wire.run();
    expect(wire.sent("SEGMENT").map((s) => s.segment.payload.length)).toEqual(Array.from({ length: 20 }, () => 1000));
    expectBytes(accepted[0]?.bytes, pattern(20_000));
  });

  test("a window smaller than a segment is used all the same", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 300 } });
    connect().stream?.write(pattern(2000));
    wire.run(500);
    expectBytes(accepted[0]?.bytes, pattern(2000));
  });

  test("a lost window update is made good by the next probe", () => {
    let losing = false;
    const { wire, accepted, connect } = twoHosts({
      stream: { receiveWindowBytes: 4000 },
      fate: () => (losing ? [] : [10]),
    });
    const spy = connect();
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(pattern(10_000));
    wire.run(1000);
    losing = true;
    accepted[0]?.stream?.resume();
    wire.run(1001);
    losing = false;
    wire.run();
    expectBytes(accepted[0]?.bytes, pattern(10_000));
  });

  test("the window's right edge never moves back", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { receiveWindowBytes: 8000 } });
    const spy = connect();
    wire.run();
    spy.stream?.write(pattern(50_000));
    for (let i = 1; i < 40; i++) {
      wire.at(i * 7, () => (i % 3 === 0 ? accepted[0]?.stream?.resume() : accepted[0]?.stream?.pause()));
    }
    wire.run();
    let edge = 0;
    for (const { segment } of wire.log.filter((s) => s.from === "10.0.0.2")) {
      expect(segment.ack + segment.windowBytes).toBeGreaterThanOrEqual(edge);
      edge = segment.ack + segment.windowBytes;
    }
    expectBytes(accepted[0]?.bytes, pattern(50_000));
  });

  test("the end waits behind bytes that are not taken yet", () => {
    const { wire, accepted, connect } = twoHosts();
    const spy = connect();
    wire.run();
    accepted[0]?.stream?.pause();
    spy.stream?.write(text("hello"));
    spy.stream?.end();
    wire.run();
    expect(accepted[0]?.events).toEqual([]);
    accepted[0]?.stream?.resume();
    wire.run();
    expect(accepted[0]?.events).toEqual(["data", "end", "closed: ended"]);
  });

  test("pausing within onData stops what is in hand, too", () => {
    const { wire, accepted, connect } = twoHosts({
      fate: (s) => [s.segment.seq === 1 && s.type === "SEGMENT" ? 30 : 10],
    });
    const spy = connect();
    wire.run();
    const taken: number[] = [];
    const server = accepted[0]!;
    server.onData = (bytes) => {
      taken.push(bytes.length);
      server.stream?.pause();
    };
    spy.stream?.write(pattern(3000)); // the first segment comes last, and brings all three
    wire.run();
    expect(taken).toEqual([1000]);
    server.stream?.resume();
    wire.run();
    expect(taken).toEqual([1000, 1000]);
  });
});

describe("the send buffer", () => {
  test("write says false above the limit, and onDrain comes when half of it is sent, not from within write", () => {
    const { wire, accepted, connect } = twoHosts({ stream: { sendBufferBytes: 10_000 } });
    const spy = connect();
    let sentAtDrain = 0;
    const noteDrain = spy.onDrain.bind(spy);
    spy.onDrain = () => {
      sentAtDrain = wire.sent("SEGMENT").reduce((sum, s) => sum + s.segment.payload.length, 0);
      noteDrain();
    };
    expect(spy.stream?.write(pattern(10_000))).toBe(true);
    expect(spy.stream?.write(pattern(1))).toBe(false);
    expect(spy.events).toEqual([]);
    wire.run();
    expect(spy.events).toEqual(["open", "drain"]);
    expect(sentAtDrain).toBeGreaterThanOrEqual(5001);
    expect(accepted[0]?.bytes.length).toBe(10_001);
  });

  test("no drain for a write that had room", () => {
    const { wire, connect } = twoHosts();
    const spy = connect();
    spy.stream?.write(pattern(20_000));
    wire.run();
    expect(spy.events).toEqual(["open"]);
  });

  test("a caller that heeds no false is told so, far above the limit", () => {
    const { connect } = twoHosts({ stream: { maxUnsentBytes: 50_000 } });
    const spy = connect();
    for (let i = 0; i < 6; i++) spy.stream?.write(pattern(10_000));
    expect(() => spy.stream?.write(pattern(10_000))).toThrow(/10.0.0.2:80.*60000 unsent.*wait for onDrain/);
  });

  test("small writes go out at once (no Nagle), and together where the window makes them wait", () => {
    const { wire, connect } = twoHosts();
    const spy = connect();
    wire.run();
    for (let i = 0; i < 3; i++) spy.stream?.write(text("ab"));
    expect(wire.sent("SEGMENT")).toHaveLength(3);
    spy.stream?.write(pattern(4000));
    const sent = wire.sent("SEGMENT").length;
    for (let i = 0; i < 500; i++) spy.stream?.write(text("ab"));
    wire.run();
    expect(wire.sent("SEGMENT").length - sent).toBeLessThan(5);
  });
});
