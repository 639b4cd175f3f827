/** trace.pcapng: its blocks as another reader sees them. */

import { describe, expect, test } from "vitest";
import { readCapture } from "../../../src/capture/read.ts";
import { CaptureFile } from "../../../src/trace/pcapng/capture-file.ts";
import { bytesOf, concat, textOf } from "../../contract/world.ts";

const START_MS = 1_420_070_400_000;

function capture(maxBytes = 1 << 20) {
  const blocks: Uint8Array[] = [];
  const file = new CaptureFile((block) => blocks.push(block.slice()), {
    title: "a title",
    startMs: START_MS,
    maxBytes,
  });
  const packet = (node: string, timeNs: number, change: object = {}) =>
    file.add({
      node,
      timeNs,
      outbound: true,
      packetId: 1,
      payload: bytesOf("1 10.0.0.2 80  1 1"),
      comment: "",
      sourceHost: "10.0.0.2",
      sourcePort: 8888,
      destinationHost: "10.0.0.1",
      destinationPort: 7777,
      ...change,
    });
  return { file, blocks, packet };
}

function packetsOf(blocks: readonly Uint8Array[]) {
  const read = readCapture(concat(blocks));
  if (!read.ok) throw new Error(read.reason);
  return read.packets;
}

describe("trace.pcapng", () => {
  test("an interface for each host, times to the nanosecond, directions and comments", () => {
    const { blocks, packet } = capture();
    packet("H2", 1);
    packet("H1", 2_000_000_003, { outbound: false });
    packet("H2", 2_000_000_004, { comment: "DROPPED reason=loss" });
    expect(packetsOf(blocks)).toMatchObject([
      { interfaceName: "H2", timeNs: BigInt(START_MS) * 1_000_000n + 1n, direction: "out", comment: "" },
      { interfaceName: "H1", timeNs: BigInt(START_MS) * 1_000_000n + 2_000_000_003n, direction: "in" },
      { interfaceName: "H2", direction: "out", comment: "DROPPED reason=loss" },
    ]);
  });

  test("the header with the trace hash takes the place of the one without", () => {
    const { file, blocks } = capture();
    const header = file.header("0123456789abcdef");
    expect(header).toHaveLength(blocks[0]!.length);
    expect(textOf(header)).toContain("a title, trace 0123456789abcdef");
    expect(() => file.header("12")).toThrow(RangeError);
  });

  test("beyond its largest size packets are left out, counted for each host, and the file says so", () => {
    const { file, blocks, packet } = capture(600);
    for (let i = 0; i < 10; i++) packet(i % 2 === 0 ? "H1" : "H2", i);
    const kept = packetsOf(blocks).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(10);
    const before = blocks.length;
    file.end();
    const told = blocks.slice(before).map((block) => Number(/(\d+) packets left out/.exec(textOf(block))?.[1]));
    expect(told).toHaveLength(2);
    expect(told[0]! + told[1]! + kept).toBe(10);
  });

  test("nothing is said at the end where nothing was left out", () => {
    const { file, blocks, packet } = capture();
    packet("H1", 1);
    const before = blocks.length;
    file.end();
    expect(blocks).toHaveLength(before);
  });
});

test("a packet of which only the headers are kept has its true length, and no payload to be read", () => {
  const { blocks, packet } = capture();
  packet("H2", 1, { headersOnly: true });
  const block = blocks.at(-1)!;
  const view = new DataView(block.buffer, block.byteOffset);
  expect([view.getUint32(20, true), view.getUint32(24, true)]).toEqual([44, 62]);
  expect(textOf(block)).not.toContain("10.0.0.2 80");
});
