/** A message is cut into packets that fill the largest datagram, and comes out whole: the sizes at the boundary. */

import { describe, expect, test } from "vitest";
import { reportWire } from "../../../src/core/wire/report.ts";
import { type Lab, twoHosts } from "../../support/two-hosts.ts";

/** `1 payload 1 1`: type, three spaces, SEQ and TOTAL of one digit each. */
const HEADER_BYTES = 6;

function send(bytes: number, maxDatagramBytes = 512): Lab {
  const link = twoHosts({ delay: "1ms", rto: "10ms", arq: { maxDatagramBytes } });
  link.sender.send(pattern(bytes));
  return link.runTo("1h");
}

/** Bytes with a period of 251, a prime: a fragment at the wrong place shows. */
function pattern(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => i % 251);
}

function sizes(link: Lab): number[] {
  return link.tape.find({ event: "send", node: "sender" }).map(({ bytes }) => bytes);
}

describe("fragmentation", () => {
  test.each([
    ["empty", 0, [HEADER_BYTES]],
    ["one byte", 1, [HEADER_BYTES + 1]],
    ["exactly full", 506, [512]],
    ["one byte more than one packet holds", 507, [512, HEADER_BYTES + 1]],
    ["exactly two full packets", 1012, [512, 512]],
    ["one byte more than two packets hold", 1013, [512, 512, HEADER_BYTES + 1]],
  ])("%s: %d bytes", (_name, bytes, expected) => {
    const link = send(bytes);
    expect(sizes(link)).toEqual(expected);
    expect(link.receiver.received.map(({ payload }) => payload)).toEqual([pattern(bytes)]);
  });

  test.each([8, 9, 10, 11, 98, 99, 100, 101])(
    "%d packets: none is larger than the limit, nor is its ACK",
    (packets) => {
      const { fragmentBytes } = reportWire.plan(8, packets * 10, 20);
      const link = send(packets * fragmentBytes, 20);
      const all = link.tape.find({ event: "send" });
      expect(Math.max(...all.map(({ bytes }) => bytes))).toBeLessThanOrEqual(20);
      expect(link.receiver.received[0]?.payload).toEqual(pattern(packets * fragmentBytes));
      expect(link.sender.sent[0]?.status).toBe("delivered");
    },
  );

  test("every packet but the last is filled: no message takes more packets than it must", () => {
    for (const bytes of [100, 139, 140, 141, 1000]) {
      const link = send(bytes, 20);
      const { totalPackets, fragmentBytes } = reportWire.plan(8, bytes, 20);
      expect(totalPackets).toBe(Math.ceil(bytes / fragmentBytes));
      expect(sizes(link)).toHaveLength(totalPackets);
    }
  });

  test("binary payloads come through, spaces and digits and all", () => {
    const link = twoHosts({ delay: "1ms", rto: "10ms", arq: { maxDatagramBytes: 20 } });
    const nasty = new TextEncoder().encode("  1 1 2 99 0 \u0000 7 3 1  ");
    link.sender.send(nasty);
    link.runTo("1s");
    expect(link.receiver.received[0]?.payload).toEqual(nasty);
  });
});
