/**
 * The messages in a capture of the 2015 wire: which datagram is data and which an ACK, which message and which attempt, and
 * what the sender's timer made of it. A capture shows packets and nothing of a sender's mind: a timeout is where a packet is
 * sent again, and the estimator is run anew over the round trips that can be seen.
 */

import { fingerprint } from "../core/arq/fingerprint.ts";
import type { RtoOptions } from "../core/arq/options.ts";
import { RtoEstimator } from "../core/arq/rto.ts";
import { MESSAGE_TYPE_NAMES, type MessageType, type Packet } from "../core/wire/packet.ts";

/** A datagram's place in the protocol. */
export interface Place {
  readonly kind: "data" | "ack";
  readonly type: string;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  /** An ACK's: the flow whose packet it acknowledges. A data packet's: its own. */
  readonly flow: Flow;
  /** The packet that it is, or that it acknowledges; undefined for the ACK of a packet that the capture does not have. */
  readonly fragment: Fragment | undefined;
}

/** A packet of a message, however often it is sent. */
export interface Fragment {
  /** The packet id of its first transmission; 0 until it has one. */
  storyId: number;
  /** Have all that was sent of it, and its ACKs, been seen at both ends, or are they known to be lost? */
  isTold: boolean;
  /** ACKs of it that were sent. */
  acks: number;
}

/** The messages of one type from one endpoint to another. */
export class Flow {
  readonly type: MessageType;
  /** The sender's, for all that it sends to the other end. */
  readonly estimator: RtoEstimator;
  /** The number of the message among those of its type between these ends, from 1. */
  message = 0;
  seq = 0;
  total = 0;
  attempt = 0;
  /** The packet under way, by its fingerprint. */
  print = Number.NaN;
  fragment: Fragment = { storyId: 0, isTold: false, acks: 0 };
  /** The packet's latest transmission, and how long after the one before it that was; 0 for the first. */
  sentNs = 0;
  gapNs = 0;
  packetId = 0;
  isAcknowledged = true;
  /** Transmissions of the message's packets. */
  transmissions = 0;
  payloadBytes = 0;
  startedNs = 0;
  /** The latest packets, by what their ACKs look like; the oldest first. */
  readonly sent = new Map<string, Fragment>();

  constructor(type: MessageType, estimator: RtoEstimator) {
    this.type = type;
    this.estimator = estimator;
  }
}

/** Flows remembered, and estimators; a capture of more is read, and the oldest begin anew. */
const MAX_FLOWS = 100_000;
/** Packets of a flow whose late ACKs are known as such; an ACK that is later still reads as data. */
const MAX_FRAGMENTS = 256;

export class Flows {
  private readonly rto: RtoOptions;
  private readonly maxAttempts: number;
  private readonly flows = new Map<string, Flow>();
  private readonly estimators = new Map<string, RtoEstimator>();

  /** A sender gives a packet up after `maxAttempts` transmissions. */
  constructor(rto: RtoOptions, maxAttempts: number) {
    this.rto = rto;
    this.maxAttempts = maxAttempts;
  }

  /** Where a datagram that is sent now belongs. Call it once for each transmission, in the order of their times. */
  place(from: string, to: string, packet: Packet, nowNs: number): Place {
    const { datagram, fragmentStart, fragmentEnd, seq, total } = packet;
    const print = fingerprint(datagram, fragmentStart, fragmentEnd);
    const back = this.flows.get(flowKey(to, from, packet.type));
    const acknowledged = back?.sent.get(ackKey(seq, total, print));
    if (acknowledged !== undefined || seq === total + 1) {
      const attempt = acknowledged === undefined ? 1 : ++acknowledged.acks;
      return placeOf("ack", back ?? this.make(to, from, packet.type), packet, attempt, acknowledged);
    }
    const flow = this.flows.get(flowKey(from, to, packet.type)) ?? this.make(from, to, packet.type);
    const isRepeated = !flow.isAcknowledged && seq === flow.seq && total === flow.total && print === flow.print;
    if (isRepeated && flow.attempt >= this.maxAttempts) {
      flow.estimator.onTimeout();
      flow.estimator.onGivenUp();
      begin(flow, packet, print);
    } else if (isRepeated) {
      flow.attempt++;
      flow.gapNs = nowNs - flow.sentNs;
    } else {
      begin(flow, packet, print);
    }
    flow.sentNs = nowNs;
    flow.transmissions++;
    return placeOf("data", flow, packet, flow.attempt, flow.fragment);
  }

  private make(from: string, to: string, type: MessageType): Flow {
    const ends = `${from} ${to}`;
    const estimator = this.estimators.get(ends) ?? new RtoEstimator(this.rto);
    setBounded(this.estimators, ends, estimator, MAX_FLOWS);
    const flow = new Flow(type, estimator);
    setBounded(this.flows, flowKey(from, to, type), flow, MAX_FLOWS);
    return flow;
  }
}

/** Another packet than the one before. */
function begin(flow: Flow, { seq, total, fragmentStart, fragmentEnd }: Packet, print: number): void {
  if (seq === 1) {
    flow.message++;
    flow.transmissions = 0;
    flow.payloadBytes = 0;
  }
  flow.attempt = 1;
  flow.gapNs = 0;
  flow.payloadBytes += fragmentEnd - fragmentStart;
  flow.seq = seq;
  flow.total = total;
  flow.print = print;
  flow.isAcknowledged = false;
  flow.fragment = { storyId: 0, isTold: true, acks: 0 };
  const key = ackKey(seq + 1, total, print);
  flow.sent.delete(key);
  setBounded(flow.sent, key, flow.fragment, MAX_FRAGMENTS);
}

/** What the ACK of a packet has: the next sequence number, and the packet's total and fragment. */
function ackKey(seq: number, total: number, print: number): string {
  return `${seq} ${total} ${print}`;
}

function setBounded<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value as string);
}

function placeOf(
  kind: "data" | "ack",
  flow: Flow,
  { seq, total }: Packet,
  attempt: number,
  fragment: Fragment | undefined,
): Place {
  return { kind, type: MESSAGE_TYPE_NAMES[flow.type], seq, total, attempt, flow, fragment };
}

function flowKey(from: string, to: string, type: MessageType): string {
  return `${type} ${from} ${to}`;
}
