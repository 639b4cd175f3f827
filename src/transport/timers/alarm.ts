/** The one timer of Node behind all of ours. It may ring early, late, or for nothing: who sets it looks at the clock. */

/** Node takes a longer delay for 1 ms: longer ones are slept in parts. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** Rings once after it is set. */
export interface Alarm {
  /** Rings in about `delayMs`, whatever it was set to before; with 0, as soon as what has arrived is handled. */
  set(delayMs: number): void;
}

export type MakeAlarm = (onRing: () => void) => Alarm;

/**
 * Rings behind what has arrived at the sockets meanwhile, so that an ACK that waits there is in time, as in the simulated
 * network. The process does not stay alive for it: open sockets are what it stays alive for.
 */
export class NodeAlarm implements Alarm {
  private readonly onRing: () => void;
  private readonly onTimeout: () => void;
  private sleep: NodeJS.Timeout | undefined = undefined;
  private isAboutToRing = false;

  constructor(onRing: () => void) {
    this.onRing = () => {
      this.isAboutToRing = false;
      onRing();
    };
    this.onTimeout = () => this.ringSoon();
  }

  set(delayMs: number): void {
    if (delayMs <= 0) {
      this.ringSoon();
      return;
    }
    if (this.sleep !== undefined) clearTimeout(this.sleep);
    this.sleep = setTimeout(this.onTimeout, Math.min(Math.ceil(delayMs), LONGEST_SLEEP_MS));
    this.sleep.unref();
  }

  /** The event loop looks at the sockets before it comes to what `setImmediate` was given. */
  private ringSoon(): void {
    if (this.isAboutToRing) return;
    this.isAboutToRing = true;
    setImmediate(this.onRing);
  }
}
