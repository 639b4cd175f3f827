/**
 * Counts what a run's trace says, as it goes by. It is always on, so that every event costs a switch and a few
 * additions: no text, no allocation. What the counters mean is in the catalogue beside it.
 */

import { EventCode, type RttRow, type TraceEvent, type TraceSink } from "../../../trace/events.ts";
import { LabelClasses, NoteClass, PacketClass } from "./label-classes.ts";

const SEND = EventCode.send;
const DELIVER = EventCode.deliver;
const DROP = EventCode.drop;
const DUPLICATE = EventCode.duplicate;
const CORRUPT = EventCode.corrupt;
const TIMEOUT = EventCode.timeout;
const STATE = EventCode.state;
const REJECT = EventCode.reject;

export class MetricsSink implements TraceSink {
  // Packets.
  dataTransmissions = 0;
  ackTransmissions = 0;
  segmentTransmissions = 0;
  untypedTransmissions = 0;
  bytesSent = 0;
  deliveries = 0;
  drops = 0;
  dataDrops = 0;
  ackDrops = 0;
  duplicates = 0;
  corruptions = 0;
  rejects = 0;

  // Retransmissions.
  timeouts = 0;
  retransmissions = 0;
  necessaryRetransmissions = 0;
  spuriousAckLost = 0;
  spuriousLate = 0;
  segmentRetransmissions = 0;
  /** ACKs sent again, of packets of messages of several packets. */
  repeatedAcks = 0;
  /** ACKs of, and messages that arrived in, a single packet: one ACK more than messages for each duplicate. */
  singleAcks = 0;
  singlesReceived = 0;
  maxAttempt = 0;

  // The RTT estimator. Sums and extremes in ms.
  rttSamples = 0;
  ambiguousSamples = 0;
  sampleRttSumMs = 0;
  minSampleRttMs = Number.POSITIVE_INFINITY;
  maxSampleRttMs = Number.NEGATIVE_INFINITY;
  lastSampleRttMs = Number.NaN;
  lastEstimatedRttMs = Number.NaN;
  lastDevRttMs = Number.NaN;
  lastTimeoutIntervalMs = Number.NaN;
  minTimeoutIntervalMs = Number.POSITIVE_INFINITY;
  maxTimeoutIntervalMs = Number.NEGATIVE_INFINITY;

  // Messages with an outcome (delivered or given up), and those that arrived whole.
  messagesDelivered = 0;
  messagesGivenUp = 0;
  messagesCancelled = 0;
  messagesRefused = 0;
  messagesRejected = 0;
  messagesReceived = 0;
  packetsAcknowledged = 0;
  /** Packets of messages with an outcome that were sent at least once. */
  packetsAttempted = 0;
  /** Transmissions of those packets. */
  messageTransmissions = 0;
  messageElapsedSumMs = 0;
  messageElapsedMaxMs = Number.NEGATIVE_INFINITY;
  payloadBytesDelivered = 0;

  private readonly labels = new LabelClasses();
  // The latest timeout: a message is given up when a packet's last timer runs out, and this is that packet.
  private timeoutNode = -1;
  private timeoutPeer = -1;
  private timeoutType = -1;
  private timeoutSeq = -1;

  onEvent(event: TraceEvent): void {
    switch (event.code) {
      case SEND:
        this.onSend(event);
        return;
      case DELIVER:
        this.deliveries++;
        return;
      case DROP:
        this.onDrop(event);
        return;
      case DUPLICATE:
        this.duplicates++;
        return;
      case CORRUPT:
        this.corruptions++;
        return;
      case TIMEOUT:
        this.timeouts++;
        this.timeoutNode = event.nodeId;
        this.timeoutPeer = event.peerId;
        this.timeoutType = event.typeId;
        this.timeoutSeq = event.seq;
        return;
      case STATE:
        if (event.typeId !== 0) this.onMessage(event);
        return;
      case REJECT:
        this.rejects++;
        return;
    }
  }

