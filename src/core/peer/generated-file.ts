/**
 * Files without memory: bytes that follow from the name and the position alone, made when they are read. Every host
 * that makes a file of one name makes the same bytes; two names differ, but for one pair in four billion.
 */

import type { FileBody } from "../transport.ts";

/** A file of pseudo-random bytes. RangeError where the size is no number of bytes. */
export function generatedFile(name: string, sizeBytes: number): FileBody {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new RangeError(`a file's size is a whole number of bytes, not ${sizeBytes}`);
  }
  return new GeneratedFile(hash(name), sizeBytes);
}

/** What two generated files of the same bytes have in common; undefined for a file of another kind. */
export function generatedKey(file: FileBody): string | undefined {
  return file instanceof GeneratedFile ? file.key : undefined;
}

class GeneratedFile implements FileBody {
  readonly sizeBytes: number;
  private readonly seed: number;

  constructor(seed: number, sizeBytes: number) {
    this.seed = seed;
    this.sizeBytes = sizeBytes;
  }

  get key(): string {
    return `${this.seed} ${this.sizeBytes}`;
  }

  read(first: number, last: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(last, this.sizeBytes - 1) - first + 1));
    let at = first;
    for (let i = 0; i < bytes.length; ) {
      let word = mix(this.seed, Math.floor(at / 4)) >>> (8 * (at % 4));
      // Up to the next multiple of four: one word holds four bytes, the lowest first.
      for (let left = 4 - (at % 4); left > 0 && i < bytes.length; left--, i++, at++) {
        bytes[i] = word;
        word >>>= 8;
      }
    }
    return bytes;
  }
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Word `index` of the file: a counter through a 32-bit finaliser (MurmurHash3's). */
function mix(seed: number, index: number): number {
  let h = (seed + Math.imul(index | 0, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
