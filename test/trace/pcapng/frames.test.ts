/** Frames of a capture: lengths, headers and checksums that any receiver would take. */

import { describe, expect, test } from "vitest";
import {
  COOKED_IN,
  COOKED_OUT,
  type TcpFields,
  TcpFlag,
  tcpFrame,
  udpFrame,
} from "../../../src/trace/pcapng/frames.ts";
import { bytesOf } from "../../contract/world.ts";

const ENDS = { sourceHost: "10.0.0.2", sourcePort: 8888, destinationHost: "10.0.0.1", destinationPort: 7777 };
const IP = 16;

/** The one's complement sum of 16-bit words: 0xffff over data with its checksum (RFC 1071). */
function sum(bytes: Uint8Array, start = 0): number {
  let total = start;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

const ipSum = (frame: Uint8Array) => sum(frame.subarray(IP, IP + 20));
const transportSum = (frame: Uint8Array) =>
  sum(frame.subarray(IP + 20), sum(frame.subarray(IP + 12, IP + 20)) + frame[IP + 9]! + frame.length - IP - 20);

describe("a datagram's frame", () => {
  test("18 and 26 bytes of data are the 62 and 70 of the report's capture", () => {
    expect(udpFrame(ENDS, COOKED_OUT, 1, bytesOf("1 10.0.0.2 80  1 1"))).toHaveLength(62);
    expect(udpFrame(ENDS, COOKED_OUT, 1, bytesOf("1 10.0.0.3 80 new.txt  1 1"))).toHaveLength(70);
  });

  test.each([0, 1, 17, 18, 511, 65_507])("both checksums hold for %d bytes", (length) => {
    const frame = udpFrame(
      ENDS,
      COOKED_IN,
      65_536 + 7,
      Uint8Array.from({ length }, (_, i) => i * 7),
    );
    expect([ipSum(frame), transportSum(frame)]).toEqual([0xffff, 0xffff]);
  });

  test("a checksum that comes out as 0 is sent as all ones: 0 would mean that there is none (RFC 768)", () => {
    for (let word = 0; word < 65_536; word++) {
      const frame = udpFrame(ENDS, COOKED_IN, 1, Uint8Array.of(word >> 8, word & 255));
      expect(frame[IP + 26]! | frame[IP + 27]!).not.toBe(0);
    }
  });

  test("the cooked header says which way it went", () => {
    expect(udpFrame(ENDS, COOKED_OUT, 1, bytesOf("x"))[1]).toBe(4);
    expect(udpFrame(ENDS, COOKED_IN, 1, bytesOf("x"))[1]).toBe(0);
  });

  test.each(["", "10.0.0", "10.0.0.256", "::1", "host"])("%j is no IPv4 address", (sourceHost) => {
    expect(() => udpFrame({ ...ENDS, sourceHost }, COOKED_IN, 1, bytesOf("x"))).toThrow(RangeError);
  });
});

describe("a segment's frame", () => {
  const fields: TcpFields = {
    seq: 2 ** 32 - 1,
    ack: 5,
    flags: TcpFlag.ACK,
    windowBytes: 65_536,
    maxSegmentBytes: 1460,
  };

  test.each([0, 1, 1460])("both checksums hold for %d bytes", (length) => {
    const frame = tcpFrame(ENDS, COOKED_OUT, 3, fields, new Uint8Array(length).fill(9));
    expect([ipSum(frame), transportSum(frame), frame.length]).toEqual([0xffff, 0xffff, 16 + 20 + 20 + length]);
  });

  test("a window above 65,535 bytes is scaled, as the SYN says, and never told too small", () => {
    const syn = tcpFrame(ENDS, COOKED_OUT, 3, { ...fields, flags: TcpFlag.SYN }, new Uint8Array(0));
    const windowOf = (frame: Uint8Array) => (frame[IP + 34]! << 8) | frame[IP + 35]!;
    expect([...syn.subarray(IP + 40)]).toEqual([2, 4, 0x05, 0xb4, 1, 3, 3, 1]);
    expect(windowOf(syn)).toBe(65_535);
    expect(sum(syn.subarray(IP, IP + 20))).toBe(0xffff);
    expect(transportSum(syn)).toBe(0xffff);
    expect(windowOf(tcpFrame(ENDS, COOKED_OUT, 3, fields, new Uint8Array(0)))).toBe(32_768);
    expect(windowOf(tcpFrame(ENDS, COOKED_OUT, 3, { ...fields, windowBytes: 7 }, new Uint8Array(0)))).toBe(4);
  });
});
