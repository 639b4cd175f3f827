/** Under any mix of loss, duplication, reordering and delay: whole and in order, or a stream that says it failed. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reassembly } from "../../../src/sim/stream/reassembly.ts";
import { SendBuffer } from "../../../src/sim/stream/send-buffer.ts";
import { expectBytes, type Fate, pattern, type Spy, seeded, twoHosts } from "./wire.ts";

interface Weather {
  readonly seed: number;
  readonly loss: number;
  readonly duplication: number;
  /** Each copy takes between 1 ms and this, so that they overtake one another. */
  readonly maxDelayMs: number;
}

const weather = fc.record<Weather>({
  seed: fc.integer(),
  loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
  duplication: fc.double({ min: 0, max: 0.3, noNaN: true }),
  maxDelayMs: fc.integer({ min: 1, max: 400 }),
});

function fateIn({ seed, loss, duplication, maxDelayMs }: Weather): Fate {
  const random = seeded(seed);
  const delayMs = () => 1 + Math.floor(random() * maxDelayMs);
  return () => {
    if (random() < loss) return [];
    return random() < duplication ? [delayMs(), delayMs(), delayMs()] : [delayMs()];
  };
}

/** What one side got is a beginning of what the other sent; all of it, where the stream ended in order. */
function expectExact(receiver: Spy | undefined, sent: Uint8Array, ended: boolean): void {
  const got = receiver?.bytes ?? new Uint8Array(0);
  expectBytes(got, sent.subarray(0, ended ? sent.length : got.length));
}

function endOf(spy: Spy | undefined): string | undefined {
  const ends = spy?.events.filter((event) => event.startsWith("closed")) ?? [];
  expect(ends.length).toBeLessThanOrEqual(1);
  return ends[0];
}

describe("every byte once, in order", () => {
  test("both directions at once, in pieces of any size, with pauses of the receiver", () => {
    fc.assert(
      fc.property(
        weather,
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 8 }),
        fc.constantFrom(1, 7, 100, 1000, 1460),
        fc.constantFrom(500, 3000, 65_536),
        fc.boolean(),
        (air, up, down, segmentBytes, receiveWindowBytes, pauses) => {
          const scale = segmentBytes < 100 ? 50 : 1;
          const [upBytes, downBytes] = [up, down].map((sizes) => sizes.map((size) => Math.ceil(size / scale)));
          const upload = pattern(upBytes!.reduce((a, b) => a + b, 0));
          const download = pattern(downBytes!.reduce((a, b) => a + b, 0)).map((byte) => byte ^ 0xff);
          const { wire, client, server, accepted, connect } = twoHosts(
            { segmentBytes, stream: { receiveWindowBytes }, fate: fateIn(air) },
            false,
          );
          const near = connect();
          writeInPieces(near, upload, upBytes!);
          wire.run(200);
          for (let ms = 0; accepted.length === 0 && ms < 100_000; ms += 100) wire.run(wire.nowMs + 100);
          const far = accepted[0];
          if (far !== undefined) {
            writeInPieces(far, download, downBytes!);
            if (pauses) {
              far.stream?.pause();
              wire.at(700, () => far.stream?.resume());
            }
          }
          wire.run(1e9);
          const [nearEnd, farEnd] = [endOf(near), endOf(far)];
          expectExact(near, download, nearEnd === "closed: ended");
          expectExact(far, upload, farEnd === "closed: ended");
          // Nothing hangs: a side that is still open has sent everything, and waits for one that gave up (and whose
          // reset was lost, too).
          const open = [nearEnd, far === undefined ? "never opened" : farEnd].filter((end) => end === undefined);
          expect(client.layer.openStreams + server.layer.openStreams).toBe(open.length);
          if (open.length > 0) expect([nearEnd, farEnd]).toContain("closed: timeout");
          if (air.loss < 0.05) expect([nearEnd, farEnd]).toEqual(["closed: ended", "closed: ended"]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("nothing is written to the stream twice: what is sent first time is conserved", () => {
    const { wire, accepted, connect } = twoHosts({
      fate: fateIn({ seed: 7, loss: 0.3, duplication: 0.2, maxDelayMs: 100 }),
    });
    const spy = connect();
    spy.stream?.write(pattern(50_000));
    spy.stream?.end();
    wire.run(1e7);
    const firsts = wire.sent("SEGMENT").filter((s) => s.segment.attempt === 1);
    expect(firsts.reduce((sum, s) => sum + s.segment.payload.length, 0)).toBe(50_000);
    expect(wire.sent("SEGMENT").length).toBeGreaterThan(firsts.length);
    expectBytes(accepted[0]?.bytes, pattern(50_000));
  });
});

function writeInPieces(spy: Spy, bytes: Uint8Array, sizes: readonly number[]): void {
  let at = 0;
  for (const size of sizes) {
    spy.stream?.write(bytes.subarray(at, at + size));
    at += size;
  }
  spy.stream?.end();
}

describe("the parts", () => {
  test("reassembly: pieces in any order, overlapping in any way", () => {
    const pieces = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 60 })), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, (cuts) => {
        const whole = pattern(400);
        const reassembly = new Reassembly();
        const present = new Set<number>();
        for (const [start, length] of cuts) {
          reassembly.insert(start, whole.subarray(start, start + length));
          for (let i = start; i < start + length; i++) present.add(i);
        }
        const got: number[] = [];
        for (let at = 0; at < 400; at++) {
          const bytes = reassembly.takeFrom(at) ?? new Uint8Array(0);
          bytes.forEach((byte, i) => {
            got[at + i] = byte;
          });
          at += Math.max(0, bytes.length - 1);
        }
        const expected: number[] = [];
        for (const at of present) expected[at] = whole[at]!;
        expect(got).toEqual(expected);
      }),
    );
  });

  test("send buffer: what is taken is what was pushed, however it is cut", () => {
    const sizes = fc.array(fc.nat(50), { maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 }), (pushes, takes) => {
        const total = pushes.reduce((a, b) => a + b, 0);
        const whole = pattern(total);
        const buffer = new SendBuffer();
        let pushed = 0;
        for (const size of pushes) {
          buffer.push(whole.subarray(pushed, pushed + size));
          pushed += size;
        }
        const taken: number[] = [];
        for (let i = 0; buffer.length > 0; i++)
          taken.push(...buffer.take(Math.min(buffer.length, takes[i % takes.length]!)));
        expect(taken).toEqual([...whole]);
      }),
    );
  });
});
