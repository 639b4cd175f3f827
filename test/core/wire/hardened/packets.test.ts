/** The hardened wire's packets, field by field (docs/wire.md). */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeHardened } from "../../../../src/core/wire/hardened/describe.ts";
import { WIRE_ERRORS } from "../../../../src/core/wire/hardened/errors.ts";
import {
  COMMON_BYTES,
  cookieOf,
  DATA_HEADER_BYTES,
  decodeHardened,
  encodeChallenge,
  encodeErrorTo,
  encodeHardenedAck,
  errorOf,
  HardenedKind,
  type HardenedPacket,
  hardenedWire,
  looksHardened,
} from "../../../../src/core/wire/hardened/packets.ts";
import { MessageType } from "../../../../src/core/wire/packet.ts";
import { bytesSource } from "../../../../src/core/wire/payload-source.ts";
import { reportWire } from "../../../../src/core/wire/report.ts";
import { dataPacket, id } from "../../support/hardened-client.ts";

const COOKIE = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
const lookup = (): Uint8Array => dataPacket(MessageType.LOOKUP, new Uint8Array([1, 2, 3]), { messageId: id(1) });

function decoded(datagram: Uint8Array): HardenedPacket {
  const packet = decodeHardened(datagram);
  if (!packet.ok) throw new Error(packet.reason);
  return packet;
}

function changed(datagram: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = datagram.slice();
  copy.set(bytes, at);
  return copy;
}

describe("what is written reads the same", () => {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  const number64 = fc.record({ high: word, low: fc.integer({ min: 1, max: 0xffff_ffff }) });

  test("property: DATA", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.uint8Array({ minLength: 1, maxLength: 2000 }),
        number64,
        number64,
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 46, max: 600 }),
        (type, payload, messageId, replyTo, cookie, maxBytes) => {
          const plan = hardenedWire.plan(type as MessageType, payload.length, maxBytes);
          const joined: number[] = [];
          for (let seq = 1; seq <= plan.totalPackets; seq++) {
            const envelope = { messageId, replyTo, cookie };
            const datagram = hardenedWire.encodeData(type as MessageType, bytesSource(payload), plan, seq, envelope);
            expect(datagram.length).toBeLessThanOrEqual(maxBytes);
            const packet = decoded(datagram);
            expect(packet).toMatchObject({ type, seq, total: plan.totalPackets, messageId, replyTo, kind: 1 });
            expect(cookieOf(packet)).toEqual(cookie);
            joined.push(...datagram.subarray(packet.fragmentStart, packet.fragmentEnd));
          }
          expect(joined).toEqual([...payload]);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  test("an ACK repeats the message ID, advances SEQ, and may carry an update interval", () => {
    const update = decoded(dataPacket(MessageType.UPDATE, new Uint8Array(10), { messageId: id(2), seq: 3, total: 3 }));
    const plain = decoded(encodeHardenedAck(update, 0));
    expect(plain).toMatchObject({ kind: 2, type: 1, messageId: id(2), seq: 4, total: 3, updateIntervalMs: 0 });
    expect(encodeHardenedAck(update, 0).length).toBe(COMMON_BYTES);
    expect(decoded(encodeHardenedAck(update, 4_294_967_295)).updateIntervalMs).toBe(4_294_967_295);
  });

  test("a CHALLENGE carries a cookie", () => {
    const challenge = decoded(encodeChallenge(decoded(lookup()), COOKIE));
    expect(challenge).toMatchObject({ kind: 3, type: 2, messageId: id(1), seq: 1, total: 1 });
    expect(cookieOf(challenge)).toEqual(COOKIE);
  });

  test("an ERROR carries a code and a text", () => {
    for (const error of WIRE_ERRORS) {
      const packet = decoded(encodeErrorTo(lookup(), error) as Uint8Array);
      expect(packet).toMatchObject({ kind: 4, type: 2, messageId: id(1), seq: 1, total: 1 });
      expect(errorOf(packet)).toEqual(error);
    }
  });
});

