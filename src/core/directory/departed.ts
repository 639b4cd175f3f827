/**
 * Peers that have left of late, with the serial number of what said so: an UPDATE from before that, which was longer on its
 * way than the EXIT behind it, must not make the entry again.
 */

import { elapsedMs } from "../time.ts";

/** Beyond this the oldest is forgotten: an UPDATE of it that is still on its way makes an entry, until that expires. */
const MAX_DEPARTED = 16_384;

export class Departed {
  private readonly lifetimeMs: number;
  /** By the entry's key, the oldest first. */
  private readonly peers = new Map<string, { readonly serial: number; readonly atMs: number }>();

  /** `lifetimeMs`: longer than any packet lives. */
  constructor(lifetimeMs: number) {
    this.lifetimeMs = lifetimeMs;
  }

  remember(key: string, serial: number, nowMs: number): void {
    if (serial <= this.serialOf(key)) return;
    this.peers.delete(key);
    this.peers.set(key, { serial, atMs: nowMs });
    for (const [oldest, { atMs }] of this.peers) {
      if (this.peers.size <= MAX_DEPARTED && elapsedMs(atMs, nowMs) <= this.lifetimeMs) return;
      this.peers.delete(oldest);
    }
  }

  /** -1 where nothing is known. */
  serialOf(key: string): number {
    return this.peers.get(key)?.serial ?? -1;
  }
}
