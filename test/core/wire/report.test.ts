import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MessageType, type Packet, type PayloadSource } from "../../../src/core/wire/packet.ts";
import { bytesSource } from "../../../src/core/wire/payload-source.ts";
import { fragmentCapacity, MAX_DATAGRAM_BYTES, MAX_TOTAL_PACKETS, reportWire } from "../../../src/core/wire/report.ts";
import { datagramLike, latin1, latin1Text } from "./bytes.ts";

/** The packet of a datagram that is one. */
function packetOf(datagram: string | Uint8Array): Packet {
  const packet = reportWire.decode(typeof datagram === "string" ? latin1(datagram) : datagram);
  if (!packet.ok) throw new Error(`${packet.reason} at ${packet.offsetBytes}`);
  return packet;
}

function fragmentOf({ datagram, fragmentStart, fragmentEnd }: Packet): string {
  return latin1Text(datagram.subarray(fragmentStart, fragmentEnd));
}

/** All packets of a message, as text. */
function packetsOf(type: MessageType, payload: string, maxDatagramBytes = 512): string[] {
  const plan = reportWire.plan(type, payload.length, maxDatagramBytes);
  const source = bytesSource(latin1(payload));
  return Array.from({ length: plan.totalPackets }, (_, i) =>
    latin1Text(reportWire.encodeData(type, source, plan, i + 1)),
  );
}

const ackOf = (datagram: string) => latin1Text(reportWire.encodeAck(packetOf(datagram)));

describe("the packets of the capture", () => {
  test("frame 689: an update without files, 18 bytes", () => {
    const frame = Uint8Array.from([
      0x31, 0x20, 0x31, 0x30, 0x2e, 0x30, 0x2e, 0x30, 0x2e, 0x32, 0x20, 0x38, 0x30, 0x20, 0x20, 0x31, 0x20, 0x31,
    ]);
    const packet = packetOf(frame);
    expect(packet).toMatchObject({ type: MessageType.UPDATE, seq: 1, total: 1 });
    expect(fragmentOf(packet)).toBe("10.0.0.2 80 ");
    expect(packetsOf(MessageType.UPDATE, "10.0.0.2 80 ")).toEqual([latin1Text(frame)]);
  });

  test("an update with one file, 26 bytes", () => {
    const [datagram] = packetsOf(MessageType.UPDATE, "10.0.0.3 80 new.txt ");
    expect(datagram).toBe("1 10.0.0.3 80 new.txt  1 1");
    expect(datagram).toHaveLength(26);
  });

  test("the ACK is the packet with SEQ advanced by one, and as long", () => {
    expect(ackOf("1 10.0.0.2 80  1 1")).toBe("1 10.0.0.2 80  2 1");
    expect(ackOf("1 10.0.0.3 80 new.txt  1 1")).toBe("1 10.0.0.3 80 new.txt  2 1");
  });

  test("look-up, exit and view", () => {
    expect(packetsOf(MessageType.LOOKUP, "new.txt")).toEqual(["2 new.txt 1 1"]);
    expect(packetsOf(MessageType.EXIT, "10.0.0.2 80 ")).toEqual(["3 10.0.0.2 80  1 1"]);
    expect(packetsOf(MessageType.VIEW, "")).toEqual(["4  1 1"]);
    expect(fragmentOf(packetOf("4  1 1"))).toBe("");
  });
});

describe("acknowledgements", () => {
  test.each([
    ["8 x 9 9", "8 x 10 9"],
    ["8 x 9 20", "8 x 10 20"],
    ["8 x 19 20", "8 x 20 20"],
    ["8 x 99 100", "8 x 100 100"],
    ["8 x 1099 2000", "8 x 1100 2000"],
    ["8 x 999999 1000000", "8 x 1000000 1000000"],
  ])("carries: %s -> %s", (data, ack) => {
    expect(ackOf(data)).toBe(ack);
    expect(packetOf(ack).seq).toBe(packetOf(data).seq + 1);
  });

  test("leave the packet as it was, and do not share its memory", () => {
    const datagram = latin1("1 10.0.0.2 80  1 1");
    const ack = reportWire.encodeAck(packetOf(datagram));
    ack.fill(0);
    expect(latin1Text(datagram)).toBe("1 10.0.0.2 80  1 1");
  });

  test("the last ACK of the longest message can still be decoded", () => {
    const ack = packetOf(ackOf(`8 x ${MAX_TOTAL_PACKETS} ${MAX_TOTAL_PACKETS}`));
    expect(ack.seq).toBe(MAX_TOTAL_PACKETS + 1);
  });
});

