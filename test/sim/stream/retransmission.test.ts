import { describe, expect, test } from "vitest";
import { expectBytes, pattern, text, twoHosts } from "./wire.ts";

/** Times of transmission of what one host sent of a type, in ms. */
function times(hosts: ReturnType<typeof twoHosts>, type: string, from = "10.0.0.4"): number[] {
  return hosts.wire.sent(type, from).map((s) => s.atMs);
}

describe("the retransmission timer (RFC 6298)", () => {
  test("the first RTO is 1 s, for the SYN (2.1)", () => {
    const hosts = twoHosts({ fate: () => [] });
    hosts.connect();
    hosts.wire.run(999.999);
    expect(times(hosts, "SYN")).toEqual([0]);
    hosts.wire.run(1000);
    expect(times(hosts, "SYN")).toEqual([0, 1000]);
  });

  test("the SYN is sent again 5 times, each after double the time (5.5), then the stream fails", () => {
    const hosts = twoHosts({ fate: () => [] });
    const spy = hosts.connect();
    hosts.wire.run(62_999);
    expect(spy.events).toEqual([]);
    hosts.wire.run(63_000);
    expect(times(hosts, "SYN")).toEqual([0, 1000, 3000, 7000, 15_000, 31_000]);
    expect(spy.events).toEqual(["closed: timeout"]);
    expect(hosts.client.layer.openStreams).toBe(0);
  });

  test("a SYN-ACK that nobody answers is given up without anybody having seen the stream", () => {
    const hosts = twoHosts({ fate: (s) => (s.from === "10.0.0.4" && s.type !== "SYN" ? [] : [10]) });
    hosts.connect();
    hosts.wire.run(5);
    hosts.client.isUnplugged = true;
    hosts.wire.run();
    expect(times(hosts, "SYN-ACK", "10.0.0.2").length).toBeGreaterThanOrEqual(6);
    expect(hosts.accepted).toHaveLength(0);
    expect(hosts.server.layer.openStreams).toBe(0);
  });

  test.each([
    // First sample R: SRTT = R, RTTVAR = R/2, RTO = R + max(200, 4 RTTVAR) (2.2, 2.4).
    { delayMs: 10, rtoMs: 220 },
    { delayMs: 100, rtoMs: 600 },
  ])("RTO after one sample of twice $delayMs ms is $rtoMs ms: not earlier, not later", ({ delayMs, rtoMs }) => {
    const hosts = twoHosts({ fate: (s) => (s.type === "SEGMENT" ? [] : [delayMs]) });
    const spy = hosts.connect();
    spy.stream?.write(text("x"));
    const sentMs = 2 * delayMs;
    hosts.wire.run(sentMs + rtoMs - 0.000001);
    expect(times(hosts, "SEGMENT")).toEqual([sentMs]);
    hosts.wire.run(sentMs + rtoMs);
    expect(times(hosts, "SEGMENT")).toEqual([sentMs, sentMs + rtoMs]);
  });

  test("a retransmission says which packet it repeats and for which time", () => {
    const hosts = twoHosts({ fate: (s) => (s.type === "SEGMENT" && s.segment.attempt < 3 ? [] : [10]) });
    hosts.connect().stream?.write(text("x"));
    hosts.wire.run();
    const [first, second, third] = hosts.wire.sent("SEGMENT");
    expect([first?.segment.attempt, first?.segment.retransmissionOf]).toEqual([1, 0]);
    expect([second?.segment.attempt, second?.segment.retransmissionOf]).toEqual([2, first?.id]);
    expect([third?.segment.attempt, third?.segment.retransmissionOf]).toEqual([3, first?.id]);
    expect(hosts.accepted[0]?.text).toBe("x");
  });

  test("when the other side is gone: 8 retransmissions at doubled intervals, then `timeout`", () => {
    const hosts = twoHosts();
    const spy = hosts.connect();
    hosts.wire.run();
    hosts.server.isUnplugged = true;
    const start = hosts.wire.nowMs;
    spy.stream?.write(text("x"));
    hosts.wire.run();
    const offsets = times(hosts, "SEGMENT").map((ms) => ms - start);
    expect(offsets).toEqual([0, 220, 660, 1540, 3300, 6820, 13_860, 27_940, 56_100]);
    expect(spy.events).toEqual(["open", "closed: timeout"]);
    expect(hosts.wire.sent("RST").map((s) => s.atMs - start)).toEqual([112_420]);
  });

  test("who gives up tells the other side, which had nothing to send and would wait for ever", () => {
    let cut = false;
    const hosts = twoHosts({ fate: (s) => (cut && s.type !== "RST" ? [] : [10]) });
    const spy = hosts.connect();
    hosts.wire.run();
    cut = true;
    spy.stream?.write(text("x"));
    hosts.wire.run();
    expect(spy.last).toBe("closed: timeout");
    expect(hosts.accepted[0]?.events).toEqual(["closed: reset"]);
  });

  test("Karn: a segment that was retransmitted gives no sample, and the backed-off RTO stays until there is one (3)", () => {
    // The first data segment is lost once: had its late ACK been taken for a sample of 240 ms, RTO would be larger.
    const hosts = twoHosts({ fate: (s) => (s.type === "SEGMENT" && s.id === 3 ? [] : [10]) });
    const spy = hosts.connect();
    spy.stream?.write(text("x"));
    hosts.wire.run(1000);
    expect(times(hosts, "SEGMENT")).toEqual([20, 240]);
    hosts.server.isUnplugged = true;
    spy.stream?.write(text("y"));
    hosts.wire.run(1439.999);
    expect(times(hosts, "SEGMENT")).toEqual([20, 240, 1000]);
    hosts.wire.run(1440);
    expect(times(hosts, "SEGMENT")).toEqual([20, 240, 1000, 1440]);
  });

  test("Karn: nor does an acknowledgement that covers a retransmitted segment among others", () => {
    const hosts = twoHosts({ fate: (s) => (s.segment.seq === 1 && s.type === "SEGMENT" && s.id === 3 ? [] : [10]) });
    const spy = hosts.connect();
    spy.stream?.write(pattern(1500));
    hosts.wire.run(1000);
    expect(times(hosts, "SEGMENT")).toEqual([20, 20, 240]);
    hosts.server.isUnplugged = true;
    spy.stream?.write(text("y"));
    hosts.wire.run(1440);
    expect(times(hosts, "SEGMENT")).toEqual([20, 20, 240, 1000, 1440]);
  });

  test("after a lost SYN data starts with an RTO of 3 s (5.7)", () => {
    const hosts = twoHosts({ fate: (s) => (s.id === 1 || s.type === "SEGMENT" ? [] : [10]) });
    hosts.connect().stream?.write(text("x"));
    hosts.wire.run(4019.999);
    expect(times(hosts, "SEGMENT")).toEqual([1020]);
    hosts.wire.run(4020);
    expect(times(hosts, "SEGMENT")).toEqual([1020, 4020]);
  });

  test("the timer starts anew with every acknowledgement of new data (5.3), and stops when nothing is out (5.2)", () => {
    // Ten small segments, 100 ms apart; the last one is lost, and only its own timer counts.
    const hosts = twoHosts({ fate: (s) => (s.segment.seq === 10 && s.segment.attempt === 1 ? [] : [50]) });
    const spy = hosts.connect();
    hosts.wire.run(200);
    for (let i = 0; i < 10; i++) hosts.wire.at(i * 100, () => spy.stream?.write(text("x")));
    hosts.wire.run(1000);
    expect(hosts.wire.sent("SEGMENT").every((s) => s.segment.attempt === 1)).toBe(true);
    hosts.wire.run();
    const repeated = hosts.wire.sent("SEGMENT").filter((s) => s.segment.attempt > 1);
    expect(repeated.map((s) => s.segment.seq)).toEqual([10]);
    // Sent at 1100; constant RTT 100: SRTT 100, RTTVAR has come down far enough for the 200 ms to hold.
    expect(repeated[0]?.atMs).toBe(1400);
    expect(hosts.accepted[0]?.text).toBe("x".repeat(10));
    expect(hosts.wire.log.at(-1)?.atMs).toBe(1450);
  });
});

