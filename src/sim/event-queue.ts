/**
 * Virtual time: one queue of events, ordered by (time, sequence). Two events of the same instant happen in the order
 * in which they were planned; but timers come last, so that what arrives at the very instant of a timeout is in time.
 * Time is in whole nanoseconds, so sums of delays are exact.
 *
 * A binary heap over typed arrays; the events themselves stay put in slots.
 */

import { Clock } from "../trace/clock.ts";

/** Something that will happen. `seq` is the number under which it was planned. */
export interface QueuedEvent {
  /** When, in whole ns. Read when the event is queued. */
  readonly atNs: number;
  happen(seq: number): void;
}

const INITIAL_CAPACITY = 64;
/** Above every other sequence number: 2^52. */
const TIMERS_LAST = 4503599627370496;

export class EventQueue {
  /** Stands at the time of the latest event taken. */
  readonly clock: Clock;
  private size = 0;
  private nextSeq = 1;
  private times = new Float64Array(INITIAL_CAPACITY);
  private seqs = new Float64Array(INITIAL_CAPACITY);
  private slots = new Int32Array(INITIAL_CAPACITY);
  private readonly events: (QueuedEvent | undefined)[] = [];
  private readonly freeSlots: number[] = [];

  constructor(clock = new Clock()) {
    this.clock = clock;
  }

  get nowNs(): number {
    return this.clock.nowNs;
  }

  get length(): number {
    return this.size;
  }

  /** The time of the next event; Infinity where there is none. */
  get nextNs(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.times[0] as number);
  }

  /** Takes the number under which a timer is to be planned: behind all other events of its instant. */
  takeTimerSeq(): number {
    return TIMERS_LAST + this.nextSeq++;
  }

  /** Plans an event; returns its sequence number. */
  push(event: QueuedEvent): number {
    const seq = this.nextSeq++;
    this.pushWithSeq(event, seq);
    return seq;
  }

  /** Plans an event under a number taken earlier: among events of one instant it happens as if planned back then. */
  pushWithSeq(event: QueuedEvent, seq: number): void {
    const timeNs = event.atNs;
    if (this.size === this.times.length) this.grow();
    const slot = this.freeSlots.length > 0 ? (this.freeSlots.pop() as number) : this.events.length;
    this.events[slot] = event;
    const { times, seqs, slots } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentNs = times[parent] as number;
      if (parentNs < timeNs || (parentNs === timeNs && (seqs[parent] as number) < seq)) break;
      times[hole] = parentNs;
      seqs[hole] = seqs[parent] as number;
      slots[hole] = slots[parent] as number;
      hole = parent;
    }
    times[hole] = timeNs;
    seqs[hole] = seq;
    slots[hole] = slot;
  }

  /** Takes the next event, moves the time to it and lets it happen. The queue must not be empty. */
  step(): void {
    const { times, seqs, slots } = this;
    const slot = slots[0] as number;
    const seq = seqs[0] as number;
    this.clock.nowNs = times[0] as number;
    const event = this.events[slot] as QueuedEvent;
    this.events[slot] = undefined;
    this.freeSlots.push(slot);
    const last = --this.size;
    if (last > 0) {
      // The last entry fills the hole that the first one leaves, sinking below smaller children.
      const timeNs = times[last] as number;
      const lastSeq = seqs[last] as number;
      const lastSlot = slots[last] as number;
      let hole = 0;
      for (;;) {
        let child = 2 * hole + 1;
        if (child >= last) break;
        let childNs = times[child] as number;
        const right = child + 1;
        if (right < last) {
          const rightNs = times[right] as number;
          if (rightNs < childNs || (rightNs === childNs && (seqs[right] as number) < (seqs[child] as number))) {
            child = right;
            childNs = rightNs;
          }
        }
        if (timeNs < childNs || (timeNs === childNs && lastSeq < (seqs[child] as number))) break;
        times[hole] = childNs;
        seqs[hole] = seqs[child] as number;
        slots[hole] = slots[child] as number;
        hole = child;
      }
      times[hole] = timeNs;
      seqs[hole] = lastSeq;
      slots[hole] = lastSlot;
    }
    event.happen(seq);
  }

  private grow(): void {
    const capacity = this.times.length * 2;
    const bigger = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.times = bigger(this.times, new Float64Array(capacity));
    this.seqs = bigger(this.seqs, new Float64Array(capacity));
    this.slots = bigger(this.slots, new Int32Array(capacity));
  }
}
