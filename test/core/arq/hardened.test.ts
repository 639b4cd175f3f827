/** Stop-and-wait on the hardened wire (docs/wire.md, "The hardened wire"): what no late or foreign packet can do. */

import { describe, expect, test } from "vitest";
import { ArqReceiver, ArqSender } from "../../../src/core/arq/bare.ts";
import type { HardenedArq } from "../../../src/core/arq/hardened-arq.ts";
import {
  decodeHardened,
  encodeChallenge,
  type HardenedPacket,
  hardenedWire,
} from "../../../src/core/wire/hardened/packets.ts";
import { MessageType } from "../../../src/core/wire/packet.ts";
import { arqOptions, type LabOptions, ms, twoHosts } from "../../support/two-hosts.ts";
import { World } from "../../support/world.ts";
import { dataPacket, id } from "../support/hardened-client.ts";

const HARDENED: Required<Pick<LabOptions, "delay" | "rto" | "arq">> = {
  delay: "50ms",
  rto: "200ms",
  arq: { wire: hardenedWire },
};

/** A sender, and a receiver that wants to see cookies. */
function acquainted(arq: LabOptions["arq"] = {}) {
  return twoHosts({ ...HARDENED, arq: { ...HARDENED.arq, ...arq } });
}

describe("the challenge", () => {
  test("the first packet is answered with a cookie, sent again with it at once, and taken then", () => {
    const link = acquainted();
    const sent = link.sender.send("hello");
    link.runTo("50ms").expectSent({ by: "receiver", type: "CHALLENGE", bytes: 37 });
    expect(link.receiver.texts).toEqual([]);
    link.runTo("100ms").expectSent({ by: "sender", seq: 1, attempt: 2, note: "" });
    link.runTo("150ms").expectSent({ by: "receiver", kind: "ack", seq: 2 });
    link.runTo("200ms");
    expect(sent.outcome).toMatchObject({ status: "delivered", transmissions: 2, elapsedMs: 200 });
    expect(link.receiver.texts).toEqual(["hello"]);
  });

  test("stores nothing for a source that has shown no cookie, whatever it sends", () => {
    const link = acquainted();
    const { arq } = link.receiver;
    for (let i = 1; i <= 1000; i++)
      link.sender.inject(dataPacket(MessageType.UPDATE, new Uint8Array(i % 400), { messageId: id(i) }));
    link.runTo("1s");
    expect((arq as HardenedArq).held).toEqual({ senders: 0, messages: 0, underWay: 0 });
    expect(link.receiver.texts).toEqual([]);
    const sentBack = link.tape.find({ event: "send", node: "receiver" });
    expect(sentBack).toHaveLength(1000);
    expect(new Set(sentBack.map(({ type, bytes }) => `${type} ${bytes}`))).toEqual(new Set(["CHALLENGE 37"]));
  });

  test("it leaves the timeout alone and gives no sample", () => {
    const link = twoHosts({ ...HARDENED, rto: { estimator: "rfc6298", initialMs: 1000, minMs: 10, backoff: 2 } });
    link.sender.send("hello");
    link.sender.send("again");
    link.runTo("400ms");
    const kinds = link.tape.find({ event: "rtt" }).map((row) => row.note.split(":")[0]);
    expect(kinds).toHaveLength(2); // the ACK of the second transmission, which Karn's rule refuses, and that of `again`
    expect(link.tape.find({ event: "timeout" })).toEqual([]);
    expect(link.tape.find({ event: "send", type: "DATA" })).toHaveLength(3);
  });

  test("later messages carry the cookie from the start, until it is two minutes old", () => {
    const link = acquainted();
    link.sender.send("hello");
    link.runTo("60s");
    link.sender.send("with the first cookie");
    link.runTo("119s");
    link.sender.send("with the first cookie, still");
    link.runTo("120s");
    expect(link.tape.find({ event: "send", type: "CHALLENGE" })).toHaveLength(1);
    link.sender.send("with the second");
    link.runTo("121s");
    expect(link.tape.find({ event: "send", type: "CHALLENGE" })).toHaveLength(2);
    expect(link.receiver.texts).toHaveLength(4);
  });

  test("two ends never answer each other without end: one challenge is obeyed for each run of the timer", () => {
    const link = acquainted();
    const captured: HardenedPacket[] = [];
    link.sender.send("hello");
    link.runTo("0s");
    const { world } = link;
    // Whoever is on the path answers each packet with a new cookie.
    const host = link.receiver.host;
    host.participant = {
      start() {},
      stop() {},
      onDatagram(_from, datagram) {
        const packet = decodeHardened(datagram);
        if (!packet.ok) return;
        captured.push(packet);
        const cookie = new Uint8Array(16).fill(captured.length);
        const info = {
          kind: "other",
          type: "CHALLENGE",
          message: captured.length,
          seq: 1,
          total: 1,
          attempt: 1,
        } as const;
        host.send(link.sender.endpoint, encodeChallenge(packet, cookie), { ...info, retransmissionOf: 0 });
      },
    };
    world.runTo(199);
    expect(captured.map((packet) => packet.datagram[29])).toEqual([0, 1]);
    // The timer of the second transmission runs out at 300 ms: the third carries the cookie that came last.
    world.runTo(350);
    expect(captured.map((packet) => packet.datagram[29])).toEqual([0, 1, 2]);
    world.runTo(450);
    expect(captured.map((packet) => packet.datagram[29])).toEqual([0, 1, 2, 3]);
  });

  test("counts as an attempt: the last allowed one is never followed by another", () => {
    const link = acquainted({ maxAttempts: 1 });
    const sent = link.sender.send("hello");
    link.runTo("1s");
    expect(link.tape.find({ event: "send", type: "DATA" })).toHaveLength(1);
    expect(sent.outcome).toMatchObject({ status: "given-up", attempts: 1, transmissions: 1 });
  });
});

