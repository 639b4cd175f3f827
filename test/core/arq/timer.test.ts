/** The retransmission timer: when it starts, when it stops, and what it waits for next. */

import { describe, expect, test } from "vitest";
import { twoHosts } from "../../support/two-hosts.ts";

/** Datagrams of 20 bytes leave 14 for the payload. */
const small = { maxDatagramBytes: 20 };

describe("the retransmission timer (RFC 6298, 5)", () => {
  test("starts when the packet is sent (5.1)", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" }).dropNext("data");
    link.sender.send("hello");
    link.runTo("199.999999ms").expectNothingSent();
    link.runTo("200ms").expectSent({ by: "sender", kind: "data", seq: 1, attempt: 2, note: "necessary: data lost" });
    link.runTo("299ms");
    expect(link.sender.sent[0]?.status).toBeUndefined();
    link.runTo("300ms");
    expect(link.sender.sent[0]?.status).toBe("delivered");
  });

  test("starts for each packet when that one is sent, not with the message", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms", arq: small }).drop({ kind: "data", seq: 2, attempt: 1 });
    link.sender.send("two packets of text");
    link.runTo("100ms").expectSent(
      { kind: "ack", seq: 2 }, // at 50 ms
      { kind: "data", seq: 2, attempt: 1 }, // at 100 ms
    );
    link.runTo("299.999999ms").expectNothingSent();
    link.runTo("300ms").expectSent({ kind: "data", seq: 2, attempt: 2 });
  });

  test("is started again by every retransmission (5.6)", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" }).dropNext("data", 3);
    link.sender.send("hello");
    link.runTo("200ms").expectSent({ attempt: 2 });
    link.runTo("399.999999ms").expectNothingSent();
    link.runTo("400ms").expectSent({ attempt: 3 });
    link.runTo("599.999999ms").expectNothingSent();
    link.runTo("600ms").expectSent({ attempt: 4 });
  });

  test("stops when everything is acknowledged (5.2)", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" });
    link.sender.send("hello");
    link.runTo("1h");
    expect(link.transmissions("data")).toBe(1);
    expect(link.tape.find({ event: "timeout" })).toEqual([]);
  });

  test("an ACK that comes at the very deadline is in time; a nanosecond later it is late", () => {
    const inTime = twoHosts({ delay: "100ms", rto: "200ms" });
    inTime.sender.send("hello");
    inTime.runTo("1h");
    expect(inTime.transmissions("data")).toBe(1);
    expect(inTime.sender.sent[0]?.outcome).toMatchObject({ status: "delivered", transmissions: 1, elapsedMs: 200 });
    const late = twoHosts({ delay: "100.0000005ms", rto: "200ms" });
    late.sender.send("hello");
    late.runTo("1h");
    expect(late.transmissions("data")).toBe(2);
  });

  test("tells the trace which interval ran out, of which packet", () => {
    const link = twoHosts({ delay: "50ms", rto: { initialMs: 200, backoff: 2 } }).dropNext("data", 2);
    link.sender.send("hello");
    link.runTo("5s");
    const [first, second] = link.tape.find({ event: "timeout" });
    expect(first).toMatchObject({ timeMs: 200, node: "sender", peer: "receiver", type: "DATA", seq: 1, attempt: 1 });
    expect(second).toMatchObject({ timeMs: 600, attempt: 2 });
    expect([first?.valueMs, second?.valueMs]).toEqual([200, 400]);
    const sends = link.tape.find({ event: "send", type: "DATA" });
    expect(first?.packetId).toBe(sends[0]?.packetId);
    expect(second?.packetId).toBe(sends[1]?.packetId);
  });
});

describe("back-off (RFC 6298, 5.5)", () => {
  test("doubles at each expiry", () => {
    const link = twoHosts({ delay: "50ms", rto: { initialMs: 100, backoff: 2 } }).dropNext("data", 5);
    link.sender.send("hello");
    for (const [just, due, attempt] of [
      ["99.999999ms", "100ms", 2],
      ["299.999999ms", "300ms", 3],
      ["699.999999ms", "700ms", 4],
      ["1499.999999ms", "1500ms", 5],
    ] as const) {
      link.runTo(just).expectNothingSent();
      link.runTo(due).expectSent({ attempt });
    }
  });

  test("is capped at the maximum", () => {
    const link = twoHosts({ rto: { initialMs: 100, maxMs: 250, backoff: 2 } }).dropNext("data", 6);
    link.sender.send("hello");
    link.runTo("100ms").expectSent({ attempt: 2 });
    link.runTo("300ms").expectSent({ attempt: 3 });
    link.runTo("549.999999ms").expectNothingSent();
    link.runTo("550ms").expectSent({ attempt: 4 });
    link.runTo("799.999999ms").expectNothingSent();
    link.runTo("800ms").expectSent({ attempt: 5 });
  });

  test("with a factor of 1 there is none", () => {
    const link = twoHosts({ rto: { initialMs: 100, backoff: 1 } }).dropNext("data", 4);
    link.sender.send("hello");
    link.runTo("10s");
    expect(link.tape.find({ event: "timeout" }).map((row) => row.timeMs)).toEqual([100, 200, 300, 400]);
  });

  test("a fixed timeout starts afresh with the next packet", () => {
    const rto = { estimator: "fixed", initialMs: 100, backoff: 2 } as const;
    const link = twoHosts({ delay: "10ms", rto, arq: small })
      .drop({ kind: "data", seq: 1, attempt: 1 })
      .drop({ kind: "data", seq: 2, attempt: 1 });
    link.sender.send("two packets of text");
    link.runTo("10s");
    // Sent at 0, again at 100; acknowledged at 120, when packet 2 goes out; again 100 ms later.
    expect(link.tape.find({ event: "timeout" }).map((row) => row.timeMs)).toEqual([100, 220]);
  });
});

