/** Reading captures: both formats, both byte orders, the link types that tcpdump writes, and files that are broken. */

import { describe, expect, test } from "vitest";
import { readCapture } from "../../src/capture/read.ts";
import { tcpFrame, udpFrame } from "../../src/trace/pcapng/frames.ts";
import { bytesOf, concat, textOf } from "../contract/world.ts";
import { Dice } from "../robustness/rubbish.ts";

const ENDS = { sourceHost: "10.0.0.2", sourcePort: 8888, destinationHost: "10.0.0.1", destinationPort: 7777 };
const UPDATE = bytesOf("1 10.0.0.2 80  1 1");
const COOKED = udpFrame(ENDS, 4, 7, UPDATE);
const IP = COOKED.subarray(16);

/** A pcap file with one frame, at 1 s and 500,000 ticks. */
function pcap(linkType: number, frame: Uint8Array, { littleEndian = true, magic = 0xa1b2c3d4 } = {}): Uint8Array {
  const file = new Uint8Array(40 + frame.length);
  const view = new DataView(file.buffer);
  const put = (at: number, value: number) => view.setUint32(at, value, littleEndian);
  put(0, magic);
  put(20, linkType);
  put(24, 1);
  put(28, 500_000);
  put(32, frame.length);
  put(36, frame.length);
  file.set(frame, 40);
  return file;
}

function only(file: Uint8Array) {
  const read = readCapture(file);
  if (!read.ok) throw new Error(read.reason);
  expect(read.packets).toHaveLength(1);
  return read.packets[0]!;
}

describe("pcap", () => {
  test.each([
    ["little-endian, microseconds", { littleEndian: true, magic: 0xa1b2c3d4 }, 1_500_000_000n],
    ["big-endian, microseconds", { littleEndian: false, magic: 0xa1b2c3d4 }, 1_500_000_000n],
    ["little-endian, nanoseconds", { littleEndian: true, magic: 0xa1b23c4d }, 1_000_500_000n],
  ])("%s", (_, order, timeNs) => {
    const packet = only(pcap(113, COOKED, order));
    expect(packet).toMatchObject({ ...ENDS, timeNs, protocol: "udp", direction: "out", identification: 7 });
    expect(textOf(packet.payload)).toBe("1 10.0.0.2 80  1 1");
  });

  const ethernet = (type: number[]) => concat([new Uint8Array(12), Uint8Array.from(type), IP]);
  const sll2 = concat([Uint8Array.from([8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6]), new Uint8Array(8), IP]);
  test.each([
    ["RAW", 101, IP, "unknown"],
    ["Ethernet", 1, ethernet([8, 0]), "unknown"],
    ["Ethernet with a VLAN tag", 1, ethernet([0x81, 0, 0, 5, 8, 0]), "unknown"],
    ["BSD loopback", 0, concat([Uint8Array.of(2, 0, 0, 0), IP]), "unknown"],
    ["Linux cooked v2", 276, sll2, "in"],
  ])("link type %s", (_, linkType, frame, direction) => {
    expect(only(pcap(linkType, frame))).toMatchObject({ ...ENDS, direction });
  });

  test("IPv6 addresses are written as RFC 5952 has them", () => {
    const header = new Uint8Array(40);
    const view = new DataView(header.buffer);
    view.setUint8(0, 0x60);
    view.setUint16(4, 8 + UPDATE.length);
    view.setUint8(6, 17);
    view.setUint16(8, 0x2001);
    view.setUint16(10, 0xdb8);
    view.setUint16(22, 2);
    view.setUint16(38, 1);
    const packet = only(pcap(101, concat([header, IP.subarray(20)])));
    expect([packet.sourceHost, packet.destinationHost, textOf(packet.payload)]).toEqual([
      "2001:db8::2",
      "::1",
      textOf(UPDATE),
    ]);
  });

  test("TCP segments keep their numbers and flags", () => {
    const tcp = { seq: 4_000_000_000, ack: 17, flags: 0x18, windowBytes: 1000, maxSegmentBytes: 1460 };
    const packet = only(pcap(113, tcpFrame(ENDS, 0, 1, tcp, bytesOf("GET"))));
    expect(packet).toMatchObject({
      protocol: "tcp",
      direction: "in",
      tcp: { seq: 4_000_000_000, ack: 17, flags: 0x18 },
    });
    expect(textOf(packet.payload)).toBe("GET");
  });

  test("a file that ends within a packet counts up to there", () => {
    const two = concat([pcap(113, COOKED), pcap(113, COOKED).subarray(24)]);
    const read = readCapture(two.subarray(0, two.length - 1));
    expect(read).toMatchObject({ ok: true, skipped: [{ why: "cut off at the end of the file", frames: 1 }] });
    expect(read.ok && read.packets.length).toBe(1);
  });

  test("frames without UDP or TCP, fragments and unknown link types are counted, with the reason", () => {
    const fragment = IP.slice();
    fragment[6] = 0x20;
    const icmp = IP.slice();
    icmp[9] = 1;
    const reasonOf = (linkType: number, frame: Uint8Array) => {
      const read = readCapture(pcap(linkType, frame));
      return read.ok ? read.skipped : read;
    };
    expect(reasonOf(101, fragment)).toEqual([{ why: "a fragment of an IP packet", frames: 1 }]);
    expect(reasonOf(101, icmp)).toEqual([{ why: "neither UDP nor TCP", frames: 1 }]);
    expect(reasonOf(101, IP.subarray(0, 30))).toEqual([{ why: "cut short", frames: 1 }]);
    expect(reasonOf(147, IP)).toEqual([{ why: "link type 147, which is not known here", frames: 1 }]);
    expect(reasonOf(1, new Uint8Array(60))).toEqual([{ why: "not IP", frames: 1 }]);
  });
});

describe("what is no capture", () => {
  test.each([
    ["", "too short"],
    ["time_ms,event,node", "neither a pcapng nor a pcap file"],
  ])("%j", (text, why) => {
    expect(readCapture(bytesOf(text))).toMatchObject({
      ok: false,
      reason: expect.stringContaining(why),
      offsetBytes: 0,
    });
  });

  test("a block whose length cannot be is named with its place", () => {
    const block = Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a, 5, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a);
    expect(readCapture(block)).toEqual({ ok: false, reason: "a block of 5 bytes, which cannot be", offsetBytes: 4 });
  });

  test("mutated captures are read or refused, and never throw", () => {
    const whole = pcap(113, COOKED);
    const dice = new Dice(7);
    for (let round = 0; round < 20_000; round++) {
      const mutated = whole.slice(0, 1 + dice.roll(whole.length));
      for (let i = 0; i < 4; i++) mutated[dice.roll(mutated.length)] = dice.roll(256);
      expect(typeof readCapture(mutated).ok).toBe("boolean");
    }
  });
});