describe("no answer is longer than the DATA that it answers", () => {
  test("the shortest DATA packet has 45 bytes", () => {
    const shortest = dataPacket(MessageType.VIEW, new Uint8Array(0), { messageId: id(1) });
    expect(shortest.length).toBe(DATA_HEADER_BYTES);
    const packet = decoded(shortest);
    expect(encodeHardenedAck(packet, 1).length).toBe(25);
    expect(encodeChallenge(packet, COOKIE).length).toBe(37);
    for (const error of WIRE_ERRORS) {
      const answer = encodeErrorTo(shortest, error) as Uint8Array;
      expect(answer.length).toBeLessThanOrEqual(shortest.length);
      expect(errorOf(decoded(answer))).toEqual(error); // and no text is cut
    }
  });

  test("to what was cut off before its end, the text is cut; below 23 bytes there is none", () => {
    const [error] = WIRE_ERRORS;
    for (let length = 0; length < 46; length++) {
      const answer = encodeErrorTo(lookup().subarray(0, length), error!);
      if (length < 23) expect(answer).toBeUndefined();
      else expect(answer?.length).toBe(Math.min(length, 23 + error!.text.length));
    }
  });

  test("only DATA is answered with an ERROR", () => {
    const packet = decoded(lookup());
    const others = [
      encodeHardenedAck(packet, 0),
      encodeChallenge(packet, COOKIE),
      encodeErrorTo(lookup(), WIRE_ERRORS[0]!)!,
    ];
    for (const other of others) expect(encodeErrorTo(other, WIRE_ERRORS[0]!)).toBeUndefined();
    expect(encodeErrorTo(changed(lookup(), 0, 0x31), WIRE_ERRORS[0]!)).toBeUndefined();
  });
});

describe("what is no packet has a reason and an offset", () => {
  const ack = (): Uint8Array => encodeHardenedAck(decoded(lookup()), 0).slice();
  const error = (): Uint8Array => (encodeErrorTo(lookup(), WIRE_ERRORS[0]!) as Uint8Array).slice();
  test.each<[string, Uint8Array, string, number]>([
    ["nothing", new Uint8Array(0), "empty", 0],
    ["more than UDP carries", new Uint8Array(65_528), "too-long", 65_527],
    ["the report's packet", new TextEncoder().encode("4  1 1"), "bad-magic", 0],
    ["one byte", new Uint8Array([0xf5]), "bad-magic", 0],
    ["another second byte", changed(lookup(), 1, 0x51), "bad-magic", 0],
    ["version 0", changed(lookup(), 2, 0), "unsupported-version", 2],
    ["version 2", changed(lookup(), 2, 2), "unsupported-version", 2],
    ["kind 0", changed(lookup(), 3, 0), "unknown-kind", 3],
    ["kind 5", changed(lookup(), 3, 5), "unknown-kind", 3],
    ["type 0", changed(lookup(), 4, 0), "unknown-type", 4],
    ["type 9", changed(lookup(), 4, 9), "unknown-type", 4],
    ["message ID 0", changed(lookup(), 5, 0, 0, 0, 0, 0, 0, 0, 0), "no-message-id", 5],
    ["SEQ 0", changed(lookup(), 13, 0, 0, 0, 0), "bad-sequence-number", 13],
    ["SEQ beyond TOTAL", changed(lookup(), 13, 0, 0, 0, 2), "sequence-beyond-total", 13],
    ["TOTAL 0", changed(lookup(), 17, 0, 0, 0, 0), "bad-total", 17],
    ["TOTAL 2^32 - 1", changed(lookup(), 17, 255, 255, 255, 255), "bad-total", 17],
    ["DATA without its cookie", lookup().subarray(0, 44), "truncated", 44],
    ["an empty fragment of two", changed(lookup(), 17, 0, 0, 0, 2).subarray(0, 45), "empty-fragment", 45],
    ["an ACK of SEQ 1", changed(ack(), 13, 0, 0, 0, 1), "bad-sequence-number", 13],
    ["an ACK beyond TOTAL + 1", changed(ack(), 13, 0, 0, 0, 3), "sequence-beyond-total", 13],
    ["half an interval", new Uint8Array([...ack(), 0, 0]), "truncated", 23],
    ["an interval and more", new Uint8Array([...ack(), 0, 0, 0, 1, 0]), "unexpected-bytes", 25],
    ["a LOOKUP's ACK with an interval", new Uint8Array([...ack(), 0, 0, 0, 1]), "bad-update-interval", 21],
    ["an interval of 0", new Uint8Array([...changed(ack(), 4, 1), 0, 0, 0, 0]), "bad-update-interval", 21],
    ["a CHALLENGE without all of its cookie", changed(lookup(), 3, 3).subarray(0, 36), "truncated", 36],
    ["a CHALLENGE and more", changed(lookup(), 3, 3), "unexpected-bytes", 37],
    ["an ERROR without its code", error().subarray(0, 22), "truncated", 22],
    ["code 99", changed(error(), 21, 0, 99), "bad-error-code", 21],
    ["code 1000", changed(error(), 21, 3, 232), "bad-error-code", 21],
    ["an escape sequence", changed(error(), 23, 27), "bad-error-text", 23],
    ["beyond ASCII", changed(error(), 24, 127), "bad-error-text", 24],
  ])("%s", (_what, datagram, reason, offsetBytes) => {
    expect(decodeHardened(datagram)).toEqual({ ok: false, reason, offsetBytes });
    expect(describeHardened(datagram)).toBeUndefined();
  });

  test("every prefix of an ACK, a CHALLENGE, an ERROR's head and a DATA packet's head", () => {
    const packet = decoded(lookup());
    const heads = [ack(), encodeChallenge(packet, COOKIE), error().subarray(0, 23), lookup().subarray(0, 45)];
    for (const head of heads) {
      for (let length = 0; length < head.length; length++)
        expect(decodeHardened(head.subarray(0, length)).ok).toBe(false);
      expect(decodeHardened(head).ok).toBe(true);
    }
  });

  test("the two wires are told apart by the first byte", () => {
    expect(looksHardened(lookup())).toBe(true);
    expect(reportWire.decode(lookup())).toEqual({ ok: false, reason: "no-type", offsetBytes: 0 });
    for (const text of ["4  1 1", "", "9"]) expect(looksHardened(new TextEncoder().encode(text))).toBe(false);
  });
});

