/**
 * The messages of one type from this participant to one remote end: one of them is under way, packet by packet, the others
 * wait behind it. A lane knows the packet under way, its timer, and what an answer to it means; see sender.ts.
 */

import { elapsedMs } from "../time.ts";
import type { Endpoint, PacketInfo, Timer, Transport } from "../transport.ts";
import type { WireError } from "../wire/hardened/errors.ts";
import {
  type Envelope,
  type FragmentPlan,
  MESSAGE_TYPE_NAMES,
  type MessageId,
  type MessageType,
  type Packet,
  type PayloadSource,
} from "../wire/packet.ts";
import { bytesSource } from "../wire/payload-source.ts";
import { randomUint64, sameBytesInConstantTime, sameUint64, ZERO } from "../wire/uint64.ts";
import type { OutgoingMessage, PendingMessage, SendOutcome } from "./message.ts";
import type { ArqOptions } from "./options.ts";
import { RtoEstimator } from "./rto.ts";

export type Done = (outcome: SendOutcome) => void;

/** A message that waits or is under way. */
class Outgoing implements PendingMessage {
  readonly payload: PayloadSource;
  readonly plan: FragmentPlan;
  readonly done: Done;
  readonly queuedAtMs: number;
  readonly messageId: MessageId | undefined;
  readonly replyTo: MessageId | undefined;
  private readonly lane: Lane;

  constructor(
    lane: Lane,
    message: OutgoingMessage,
    payload: PayloadSource,
    plan: FragmentPlan,
    done: Done,
    queuedAtMs: number,
  ) {
    this.lane = lane;
    this.messageId = message.messageId;
    this.replyTo = message.replyTo;
    this.payload = payload;
    this.plan = plan;
    this.done = done;
    this.queuedAtMs = queuedAtMs;
  }

  cancel(): void {
    this.lane.cancel(this);
  }
}

/** What all lanes of a sender share: the sender itself. */
export interface Shared {
  readonly transport: Transport;
  readonly options: ArqOptions;
}

/** A remote end: its RTT estimator, and a chain of lanes, one for each message type sent to it. */
export class RemoteEnd {
  readonly endpoint: Endpoint;
  readonly estimator: RtoEstimator;
  /** What it asked to be shown; undefined where it has not. */
  cookie: Uint8Array | undefined = undefined;
  private firstLane: Lane | undefined = undefined;

  constructor(endpoint: Endpoint, options: ArqOptions) {
    this.endpoint = endpoint;
    this.estimator = new RtoEstimator(options.rto);
  }

  lane(type: MessageType): Lane | undefined {
    let lane = this.firstLane;
    while (lane !== undefined && lane.type !== type) lane = lane.next;
    return lane;
  }

  addLane(lane: Lane): void {
    lane.next = this.firstLane;
    this.firstLane = lane;
  }

  get isIdle(): boolean {
    for (let lane = this.firstLane; lane !== undefined; lane = lane.next) if (!lane.isIdle) return false;
    return true;
  }

  stop(): void {
    for (let lane = this.firstLane; lane !== undefined; lane = lane.next) lane.stop();
  }
}

/** The messages of one type to one remote end: one under way, the others behind it. */
export class Lane {
  readonly type: MessageType;
  /** The next lane to the same remote end. */
  next: Lane | undefined = undefined;
  private readonly shared: Shared;
  private readonly remote: RemoteEnd;
  private readonly retransmission: Timer;
  private waiting: Outgoing[] | undefined = undefined;
  private current: Outgoing | undefined = undefined;
  private datagram: Uint8Array | undefined = undefined;
  /** Of the message under way, on a wire with message IDs. */
  private envelope: Envelope | undefined = undefined;
  /** Has a challenge been obeyed since the timer was last started for another reason? */
  private isChallenged = false;
  /** Describes the packet under way: its seq, total, attempt, and its message's number. */
  private readonly info: PacketInfo;
  private transmissions = 0;
  private startedMs = 0;
  private sentMs = 0;
  private packetId = 0;

  constructor(shared: Shared, remote: RemoteEnd, type: MessageType) {
    this.shared = shared;
    this.remote = remote;
    this.type = type;
    this.info = {
      kind: "data",
      type: MESSAGE_TYPE_NAMES[type],
      message: 0,
      seq: 0,
      total: 0,
      attempt: 0,
      retransmissionOf: 0,
    };
    this.retransmission = shared.transport.createTimer(() => this.onTimeout());
  }

  get isIdle(): boolean {
    return this.current === undefined;
  }

  get isFull(): boolean {
    return this.current !== undefined && (this.waiting?.length ?? 0) >= this.shared.options.maxQueuedMessages;
  }

