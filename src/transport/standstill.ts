/**
 * A process that stands still for a while (as after SIGSTOP): what would have happened to its host waits, and happens in
 * the order in which it came when the process goes on.
 */

/** Datagrams that wait, as they would in a socket's buffer; one more is dropped. The simulated host's limit. */
const MAX_WAITING_DATAGRAMS = 256;

export class Standstill {
  isPaused = false;
  private waiting: (() => void)[] = [];
  private datagrams = 0;

  /** How much waits. */
  get putOffCount(): number {
    return this.waiting.length;
  }

  /** Puts something off. Timers, connections and requests, which it is for, are bounded by whoever has them. */
  putOff(what: () => void): void {
    this.waiting.push(what);
  }

  /** Puts the handling of a datagram off; false where too many wait already. */
  putOffDatagram(what: () => void): boolean {
    if (this.datagrams >= MAX_WAITING_DATAGRAMS) return false;
    this.datagrams++;
    this.waiting.push(what);
    return true;
  }

  /** What waited happens now. */
  resume(): void {
    this.isPaused = false;
    const { waiting } = this;
    this.waiting = [];
    this.datagrams = 0;
    for (const [i, what] of waiting.entries()) {
      // One of them may have paused the host again: the rest goes on waiting, in front of what came since.
      if (this.isPaused) {
        this.waiting = [...waiting.slice(i), ...this.waiting];
        return;
      }
      what();
    }
  }

  /** What waited never happens. */
  clear(): void {
    this.waiting = [];
    this.datagrams = 0;
  }
}
