/**
 * The payload of a bare ARQ sender: bytes that follow from the message's number and their place, made a fragment at a
 * time, so that a receiver can tell whether they came whole and in order without anybody holding them.
 */

import type { PayloadSource } from "../wire/packet.ts";

/** A prime number of bytes, so that the pattern does not line up with any fragment size. */
const PATTERN_BYTES = 65_521;
/** Copies never run past the end of the table: it goes on for one largest datagram more. */
const TABLE_BYTES = PATTERN_BYTES + 65_536;

let table: Uint8Array | undefined;

function patternTable(): Uint8Array {
  if (table !== undefined) return table;
  table = new Uint8Array(TABLE_BYTES);
  let state = 0x2545f491;
  for (let i = 0; i < PATTERN_BYTES; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    table[i] = state >>> 24;
  }
  table.copyWithin(PATTERN_BYTES, 0, TABLE_BYTES - PATTERN_BYTES);
  return table;
}

/** Where byte `offset` of message number `message` stands in the table. */
function place(message: number, offset: number): number {
  return (message * 7919 + offset) % PATTERN_BYTES;
}

/** The payload opens with the message's number, big-endian. */
export const MESSAGE_NUMBER_BYTES = 4;

/** The payload of a message. */
export class TestPattern implements PayloadSource {
  readonly byteLength: number;
  private readonly message: number;

  constructor(message: number, byteLength: number) {
    this.message = message;
    this.byteLength = byteLength;
  }

  copy(start: number, length: number, target: Uint8Array, targetOffset: number): void {
    const from = place(this.message, start);
    target.set(patternTable().subarray(from, from + length), targetOffset);
    for (let i = start; i < Math.min(MESSAGE_NUMBER_BYTES, start + length); i++) {
      target[targetOffset + i - start] = this.message >>> (24 - 8 * i);
    }
  }
}

/** One byte in so many is compared, and the first and the last of every fragment. */
const STRIDE = 16;

/** The message number that a payload's first bytes carry; undefined where they are too few. */
export function messageNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < MESSAGE_NUMBER_BYTES) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset + start, MESSAGE_NUMBER_BYTES).getUint32(0);
}

/** Are `bytes[start, end)` what stands at `offset` of message number `message`? */
export function matchesPattern(
  message: number,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const pattern = patternTable();
  const from = place(message, offset) - start;
  for (let i = start; i < end; i += STRIDE) if (bytes[i] !== pattern[from + i]) return false;
  return end === start || bytes[end - 1] === pattern[from + end - 1];
}