describe("fast retransmit and recovery (RFC 5681, 3.2)", () => {
  test("the third duplicate ACK sends the lost segment again, long before the timer", () => {
    const hosts = twoHosts({ fate: (s) => (s.segment.seq === 2001 && s.segment.attempt === 1 ? [] : [50]) });
    const spy = hosts.connect();
    spy.stream?.write(pattern(20_000));
    hosts.wire.run(205);
    // Sent at 100: segments 1, 1001, (2001), 3001. Their two ACKs at 200 let four more go, whose ACKs make three duplicates.
    expect(hosts.wire.sent("SEGMENT").filter((s) => s.segment.attempt > 1)).toEqual([]);
    hosts.wire.run(300);
    const repeated = hosts.wire.sent("SEGMENT").filter((s) => s.segment.attempt > 1);
    expect(repeated.map((s) => [s.segment.seq, s.atMs])).toEqual([[2001, 300]]);
    hosts.wire.run();
    expectBytes(hosts.accepted[0]?.bytes, pattern(20_000));
    expect(hosts.wire.sent("SEGMENT").filter((s) => s.segment.attempt > 1)).toHaveLength(1);
  });

  test("two duplicate ACKs do not", () => {
    // One segment overtaken by the two behind it.
    const late = (seq: number) => (seq === 1 ? 55 : 50);
    const hosts = twoHosts({ fate: (s) => (s.type === "SEGMENT" ? [late(s.segment.seq)] : [50]) });
    hosts.connect().stream?.write(pattern(3000));
    hosts.wire.run();
    expect(hosts.wire.sent("SEGMENT").every((s) => s.segment.attempt === 1)).toBe(true);
    expect(hosts.accepted[0]?.bytes).toEqual(pattern(3000));
  });

  test("it starts the timer anew: the answer has a whole RTO to come", () => {
    // RTT 100, RTO 300. The segment sent at 0 is lost; those of 60, 120 and 180 make the third duplicate ACK at 280.
    const hosts = twoHosts({ fate: (s) => (s.segment.seq === 41 && s.segment.attempt === 1 ? [] : [50]) });
    const spy = hosts.connect();
    for (let i = 0; i < 40; i++) hosts.wire.at(200 + 200 * i, () => spy.stream?.write(text("x")));
    hosts.wire.run(10_000);
    for (const ms of [0, 60, 120, 180]) hosts.wire.at(ms, () => spy.stream?.write(text("x")));
    hosts.wire.run();
    const repeated = hosts.wire.sent("SEGMENT").filter((s) => s.segment.attempt > 1);
    expect(repeated.map((s) => [s.segment.seq, s.atMs])).toEqual([[41, 10_280]]);
  });

  test("acknowledgements that were overtaken are no duplicate ACKs", () => {
    // The ACKs of the first window arrive in the opposite order.
    const hosts = twoHosts({
      fate: (s) => [s.type === "SEGMENT-ACK" && s.from === "10.0.0.2" ? 60 - Math.min(50, s.segment.ack / 200) : 10],
    });
    hosts.connect().stream?.write(pattern(40_000));
    hosts.wire.run();
    expect(hosts.wire.sent("SEGMENT").every((s) => s.segment.attempt === 1)).toBe(true);
    expectBytes(hosts.accepted[0]?.bytes, pattern(40_000));
  });

  test("several losses in one window are made good one round trip each, without a timeout (RFC 6582)", () => {
    const lost = new Set([20_001, 22_001, 24_001]);
    const hosts = twoHosts({ fate: (s) => (lost.has(s.segment.seq) && s.segment.attempt === 1 ? [] : [50]) });
    hosts.connect().stream?.write(pattern(60_000));
    hosts.wire.run();
    const repeated = hosts.wire.sent("SEGMENT").filter((s) => s.segment.attempt > 1);
    expect(repeated.map((s) => s.segment.seq)).toEqual([20_001, 22_001, 24_001]);
    const [first, second, third] = repeated.map((s) => s.atMs);
    expect([second! - first!, third! - second!]).toEqual([100, 100]);
    expectBytes(hosts.accepted[0]?.bytes, pattern(60_000));
  });

  test("after a timeout everything behind it that was lost too follows in slow start, not a timeout each", () => {
    let losing = true;
    const hosts = twoHosts({ fate: (s) => (losing && s.type === "SEGMENT" && s.segment.seq > 10_000 ? [] : [50]) });
    hosts.connect().stream?.write(pattern(40_000));
    hosts.wire.run(500);
    losing = false;
    const before = hosts.wire.nowMs;
    hosts.wire.run();
    expectBytes(hosts.accepted[0]?.bytes, pattern(40_000));
    expect(hosts.wire.nowMs - before).toBeLessThan(2000);
  });
});

