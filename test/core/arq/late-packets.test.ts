/**
 * Old packets that come late. Within a message the numbers tell them apart; from one message to the next the report's
 * wire does not, since numbers restart with every message: what follows from that is shown, not hidden.
 */

import { describe, expect, test } from "vitest";
import { twoHosts } from "../../support/two-hosts.ts";

const small = { maxDatagramBytes: 20 };
const THREE_PACKETS = "three packets of text, no fewer";

describe("a late ACK", () => {
  test("of a packet before the current one means nothing", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).duplicate({ kind: "ack", seq: 2 }, "15ms");
    link.sender.send(THREE_PACKETS);
    link.runTo("20ms").expectSent({ kind: "ack", seq: 2 }, { kind: "data", seq: 2 });
    link.runTo("35ms").expectSent({ kind: "ack", seq: 3 }); // at 30; the copy of ACK 2 comes at 35
    link.runTo("40ms").expectSent({ kind: "data", seq: 3 });
    link.runTo("1s");
    expect(link.transmissions("data")).toBe(3);
    expect(link.receiver.texts).toEqual([THREE_PACKETS]);
  });

  test("never makes the sender send again: no Sorcerer's Apprentice (RFC 1123, 4.2.3.1)", () => {
    // TFTP's bug: one delayed ACK, and from then on every packet is sent twice. Here the retransmission that the late
    // ACK of packet 1 causes is the only one.
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { ...small, maxDatagramBytes: 10 } });
    link.delay({ kind: "ack", seq: 2, attempt: 1 }, "95ms");
    link.sender.send("0123456789012345678901234567890123456789");
    link.runTo("10s");
    const packets = link.sender.sent[0]?.outcome as { packets: number; transmissions: number };
    expect(packets.transmissions).toBe(packets.packets + 1);
    expect(
      link.tape.find({ event: "send" }).filter(({ attempt, type }) => type === "DATA" && attempt > 1),
    ).toHaveLength(1);
    expect(link.transmissions("ack")).toBe(packets.packets + 1);
  });

  test("with the right number but another total answers another message", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).drop({ kind: "data", seq: 1, attempt: 1 });
    const message = link.sender.send("hello");
    link.receiver.inject("8 old 2 2");
    link.runTo("50ms");
    expect(message.status).toBeUndefined();
    link.receiver.inject("8 old 2 1");
    link.runTo("60ms");
    expect(message.status).toBe("delivered"); // the flaw below
  });

  test.each(["8 hello 1 1", "8 hello 3 1", "8 hello 3 2"])("%s is not the one waited for", (ack) => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).drop({ kind: "data", attempt: 1 });
    const message = link.sender.send("hello");
    link.receiver.inject(ack);
    link.runTo("99ms");
    expect(message.status).toBeUndefined();
  });

  test.each(["8 x 3 3", "8 x 4 3"])("%s is of a packet that has not been sent yet", (ack) => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).drop({ kind: "data", attempt: 1 });
    link.sender.send(THREE_PACKETS);
    link.receiver.inject(ack);
    link.runTo("99ms").expectSent();
    link.runTo("100ms").expectSent({ kind: "data", seq: 1, attempt: 2 });
  });

  test("of a type that nobody sends, or from somebody who was sent nothing, means nothing", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", hosts: ["receiver", "sender", "stranger"] });
    link.drop({ kind: "data", attempt: 1 });
    const message = link.sender.send("hello");
    link.receiver.inject("1 hello 2 1");
    link.end("stranger").inject("8 hello 2 1", link.sender);
    link.runTo("99ms");
    expect(message.status).toBeUndefined();
    link.runTo("1s");
    expect(message.status).toBe("delivered");
  });

  test("of the message before confirms a packet that was lost: the flaw of numbers that restart", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxAttempts: 2 } })
      .duplicate({ kind: "ack", message: 1 }, "50ms")
      .drop({ kind: "data", message: 2 });
    link.sender.send("first");
    const second = link.sender.send("second");
    link.runTo("1s");
    expect(second.outcome).toMatchObject({ status: "delivered", elapsedMs: 50 });
    expect(link.receiver.texts).toEqual(["first"]);
  });
});

describe("late data", () => {
  test("of the last message is acknowledged, and not processed again, within the window", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).duplicate({ kind: "data" }, "2.9s");
    link.sender.send("hello");
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["hello"]);
    expect(link.receiver.duplicates).toEqual(["DATA"]);
  });

  test("of the last message, after the window, is processed again: the flaw of numbers that restart", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).duplicate({ kind: "data" }, "3s");
    link.sender.send("hello");
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["hello", "hello"]);
  });

  test("of the message before the last is processed again: the flaw, within the window", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).duplicate({ kind: "data", message: 1 }, "1s");
    link.sender.send("first");
    link.sender.send("second");
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["first", "second", "first"]);
  });

  test("the first packet of a whole message opens nothing that is ever delivered by itself", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).duplicate({ kind: "data", seq: 1 }, "500ms");
    link.sender.send(THREE_PACKETS);
    link.runTo("600ms");
    link.sender.send("and now another text, of three");
    link.runTo("1h");
    expect(link.receiver.texts).toEqual([THREE_PACKETS, "and now another text, of three"]);
    const notes = link.tape.notes({ event: "state", node: "receiver" });
    expect(notes).toContain("incomplete DATA (1 of 3) dropped: another one has begun");
  });
});

describe("a new message while an old one of the same type is half received", () => {
  /** The sender gives up packet `seq` of a message of three, then sends `second`. */
  function afterGivingUp(seq: number, first: string, second: string): string[] {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { ...small, maxAttempts: 2 } });
    link.drop({ kind: "data", message: 1, seq });
    link.sender.send(first);
    link.sender.send(second);
    link.runTo("1h");
    return link.receiver.texts;
  }

  test("that starts otherwise takes its place", () => {
    expect(afterGivingUp(3, THREE_PACKETS, "THREE packets of text, no fewer")).toEqual([
      "THREE packets of text, no fewer",
    ]);
  });

  test("that starts alike: what is the same stays, the rest is its own", () => {
    // 14 bytes of payload per packet: the first packets are equal, the second ones are not.
    expect(
      afterGivingUp(3, "the same start, then this, then that", "the same start, or so it seemed at first"),
    ).toEqual(["the same start, or so it seemed at first"]);
  });

  test("that is equal up to the packet that was lost goes on from there", () => {
    expect(afterGivingUp(3, THREE_PACKETS, THREE_PACKETS)).toEqual([THREE_PACKETS]);
  });

  test("that has more packets takes its place", () => {
    const four = `${THREE_PACKETS} than four packets`;
    expect(afterGivingUp(2, THREE_PACKETS, four)).toEqual([four]);
  });

  test("that starts alike and has fewer packets takes its place, and is answered for when its last ACK is lost", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { ...small, maxAttempts: 2 } })
      .drop({ kind: "data", message: 1, seq: 3 })
      .drop({ kind: "ack", message: 2, seq: 3, nth: [1] });
    link.sender.send("the same start, then this, then that");
    const second = link.sender.send("the same start, and end");
    link.runTo("1h");
    expect(link.receiver.texts).toEqual(["the same start, and end"]);
    expect(second.status).toBe("delivered");
  });

  test("that has one packet takes its place", () => {
    expect(afterGivingUp(2, THREE_PACKETS, "short")).toEqual(["short"]);
  });
});
