/** The congestion window by itself, in segments of 1000 bytes. */

import { describe, expect, test } from "vitest";
import { NewReno } from "../../../src/sim/stream/new-reno.ts";

const SEGMENT = 1000;

/** In congestion avoidance with a window of ten segments. */
function tenSegments(): NewReno {
  const reno = new NewReno(SEGMENT);
  for (let ack = SEGMENT; ack <= 6 * SEGMENT; ack += SEGMENT) reno.onNewAck(ack, SEGMENT, 0);
  expect(reno.windowBytes).toBe(10 * SEGMENT);
  reno.slowStartThresholdBytes = 10 * SEGMENT;
  return reno;
}

function duplicates(reno: NewReno, count: number, ack: number, nextSeq: number, flightBytes: number): boolean[] {
  return Array.from({ length: count }, () => reno.onDuplicateAck(ack, nextSeq, flightBytes));
}

describe("loss told by duplicate ACKs (RFC 5681, 3.2; RFC 6582)", () => {
  test("the third one halves the window and inflates it by the three segments that have left the network", () => {
    const reno = tenSegments();
    expect(duplicates(reno, 3, 6000, 16_000, 10_000)).toEqual([false, false, true]);
    expect(reno.slowStartThresholdBytes).toBe(5000);
    expect(reno.windowBytes).toBe(8000);
    duplicates(reno, 2, 6000, 16_000, 10_000);
    expect(reno.windowBytes).toBe(10_000);
  });

  test("never below two segments", () => {
    const reno = tenSegments();
    duplicates(reno, 3, 6000, 9000, 3000);
    expect(reno.slowStartThresholdBytes).toBe(2000);
  });

  test("the first two let one new segment out each (RFC 3042), which do not count as in flight", () => {
    const reno = tenSegments();
    const allowed = [0, 1, 2].map(() => {
      const now = reno.limitedTransmitBytes;
      reno.onDuplicateAck(6000, 16_000, 10_000);
      return now;
    });
    expect(allowed).toEqual([0, 1000, 2000]);
    expect(reno.limitedTransmitBytes).toBe(0);

    const other = tenSegments();
    duplicates(other, 3, 6000, 18_000, 12_000);
    expect(other.slowStartThresholdBytes).toBe(5000);
  });

  test("a partial ACK asks for the next lost segment and deflates; the full one ends at half the window", () => {
    const reno = tenSegments();
    duplicates(reno, 3, 6000, 16_000, 10_000);
    expect(reno.onNewAck(9000, 3000, 7000)).toBe("partial");
    expect(reno.windowBytes).toBe(8000 - 3000 + 1000);
    expect(reno.isRecovering).toBe(true);
    expect(reno.onNewAck(16_000, 7000, 5000)).toBe("recovered");
    expect(reno.windowBytes).toBe(5000);
    expect(reno.isRecovering).toBe(false);
  });

  test("with little in flight at the end, the window does not let a burst out", () => {
    const reno = tenSegments();
    duplicates(reno, 3, 6000, 16_000, 10_000);
    reno.onNewAck(16_000, 10_000, 0);
    expect(reno.windowBytes).toBe(2000);
  });

  test("duplicate ACKs below what was sent before a timeout tell of no new loss", () => {
    const reno = tenSegments();
    reno.onTimeout(16_000, 10_000, true);
    expect(duplicates(reno, 4, 6000, 16_000, 1000)).toEqual([false, false, false, false]);
    reno.onNewAck(16_000, 10_000, 0);
    expect(duplicates(reno, 3, 16_000, 26_000, 10_000)).toEqual([false, false, true]);
  });
});

describe("loss told by the timer (RFC 5681, 3.1)", () => {
  test("one segment, slow start up to half of what was in flight", () => {
    const reno = tenSegments();
    reno.onTimeout(16_000, 10_000, true);
    expect([reno.windowBytes, reno.slowStartThresholdBytes]).toEqual([1000, 5000]);
    for (let ack = 7000; ack <= 10_000; ack += 1000) reno.onNewAck(ack, 1000, 0);
    expect(reno.windowBytes).toBe(5000);
    reno.onNewAck(11_000, 1000, 0);
    expect(reno.windowBytes).toBe(5000);
  });

  test("the threshold is set by the first timeout of a segment, not again by its next ones", () => {
    const reno = tenSegments();
    reno.onTimeout(16_000, 10_000, true);
    reno.onTimeout(16_000, 1000, false);
    expect(reno.slowStartThresholdBytes).toBe(5000);
  });

  test("ends fast recovery", () => {
    const reno = tenSegments();
    duplicates(reno, 3, 6000, 16_000, 10_000);
    reno.onTimeout(16_000, 10_000, true);
    expect(reno.isRecovering).toBe(false);
  });
});

describe("growth", () => {
  test("congestion avoidance: a segment for each window acknowledged, however it is cut", () => {
    const reno = tenSegments();
    for (let i = 1; i < 20; i++) reno.onNewAck(6000 + i * 500, 500, 0);
    expect(reno.windowBytes).toBe(10_000);
    reno.onNewAck(16_000, 500, 0);
    expect(reno.windowBytes).toBe(11_000);
  });

  test("slow start: at most a segment for each ACK, whatever it covers", () => {
    const reno = new NewReno(SEGMENT);
    reno.onNewAck(4000, 4000, 0);
    expect(reno.windowBytes).toBe(5000);
    reno.onNewAck(4100, 100, 0);
    expect(reno.windowBytes).toBe(5100);
  });
});
