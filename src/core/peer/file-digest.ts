/** The SHA-256 of a file in memory, or of one that is made when it is read. */

import { sha256 } from "@noble/hashes/sha2.js";
import type { FileBody } from "../transport.ts";

/** Bytes read at a time. */
const PIECE_BYTES = 64 * 1024;

export function sha256Of(file: FileBody): Uint8Array {
  const hash = sha256.create();
  for (let first = 0; first < file.sizeBytes; first += PIECE_BYTES) {
    hash.update(file.read(first, Math.min(first + PIECE_BYTES, file.sizeBytes) - 1));
  }
  return hash.digest();
}
