/** From what interfaces saw to what happened to packets. */

import { describe, expect, test } from "vitest";
import { journeysOf } from "../../src/capture/journeys.ts";
import type { CapturedPacket } from "../../src/capture/packets.ts";
import { bytesOf } from "../contract/world.ts";

const H1 = "10.0.0.1";
const H2 = "10.0.0.2";

function seen(at: number, from: string, to: string, where: Partial<CapturedPacket> = {}): CapturedPacket {
  return {
    timeNs: BigInt(at) * 1_000_000n,
    interfaceName: "",
    direction: "unknown",
    comment: "",
    protocol: "udp",
    sourceHost: from,
    sourcePort: 8888,
    destinationHost: to,
    destinationPort: 7777,
    identification: 0,
    payload: bytesOf("1 10.0.0.2 80  1 1"),
    tcp: undefined,
    ...where,
  };
}

const ways = (packets: CapturedPacket[]) =>
  journeysOf(packets).map(({ sentNs, arrivedNs, remark }) => [
    Number(sentNs / 1_000_000n),
    arrivedNs === undefined ? "lost" : Number(arrivedNs / 1_000_000n),
    remark,
  ]);

const out = { direction: "out", interfaceName: "H2" } as const;
const into = { direction: "in", interfaceName: "H1" } as const;

describe("journeys", () => {
  test("seen once, in a capture of one place: sent and arrived at that moment", () => {
    expect(ways([seen(5, H2, H1)])).toEqual([[5, 5, ""]]);
    expect(ways([seen(5, H2, H1, { direction: "in" }), seen(6, H1, H2, { direction: "out" })])).toEqual([
      [5, 5, ""],
      [6, 6, ""],
    ]);
  });

  test("seen at both ends: one packet, with its way", () => {
    expect(ways([seen(5, H2, H1, out), seen(9, H2, H1, into)])).toEqual([[5, 9, ""]]);
  });

  test("equal packets arrive in the order in which they were sent", () => {
    const packets = [seen(1, H2, H1, out), seen(2, H2, H1, out), seen(3, H2, H1, into), seen(4, H2, H1, into)];
    expect(ways(packets)).toEqual([
      [1, 3, ""],
      [2, 4, ""],
    ]);
  });

  test("a packet that only its sender saw, where its destination was captured too, was lost", () => {
    const packets = [seen(1, H2, H1, out), seen(2, H2, H1, into), seen(70_000, H2, H1, out)];
    expect(ways(packets)).toEqual([
      [1, 2, ""],
      [70_000, "lost", "not seen at its destination"],
    ]);
  });

  test("an arrival a minute after its like was sent belongs to another packet", () => {
    const packets = [seen(0, H2, H1, out), seen(60_000, H2, H1, into)];
    expect(ways(packets)).toEqual([[0, 60_000, ""]]);
    expect(ways([packets[0]!, seen(60_001, H2, H1, into)])).toEqual([
      [0, "lost", "not seen at its destination"],
      [60_001, 60_001, ""],
    ]);
  });

  test("what the capture calls dropped is lost, for its reason", () => {
    expect(ways([seen(1, H2, H1, { ...out, comment: "DROPPED reason=loss" })])).toEqual([
      [1, "lost", "DROPPED reason=loss"],
    ]);
  });

  test("the file's order does not matter", () => {
    expect(ways([seen(9, H2, H1, into), seen(5, H2, H1, out)])).toEqual([[5, 9, ""]]);
  });
});
