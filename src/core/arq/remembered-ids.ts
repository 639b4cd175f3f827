/**
 * The IDs of the messages of one type that one sender has sent of late, with what became of each: a ring, the oldest first.
 * It grows up to a limit; a look-up goes through all of it, which are a few dozen.
 */

import { elapsedMs } from "../time.ts";
import type { MessageId } from "../wire/packet.ts";

const FIRST_CAPACITY = 4;
/** High and low word of the ID, and its `Answer`. */
const WORDS = 5;

/** What a message was answered with, and is again when a copy of it comes. */
export interface Answer {
  /** Of an ERROR; 0: it was taken. */
  readonly code: number;
  /** What the ACK of an UPDATE said; 0: nothing. */
  readonly updateIntervalMs: number;
}

export class RememberedIds {
  private words = new Uint32Array(FIRST_CAPACITY * WORDS);
  /** When a packet of it came last. */
  private times = new Float64Array(FIRST_CAPACITY);
  private first = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** A handle of the ID for the methods below, until the next `add` or `forget`; -1 where it is not remembered. */
  find({ high, low }: MessageId): number {
    const { words } = this;
    for (let i = 0; i < this.count; i++) {
      const at = this.slot(i);
      if (words[at * WORDS + 1] === low && words[at * WORDS] === high) return at;
    }
    return -1;
  }

  answerOf(handle: number): Answer {
    const at = handle * WORDS;
    return { code: this.words[at + 2]!, updateIntervalMs: this.words[at + 3]! };
  }

  /** One more ACK of it goes out; which one it is. */
  countAck(handle: number): number {
    return ++this.words[handle * WORDS + 4]!;
  }

  /** A packet of it has come again: it is remembered as long as if it were new. */
  touch(handle: number, nowMs: number): void {
    this.times[handle] = nowMs;
  }

  /** Remembers an ID, of which so many ACKs have been sent; its handle. */
  add({ high, low }: MessageId, { code, updateIntervalMs }: Answer, acks: number, nowMs: number): number {
    if (this.count === this.times.length) this.grow();
    const at = this.slot(this.count++);
    this.words.set([high, low, code, updateIntervalMs, acks], at * WORDS);
    this.times[at] = nowMs;
    return at;
  }

  /** Forgets the oldest while it is older than that. */
  forgetOlder(lifetimeMs: number, nowMs: number): number {
    let forgotten = 0;
    while (this.count > 0 && elapsedMs(this.times[this.first]!, nowMs) > lifetimeMs) {
      this.forgetOldest();
      forgotten++;
    }
    return forgotten;
  }

  forgetOldest(): void {
    this.first = this.slot(1);
    this.count--;
  }

  private slot(place: number): number {
    return (this.first + place) % this.times.length;
  }

  private grow(): void {
    const words = new Uint32Array(2 * this.words.length);
    const times = new Float64Array(2 * this.times.length);
    for (let i = 0; i < this.count; i++) {
      const at = this.slot(i);
      words.set(this.words.subarray(at * WORDS, (at + 1) * WORDS), i * WORDS);
      times[i] = this.times[at]!;
    }
    this.words = words;
    this.times = times;
    this.first = 0;
  }
}
