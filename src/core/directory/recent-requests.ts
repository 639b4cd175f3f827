/**
 * The requests of the last few seconds. The report's directory cannot tell a packet that came twice from a request that
 * was made twice; it knows the repetition by its type alone, and this is where it finds what was asked.
 */

import { elapsedMs } from "../time.ts";
import type { Endpoint } from "../transport.ts";
import type { MessageType } from "../wire/packet.ts";

/** Beyond this the oldest is forgotten: its repetition then gets no second answer. */
const MAX_REQUESTS = 16_384;

interface RecentRequest {
  readonly payload: Uint8Array;
  readonly atMs: number;
}

export class RecentRequests {
  private readonly windowMs: number;
  /** The latest of each endpoint and type, oldest first. */
  private readonly requests = new Map<string, RecentRequest>();

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  remember(from: Endpoint, type: MessageType, payload: Uint8Array, nowMs: number): void {
    const key = requestKey(from, type);
    this.requests.delete(key);
    this.requests.set(key, { payload: payload.slice(), atMs: nowMs });
    for (const [oldest, { atMs }] of this.requests) {
      if (this.requests.size <= MAX_REQUESTS && elapsedMs(atMs, nowMs) < this.windowMs) return;
      this.requests.delete(oldest);
    }
  }

  recall(from: Endpoint, type: MessageType): Uint8Array | undefined {
    return this.requests.get(requestKey(from, type))?.payload;
  }
}

function requestKey(from: Endpoint, type: MessageType): string {
  return `${type} ${from.key}`;
}