describe("late packets", () => {
  test("a late ACK confirms the message whose ID it carries, and no other", () => {
    const link = acquainted()
      .delay({ kind: "ack", nth: [2] }, "400ms")
      .drop({ type: "DATA", kind: "data", message: 3, attempt: 1 });
    link.sender.send("one");
    link.runTo("1s");
    link.sender.send("two"); // its first ACK comes at 1.5 s; the retransmission's is there at 1.3 s
    link.runTo("1.4s");
    const three = link.sender.send("three");
    link.runTo("1.55s");
    expect(three.outcome).toBeUndefined();
    link.runTo("1.7s");
    expect(three.status).toBe("delivered");
    expect(link.receiver.texts).toEqual(["one", "two", "three"]);
  });

  test.each([
    ["247s", 1],
    ["247.001s", 2],
  ])("a copy that comes %s later is acknowledged again; the message is processed %s times in all", (later, times) => {
    // The end that answers wants to see cookies, which are too old by then; the other takes whatever comes.
    const link = twoHosts({ ...HARDENED, hosts: ["one", "other"] });
    const [one, other] = [link.end("one"), link.end("other")];
    const packet = dataPacket(MessageType.RESULT, new TextEncoder().encode("hi"), { messageId: id(1) });
    one.inject(packet, other);
    link.world.network.at(ms(later), () => one.inject(packet, other));
    link.runTo("300s");
    expect(other.texts).toHaveLength(times);
    expect(link.transmissions("ack")).toBe(2);
  });

  test("each copy counts from the one before: a message that goes on being sent again is one message", () => {
    const link = twoHosts({ ...HARDENED, hosts: ["one", "other"] });
    const [one, other] = [link.end("one"), link.end("other")];
    const packet = dataPacket(MessageType.RESULT, new TextEncoder().encode("hi"), { messageId: id(1) });
    for (let n = 0; n < 5; n++) link.world.network.at(n * 200_000, () => one.inject(packet, other));
    link.runTo("1000s");
    expect(other.texts).toEqual(["hi"]);
    expect(link.transmissions("ack")).toBe(5);
  });

  test("the first packet of an older message does not disturb the one under way", () => {
    const link = acquainted({ maxDatagramBytes: 55 }).duplicate(
      { kind: "data", message: 1, seq: 1, attempt: 2 },
      "700ms",
    );
    const long = link.sender.send("abcdefghijklmnopqrstuvwxyz");
    link.runTo("1s");
    expect(long.status).toBe("delivered");
    const next = link.sender.send("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    link.runTo("2s");
    expect(next.outcome).toMatchObject({ status: "delivered", transmissions: 3 });
    expect(link.receiver.texts).toEqual(["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]);
  });

  test("two messages under way from one sender and type are put together side by side", () => {
    const link = twoHosts({ ...HARDENED, hosts: ["one", "other"] });
    const [one, other] = [link.end("one"), link.end("other")];
    const part = (n: number, seq: number, text: string): void =>
      one.inject(
        dataPacket(MessageType.RESULT, new TextEncoder().encode(text), { messageId: id(n), seq, total: 2 }),
        other,
      );
    part(1, 1, "ab");
    part(2, 1, "AB");
    part(1, 2, "cd");
    part(2, 2, "CD");
    link.runTo("1s");
    expect(other.texts).toEqual(["abcd", "ABCD"]);
  });

  test("equal messages are two messages", () => {
    const link = acquainted();
    link.sender.send("hello");
    link.sender.send("hello");
    link.runTo("1s");
    expect(link.receiver.texts).toEqual(["hello", "hello"]);
  });
});

describe("errors", () => {
  test("a message that is not wanted gets its outcome at once, with code and text", () => {
    const link = acquainted();
    const sent = link.sender.send("bad");
    link.runTo("200ms");
    expect(sent.outcome).toMatchObject({
      status: "rejected",
      error: { code: 400, text: "bad request" },
      transmissions: 2,
    });
    link.runTo("10s").expectNothingSent();
  });

  test("when the ERROR is lost, the retransmission gets the same one; the message is not processed twice", () => {
    const link = acquainted().drop({ type: "REFUSAL", nth: [1] });
    const sent = link.sender.send("bad");
    link.runTo("1s");
    expect(sent.outcome).toMatchObject({ status: "rejected", error: { code: 400, text: "bad request" } });
    expect(link.receiver.texts).toEqual(["bad"]);
  });

  test("an ERROR with another message ID is nobody's", () => {
    const link = acquainted();
    const sent = link.sender.send("hello");
    link.runTo("10ms");
    const forged = dataPacket(MessageType.DATA, new Uint8Array(0), { messageId: id(1) });
    forged[3] = 4;
    link.receiver.inject(Uint8Array.from([...forged.subarray(0, 21), 1, 144, 0x78]));
    link.runTo("300ms");
    expect(sent.status).toBe("delivered");
  });

  test("a message that would be too large is refused with its first packet; one that becomes so, then", () => {
    const link = acquainted({ maxMessageBytes: 100, maxDatagramBytes: 95 });
    const fits = link.sender.send(new Uint8Array(100).fill(0x61));
    const tooLarge = link.sender.send(new Uint8Array(101).fill(0x62));
    const early = link.sender.send(new Uint8Array(151).fill(0x63));
    link.runTo("3s");
    expect(fits.status).toBe("delivered");
    expect(tooLarge.outcome).toMatchObject({ status: "rejected", error: { code: 413 }, packets: 3, transmissions: 1 });
    expect(early.outcome).toMatchObject({ status: "rejected", error: { code: 413 }, packets: 4, transmissions: 1 });
    expect((link.receiver.arq as HardenedArq).held.underWay).toBe(0);
  });

  test("a packet from the middle of a message that is not known says so", () => {
    const link = acquainted({ maxDatagramBytes: 55 });
    const sent = link.sender.send("abcdefghijklmnopqrstuvwxyz");
    link.runTo("250ms"); // the first is acknowledged
    link.receiver.host.crash();
    link.receiver.host.start();
    link.runTo("2s");
    expect(sent.outcome).toMatchObject({ status: "rejected", error: { code: 409, text: "unknown message" } });
  });
});

describe("what a receiver keeps is bounded", () => {
  /** `other` takes everything; messages of `one` are begun, each with an ID of its own, and not finished. */
  function begun(arq: LabOptions["arq"], messages: number, bytes: number) {
    const link = twoHosts({ ...HARDENED, hosts: ["one", "other"], arq: { ...HARDENED.arq, ...arq } });
    const [one, other] = [link.end("one"), link.end("other")];
    const part = (n: number, seq: number): void =>
      one.inject(dataPacket(MessageType.RESULT, new Uint8Array(bytes), { messageId: id(n), seq, total: 2 }), other);
    for (let n = 1; n <= messages; n++) part(n, 1);
    link.runTo("1s");
    const dropped = link.tape
      .find({ event: "state", node: "other" })
      .map(({ note }) => note)
      .filter((note) => note.startsWith("incomplete"));
    return { link, other, part, dropped, held: () => (other.arq as HardenedArq).held };
  }

  test("messages under way of one sender: the one silent longest makes room", () => {
    const { link, other, part, dropped, held } = begun({ maxReassembliesPerSender: 4 }, 5, 10);
    expect(dropped).toEqual(["incomplete RESULT (1 of 2) dropped: too many at once from one sender"]);
    expect(held().underWay).toBe(4);
    part(1, 2); // the one that was dropped
    part(2, 2);
    link.runTo("2s");
    expect(other.received).toHaveLength(1);
    expect(held()).toEqual({ senders: 1, messages: 1, underWay: 3 });
  });

  test("their bytes: those begun first make room", () => {
    const { dropped, held } = begun({ maxReassemblyBytes: 1000, maxReassembliesPerSender: 100 }, 10, 72);
    expect(held().underWay).toBe(5); // of 72 bytes and 128 for the fragment
    expect(dropped).toEqual(Array(5).fill("incomplete RESULT (1 of 2) dropped: more than 1000 bytes under way"));
  });

  test("senders: the oldest makes room, and takes what was remembered of it along", () => {
    const link = twoHosts({ ...HARDENED, hosts: ["one", "other", "third"], arq: { ...HARDENED.arq, maxRemotes: 1 } });
    const [one, other, third] = [link.end("one"), link.end("other"), link.end("third")];
    const packet = (n: number): Uint8Array => dataPacket(MessageType.RESULT, new Uint8Array(1), { messageId: id(n) });
    one.inject(packet(1), other);
    link.runTo("1s");
    third.inject(packet(2), other);
    link.runTo("2s");
    expect((other.arq as HardenedArq).held).toEqual({ senders: 1, messages: 1, underWay: 0 });
    expect(link.tape.find({ event: "state", node: "other" }).at(-2)?.note).toBe(
      "receiver state evicted: too many senders",
    );
  });

  test("IDs in all: the sender that was silent longest is forgotten", () => {
    const link = twoHosts({
      ...HARDENED,
      hosts: ["one", "other", "third"],
      arq: { ...HARDENED.arq, maxRememberedMessages: 3 },
    });
    const [one, other, third] = [link.end("one"), link.end("other"), link.end("third")];
    const packet = (n: number): Uint8Array => dataPacket(MessageType.RESULT, new Uint8Array(1), { messageId: id(n) });
    for (const n of [1, 2]) one.inject(packet(n), other);
    for (const n of [3, 4]) third.inject(packet(n), other);
    link.runTo("1s");
    expect((other.arq as HardenedArq).held).toEqual({ senders: 1, messages: 2, underWay: 0 });
    third.inject(packet(4), other);
    link.runTo("2s");
    expect(other.received).toHaveLength(4);
  });
});

describe("message IDs", () => {
  function idsOf(seed: string): string[] {
    const link = twoHosts({ ...HARDENED, network: { seed } });
    const ids: string[] = [];
    const { host } = link.receiver;
    host.participant = {
      start() {},
      stop() {},
      onDatagram(_from, datagram) {
        const packet = decodeHardened(datagram);
        if (packet.ok) ids.push(`${packet.messageId.high} ${packet.messageId.low}`);
      },
    };
    for (let i = 0; i < 50; i++) link.sender.send(`${i}`).cancel();
    link.runTo("1s");
    link.sender.host.crash();
    link.sender.host.start();
    for (let i = 0; i < 50; i++) link.sender.send(`${i}`).cancel();
    link.runTo("2s");
    return ids;
  }

  test("differ from message to message, from start to start, and from seed to seed; the seed alone decides", () => {
    const ids = idsOf("a");
    expect(ids.length).toBe(100);
    expect(new Set([...ids, ...idsOf("b")]).size).toBe(200);
    expect(idsOf("a")).toEqual(ids);
    const highs = ids.map((text) => Number(text.split(" ")[0]));
    expect(Math.max(...highs) - Math.min(...highs)).toBeGreaterThan(2 ** 31);
  });
});

test("bare ends speak it too, without cookies", () => {
  const world = new World();
  const options = arqOptions({ rto: "200ms", arq: { wire: hardenedWire } });
  let receiver!: ArqReceiver;
  const to = world.host("receiver", (transport) => {
    receiver = new ArqReceiver(transport, options);
    return receiver;
  });
  const from = world.host("sender", (transport) => new ArqSender(transport, options));
  const outcomes: unknown[] = [];
  (from.participant as ArqSender).bulk(to.self, { messages: 3, packets: 4, bytes: 100 }, (outcome) =>
    outcomes.push(outcome),
  );
  world.run();
  expect(outcomes).toEqual([{ messages: 3, delivered: 3, givenUp: 0, packets: 12, transmissions: 12 }]);
  expect(receiver.counts).toEqual({ messages: 3, packets: 12, bytes: 12 * 55, damaged: 0 });
});
