/** Where the fragments of an incoming message go, in order. */

import type { Packet } from "../wire/packet.ts";

export interface MessageSink {
  /** Bytes taken so far. */
  readonly byteLength: number;
  /** A stream passes its fragments on at once and keeps none: it cannot be truncated, and holds no memory. */
  readonly isStream: boolean;
  /** Takes the next fragment; false where the message has become too large. */
  append(packet: Packet): boolean;
  /** Drops all but the first `fragments` fragments. */
  truncate(fragments: number): void;
  /** All fragments are in. The payload, or undefined where the sink has dealt with it itself. */
  complete(): Uint8Array | undefined;
}

/** Puts a message together in memory, up to a largest size. */
export class Reassembly implements MessageSink {
  readonly isStream = false;
  byteLength = 0;
  private readonly maxBytes: number;
  private readonly fragments: Uint8Array[] = [];

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  append(packet: Packet): boolean {
    const length = packet.fragmentEnd - packet.fragmentStart;
    if (this.byteLength + length > this.maxBytes) return false;
    this.byteLength += length;
    this.fragments.push(packet.datagram.subarray(packet.fragmentStart, packet.fragmentEnd));
    return true;
  }

  truncate(fragments: number): void {
    for (const fragment of this.fragments.splice(fragments)) this.byteLength -= fragment.length;
  }

  complete(): Uint8Array {
    if (this.fragments.length === 1) return this.fragments[0] as Uint8Array;
    const payload = new Uint8Array(this.byteLength);
    let offset = 0;
    for (const fragment of this.fragments) {
      payload.set(fragment, offset);
      offset += fragment.length;
    }
    return payload;
  }
}
