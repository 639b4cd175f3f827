/**
 * The messages in a capture of the 2015 wire: which datagram is data and which an ACK, which message and which attempt, and
 * what the sender's timer made of it. A capture shows packets and nothing of a sender's mind: a timeout is where a packet is
 * sent again, and the estimator is run anew over the round trips that can be seen.
 */

import type { RtoOptions } from "../core/arq/options.ts";
import { RtoEstimator } from "../core/arq/rto.ts";
import { MESSAGE_TYPE_NAMES, type MessageType, type Packet } from "../core/wire/packet.ts";

/** A datagram's place in the protocol. */
export interface Place {
  readonly kind: "data" | "ack";
  readonly type: string;
  /** The number of the message among those of its type between these ends, from 1. */
  readonly message: number;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  /** An ACK's: the flow whose packet it acknowledges. A data packet's: its own. */
  readonly flow: Flow;
}

/** The messages of one type from one endpoint to another. */
export class Flow {
  readonly type: MessageType;
  readonly estimator: RtoEstimator;
  message = 0;
  seq = 0;
  total = 0;
  attempt = 0;
  /** The fragment of the packet under way. */
  fragment: Uint8Array = NO_BYTES;
  /** The packet's latest transmission. */
  sentNs = 0;
  packetId = 0;
  isAcknowledged = true;
  /** Transmissions of the message's packets. */
  transmissions = 0;
  payloadBytes = 0;
  startedNs = 0;
  ackAttempt = 0;

  constructor(type: MessageType, rto: RtoOptions) {
    this.type = type;
    this.estimator = new RtoEstimator(rto);
  }
}

const NO_BYTES = new Uint8Array(0);
/** Flows remembered; a capture of more is read, and the oldest flows begin anew. */
const MAX_FLOWS = 100_000;

export class Flows {
  private readonly rto: RtoOptions;
  private readonly flows = new Map<string, Flow>();

  constructor(rto: RtoOptions) {
    this.rto = rto;
  }

  /** Where a datagram that is sent now belongs. Call it once for each transmission, in the order of their times. */
  place(from: string, to: string, packet: Packet): Place {
    const back = this.flows.get(flowKey(to, from, packet.type));
    if (isAckOf(back, packet)) {
      const flow = back ?? this.make(flowKey(to, from, packet.type), packet.type);
      flow.ackAttempt++;
      return placeOf("ack", flow, packet, flow.ackAttempt);
    }
    const key = flowKey(from, to, packet.type);
    const flow = this.flows.get(key) ?? this.make(key, packet.type);
    const fragment = packet.datagram.subarray(packet.fragmentStart, packet.fragmentEnd);
    const isRepeated =
      !flow.isAcknowledged &&
      packet.seq === flow.seq &&
      packet.total === flow.total &&
      sameBytes(fragment, flow.fragment);
    if (isRepeated) {
      flow.attempt++;
    } else {
      if (packet.seq === 1) {
        flow.message++;
        flow.transmissions = 0;
        flow.payloadBytes = 0;
      }
      flow.attempt = 1;
      flow.ackAttempt = 0;
      flow.payloadBytes += fragment.length;
    }
    flow.seq = packet.seq;
    flow.total = packet.total;
    flow.fragment = fragment;
    flow.isAcknowledged = false;
    flow.transmissions++;
    return placeOf("data", flow, packet, flow.attempt);
  }

  private make(key: string, type: MessageType): Flow {
    if (this.flows.size >= MAX_FLOWS) this.flows.delete(this.flows.keys().next().value as string);
    const flow = new Flow(type, this.rto);
    this.flows.set(key, flow);
    return flow;
  }
}

/** An ACK carries the next sequence number of a packet that goes the other way; beyond TOTAL nothing else does. */
function isAckOf(back: Flow | undefined, { seq, total }: Packet): boolean {
  if (seq === total + 1) return true;
  return back !== undefined && back.seq + 1 === seq && back.total === total;
}

function placeOf(kind: "data" | "ack", flow: Flow, { seq, total }: Packet, attempt: number): Place {
  return { kind, type: MESSAGE_TYPE_NAMES[flow.type], message: flow.message, seq, total, attempt, flow };
}

function flowKey(from: string, to: string, type: MessageType): string {
  return `${type} ${from} ${to}`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