describe("after a message was given up", () => {
  const arq = { maxAttempts: 2 };

  test("a fixed timeout starts afresh with the next message", () => {
    const rto = { estimator: "fixed", initialMs: 100, backoff: 2 } as const;
    const link = twoHosts({ rto, arq }).drop({ kind: "data" });
    link.sender.send("one");
    link.sender.send("two");
    link.runTo("10s");
    expect(link.tape.find({ event: "timeout" }).map(({ timeMs }) => timeMs)).toEqual([100, 300, 400, 600]);
  });

  test("an estimated one stays backed off until there is a sample (RFC 6298, 5.7)", () => {
    const rto = { estimator: "rfc6298", initialMs: 100, minMs: 10, backoff: 2 } as const;
    const link = twoHosts({ delay: "10ms", rto, arq }).drop({ kind: "data", message: 1 });
    link.sender.send("one");
    link.runTo("10s");
    const timeouts = link.tape.find({ event: "timeout" }).map(({ valueMs }) => valueMs);
    expect(timeouts).toEqual([100, 200]);
    expect(link.tape.rtt.at(-1)).toMatchObject({ kind: "timeout", timeoutIntervalMs: 400 });
    link.sender.send("two");
    link.runTo("20s");
    expect(link.tape.rtt.at(-1)).toMatchObject({ kind: "sample", sampleRttMs: 20, timeoutIntervalMs: 60 });
  });
});

describe("Karn's rule (RFC 6298, 3 and 5.7)", () => {
  const rto = { estimator: "report", initialMs: 1000, minMs: 10, backoff: 2 } as const;

  test("on: a retransmitted packet gives no sample, and its backed-off timeout stays for the next packet", () => {
    const link = twoHosts({ delay: "50ms", rto: { ...rto, karn: true } })
      .drop({ kind: "data", message: 1, attempt: 1 })
      .drop({ kind: "data", message: 2, attempt: 1 });
    link.sender.send("one");
    link.runTo("1100ms"); // lost at 0, sent again at 1000, acknowledged at 1100
    expect(link.tape.rtt.map(({ kind, sampleRttMs }) => [kind, sampleRttMs])).toEqual([
      ["timeout", Number.NaN],
      ["ambiguous", 100],
    ]);
    expect(link.tape.rtt[1]).toMatchObject({ estimatedRttMs: Number.NaN, timeoutIntervalMs: 2000 });
    link.sender.send("two");
    link.runTo("3099.999999ms").expectNothingSent();
    link.runTo("3100ms").expectSent({ kind: "data", attempt: 2 });
  });

  test("on: the next packet that is acknowledged at once ends the back-off with its sample", () => {
    const link = twoHosts({ delay: "50ms", rto: { ...rto, karn: true } }).drop({
      kind: "data",
      message: 1,
      attempt: 1,
    });
    link.sender.send("one");
    link.runTo("1100ms");
    link.sender.send("two");
    link.runTo("2s");
    expect(link.tape.rtt.at(-1)).toMatchObject({
      kind: "sample",
      sampleRttMs: 100,
      estimatedRttMs: 100,
      devRttMs: 50,
      timeoutIntervalMs: 300,
    });
  });

  test("off: the sample counts from the latest transmission, whichever was acknowledged", () => {
    // The ACK of the first transmission is 960 ms late: it comes 10 ms after the second transmission.
    const link = twoHosts({ delay: "25ms", rto: { ...rto, karn: false } }).delay({ kind: "ack", attempt: 1 }, "960ms");
    link.sender.send("one");
    link.runTo("1010ms");
    expect(link.tape.rtt.map(({ kind, sampleRttMs }) => [kind, sampleRttMs])).toEqual([
      ["timeout", Number.NaN],
      ["sample", 10],
    ]);
    expect(link.tape.rtt[1]).toMatchObject({ estimatedRttMs: 10, devRttMs: 5, timeoutIntervalMs: 30 });
  });
});

describe("the estimator belongs to the remote end", () => {
  test("what one remote end taught does not hold for another", () => {
    const link = twoHosts({ delay: "50ms", hosts: ["sender", "near", "far"], rto: { minMs: 10 } });
    const { sender } = link;
    sender.send("x", { to: link.end("near") });
    link.runTo("1s");
    expect(link.tape.rtt[0]).toMatchObject({ peer: "near", timeoutIntervalMs: 300 });
    sender.send("y", { to: link.end("far") });
    link.runTo("2s");
    expect(link.tape.rtt[1]).toMatchObject({ peer: "far", sampleRttMs: 100, estimatedRttMs: 100, devRttMs: 50 });
  });

  test("all message types to one remote end share it", () => {
    const link = twoHosts({ delay: "50ms", rto: { minMs: 10 } });
    link.sender.send("x", { type: 1 });
    link.runTo("1s");
    link.sender.send("y", { type: 2 });
    link.runTo("2s");
    // A second sample of 100 ms: EstimatedRTT stays, DevRTT falls by a quarter.
    expect(link.tape.rtt[1]).toMatchObject({ estimatedRttMs: 100, devRttMs: 37.5, timeoutIntervalMs: 250 });
  });
});
