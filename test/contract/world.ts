/**
 * What the contract suite needs of a world, simulated or real. Nothing here assumes virtual time, nor that anything
 * comes at once: the suite waits for what must come, and gives what must not come some time to come.
 */

import type { Endpoint, Participant, Transport } from "../../src/core/transport.ts";

export interface ContractWorld {
  /** Starts a host with a datagram address and a file server of its own. */
  host(handlers?: Partial<Participant>): Promise<ContractHost>;
  /** Resolves when the condition holds; rejects, naming `what`, where that takes longer than any world should. */
  waitFor(what: string, condition: () => boolean): Promise<void>;
  /** Lets so many ms pass, by the clock of every host. */
  pass(ms: number): Promise<void>;
  /** A datagram and stream address on a host of this world at which nobody listens. */
  readonly nobody: Endpoint;
  /** Largest datagram that goes through. */
  readonly maxDatagramBytes: number;
  /** Later than its deadline by more than this, a timer is late, in ms. */
  readonly timerToleranceMs: number;
  close(): Promise<void>;
}

export interface ContractHost {
  readonly transport: Transport;
  /** Where its file server listens. */
  readonly http: Endpoint;
}

export type MakeWorld = () => Promise<ContractWorld>;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Bytes that show where any of them is missing, doubled or out of place. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255;
  return bytes;
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Where two arrays first differ; -1 where they are equal. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : length;
}
