/** A peer's options, with the defaults used where a scenario is silent. */

import type { ArqOptions, RtoOptions } from "../arq/options.ts";
import type { Endpoint } from "../transport.ts";

export interface PeerOptions {
  readonly arq: ArqOptions;
  /** The directory's datagram address. */
  readonly directory: Endpoint;
  /** Where this peer serves files, as its updates say. */
  readonly http: { readonly ip: string; readonly port: number };
  /** From one UPDATE to the next. */
  readonly updatePeriodMs: number;
  /** From sending a request to giving up on its answer. */
  readonly answerTimeoutMs: number;
  /** Longest update payload: `share` refuses a file that would make it longer. */
  readonly maxUpdateBytes: number;
  /** Requests that may wait behind the one under way. */
  readonly maxQueuedRequests: number;
  /** The longest time from one UPDATE to the next that a directory can ask for, on the hardened wire. */
  readonly maxUpdateIntervalMs: number;
  /** Pages of one answer that are asked for on the hardened wire, of up to 100 peers each; a longer one is an error. */
  readonly maxAnswerPages: number;
  /** The key of the group whose directory this is (see SealedTransport); it needs the hardened wire. Absent: no group. */
  readonly groupKey?: Uint8Array;
}

/** The update period is the one of the report's capture. */
export const defaultPeerOptions: Omit<PeerOptions, "arq" | "directory" | "http"> = {
  updatePeriodMs: 7020,
  answerTimeoutMs: 10_000,
  maxUpdateBytes: 1 << 20,
  maxQueuedRequests: 64,
  maxUpdateIntervalMs: 300_000,
  maxAnswerPages: 2048,
};

/** Attempts that an update has, at least, before the next one takes its place. */
const ATTEMPTS_PER_UPDATE = 3;
/** The timeout may always grow to this: below the round-trip time it would never learn what that is. */
const LONGEST_RTT_MS = 2000;

/**
 * A retransmission timeout for a peer that keeps an entry alive. Backed off beyond the update period, as up to a maximum of
 * a minute it can be, it would leave each update a single attempt, and three lost packets would remove a living peer.
 * RFC 6298, 2.5 asks for a maximum of 60 s or more; it speaks of transfers, whose data does not go stale.
 */
export function keepAliveRto(rto: RtoOptions, updatePeriodMs: number): RtoOptions {
  const maxMs = Math.min(rto.maxMs, Math.max(LONGEST_RTT_MS, updatePeriodMs / ATTEMPTS_PER_UPDATE));
  return { ...rto, maxMs, initialMs: Math.min(rto.initialMs, maxMs), minMs: Math.min(rto.minMs, maxMs) };
}
