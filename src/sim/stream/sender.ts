/**
 * The sending half of a stream: what was sent and is not yet acknowledged, the retransmission timer (RFC 6298), the
 * send and congestion windows, and the probing of a closed window (RFC 9293, 3.8.6.1).
 *
 * There is no Nagle algorithm: a write goes out at once, in as few segments as the windows allow. A retransmission
 * has the same bounds as the first transmission.
 */

import { RtoEstimator } from "../../core/arq/rto.ts";
import type { Timer } from "../../core/transport.ts";
import { Fifo } from "./fifo.ts";
import { NewReno } from "./new-reno.ts";
import type { StreamOptions } from "./options.ts";
import { FIN, type SegmentPort, SYN } from "./segment-port.ts";
import { SendBuffer } from "./send-buffer.ts";

const NS_PER_MS = 1e6;
const NO_BYTES = new Uint8Array(0);
/** RFC 6298, 5.7: where the SYN's timer ran out below this RTO, data starts with it. */
const RTO_AFTER_LOST_SYN_MS = 3000;

/** A segment that was sent and is not yet acknowledged as a whole. */
interface Sent {
  readonly start: number;
  /** Behind its last octet, SYN and FIN included. */
  readonly end: number;
  /** SYN or FIN or neither. */
  readonly flags: number;
  readonly payload: Uint8Array;
  attempt: number;
  readonly firstPacketId: number;
  sentNs: number;
}

/** What the sending half needs of its connection. */
export interface SenderOutput {
  /** Sends a segment with the acknowledgement of the moment; returns its packet id. */
  transmit(flags: number, seq: number, payload: Uint8Array, attempt: number, retransmissionOf: number): number;
  /** No answer after all retransmissions. Called by the timer. */
  giveUp(): void;
}

export class Sender {
  private readonly port: SegmentPort;
  private readonly options: StreamOptions;
  private readonly output: SenderOutput;
  private readonly segmentBytes: number;
  private readonly congestion: NewReno;
  private rto: RtoEstimator;
  /** The retransmission timer; with nothing in flight, the persist timer. */
  private readonly timer: Timer;
  private readonly buffer = new SendBuffer();
  private readonly sent = new Fifo<Sent>();
  /** Segments of `sent` from this index on are taken for lost by a timeout, and wait to be sent again. */
  private resendIndex = 0;
  /** SND.UNA: the first octet not yet acknowledged. */
  private unacknowledged = 0;
  /** Behind the last octet that was ever sent. */
  private sentEnd = 0;
  /** Where the other side's window ends. Receivers here never take it back, so the furthest one heard of holds. */
  private windowEnd = 0;
  private ending = false;
  private hasSentFin = false;
  /** Timeouts since the last sign of progress. */
  private timeoutsInARow = 0;
  private lastSentNs = 0;

  constructor(port: SegmentPort, remoteHost: string, options: StreamOptions, output: SenderOutput) {
    this.port = port;
    this.options = options;
    this.output = output;
    this.segmentBytes = Math.max(1, port.maxSegmentBytes(remoteHost));
    this.congestion = new NewReno(this.segmentBytes);
    this.rto = new RtoEstimator(options.rto);
    this.timer = port.createTimer(() => this.onTimer());
  }

  /** SND.NXT where nothing waits for retransmission: the sequence number of a bare acknowledgement. */
  get nextSeq(): number {
    return this.sentEnd;
  }

  /** Bytes written and not yet sent for the first time. */
  get unsentBytes(): number {
    return this.buffer.length;
  }

  get isEnding(): boolean {
    return this.ending;
  }

  /** Our FIN, and so everything before it, is acknowledged. */
  get isFinished(): boolean {
    return this.hasSentFin && this.sent.length === 0;
  }

  /** Everything but our FIN is acknowledged, and the FIN was sent. */
  get awaitsFinOnly(): boolean {
    return this.hasSentFin && this.unacknowledged === this.sentEnd - 1;
  }

