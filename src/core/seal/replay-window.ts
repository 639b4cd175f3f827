/**
 * Which packet numbers of one source have come, as RFC 6479 keeps them: a ring of bits that slides with the highest number.
 * A number is taken once; one that has fallen behind the window is not taken at all.
 */

const WORD_BITS = 32;
/** One word more than the window needs: the one that the window's edge moves through. */
const WORDS = 33;

/** Numbers below the highest one that can still come, itself included. */
export const REPLAY_WINDOW = (WORDS - 1) * WORD_BITS;

export class ReplayWindow {
  private readonly bits = new Uint32Array(WORDS);
  private highest = 0;
  /** When a packet of the source was taken last. */
  heardMs = 0;

  /** Takes a number, a whole one above 0; false where it has come before or is too old to tell. */
  take(number: number): boolean {
    if (number <= this.highest - REPLAY_WINDOW) return false;
    if (number > this.highest) this.slideTo(number);
    const word = wordOf(number) % WORDS;
    const bit = 1 << (number % WORD_BITS);
    if ((this.bits[word]! & bit) !== 0) return false;
    this.bits[word] = this.bits[word]! | bit;
    return true;
  }

  private slideTo(number: number): void {
    const from = wordOf(this.highest);
    const steps = Math.min(wordOf(number) - from, WORDS);
    for (let step = 1; step <= steps; step++) this.bits[(from + step) % WORDS] = 0;
    this.highest = number;
  }
}

function wordOf(number: number): number {
  return Math.floor(number / WORD_BITS);
}
