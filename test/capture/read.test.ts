/** Reading captures: both formats, both byte orders, the link types that tcpdump writes, and files that are broken. */

import { describe, expect, test } from "vitest";
import { importCapture } from "../../src/capture/import.ts";
import { readCapture } from "../../src/capture/read.ts";
import { defaultRtoOptions } from "../../src/core/arq/options.ts";
import { CaptureFile } from "../../src/trace/pcapng/capture-file.ts";
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

  test("a segment whose payload was cut short keeps its length; a datagram cannot be read", () => {
    const tcp = { seq: 1, ack: 1, flags: 0x18, windowBytes: 1000, maxSegmentBytes: 1460 };
    const segment = tcpFrame(ENDS, 0, 1, tcp, bytesOf("GET new.txt"));
    const packet = only(pcap(113, segment.subarray(0, segment.length - 8)));
    expect([textOf(packet.payload), packet.payloadBytes]).toEqual(["GET", 11]);
    expect(only(pcap(113, COOKED)).payloadBytes).toBe(UPDATE.length);
    const cut = readCapture(pcap(113, COOKED.subarray(0, COOKED.length - 1)));
    expect(cut).toMatchObject({ ok: true, packets: [], skipped: [{ why: "cut short", frames: 1 }] });
  });

  test("a capture of too many packets is refused, and what to do is said", () => {
    const three = concat([pcap(113, COOKED), pcap(113, COOKED).subarray(24), pcap(113, COOKED).subarray(24)]);
    expect(readCapture(three, 3).ok).toBe(true);
    expect(readCapture(three, 2)).toMatchObject({
      ok: false,
      reason: "it has more than 2 packets: cut it with editcap, or filter it with tshark -w",
    });
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

/** A block of a pcapng file, big-endian, which CaptureFile never writes. */
function block(type: number, ...parts: (number[] | Uint8Array)[]): Uint8Array {
  const body = concat(parts.map((part) => Uint8Array.from(part)));
  const bytes = new Uint8Array(12 + ((body.length + 3) & ~3));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type);
  view.setUint32(4, bytes.length);
  bytes.set(body, 8);
  view.setUint32(bytes.length - 4, bytes.length);
  return bytes;
}

describe("pcapng", () => {
  const u32 = (...values: number[]) =>
    values.flatMap((value) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
  const section = block(0x0a0d0d0a, u32(0x1a2b3c4d, 0x00010000, 0xffffffff, 0xffffffff));
  const padded = concat([COOKED, new Uint8Array(-COOKED.length & 3)]);
  const ticks = [...u32(0, 1_500_000)];

  test("if_tsoffset is added to the times of its interface, negative ones too", () => {
    const offset = (seconds: number[]) => block(1, [0, 113, 0, 0, ...u32(0)], [0, 14, 0, 8, ...seconds], u32(0));
    const packet = block(6, u32(0), ticks, u32(COOKED.length, COOKED.length), padded);
    const timeOf = (...seconds: number[]) => only(concat([section, offset(u32(...seconds)), packet])).timeNs;
    expect(timeOf(0, 0)).toBe(1_500_000_000n);
    expect(timeOf(0, 1_400_000_000)).toBe(1_400_000_001_500_000_000n);
    expect(timeOf(0xffffffff, 0xffffffff)).toBe(500_000_000n);
  });

  test("the obsolete Packet Block is read as the enhanced one", () => {
    const description = block(1, [0, 113, 0, 0, ...u32(0)]);
    // Behind the interface's number, of 16 bits, the drops are counted: 65,535 is `unknown`.
    const flags = [0, 2, 0, 4, ...u32(1), ...u32(0)];
    const packet = block(2, [0, 0, 0xff, 0xff], ticks, u32(COOKED.length, COOKED.length), padded, flags);
    expect(only(concat([section, description, packet]))).toMatchObject({
      ...ENDS,
      timeNs: 1_500_000_000n,
      direction: "in",
      packetId: undefined,
    });
  });

  test("packet ids are those of the file", () => {
    expect(only(ownCapture(1)).packetId).toBe(1);
  });
});

/** A pcapng file of `packets` packets, which arrive and are answered, and one that is lost. */
function ownCapture(packets: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  const file = new CaptureFile((bytes) => blocks.push(bytes.slice()), { title: "t", startMs: 1, maxBytes: 1 << 20 });
  const tcp = { seq: 1, ack: 1, flags: 0x18, windowBytes: 1000, maxSegmentBytes: 1460 };
  for (let i = 0; i < packets; i++) {
    const outbound = i % 2 === 0;
    file.add({
      ...ENDS,
      node: outbound ? "H2" : "H1",
      timeNs: i * 1e6,
      outbound,
      packetId: 1 + (i >> 1),
      payload: UPDATE,
      comment: i === 4 ? "DROPPED reason=loss" : i === 3 ? "CORRUPTED" : "",
      ...(i >= 6 ? { tcp } : {}),
    });
  }
  return concat(blocks);
}

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

  test.each([
    ["pcap", concat([pcap(113, COOKED), pcap(113, COOKED).subarray(24), pcap(113, COOKED).subarray(24)])],
    ["pcapng", ownCapture(8)],
  ])("mutated %s files are read and imported, or refused, and never throw", (_, whole) => {
    const dice = new Dice(7);
    const options = { rto: defaultRtoOptions, maxAttempts: 3, names: new Map(), ports: new Set([7777]) };
    let imported = 0;
    for (let round = 0; round < 20_000; round++) {
      const mutated = whole.slice(0, dice.roll(4) === 0 ? 1 + dice.roll(whole.length) : whole.length);
      for (let i = 1 + dice.roll(4); i > 0; i--) mutated[dice.roll(mutated.length)] = dice.roll(256);
      const read = readCapture(mutated);
      if (!read.ok) continue;
      imported += importCapture(read.packets, options).events > 0 ? 1 : 0;
    }
    expect(imported).toBeGreaterThan(10_000);
  });
});