describe("fragmentation", () => {
  test("every packet but the last is filled, the last has the rest", () => {
    // A header of 1 + 1 + 1 digits and three spaces leaves 4 of 10 bytes.
    expect(packetsOf(MessageType.DATA, "abcdefghij", 10)).toEqual(["8 abcd 1 3", "8 efgh 2 3", "8 ij 3 3"]);
    expect(packetsOf(MessageType.DATA, "abcdefgh", 10)).toEqual(["8 abcd 1 2", "8 efgh 2 2"]);
  });

  test("spaces survive wherever the payload is cut", () => {
    const payload = "10.0.0.3 80 a b  c ";
    for (let maxDatagramBytes = 16; maxDatagramBytes < 32; maxDatagramBytes++) {
      const fragments = packetsOf(MessageType.UPDATE, payload, maxDatagramBytes).map((packet) =>
        fragmentOf(packetOf(packet)),
      );
      expect(fragments.join("")).toBe(payload);
    }
  });

  test("the header's widest form is kept free: two digits of SEQ for the ACK of packet 9 of 9", () => {
    const full = "x".repeat(9 * fragmentCapacity(MessageType.DATA, 9, 512));
    const last = packetsOf(MessageType.DATA, full).at(-1)!;
    expect(last).toMatch(/ 9 9$/);
    expect(last).toHaveLength(511);
    expect(ackOf(last)).toHaveLength(512);
    // One byte more is a tenth packet, and TOTAL a digit longer.
    expect(packetsOf(MessageType.DATA, `${full}x`).at(-1)).toMatch(/ 10 10$/);
  });

  test("200,000 packets of 512 bytes carry 496 bytes each", () => {
    expect(reportWire.plan(MessageType.DATA, 200_000 * 496, 512)).toEqual({
      totalPackets: 200_000,
      fragmentBytes: 496,
    });
  });

  test("a longer TOTAL may need more than one packet more: no payload is cut into 1,000", () => {
    expect(reportWire.plan(MessageType.DATA, 998 * 502, 512)).toEqual({ totalPackets: 998, fragmentBytes: 502 });
    expect(reportWire.plan(MessageType.DATA, 998 * 502 + 1, 512)).toEqual({ totalPackets: 1002, fragmentBytes: 500 });
  });

  test("an empty payload is one packet, also where nothing else fits", () => {
    expect(reportWire.plan(MessageType.VIEW, 0, 512).totalPackets).toBe(1);
    expect(reportWire.plan(MessageType.VIEW, 0, 6)).toEqual({ totalPackets: 1, fragmentBytes: 0 });
  });

  test("misuse is a RangeError that says what to do", () => {
    expect(() => reportWire.plan(MessageType.VIEW, 0, 5)).toThrow(/no room .* allow larger datagrams/);
    expect(() => reportWire.plan(MessageType.DATA, 1, 6)).toThrow(RangeError);
    expect(() => reportWire.plan(MessageType.DATA, 1, MAX_DATAGRAM_BYTES + 1)).toThrow(/at most 65527 bytes/);
    expect(() => reportWire.plan(MessageType.DATA, -1, 512)).toThrow(RangeError);
    expect(() => reportWire.plan(MessageType.DATA, 1.5, 512)).toThrow(RangeError);
    expect(() => reportWire.plan(MessageType.DATA, Number.MAX_SAFE_INTEGER, 512)).toThrow(/at most 999999998 packets/);
    const plan = reportWire.plan(MessageType.DATA, 4, 512);
    for (const seq of [0, 2]) {
      expect(() => reportWire.encodeData(MessageType.DATA, bytesSource(latin1("abcd")), plan, seq)).toThrow(RangeError);
    }
  });

  test("a message too long for the digits it leaves room for is refused, not looped over", () => {
    expect(() => reportWire.plan(MessageType.DATA, 1000, 9)).toThrow(/no room/);
  });

  test("property: the plan is the least that works", () => {
    fc.assert(
      fc.property(fc.nat(300_000), fc.integer({ min: 20, max: 2000 }), (payloadBytes, maxDatagramBytes) => {
        const { totalPackets, fragmentBytes } = reportWire.plan(MessageType.DATA, payloadBytes, maxDatagramBytes);
        const last = payloadBytes - (totalPackets - 1) * fragmentBytes;
        expect(last).toBeGreaterThanOrEqual(payloadBytes === 0 ? 0 : 1);
        expect(last).toBeLessThanOrEqual(fragmentBytes);
        const widest = `8  ${totalPackets + 1} ${totalPackets}`.length + fragmentBytes;
        expect(widest).toBe(maxDatagramBytes);
        const fewer = totalPackets - 1;
        if (fewer > 0) {
          expect(fewer * fragmentCapacity(MessageType.DATA, fewer, maxDatagramBytes)).toBeLessThan(payloadBytes);
        }
      }),
    );
  });

  test("property: a message is put together again from its packets, and no packet or ACK is too long", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(MessageType)),
        fc.uint8Array({ maxLength: 3000, size: "max" }),
        fc.integer({ min: 16, max: 300 }),
        (type, payload, maxDatagramBytes) => {
          const plan = reportWire.plan(type, payload.length, maxDatagramBytes);
          const back: number[] = [];
          for (let seq = 1; seq <= plan.totalPackets; seq++) {
            const datagram = reportWire.encodeData(type, bytesSource(payload), plan, seq);
            const packet = packetOf(datagram);
            expect(packet).toMatchObject({ type, seq, total: plan.totalPackets });
            expect(reportWire.encodeAck(packet).length).toBeLessThanOrEqual(maxDatagramBytes);
            back.push(...datagram.subarray(packet.fragmentStart, packet.fragmentEnd));
          }
          expect(back).toEqual([...payload]);
        },
      ),
    );
  });
});

