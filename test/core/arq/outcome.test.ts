/** Every message has exactly one outcome: delivered, given up, cancelled or refused. Never silence. */

import { describe, expect, test } from "vitest";
import { twoHosts } from "../../support/two-hosts.ts";

/** Datagrams of 20 bytes leave 14 for the payload. */
const small = { maxDatagramBytes: 20 };

describe("delivered", () => {
  test("when its last ACK is in: with its packets, its transmissions and its times", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms", arq: small }).drop({ kind: "data", seq: 2, attempt: 1 });
    const message = link.sender.send("two packets of text");
    link.runTo("399.999999ms");
    expect(link.receiver.texts).toEqual(["two packets of text"]);
    expect(message.status).toBeUndefined();
    link.runTo("400ms");
    const expected = { status: "delivered", packets: 2, transmissions: 3, elapsedMs: 400, queuedMs: 0 };
    expect(message.outcome).toEqual(expected);
    const [row] = link.tape.find({ event: "state", node: "sender" }).slice(-1);
    expect(row).toMatchObject({ note: "delivered 400 ms", type: "DATA", seq: 1, total: 2, attempt: 3, bytes: 19 });
  });

  test("tells the receiver's trace, too", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" });
    link.sender.send("hello");
    link.runTo("1s");
    const received = { event: "state", node: "receiver", note: "received", type: "DATA", total: 1, bytes: 5 } as const;
    expect(link.tape.find(received)).toHaveLength(1);
  });
});

describe("given up", () => {
  test("after exactly the configured attempts, when the last of them has timed out", () => {
    const link = twoHosts({ rto: "100ms", arq: { maxAttempts: 3 } }).drop({ kind: "data" });
    const message = link.sender.send("hello");
    link.runTo("299.999999ms");
    expect(link.transmissions("data")).toBe(3);
    expect(message.status).toBeUndefined();
    link.runTo("300ms").expectNothingSent();
    const expected = {
      status: "given-up",
      seq: 1,
      attempts: 3,
      packets: 1,
      transmissions: 3,
      elapsedMs: 300,
      queuedMs: 0,
    };
    expect(message.outcome).toEqual(expected);
    link.runTo("1h").expectNothingSent();
  });

  test("after one attempt, where one is all", () => {
    const link = twoHosts({ rto: "100ms", arq: { maxAttempts: 1 } }).drop({ kind: "data" });
    const message = link.sender.send("hello");
    link.runTo("1h");
    expect(message.outcome).toMatchObject({ status: "given-up", attempts: 1, transmissions: 1, elapsedMs: 100 });
  });

  test("with doubling timeouts after T(2^M - 1)", () => {
    const rto = { estimator: "fixed", initialMs: 100, backoff: 2 } as const;
    const link = twoHosts({ rto, arq: { maxAttempts: 4 } }).drop({ kind: "data" });
    const message = link.sender.send("hello");
    link.runTo("1499.999999ms");
    expect(message.status).toBeUndefined();
    link.runTo("1500ms");
    expect(message.outcome).toMatchObject({ status: "given-up", attempts: 4, elapsedMs: 1500 });
  });

  test("says which packet found no way, and what the whole message took", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { ...small, maxAttempts: 2 } }).drop({
      kind: "data",
      seq: 3,
    });
    const message = link.sender.send("a text that fills three of them");
    link.runTo("1h");
    expect(message.outcome).toMatchObject({ status: "given-up", seq: 3, attempts: 2, packets: 3, transmissions: 4 });
  });

  test("may still have been delivered: only the ACKs were lost (the two generals)", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxAttempts: 3 } }).drop({ kind: "ack" });
    const message = link.sender.send("hello");
    link.runTo("1h");
    expect(message.status).toBe("given-up");
    expect(link.receiver.texts).toEqual(["hello"]);
  });

  test("never, where attempts are unlimited", () => {
    const link = twoHosts({ rto: "100ms", arq: { maxAttempts: Number.POSITIVE_INFINITY } }).dropNext("data", 500);
    const message = link.sender.send("hello");
    link.runTo("1h");
    expect(message.outcome).toMatchObject({ status: "delivered", transmissions: 501 });
  });
});

describe("cancelled", () => {
  test("under way: nothing is sent any more, and the next message goes out", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).drop({ kind: "data", message: 1 });
    const first = link.sender.send("first");
    const second = link.sender.send("second");
    link.runTo("50ms");
    first.cancel();
    expect(first.outcome).toEqual({ status: "cancelled" });
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["second"]);
    expect(second.outcome).toMatchObject({ status: "delivered", queuedMs: 50 });
  });

  test("in the queue: it is never sent", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" });
    link.sender.send("first");
    const second = link.sender.send("second");
    const third = link.sender.send("third");
    second.cancel();
    expect(second.outcome).toEqual({ status: "cancelled" });
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["first", "third"]);
    expect(third.status).toBe("delivered");
  });

  test("after its outcome: nothing happens", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" });
    const message = link.sender.send("hello");
    link.runTo("1s");
    message.cancel();
    expect(message.outcomes.map(({ status }) => status)).toEqual(["delivered"]);
  });

  test("all of them, when the participant stops; later ones are refused", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" });
    const messages = ["first", "second", "third"].map((text) => link.sender.send(text));
    messages.push(link.sender.send("other type", { type: 1 }));
    link.runTo("5ms");
    link.sender.stop();
    expect(messages.map(({ status }) => status)).toEqual(Array(4).fill("cancelled"));
    const late = link.sender.send("late");
    expect(late.outcome).toEqual({ status: "refused", reason: "stopped" });
    link.runTo("9.999999ms").expectNothingSent();
    link.runTo("1h");
    expect(link.transmissions("data")).toBe(2);
    expect([...messages, late].map(({ outcomes }) => outcomes.length)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("refused", () => {
  test("one message more than may wait: at once, with the reason", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxQueuedMessages: 2 } });
    const messages = ["under way", "waits", "waits, too", "too many"].map((text) => link.sender.send(text));
    expect(messages.map(({ status }) => status)).toEqual([undefined, undefined, undefined, "refused"]);
    expect(messages[3]?.outcome).toEqual({ status: "refused", reason: "queue-full" });
    link.runTo("1h");
    expect(messages.map(({ outcomes }) => outcomes.length)).toEqual([1, 1, 1, 1]);
    expect(link.receiver.texts).toEqual(["under way", "waits", "waits, too"]);
  });

  test("with no room to wait at all, one message at a time is still sent", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxQueuedMessages: 0 } });
    const first = link.sender.send("first");
    const second = link.sender.send("second");
    expect([first.status, second.status]).toEqual([undefined, "refused"]);
    link.runTo("1s");
    const third = link.sender.send("third");
    expect(third.status).toBeUndefined();
    link.runTo("2s");
    expect(link.receiver.texts).toEqual(["first", "third"]);
  });

  test("there is room again when one has its outcome", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxQueuedMessages: 1 } });
    link.sender.send("first");
    link.sender.send("second");
    link.runTo("20ms");
    expect(link.sender.send("third").status).toBeUndefined();
  });
});

describe("misuse is the caller's error, not a later one", () => {
  test("a message that its datagrams cannot hold is thrown back at once, also behind another; the next one goes out", () => {
    // 7 bytes: one of payload, as long as SEQ and TOTAL have one digit.
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxDatagramBytes: 7 } });
    expect(() => link.sender.send("ten packets")).toThrow(RangeError);
    link.sender.send("first");
    expect(() => link.sender.send("ten packets")).toThrow(RangeError);
    const next = link.sender.send("next");
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["first", "next"]);
    expect(next.status).toBe("delivered");
  });
});
