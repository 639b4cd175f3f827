/**
 * A 53-bit fingerprint of bytes: tells fragments apart without keeping them. No defence against a sender who wants two
 * of its own messages to look the same, which would harm nobody but itself.
 */

const TWO_32 = 4294967296;

export function fingerprint(bytes: Uint8Array, start: number, end: number): number {
  let h1 = 0xdeadbeef ^ (end - start);
  let h2 = 0x41c6ce57;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    h1 = Math.imul(h1 ^ byte, 0x9e3779b1);
    h2 = Math.imul(h2 ^ byte, 0x5f356495);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 0x85ebca6b);
  h2 = Math.imul(h2 ^ (h2 >>> 13), 0xc2b2ae35);
  return ((h2 ^ (h2 >>> 16)) & 0x1fffff) * TWO_32 + ((h1 ^ (h1 >>> 13)) >>> 0);
}

/** The fingerprints of a message's fragments, in order. Most messages have one fragment, which needs no list. */
export class FragmentPrints {
  length = 0;
  private first = 0;
  private others: number[] | undefined = undefined;

  push(print: number): void {
    if (this.length === 0) {
      this.first = print;
    } else {
      this.others ??= [];
      this.others.push(print);
    }
    this.length++;
  }

  /** The print of fragment `seq`, counted from 1; undefined where it is not kept. */
  of(seq: number): number | undefined {
    if (seq > this.length) return undefined;
    return seq === 1 ? this.first : this.others?.[seq - 2];
  }

  /** Keeps the first `length` prints. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
    if (this.others !== undefined) this.others.length = Math.max(0, this.length - 1);
  }

  equals(other: FragmentPrints): boolean {
    if (this.length !== other.length) return false;
    for (let seq = 1; seq <= this.length; seq++) if (this.of(seq) !== other.of(seq)) return false;
    return true;
  }
}