  /** Everything up to and with the SYN is acknowledged: data may flow. */
  private get isOpen(): boolean {
    return this.unacknowledged > 0;
  }

  sendSyn(): void {
    this.transmitNew(SYN, NO_BYTES);
  }

  write(bytes: Uint8Array): void {
    this.buffer.push(bytes);
    this.fill();
  }

  end(): void {
    this.ending = true;
    this.fill();
  }

  /** Takes the FIN, the only thing in flight, for acknowledged. */
  settleFin(): void {
    this.onNewAck(this.sentEnd);
  }

  /** Sends nothing any more. */
  stop(): void {
    this.timer.cancel();
    this.buffer.clear();
    this.sent.clear();
  }

  /**
   * The other side expects `ack` next and has room for `windowBytes` from there on; `isBare` = its segment carried
   * nothing else. False where it acknowledges what was never sent.
   */
  onAck(ack: number, windowBytes: number, isBare: boolean): boolean {
    if (ack > this.sentEnd) return false;
    if (ack < this.unacknowledged) return true;
    const wasProbing = this.isProbing;
    if (wasProbing) this.timeoutsInARow = 0;
    const windowMoved = ack + windowBytes > this.windowEnd;
    if (windowMoved) this.windowEnd = ack + windowBytes;
    if (ack > this.unacknowledged) this.onNewAck(ack);
    else if (wasProbing && windowMoved) this.resendProbe();
    else if (isBare && !windowMoved && !wasProbing && this.sent.length > 0) this.onDuplicateAck();
    this.fill();
    return true;
  }

  private onNewAck(ack: number): void {
    const ackedBytes = ack - this.unacknowledged;
    const wasOpen = this.isOpen;
    const newest = this.removeAcknowledged(ack);
    this.unacknowledged = ack;
    this.timeoutsInARow = 0;
    if (newest !== undefined) this.measure(newest);
    if (!wasOpen) {
      if (newest !== undefined && newest.attempt > 1) this.onSynWasLost();
    } else if (this.congestion.onNewAck(ack, ackedBytes, this.sentEnd - ack) === "partial") {
      this.retransmit(this.sent.at(0)!);
    }
    if (this.sent.length > 0) this.startTimer();
    else this.timer.cancel();
  }

  /** The newest segment that `ack` covers is the one measured, unless Karn's rule says that no measure can be had. */
  private measure(newest: Sent): void {
    this.rto.onAcknowledged(newest.attempt > 1);
    if (newest.attempt === 1) this.rto.onSample((this.port.nowNs() - newest.sentNs) / NS_PER_MS);
  }

  private onSynWasLost(): void {
    this.congestion.onSynLost();
    const initialMs = Math.max(this.options.rto.initialMs, RTO_AFTER_LOST_SYN_MS);
    this.rto = new RtoEstimator({ ...this.options.rto, initialMs });
  }

  /** The window is open again: what was dropped before it need not wait for the timer. */
  private resendProbe(): void {
    this.resendIndex = 0;
    this.startTimer();
  }

  private onDuplicateAck(): void {
    if (!this.congestion.onDuplicateAck(this.unacknowledged, this.sentEnd, this.flightBytes)) return;
    this.retransmit(this.sent.at(0)!);
    this.startTimer();
  }

  private onTimer(): void {
    const oldest = this.sent.at(0);
    if (oldest === undefined) {
      this.sendProbe();
      return;
    }
    const limit = oldest.flags & SYN ? this.options.maxSynRetransmissions : this.options.maxRetransmissions;
    if (this.timeoutsInARow >= limit) {
      this.output.giveUp();
      return;
    }
    this.timeoutsInARow++;
    this.rto.onTimeout();
    if (this.isOpen && !this.isProbing) {
      this.congestion.onTimeout(this.sentEnd, this.flightBytes, this.timeoutsInARow === 1);
    }
    this.retransmit(oldest);
    this.resendIndex = 1;
    this.startTimer();
  }

