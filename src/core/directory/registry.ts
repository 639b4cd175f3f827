/** The peer table and the timer that expires its entries: what the directory's fronts, one for each wire, share. */

import type { Timer, Transport } from "../transport.ts";
import { type DirectoryOptions, entryLifetimeMs } from "./options.ts";
import { type Moment, PeerTable } from "./table.ts";

export class Registry {
  readonly transport: Transport;
  readonly options: DirectoryOptions;
  readonly table: PeerTable;
  /** When the next entry may have to go. */
  private readonly expiry: Timer;
  private expiryDueMs = 0;

  constructor(transport: Transport, options: DirectoryOptions) {
    this.transport = transport;
    this.options = options;
    this.table = new PeerTable(options, transport.trace);
    this.expiry = transport.createTimer(() => this.onExpiry());
  }

  now(): Moment {
    return { nowMs: this.transport.now(), wallClockMs: this.transport.wallClockMs() };
  }

  /** An entry was made or refreshed: it may have to go after its lifetime, and not before. */
  keepUntilSilent({ nowMs }: Moment, updateIntervalMs?: number): void {
    const dueMs = nowMs + entryLifetimeMs(this.options, updateIntervalMs);
    if (!this.expiry.isSet || dueMs < this.expiryDueMs) this.set(dueMs - nowMs, dueMs);
  }

  /** An entry went at its peer's wish. */
  onExit(): void {
    if (this.table.size === 0) this.expiry.cancel();
  }

  stop(): void {
    this.expiry.cancel();
  }

  private onExpiry(): void {
    const nowMs = this.transport.now();
    const nextMs = this.table.expire(nowMs);
    if (nextMs !== undefined) this.set(nextMs, nowMs + nextMs);
  }

  private set(delayMs: number, dueMs: number): void {
    this.expiry.set(delayMs);
    this.expiryDueMs = dueMs;
  }
}
