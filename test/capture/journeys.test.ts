/** From what interfaces saw to what happened to packets. */

import { describe, expect, test } from "vitest";
import { type Journey, sightsOf } from "../../src/capture/journeys.ts";
import type { CapturedPacket } from "../../src/capture/packets.ts";
import { bytesOf } from "../contract/world.ts";
import { H1, H2, seen } from "./seen.ts";

/** Of each packet: when it was sent; when it arrived, or what else became of it; why. Then the copies. */
function ways(packets: CapturedPacket[]): unknown[][] {
  const found: unknown[][] = [];
  const rows = new Map<Journey, unknown[]>();
  for (const { kind, journey, packet } of sightsOf(packets)) {
    const atMs = Number(packet.timeNs / 1_000_000n);
    if (kind === "sent") {
      const row = [atMs, journey.fate === "passed" ? atMs : journey.fate, journey.lossReason];
      rows.set(journey, row);
      found.push(row);
    } else if (kind === "arrived") (rows.get(journey) as unknown[])[1] = atMs;
    else found.push([Number(journey.packet.timeNs / 1_000_000n), kind, atMs]);
  }
  return found;
}

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

  describe("packets that look the same", () => {
    test("arrive each on its own", () => {
      const packets = [seen(1, H2, H1, out), seen(2, H2, H1, into), seen(3, H2, H1, out), seen(4, H2, H1, into)];
      expect(ways(packets)).toEqual([
        [1, 2, ""],
        [3, 4, ""],
      ]);
    });

    test("an arrival is of the latest sending: the one before it was lost", () => {
      const packets = [seen(0, H2, H1, out), seen(1000, H2, H1, out), seen(1010, H2, H1, into), seen(1100, H1, H2)];
      expect(ways(packets).slice(0, 2)).toEqual([
        [0, "lost", "not seen at its destination"],
        [1000, 1010, ""],
      ]);
    });

    test("where the usual delay is known, an arrival is of the sending that is nearest to it", () => {
      const other = { identification: 7 };
      const packets = [
        seen(0, H2, H1, { ...out, ...other }),
        seen(1010, H2, H1, { ...into, ...other }),
        seen(2000, H2, H1, out),
        seen(3000, H2, H1, out),
        seen(3010, H2, H1, into),
        seen(4010, H2, H1, into),
      ];
      expect(ways(packets)).toEqual([
        [0, 1010, ""],
        [2000, 3010, ""],
        [3000, 4010, ""],
      ]);
    });

    test("40,000 of them within a minute take no longer than so many others", () => {
      const packets = Array.from({ length: 40_000 }, (_, i) => seen(i, H2, H1, out));
      expect(sightsOf(packets)).toHaveLength(40_000);
    });
  });

  test("a packet that only its sender saw, where its destination was captured too, was lost", () => {
    const packets = [seen(1, H2, H1, out), seen(4, H2, H1, into), seen(70_000, H2, H1, out), seen(70_004, H1, H2)];
    expect(ways(packets).slice(0, 2)).toEqual([
      [1, 4, ""],
      [70_000, "lost", "not seen at its destination"],
    ]);
    // The capture may have ended before it came.
    expect(ways(packets.slice(0, 3))[1]).toEqual([70_000, "under way", ""]);
  });

  test("segments are missed at their destination only where those of their connection are seen there", () => {
    const tcp = { protocol: "tcp", tcp: { seq: 1, ack: 1, flags: 0x18 } } as const;
    const segment = seen(10, H2, H1, { ...out, ...tcp });
    const end = seen(90, H1, H2);
    const datagrams = [seen(1, H2, H1, out), seen(2, H2, H1, into)];
    expect(ways([...datagrams, segment, end])[1]).toEqual([10, 10, ""]);
    const arriving = { ...tcp, tcp: { ...tcp.tcp, seq: 2 } };
    const both = [seen(20, H2, H1, { ...out, ...arriving }), seen(21, H2, H1, { ...into, ...arriving })];
    expect(ways([segment, ...both, end])[0]).toEqual([10, "lost", "not seen at its destination"]);
  });

  describe("copies", () => {
    test("made by the network arrive as copies, and are no sendings", () => {
      const packets = [seen(1, H2, H1, out), seen(4, H2, H1, into), seen(9004, H2, H1, into)];
      expect(ways(packets)).toEqual([
        [1, 4, ""],
        [1, "copy arrived", 9004],
      ]);
    });

    test("seen at their destination alone, by their number; without one they are sent again", () => {
      const numbered = { ...into, identification: 9 };
      expect(ways([seen(1, H2, H1, numbered), seen(2, H2, H1, numbered)])).toEqual([
        [1, 1, ""],
        [1, "copy arrived", 2],
      ]);
      expect(ways([seen(1, H2, H1, into), seen(2, H2, H1, into)])).toEqual([
        [1, 1, ""],
        [2, 2, ""],
      ]);
    });

    test("lost at their sender, or instead of the original", () => {
      const dropped = { ...out, identification: 5, comment: "DROPPED reason=queue full" };
      const sent = seen(1, H2, H1, { ...out, identification: 5 });
      expect(ways([sent, seen(1, H2, H1, dropped)])[1]).toEqual([1, "copy lost", 1]);
      const arriving = seen(3, H2, H1, { ...into, identification: 5 });
      expect(ways([seen(1, H2, H1, dropped), arriving])).toEqual([
        [1, "lost", "queue full"],
        [1, "copy arrived", 3],
      ]);
    });
  });

  test("a damaged datagram arrives as the one with its ends and its number", () => {
    const number = { identification: 5 };
    const damaged = { ...into, ...number, comment: "CORRUPTED", payload: bytesOf("q 10.0.0.2 80  1 1") };
    expect(ways([seen(1, H2, H1, { ...out, ...number }), seen(4, H2, H1, damaged)])).toEqual([[1, 4, ""]]);
  });

  test("pcapng's packet ids tell packets apart, and make two sights one, whatever their bytes", () => {
    const id = (packetId: number) => ({ packetId });
    const packets = [
      seen(1, H2, H1, { ...out, ...id(1) }),
      seen(2, H2, H1, { ...out, ...id(2) }),
      seen(3, H2, H1, { ...into, ...id(1), payload: bytesOf("else") }),
      seen(4, H2, H1, { ...into, ...id(2) }),
    ];
    expect(ways(packets)).toEqual([
      [1, 3, ""],
      [2, 4, ""],
    ]);
  });

  test("on a router, in and out again is one packet that is passed on; so is twice out within a moment", () => {
    const any = { interfaceName: "any" };
    const coming = seen(1, H2, H1, { ...any, direction: "in" });
    const leaving = { ...seen(1, H2, H1, { ...any, direction: "out" }), timeNs: 1_020_000n };
    expect(ways([coming, leaving])).toEqual([[1, 1, ""]]);
    const again = { ...leaving, timeNs: leaving.timeNs + 15_000n };
    expect(ways([leaving, again])).toEqual([[1, 1, ""]]);
    const later = { ...leaving, timeNs: leaving.timeNs + 10_000_000n };
    expect(ways([leaving, later])).toHaveLength(2);
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
    expect(ways([seen(1, H2, H1, { ...out, comment: "DROPPED reason=loss" })])).toEqual([[1, "lost", "loss"]]);
  });

  test("the file's order does not matter", () => {
    expect(ways([seen(9, H2, H1, into), seen(5, H2, H1, out)])).toEqual([[5, 9, ""]]);
  });
});