  /** Sends what the windows allow: first what is taken for lost, then what is new. */
  private fill(): void {
    if (!this.isOpen) return;
    while (this.resendNext()) {}
    if (this.resendIndex < this.sent.length) return;
    if (this.sent.length === 0 && this.isIdle) this.congestion.onIdle();
    while (this.sendNext()) {}
    if (this.ending && !this.hasSentFin && this.buffer.length === 0) this.transmitNew(FIN, NO_BYTES);
    if (this.buffer.length > 0 && this.sent.length === 0 && !this.timer.isSet) this.startTimer();
  }

  private resendNext(): boolean {
    const next = this.sent.at(this.resendIndex);
    if (next === undefined) return false;
    if (this.resendIndex > 0 && next.end - this.unacknowledged > this.congestion.windowBytes) return false;
    this.resendIndex++;
    this.retransmit(next);
    return true;
  }

  private sendNext(): boolean {
    const unsent = this.buffer.length;
    const congestionEnd = this.unacknowledged + this.congestion.windowBytes + this.congestion.limitedTransmitBytes;
    const room = Math.min(congestionEnd, this.windowEnd) - this.sentEnd;
    const count = Math.min(unsent, this.segmentBytes, room);
    if (count <= 0) return false;
    // Silly window avoidance (RFC 9293, 3.8.6.2.1): no small segment only because the window is nearly used up.
    if (count < Math.min(unsent, this.segmentBytes) && this.sent.length > 0) return false;
    const isLast = this.ending && count === unsent;
    this.transmitNew(isLast ? FIN : 0, this.buffer.take(count));
    return true;
  }

  /** One byte beyond the closed window: its acknowledgement tells whether the window is open again. */
  private sendProbe(): void {
    if (this.buffer.length > 0) this.transmitNew(0, this.buffer.take(1));
  }

  private transmitNew(flags: number, payload: Uint8Array): void {
    const start = this.sentEnd;
    const end = start + payload.length + (flags === 0 ? 0 : 1);
    if (flags & FIN) this.hasSentFin = true;
    this.sentEnd = end;
    this.lastSentNs = this.port.nowNs();
    const firstPacketId = this.output.transmit(flags, start, payload, 1, 0);
    this.sent.push({ start, end, flags, payload, attempt: 1, firstPacketId, sentNs: this.lastSentNs });
    this.resendIndex = this.sent.length;
    if (this.sent.length === 1) this.startTimer();
  }

  private retransmit(segment: Sent): void {
    segment.attempt++;
    segment.sentNs = this.port.nowNs();
    this.lastSentNs = segment.sentNs;
    const { flags, start, payload, attempt, firstPacketId } = segment;
    this.output.transmit(flags, start, payload, attempt, firstPacketId);
  }

  /** Removes what lies before `ack`; returns the newest segment that `ack` covers, once retransmitted if any was. */
  private removeAcknowledged(ack: number): Sent | undefined {
    let newest: Sent | undefined;
    for (let first = this.sent.at(0); first !== undefined && first.end <= ack; first = this.sent.at(0)) {
      this.sent.shift();
      if (this.resendIndex > 0) this.resendIndex--;
      if (newest === undefined || newest.attempt === 1) newest = first;
    }
    return newest;
  }

  private startTimer(): void {
    this.timer.set(this.rto.timeoutIntervalMs);
  }

  private get flightBytes(): number {
    const next = this.sent.at(this.resendIndex);
    return (next === undefined ? this.sentEnd : next.start) - this.unacknowledged;
  }

  /** The oldest segment in flight lies beyond the window: it is a probe. */
  private get isProbing(): boolean {
    const oldest = this.sent.at(0);
    return oldest !== undefined && oldest.start + oldest.payload.length > this.windowEnd && this.isOpen;
  }

  private get isIdle(): boolean {
    return this.port.nowNs() - this.lastSentNs > this.rto.timeoutIntervalMs * NS_PER_MS;
  }
}