describe("plans", () => {
  test("all of a datagram behind the header is payload", () => {
    expect(hardenedWire.plan(MessageType.UPDATE, 467, 512)).toEqual({ totalPackets: 1, fragmentBytes: 467 });
    expect(hardenedWire.plan(MessageType.UPDATE, 468, 512)).toEqual({ totalPackets: 2, fragmentBytes: 467 });
    expect(hardenedWire.plan(MessageType.VIEW, 0, 45)).toEqual({ totalPackets: 1, fragmentBytes: 0 });
  });

  test.each([
    [0, 44],
    [1, 45],
    [1, 65_528],
    [-1, 512],
  ])("%s bytes of payload in datagrams of %s: a RangeError", (payloadBytes, maxBytes) => {
    expect(() => hardenedWire.plan(MessageType.UPDATE, payloadBytes, maxBytes)).toThrow(RangeError);
  });

  test("a packet needs an envelope, and a place in its message", () => {
    const source = bytesSource(new Uint8Array(1));
    const plan = { totalPackets: 1, fragmentBytes: 1 };
    const envelope = { messageId: id(1), replyTo: id(2), cookie: undefined };
    expect(() => hardenedWire.encodeData(MessageType.DATA, source, plan, 1)).toThrow(/message ID/);
    expect(() => hardenedWire.encodeData(MessageType.DATA, source, plan, 2, envelope)).toThrow(RangeError);
  });
});

test("a description says what the trace needs", () => {
  const packet = decoded(lookup());
  const of = describeHardened;
  expect(of(lookup())).toEqual({ kind: "data", type: "LOOKUP", seq: 1, total: 1 });
  expect(of(encodeHardenedAck(packet, 0))).toEqual({ kind: "ack", type: "LOOKUP", seq: 2, total: 1 });
  expect(of(encodeChallenge(packet, COOKIE))).toEqual({ kind: "other", type: "CHALLENGE", seq: 1, total: 1 });
  expect(of(encodeErrorTo(lookup(), WIRE_ERRORS[0]!)!)).toEqual({ kind: "other", type: "REFUSAL", seq: 1, total: 1 });
  expect(packet.kind).toBe(HardenedKind.DATA);
});
