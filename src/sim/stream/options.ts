/** The options of simulated byte streams, and their defaults. */

import type { RtoOptions } from "../../core/arq/options.ts";

export interface StreamOptions {
  /** Receive buffer of a stream: the largest window it advertises. */
  readonly receiveWindowBytes: number;
  /** `write` answers false while more than this is not yet sent; `onDrain` comes at half of it. */
  readonly sendBufferBytes: number;
  /** A `write` on top of this many unsent bytes throws: its caller does not heed the false it got. */
  readonly maxUnsentBytes: number;
  /** Retransmissions of a SYN before the stream fails with `timeout`. */
  readonly maxSynRetransmissions: number;
  /** Timeouts in a row without any progress before the stream fails with `timeout` (RFC 9293, 3.8.3: R2). */
  readonly maxRetransmissions: number;
  /** Streams of a host, those being set up included; beyond it a SYN is refused. */
  readonly maxStreams: number;
  /** Ended streams of a host that still acknowledge a repeated FIN; beyond it the oldest is forgotten. */
  readonly maxRememberedStreams: number;
  /** The retransmission timeout. */
  readonly rto: RtoOptions;
}

/**
 * RFC 6298, with Linux's smaller minimum. As Linux does, the minimum holds for the variance's part and not for the
 * sum (G = 200 ms): otherwise RTO would come down to the RTT itself where the delay is constant and above 200 ms.
 */
export const defaultStreamRto: RtoOptions = {
  estimator: "rfc6298",
  initialMs: 1000,
  minMs: 200,
  maxMs: 60_000,
  backoff: 2,
  karn: true,
  alpha: 1 / 8,
  beta: 1 / 4,
  k: 4,
  granularityMs: 200,
};

export const defaultStreamOptions: StreamOptions = {
  receiveWindowBytes: 64 * 1024,
  sendBufferBytes: 64 * 1024,
  maxUnsentBytes: 16 * 1024 * 1024,
  maxSynRetransmissions: 5,
  maxRetransmissions: 8,
  maxStreams: 16_384,
  maxRememberedStreams: 256,
  rto: defaultStreamRto,
};

/**
 * How long an HTTP exchange may stand still, in ms: longer than a sender at the smallest RTO goes on retransmitting
 * (200 ms doubled eight times, 102 s together), so that a loss is the stream's to repair.
 */
export const DEFAULT_HTTP_IDLE_MS = 120_000;