describe("what is not a packet", () => {
  test.each([
    ["", "empty", 0],
    [" 10.0.0.2 80  1 1", "no-type", 0],
    ["x 10.0.0.2 80  1 1", "no-type", 0],
    ["1x 10.0.0.2 80  1 1", "no-type", 1],
    ["01 10.0.0.2 80  1 1", "no-type", 0],
    ["1234567890  1 1", "no-type", 9],
    ["0  1 1", "unknown-type", 0],
    ["9  1 1", "unknown-type", 0],
    ["999999999  1 1", "unknown-type", 0],
    ["1", "no-sequence-number", 1],
    ["1 ", "no-sequence-number", 2],
    ["1 1", "no-sequence-number", 3],
    ["1 10.0.0.2 80  1", "no-sequence-number", 14],
    ["1 10.0.0.2 80 x 1", "bad-sequence-number", 14],
    ["1 10.0.0.2 80  -1 1", "bad-sequence-number", 15],
    ["1 10.0.0.2 80  0 1", "bad-sequence-number", 15],
    ["1 10.0.0.2 80  01 1", "bad-sequence-number", 15],
    ["1 10.0.0.2 80  1234567890 1", "bad-sequence-number", 15],
    ["1 10.0.0.2 80  1 ", "no-total", 17],
    ["4 1 1", "no-total", 5],
    ["1 10.0.0.2 80  1 x", "bad-total", 17],
    ["1 10.0.0.2 80  1 0", "bad-total", 17],
    ["1 10.0.0.2 80  1 01", "bad-total", 17],
    ["1 10.0.0.2 80  1 +1", "bad-total", 17],
    ["1 10.0.0.2 80  1 999999999", "bad-total", 17],
    ["1 10.0.0.2 80  1 1234567890", "bad-total", 17],
    ["1 10.0.0.2 80  1 1\n", "bad-total", 18],
    ["1 10.0.0.2 80  3 1", "sequence-beyond-total", 15],
  ])("%j: %s at %i", (text, reason, offsetBytes) => {
    expect(reportWire.decode(latin1(text))).toEqual({ ok: false, reason, offsetBytes });
  });

  test("more bytes than a UDP datagram can have", () => {
    const padded = (length: number) => latin1(`8 ${"x".repeat(length - 6)} 1 1`);
    expect(reportWire.decode(padded(MAX_DATAGRAM_BYTES)).ok).toBe(true);
    expect(reportWire.decode(padded(MAX_DATAGRAM_BYTES + 1))).toEqual({
      ok: false,
      reason: "too-long",
      offsetBytes: MAX_DATAGRAM_BYTES,
    });
  });

  test("SEQ may be one beyond TOTAL, as the last ACK's is", () => {
    expect(packetOf("1 10.0.0.2 80  2 1")).toMatchObject({ seq: 2, total: 1 });
  });
});

