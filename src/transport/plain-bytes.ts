/** Node's Buffers as the plain arrays of bytes that participants are given in every world. */

/** The same bytes, not copied. A Buffer's `slice` shares its bytes with it; a Uint8Array's, which the port promises, copies them. */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
