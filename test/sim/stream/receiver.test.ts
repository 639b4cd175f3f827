import { expect, test } from "vitest";
import { Receiver } from "../../../src/sim/stream/receiver.ts";
import { expectBytes, pattern } from "./wire.ts";

const WHOLE = pattern(1000);
const NONE = new Uint8Array(0);

/** Bytes `[start, end)` of the stream, whose first byte has sequence number 1. */
function give(receiver: Receiver, start: number, end: number, fin = false): void {
  receiver.accept(start + 1, WHOLE.subarray(start, end), fin);
}

function takeAll(receiver: Receiver): Uint8Array {
  const bytes: number[] = [];
  for (let part = receiver.take(); part !== undefined; part = receiver.take()) bytes.push(...part);
  return Uint8Array.from(bytes);
}

test("a segment that overlaps what is here already brings what is new in it", () => {
  const receiver = new Receiver(1000);
  give(receiver, 0, 100);
  give(receiver, 50, 200);
  expect(receiver.nextSeq).toBe(201);
  expectBytes(takeAll(receiver), WHOLE.subarray(0, 200));
});

test("what is old or repeated changes nothing", () => {
  const receiver = new Receiver(1000);
  give(receiver, 0, 100);
  give(receiver, 0, 100);
  give(receiver, 20, 40);
  expect([receiver.nextSeq, receiver.windowBytes]).toEqual([101, 900]);
});

test("what lies beyond the window is not kept", () => {
  const receiver = new Receiver(300);
  give(receiver, 100, 600);
  give(receiver, 700, 800);
  give(receiver, 0, 100);
  expect(receiver.nextSeq).toBe(301);
  expect(receiver.windowBytes).toBe(0);
  give(receiver, 300, 301); // a probe of the closed window
  expect(receiver.nextSeq).toBe(301);
  expectBytes(takeAll(receiver), WHOLE.subarray(0, 300));
  expect(receiver.windowBytes).toBe(300);
});

test("the end counts when everything before it is here, and takes a sequence number", () => {
  const receiver = new Receiver(1000);
  give(receiver, 100, 200, true);
  expect(receiver.isFinished).toBe(false);
  give(receiver, 0, 100);
  expect(receiver.isFinished).toBe(true);
  expect(receiver.nextSeq).toBe(202);
  receiver.accept(202, WHOLE.subarray(0, 10), false);
  expect(receiver.nextSeq).toBe(202);
});

test("the end fits behind a full window", () => {
  const receiver = new Receiver(100);
  give(receiver, 0, 100);
  receiver.accept(101, NONE, true);
  expect(receiver.isFinished).toBe(true);
});

test("an end beyond the window is not believed yet", () => {
  const receiver = new Receiver(100);
  give(receiver, 0, 150, true);
  expect([receiver.nextSeq, receiver.isFinished]).toEqual([101, false]);
});
