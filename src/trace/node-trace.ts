/**
 * What a participant can tell the trace. `send`, `deliver`, `drop`, `duplicate` and `corrupt` are the transport's own
 * words; these are the protocol's.
 */

import type { RttKind } from "./events.ts";

/** The RTT estimator's state after a sample or a timeout, in ms; NaN where there is no value yet. */
export interface RttState {
  readonly sampleRttMs: number;
  readonly estimatedRttMs: number;
  readonly devRttMs: number;
  readonly timeoutIntervalMs: number;
}

/** The packet whose timer ran out. */
export interface TimeoutFacts {
  readonly type: string;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  /** The interval that ran out, in ms. */
  readonly timeoutIntervalMs: number;
}

/** A message's figures at its sender, when its outcome is known. */
export interface MessageFacts {
  readonly type: string;
  /** Number among the messages of this type to this remote end, from 1. */
  readonly message: number;
  readonly packets: number;
  /** Transmissions of its packets, retransmissions included. */
  readonly transmissions: number;
  readonly payloadBytes: number;
  /** From the call of `send` for its first packet to the last ACK (or to giving up), in ms. */
  readonly elapsedMs: number;
}

/** The other end of an exchange, by its address. */
export interface Peer {
  readonly key: string;
}

export interface NodeTrace {
  /** The retransmission timer of a packet ran out; `packetId` is its latest transmission's, `attempt` that one's number. */
  timeout(peer: Peer, packetId: number, facts: TimeoutFacts): void;
  /** The estimator saw a sample (or refused it), or backed off after a timeout. */
  rtt(peer: Peer, packetId: number, kind: RttKind, state: RttState): void;
  /** What became of a message at its sender: `outcome` is a fixed word or two (`delivered`, `given up`, ...). */
  message(peer: Peer, outcome: string, facts: MessageFacts): void;
  /** A message is whole at its receiver and handed on. */
  received(peer: Peer, type: string, totalPackets: number, bytes: number): void;
  /** A participant's state changed: an entry added, expired, evicted. */
  state(note: string, peerKey?: string): void;
  /** One line of an HTTP-like exchange. */
  http(note: string, peerKey?: string, bytes?: number): void;
  /** Rubbish from outside, dropped: why, and how many bytes. */
  reject(note: string, peerKey: string, bytes: number): void;
  /** Something a user asked for, or the answer the user saw. */
  action(note: string): void;
}

/** Says nothing: for participants that nobody watches, and for tests. */
export const silentTrace: NodeTrace = {
  timeout() {},
  rtt() {},
  message() {},
  received() {},
  state() {},
  http() {},
  reject() {},
  action() {},
};
