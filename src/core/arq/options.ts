/**
 * The options of stop-and-wait and of its retransmission timeout, with the defaults used where a scenario is silent.
 */

import type { WireFormat } from "../wire/packet.ts";

/** How the timeout follows the samples: the report's formulas, RFC 6298's, or not at all. */
export type EstimatorName = "report" | "rfc6298" | "fixed";

export interface RtoOptions {
  readonly estimator: EstimatorName;
  /** TimeoutInterval before the first sample (and always, for `fixed`). */
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** The timeout is multiplied by this at each expiry; 1 = no back-off. */
  readonly backoff: number;
  /** Karn's rule: a packet that was retransmitted gives no sample, and its backed-off timeout stays for the next packet. */
  readonly karn: boolean;
  /** Weight of a new sample in EstimatedRTT. */
  readonly alpha: number;
  /** Weight of a new deviation in DevRTT. */
  readonly beta: number;
  /** TimeoutInterval = EstimatedRTT + k DevRTT. */
  readonly k: number;
  /** RFC 6298's clock granularity G: TimeoutInterval = EstimatedRTT + max(G, k DevRTT). 0 in the report's formula. */
  readonly granularityMs: number;
}

export const defaultRtoOptions: RtoOptions = {
  estimator: "report",
  initialMs: 1000,
  minMs: 10,
  maxMs: 60_000,
  backoff: 2,
  karn: true,
  alpha: 1 / 8,
  beta: 1 / 4,
  k: 4,
  granularityMs: 0,
};

export interface ArqOptions {
  readonly wire: WireFormat;
  /** Largest datagram sent, header included. */
  readonly maxDatagramBytes: number;
  /** Transmissions of one packet before its message is given up; Infinity = never. */
  readonly maxAttempts: number;
  readonly rto: RtoOptions;
  /** Messages that may wait behind the one under way, per remote end and message type. */
  readonly maxQueuedMessages: number;
  /** Remote ends whose state is kept; beyond it the idle one that was used longest ago goes. */
  readonly maxRemotes: number;
  /** How long a message that equals the last one of its sender and type is taken for a repetition of it. Where messages
   * have no IDs: on the report's wire. */
  readonly duplicateWindowMs: number;
  /** Where messages have IDs: how long the ID of a message that was taken is remembered. Longer than any copy may take
   * (EXCHANGE_LIFETIME of RFC 7252, 4.8.2). */
  readonly exchangeLifetimeMs: number;
  /** IDs remembered per sender and message type. Beyond it, updates and exits are refused until one is old enough; for
   * other types, which change nothing, the oldest is forgotten. */
  readonly maxRememberedPerSender: number;
  /** IDs remembered for all senders together, at 28 bytes each; beyond it the sender that was silent longest is forgotten. */
  readonly maxRememberedMessages: number;
  /** Largest message that a receiver puts together. */
  readonly maxMessageBytes: number;
  /** Messages that a receiver puts together at once for one sender; beyond it the oldest is dropped. */
  readonly maxReassembliesPerSender: number;
  /** Memory of all messages that a receiver puts together at once (estimated); beyond it the oldest is dropped. */
  readonly maxReassemblyBytes: number;
}

export const defaultArqOptions: Omit<ArqOptions, "wire"> = {
  maxDatagramBytes: 512,
  maxAttempts: 10,
  rto: defaultRtoOptions,
  maxQueuedMessages: 64,
  maxRemotes: 100_000,
  duplicateWindowMs: 3000,
  exchangeLifetimeMs: 247_000,
  maxRememberedPerSender: 256,
  maxRememberedMessages: 4_000_000,
  maxMessageBytes: 1 << 20,
  maxReassembliesPerSender: 4,
  maxReassemblyBytes: 64 << 20,
};