  add(message: OutgoingMessage, done: Done): Outgoing {
    const { transport, options } = this.shared;
    const payload = message.payload instanceof Uint8Array ? bytesSource(message.payload) : message.payload;
    const plan = message.plan ?? options.wire.plan(this.type, payload.byteLength, options.maxDatagramBytes);
    const outgoing = new Outgoing(this, message, payload, plan, done, transport.now());
    if (this.current === undefined) {
      this.begin(outgoing);
    } else {
      this.waiting ??= [];
      this.waiting.push(outgoing);
    }
    return outgoing;
  }

  /** The ACK that is waited for carries the next sequence number; any other is old and means nothing. */
  onAck(packet: Packet): void {
    const { info } = this;
    if (this.current === undefined || packet.seq !== info.seq + 1 || packet.total !== info.total) return;
    if (!this.isOfCurrent(packet)) return;
    this.sample();
    if (info.seq < info.total) {
      this.nextPacket();
    } else {
      const { transport } = this.shared;
      const { updateIntervalMs = 0 } = packet;
      const outcome = {
        status: "delivered",
        packets: info.total,
        transmissions: this.transmissions,
        elapsedMs: elapsedMs(this.startedMs, transport.now()),
        queuedMs: elapsedMs(this.current.queuedAtMs, this.startedMs),
      } as const;
      this.finish("delivered", updateIntervalMs > 0 ? { ...outcome, updateIntervalMs } : outcome);
    }
  }

  /**
   * The remote end wants to see a cookie. The packet goes out again at once, which counts as an attempt, and leaves the
   * timeout and the estimate alone. Another challenge before the timer runs out only leaves its cookie for the next
   * transmission: two ends never answer each other without end.
   */
  onChallenge(packet: Packet, cookie: Uint8Array): void {
    const { info, envelope, remote } = this;
    if (this.current === undefined || envelope === undefined) return;
    if (packet.seq !== info.seq || !this.isOfCurrent(packet)) return;
    remote.cookie = cookie.slice();
    if (this.isChallenged || info.attempt >= this.shared.options.maxAttempts) return;
    if (envelope.cookie !== undefined && sameBytesInConstantTime(envelope.cookie, cookie)) return;
    this.isChallenged = true;
    info.attempt++;
    info.retransmissionOf = 0; // not one in the sense of the timer: these bytes have not been sent before
    this.encode();
    this.transmit();
  }

  /** The remote end will not have the message under way. */
  onError(packet: Packet, error: WireError): void {
    const { current, info } = this;
    if (current === undefined || !this.isOfCurrent(packet)) return;
    const { transport } = this.shared;
    this.finish("rejected", {
      status: "rejected",
      error,
      packets: info.total,
      transmissions: this.transmissions,
      elapsedMs: elapsedMs(this.startedMs, transport.now()),
      queuedMs: elapsedMs(current.queuedAtMs, this.startedMs),
    });
  }

  /** On a wire without message IDs every packet may be: nothing tells. */
  private isOfCurrent(packet: Packet): boolean {
    const { envelope } = this;
    if (envelope === undefined) return true;
    return packet.messageId !== undefined && sameUint64(packet.messageId, envelope.messageId);
  }

  cancel(outgoing: Outgoing): void {
    if (outgoing === this.current) {
      this.finish("cancelled", { status: "cancelled" });
      return;
    }
    const at = this.waiting?.indexOf(outgoing) ?? -1;
    if (at < 0) return;
    this.waiting?.splice(at, 1);
    this.drop(outgoing, "cancelled");
    outgoing.done({ status: "cancelled" });
  }

  /** Withdraws everything. */
  stop(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    if (this.current !== undefined) this.finish("cancelled", { status: "cancelled" });
    for (const outgoing of waiting) {
      this.drop(outgoing, "cancelled");
      outgoing.done({ status: "cancelled" });
    }
  }

  /** Tells the trace of a message that is never sent. */
  drop(
    message: { readonly payload: { readonly byteLength: number }; readonly plan?: FragmentPlan },
    word: string,
  ): void {
    facts.type = this.info.type;
    facts.message = this.info.message;
    facts.packets = message.plan?.totalPackets ?? 0;
    facts.transmissions = 0;
    facts.payloadBytes = message.payload.byteLength;
    facts.elapsedMs = 0;
    this.shared.transport.trace.message(this.remote.endpoint, word, facts);
  }

  private begin(outgoing: Outgoing): void {
    const { transport, options } = this.shared;
    const { info } = this;
    this.current = outgoing;
    if (options.wire.hasMessageIds) {
      const { messageId = randomUint64(transport), replyTo = ZERO } = outgoing;
      this.envelope = { messageId, replyTo, cookie: this.remote.cookie };
    }
    this.transmissions = 0;
    this.startedMs = transport.now();
    info.message++;
    info.seq = 0;
    info.total = outgoing.plan.totalPackets;
    this.nextPacket();
  }