describe("congestion window (RFC 5681, 3.1)", () => {
  test.each([
    { segmentBytes: 536, first: 4 },
    { segmentBytes: 1460, first: 3 },
    { segmentBytes: 4000, first: 2 },
  ])(
    "segments of $segmentBytes bytes: $first at first, then twice as many each round trip",
    ({ segmentBytes, first }) => {
      const hosts = twoHosts({ delayMs: 50, segmentBytes, stream: { receiveWindowBytes: 1 << 20 } });
      hosts.connect().stream?.write(pattern(segmentBytes * 40));
      hosts.wire.run(350);
      const rounds = [100, 200, 300].map((ms) => hosts.wire.sent("SEGMENT").filter((s) => s.atMs === ms).length);
      expect(rounds).toEqual([first, 2 * first, 4 * first]);
    },
  );

  test("after a lost SYN: one segment", () => {
    const hosts = twoHosts({ delayMs: 50, fate: (s) => (s.id === 1 ? [] : [50]) });
    hosts.connect().stream?.write(pattern(40_000));
    hosts.wire.run(1350);
    const rounds = [1100, 1200, 1300].map((ms) => hosts.wire.sent("SEGMENT").filter((s) => s.atMs === ms).length);
    expect(rounds).toEqual([1, 2, 4]);
  });

  test("after a loss the window grows by one segment a round trip", () => {
    const hosts = twoHosts({
      delayMs: 50,
      stream: { receiveWindowBytes: 1 << 20 },
      fate: (s) => (s.segment.seq === 20_001 && s.segment.attempt === 1 ? [] : [50]),
    });
    hosts.connect().stream?.write(pattern(400_000));
    hosts.wire.run(1750);
    const rounds = [1000, 1100, 1200, 1300, 1400, 1500].map(
      (ms) => hosts.wire.sent("SEGMENT").filter((s) => s.atMs === ms).length,
    );
    const growth = rounds.slice(1).map((count, i) => count - rounds[i]!);
    expect(growth).toEqual([1, 1, 1, 1, 1]);
  });

  test("after a pause longer than an RTO it starts with the initial window again (4.1)", () => {
    const hosts = twoHosts({ delayMs: 50 });
    const spy = hosts.connect();
    spy.stream?.write(pattern(40_000));
    hosts.wire.run();
    const start = hosts.wire.nowMs + 1000;
    hosts.wire.run(start);
    spy.stream?.write(pattern(40_000));
    expect(hosts.wire.sent("SEGMENT").filter((s) => s.atMs === start)).toHaveLength(4);
  });

  test("never more than the receiver's window is in flight", () => {
    const hosts = twoHosts({ delayMs: 50, stream: { receiveWindowBytes: 8000 } });
    hosts.connect().stream?.write(pattern(100_000));
    hosts.wire.run(5000);
    let edge = 0;
    for (const { type, segment, from } of hosts.wire.log) {
      if (from === "10.0.0.2") edge = segment.ack + segment.windowBytes;
      if (type === "SEGMENT") expect(segment.seq + segment.payload.length).toBeLessThanOrEqual(edge);
    }
    const perRound = hosts.wire.sent("SEGMENT").filter((s) => s.atMs === 1000).length;
    expect(perRound).toBe(8);
    expectBytes(hosts.accepted[0]?.bytes, pattern(100_000));
  });
});
