/** The test vectors of docs/wire.md hold: other implementers rely on them. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytesSource } from "../../../src/core/wire/payload-source.ts";
import { reportWire } from "../../../src/core/wire/report.ts";
import { latin1, latin1Text } from "./bytes.ts";

const page = readFileSync(new URL("../../../docs/wire.md", import.meta.url), "utf8");
const vectors = page.slice(page.indexOf("## Test vectors"), page.indexOf("# The hardened wire"));
const [packets = "", notPackets = ""] = vectors.split("Not packets:");

/** A code span of the page as the bytes it stands for. */
const bytesOf = (code: string) => latin1(code.replaceAll("·", " ").replaceAll("\\n", "\n"));

describe("packets", () => {
  const spans = [...packets.matchAll(/`(\d·[^`]*)`(?: \((\d+)\))?/g)];

  test("there are some", () => {
    expect(spans.length).toBeGreaterThan(12);
  });

  test.each(spans.map(([, code, length]) => [code!, length] as const))("%s", (code, length) => {
    const bytes = bytesOf(code);
    if (length !== undefined) expect(bytes).toHaveLength(Number(length));
    const packet = reportWire.decode(bytes);
    if (!packet.ok) throw new Error(packet.reason);
    const fragment = bytesSource(bytes.slice(packet.fragmentStart, packet.fragmentEnd));
    if (packet.seq > packet.total) return;
    // Packet `seq` of a message, with this fragment in every packet.
    const source = { byteLength: fragment.byteLength * packet.total, copy: repeated };
    function repeated(_start: number, count: number, target: Uint8Array, targetOffset: number): void {
      fragment.copy(0, count, target, targetOffset);
    }
    const plan = { totalPackets: packet.total, fragmentBytes: fragment.byteLength };
    expect(latin1Text(reportWire.encodeData(packet.type, source, plan, packet.seq))).toBe(latin1Text(bytes));
  });
});

describe("not packets", () => {
  const rows = [...notPackets.matchAll(/\| `([^`]*)` \| `([^`]*)` \| (\d+) \|/g)];

  test("there are some", () => {
    expect(rows.length).toBeGreaterThan(5);
  });

  test.each(rows.map(([, code, reason, offset]) => [code!, reason!, Number(offset)] as const))(
    "%s: %s at %i",
    (code, reason, offsetBytes) => {
      expect(reportWire.decode(bytesOf(code))).toEqual({ ok: false, reason, offsetBytes });
    },
  );
});