  private nextPacket(): void {
    const { info } = this;
    info.seq++;
    info.attempt = 1;
    info.retransmissionOf = 0;
    this.isChallenged = false;
    this.encode();
    this.transmit();
  }

  /** Encodes the packet under way, with the remote end's latest cookie. */
  private encode(): void {
    const { payload, plan } = this.current as Outgoing;
    const { wire } = this.shared.options;
    if (this.envelope !== undefined && this.envelope.cookie !== this.remote.cookie) {
      this.envelope = { ...this.envelope, cookie: this.remote.cookie };
    }
    this.datagram = wire.encodeData(this.type, payload, plan, this.info.seq, this.envelope);
  }

  private transmit(): void {
    const { transport } = this.shared;
    this.transmissions++;
    this.sentMs = transport.now();
    this.packetId = transport.send(this.remote.endpoint, this.datagram as Uint8Array, this.info);
    if (this.info.retransmissionOf === 0) this.info.retransmissionOf = this.packetId;
    this.retransmission.set(this.remote.estimator.timeoutIntervalMs);
  }

  /** SampleRTT, from the latest transmission to now; Karn's rule refuses it where the packet was sent twice. */
  private sample(): void {
    const { transport, options } = this.shared;
    const { estimator, endpoint } = this.remote;
    const rttMs = elapsedMs(this.sentMs, transport.now());
    const retransmitted = this.info.attempt > 1;
    this.retransmission.cancel();
    if (retransmitted && options.rto.karn) {
      estimator.onAcknowledged(true);
      ambiguous.sampleRttMs = rttMs;
      ambiguous.estimatedRttMs = estimator.estimatedRttMs;
      ambiguous.devRttMs = estimator.devRttMs;
      ambiguous.timeoutIntervalMs = estimator.timeoutIntervalMs;
      transport.trace.rtt(endpoint, this.packetId, "ambiguous", ambiguous);
    } else {
      estimator.onSample(rttMs);
      estimator.onAcknowledged(retransmitted);
      transport.trace.rtt(endpoint, this.packetId, "sample", estimator);
    }
  }

  private onTimeout(): void {
    const { transport, options } = this.shared;
    const { info } = this;
    const { estimator, endpoint } = this.remote;
    expired.type = info.type;
    expired.seq = info.seq;
    expired.total = info.total;
    expired.attempt = info.attempt;
    expired.timeoutIntervalMs = estimator.timeoutIntervalMs;
    transport.trace.timeout(endpoint, this.packetId, expired);
    estimator.onTimeout();
    transport.trace.rtt(endpoint, this.packetId, "timeout", estimator);
    if (info.attempt < options.maxAttempts) {
      info.attempt++;
      this.isChallenged = false;
      if (this.envelope !== undefined && this.envelope.cookie !== this.remote.cookie) this.encode();
      this.transmit();
      return;
    }
    estimator.onGivenUp();
    this.finish("given up", {
      status: "given-up",
      seq: info.seq,
      attempts: info.attempt,
      packets: info.total,
      transmissions: this.transmissions,
      elapsedMs: elapsedMs(this.startedMs, transport.now()),
      queuedMs: elapsedMs((this.current as Outgoing).queuedAtMs, this.startedMs),
    });
  }

  /** The message has its outcome; the next one, if any, begins. */
  private finish(word: string, outcome: SendOutcome): void {
    const { transport } = this.shared;
    const finished = this.current as Outgoing;
    this.retransmission.cancel();
    this.current = undefined;
    this.datagram = undefined;
    this.envelope = undefined;
    facts.type = this.info.type;
    facts.message = this.info.message;
    facts.packets = this.info.total;
    facts.transmissions = this.transmissions;
    facts.payloadBytes = finished.payload.byteLength;
    facts.elapsedMs = elapsedMs(this.startedMs, transport.now());
    transport.trace.message(this.remote.endpoint, word, facts);
    const next = this.waiting?.shift();
    if (next !== undefined) this.begin(next);
    finished.done(outcome);
  }
}

// What the trace is told, in objects that serve again and again: the trace reads them during the call.
const ambiguous = { sampleRttMs: 0.5, estimatedRttMs: 0.5, devRttMs: 0.5, timeoutIntervalMs: 0.5 };
const expired = { type: "", seq: 0, total: 0, attempt: 0, timeoutIntervalMs: 0.5 };
const facts = { type: "", message: 0, packets: 0, transmissions: 0, payloadBytes: 0, elapsedMs: 0.5 };
