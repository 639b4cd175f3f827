/** A payload that is whole in memory, as the source that the encoder reads fragments from. */

import type { PayloadSource } from "./packet.ts";

/** Up to this size a loop is faster than the view that a block copy needs. */
const LOOP_COPY_BYTES = 48;

/** The bytes are not copied: they must not change while the source is in use. */
export function bytesSource(bytes: Uint8Array): PayloadSource {
  return new BytesSource(bytes);
}

class BytesSource implements PayloadSource {
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  copy(start: number, length: number, target: Uint8Array, targetOffset: number): void {
    const bytes = this.bytes;
    if (start < 0 || length < 0 || start + length > bytes.length) {
      throw new RangeError(`bytes ${start} to ${start + length} of a payload of ${bytes.length}: stay within it`);
    }
    if (length > LOOP_COPY_BYTES) {
      target.set(
        length === bytes.length ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset + start, length),
        targetOffset,
      );
    } else {
      for (let i = 0; i < length; i++) target[targetOffset + i] = bytes[start + i]!;
    }
  }
}