  onRtt(row: RttRow): void {
    const interval = row.timeoutIntervalMs;
    this.lastTimeoutIntervalMs = interval;
    if (interval < this.minTimeoutIntervalMs) this.minTimeoutIntervalMs = interval;
    if (interval > this.maxTimeoutIntervalMs) this.maxTimeoutIntervalMs = interval;
    this.lastEstimatedRttMs = row.estimatedRttMs;
    this.lastDevRttMs = row.devRttMs;
    if (row.kind === "ambiguous") this.ambiguousSamples++;
    else if (row.kind === "sample") {
      const sample = row.sampleRttMs;
      this.rttSamples++;
      this.sampleRttSumMs += sample;
      this.lastSampleRttMs = sample;
      if (sample < this.minSampleRttMs) this.minSampleRttMs = sample;
      if (sample > this.maxSampleRttMs) this.maxSampleRttMs = sample;
    }
  }

  private onSend(event: TraceEvent): void {
    this.bytesSent += event.bytes;
    const again = event.attempt > 1;
    switch (this.labels.packet(event)) {
      case PacketClass.data:
        this.dataTransmissions++;
        if (event.attempt > this.maxAttempt) this.maxAttempt = event.attempt;
        if (again) this.onRetransmission(event);
        return;
      case PacketClass.ack:
        this.ackTransmissions++;
        if (event.total === 1) this.singleAcks++;
        else if (again) this.repeatedAcks++;
        return;
      case PacketClass.segment:
        this.segmentTransmissions++;
        if (again) this.segmentRetransmissions++;
        return;
      default:
        this.untypedTransmissions++;
    }
  }

  private onRetransmission(event: TraceEvent): void {
    this.retransmissions++;
    switch (this.labels.note(event)) {
      case NoteClass.necessary:
        this.necessaryRetransmissions++;
        return;
      case NoteClass.spuriousAckLost:
        this.spuriousAckLost++;
        return;
      case NoteClass.spuriousLate:
        this.spuriousLate++;
        return;
    }
  }

  private onDrop(event: TraceEvent): void {
    this.drops++;
    const packet = this.labels.packet(event);
    if (packet === PacketClass.data) this.dataDrops++;
    else if (packet === PacketClass.ack) this.ackDrops++;
  }

  private onMessage(event: TraceEvent): void {
    switch (this.labels.note(event)) {
      case NoteClass.received:
        this.messagesReceived++;
        if (event.total === 1) this.singlesReceived++;
        return;
      case NoteClass.delivered:
        this.messagesDelivered++;
        this.packetsAcknowledged += event.total;
        this.packetsAttempted += event.total;
        this.payloadBytesDelivered += event.bytes;
        this.onOutcome(event);
        return;
      case NoteClass.givenUp: {
        this.messagesGivenUp++;
        const attempted = this.givenUpPacket(event);
        this.packetsAcknowledged += attempted - 1;
        this.packetsAttempted += attempted;
        this.onOutcome(event);
        return;
      }
      case NoteClass.cancelled:
        this.messagesCancelled++;
        return;
      case NoteClass.refused:
        this.messagesRefused++;
        return;
      case NoteClass.rejected:
        this.messagesRejected++;
        return;
    }
  }

  private onOutcome(event: TraceEvent): void {
    this.messageTransmissions += event.attempt;
    this.messageElapsedSumMs += event.valueMs;
    if (event.valueMs > this.messageElapsedMaxMs) this.messageElapsedMaxMs = event.valueMs;
  }

  /** The number of the packet that a message was given up at: its timer is the latest that ran out. */
  private givenUpPacket(event: TraceEvent): number {
    const itsTimeout =
      this.timeoutNode === event.nodeId && this.timeoutPeer === event.peerId && this.timeoutType === event.typeId;
    return itsTimeout && this.timeoutSeq >= 1 ? this.timeoutSeq : event.total;
  }
}