/** The grammar as one expression: what the decoder must agree with. */
function isPacket(text: string): boolean {
  const match = /^([1-8]) .*? ([1-9]\d{0,8}) ([1-9]\d{0,8})$/s.exec(text);
  return match !== null && Number(match[3]) <= 999_999_998 && Number(match[2]) <= Number(match[3]) + 1;
}

describe("truncated packets", () => {
  const prefixes = (text: string) => Array.from(text, (_, length) => text.slice(0, length));
  const decodes = (text: string) => reportWire.decode(latin1(text)).ok;

  test.each([
    "1 10.0.0.2 80  1 1",
    "1 10.0.0.3 80 new.txt  1 1",
    "1 10.0.0.3 80 new.txt  2 1",
    "2 new.txt 1 1",
    "3 10.0.0.2 80  1 1",
    "4  1 1",
    "7 404 file not found 1 1",
  ])("no proper prefix of %j is a packet", (text) => {
    expect(prefixes(text).filter(decodes)).toEqual([]);
  });

  test("cut within TOTAL, a packet is a packet of a shorter message", () => {
    expect(prefixes("8 x 1 120").filter(decodes)).toEqual(["8 x 1 1", "8 x 1 12"]);
    // SEQ tells where the shorter TOTAL is too short for it.
    expect(prefixes("8 x 7 120").filter(decodes)).toEqual(["8 x 7 12"]);
  });

  test("cut within a payload that reads like a tail, a packet is another packet", () => {
    expect(prefixes("1 10.0.0.3 80 3 4  1 1").filter(decodes)).toEqual(["1 10.0.0.3 80 3 4"]);
  });

  test("property: a prefix is a packet exactly where the grammar says so", () => {
    fc.assert(
      fc.property(datagramLike, (text) => {
        for (const prefix of prefixes(text)) expect(decodes(prefix)).toBe(isPacket(prefix));
      }),
    );
  });
});

describe("rubbish", () => {
  /** What decodes is its own encoding: there is one spelling for every packet. */
  function expectCanonical(bytes: Uint8Array): void {
    const packet = reportWire.decode(bytes);
    expect(packet.ok).toBe(isPacket(latin1Text(bytes)));
    if (!packet.ok) {
      expect(packet.offsetBytes).toBeLessThanOrEqual(bytes.length);
      return;
    }
    const fragment = bytes.subarray(packet.fragmentStart, packet.fragmentEnd);
    // A plan whose fragments are as long as this one, so that packet `seq` of it is this packet.
    const source: PayloadSource = {
      byteLength: packet.total * fragment.length,
      copy: (_start, _length, target, targetOffset) => target.set(fragment, targetOffset),
    };
    const plan = { totalPackets: packet.total, fragmentBytes: fragment.length };
    if (packet.seq <= packet.total) {
      expect(reportWire.encodeData(packet.type, source, plan, packet.seq)).toEqual(bytes);
    } else if (packet.seq > 1) {
      const data = packetOf(reportWire.encodeData(packet.type, source, plan, packet.seq - 1));
      expect(reportWire.encodeAck(data)).toEqual(bytes);
    }
  }

  test("property: random bytes never throw, and what decodes encodes to the same bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64, size: "max" }), expectCanonical));
  });

  test("property: the same for packets, and for packets with bytes changed, cut out and put in", () => {
    const edit = fc.tuple(fc.nat(60), fc.nat(2), fc.constantFrom("", " ", "0", "1", "9", "99", "x", "\n", "\0"));
    fc.assert(
      fc.property(datagramLike, fc.array(edit, { maxLength: 3 }), (text, edits) => {
        const mutated = edits.reduce((t, [at, cut, put]) => t.slice(0, at) + put + t.slice(at + cut), text);
        expectCanonical(latin1(mutated));
      }),
      { numRuns: 2000 },
    );
  });
});
