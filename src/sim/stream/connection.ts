/**
 * One connection: its set-up, orderly close and reset (RFC 9293, 3.5, 3.6, 3.10.7), over a sending and a receiving
 * half. What the RFC calls states are here
 *
 *     SYN-SENT, SYN-RECEIVED     phase "syn-sent", "syn-received"
 *     ESTABLISHED                phase "open", neither half finished
 *     FIN-WAIT-1, FIN-WAIT-2     "open", we have ended; our FIN is, is not yet, acknowledged
 *     CLOSE-WAIT, LAST-ACK       "open", the other side has ended; we have not yet, have
 *     TIME-WAIT                  "closed"; the layer remembers what a late FIN is answered with
 *
 * Every segment that takes sequence numbers is acknowledged at once (no delayed ACKs: RFC 5681, 4.2 allows it), on the
 * back of data where the handler that it is given to writes some. Handlers are called from segments and timers only.
 */

import type { Endpoint, Stream, StreamCloseReason, StreamHandlers, Timer } from "../../core/transport.ts";
import { connectorPart } from "./incarnation.ts";
import type { StreamOptions } from "./options.ts";
import { Receiver } from "./receiver.ts";
import { ACK, FIN, RST, type Segment, type SegmentPort, SYN } from "./segment-port.ts";
import { Sender, type SenderOutput } from "./sender.ts";

const NO_BYTES = new Uint8Array(0);
const SILENT: StreamHandlers = { onData() {} };

/** What a connection needs of the layer it belongs to. */
export interface ConnectionOwner {
  readonly port: SegmentPort;
  readonly options: StreamOptions;
  /** How often the host's process has died: what was made before the last time is told nothing. */
  readonly crashes: number;
  /** The connection is over, and its ports are free; `orderly` = its other end may still repeat its FIN. */
  release(connection: Connection, orderly: boolean): void;
  /** A connection to a listening port is set up: who handles it? Undefined = nobody. */
  accept(connection: Connection): StreamHandlers | undefined;
  /** Answers a segment that is none of this connection's with a reset. */
  refuse(segment: Segment): void;
}

export class Connection implements Stream, SenderOutput {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** This side answered; the other side connected. */
  readonly isResponder: boolean;
  incarnation: number;
  private readonly owner: ConnectionOwner;
  private readonly bornAfterCrashes: number;
  private readonly sender: Sender;
  private readonly receiver: Receiver;
  private handlers: StreamHandlers;
  private phase: "syn-sent" | "syn-received" | "open" | "closed";
  /** Calls handlers that are due, but not from within the user's own call. */
  private soon: Timer | undefined = undefined;
  private closeReason: StreamCloseReason = "reset";
  private acknowledgementIsDue = false;
  /** The right edge of the window that the other side was told of last. */
  private advertisedEnd = 0;
  private wantsDrain = false;
  private isPaused = false;
  private endWasHandled = false;

  /** `handlers` absent: the responder's side, whose handlers come with the end of the set-up. */
  constructor(
    owner: ConnectionOwner,
    local: Endpoint,
    remote: Endpoint,
    incarnation: number,
    handlers?: StreamHandlers,
  ) {
    this.owner = owner;
    this.bornAfterCrashes = owner.crashes;
    this.local = local;
    this.remote = remote;
    this.isResponder = handlers === undefined;
    this.incarnation = incarnation;
    this.handlers = handlers ?? SILENT;
    this.phase = this.isResponder ? "syn-received" : "syn-sent";
    this.sender = new Sender(owner.port, remote.host, owner.options, this);
    this.receiver = new Receiver(owner.options.receiveWindowBytes);
  }

  /** Sends the SYN or the SYN-ACK. */
  start(): void {
    this.sender.sendSyn();
  }

  /** The next octets that this side sends and expects: what a late segment is answered with after the end. */
  get nextSeqs(): { readonly seq: number; readonly ack: number } {
    return { seq: this.sender.nextSeq, ack: this.receiver.nextSeq };
  }

  get isClosed(): boolean {
    return this.phase === "closed";
  }

  get isFlushed(): boolean {
    return this.sender.isFinished;
  }

  // The user's side ---------------------------------------------------------------------------------------------------

  write(bytes: Uint8Array): boolean {
    if (this.phase === "closed" || this.sender.isEnding) return false;
    const { maxUnsentBytes, sendBufferBytes } = this.owner.options;
    const waiting = this.sender.unsentBytes;
    if (waiting > maxUnsentBytes) {
      throw new RangeError(
        `${bytes.length} bytes written to ${this.remote.key} on top of ${waiting} unsent ones (at most ${maxUnsentBytes}): wait for onDrain when write returns false`,
      );
    }
    this.sender.write(bytes);
    this.wantsDrain = this.sender.unsentBytes > sendBufferBytes;
    return !this.wantsDrain;
  }

  end(): void {
    if (this.phase === "closed" || this.sender.isEnding) return;
    this.wantsDrain = false;
    this.sender.end();
  }

  abort(): void {
    if (this.phase === "closed") return;
    this.sendReset();
    this.closeSoon("reset");
  }

  abandon(): void {
    if (this.phase === "closed") return;
    if (this.isFlushed) this.closeSoon("reset");
    else this.abort();
  }

  /** Hands no more bytes on; the window closes as the receive buffer fills. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.phase === "open") this.callSoon();
  }

  // The layer's side --------------------------------------------------------------------------------------------------

  /** Is the segment one of this connection's, and not of an older or newer one between the same ports? */
  owns(segment: Segment): boolean {
    if (segment.incarnation === this.incarnation) return true;
    const lacksEpoch = this.phase === "syn-sent" || (segment.flags & (SYN | ACK)) === SYN;
    return lacksEpoch && connectorPart(segment.incarnation) === connectorPart(this.incarnation);
  }

  /** Does the segment ask for a newer connection between the same ports? Then the other end knows this one no more. */
  isSupersededBy(segment: Segment): boolean {
    const asks = (segment.flags & (SYN | ACK | RST)) === SYN;
    return asks && this.isResponder && connectorPart(segment.incarnation) > connectorPart(this.incarnation);
  }

  /** The other end knows nothing of this connection any more. */
  onForgotten(): void {
    if (this.phase === "syn-sent") this.close("refused");
    else if (this.receiver.isFinished && this.sender.awaitsFinOnly) {
      // Both directions came to their end; only the acknowledgement of our FIN was lost (RFC 9293, 3.10.7.4: LAST-ACK).
      this.sender.settleFin();
      this.closeIfDone();
    } else this.close("reset");
  }

  /** The connection fails before it exists; its user hears of it soon. */
  failSoon(reason: StreamCloseReason): void {
    this.closeSoon(reason);
  }

  /** The host's process died: nobody is told anything but the other end. */
  die(sendsReset: boolean): void {
    if (sendsReset && this.phase !== "closed") this.sendReset();
    this.phase = "closed";
    this.sender.stop();
  }

  onSegment(segment: Segment): void {
    if (segment.flags & RST) {
      this.onReset(segment);
      return;
    }
    if (this.phase === "syn-sent") this.onAnswer(segment);
    else if (this.phase === "syn-received") this.onHandshakeAck(segment);
    else if (segment.flags & SYN) this.acknowledgementIsDue = (segment.flags & ACK) !== 0;
    else this.onOpenSegment(segment);
    this.afterEvent();
  }

  // RFC 9293, 3.10.7 --------------------------------------------------------------------------------------------------

  private onReset(segment: Segment): void {
    if (this.phase === "syn-sent") {
      if (segment.flags & ACK && segment.ack === 1) this.onForgotten();
    } else if (segment.seq > 0) {
      // One with sequence number 0 answers a SYN that came too early; an answer to a later SYN opened this connection.
      this.onForgotten();
    }
  }

  private onAnswer(segment: Segment): void {
    if ((segment.flags & ACK) === 0) return;
    if (segment.ack !== 1) {
      this.owner.refuse(segment);
      return;
    }
    if ((segment.flags & SYN) === 0) return;
    this.incarnation = segment.incarnation;
    this.phase = "open";
    this.acknowledgementIsDue = true;
    this.sender.onAck(segment.ack, segment.windowBytes, false);
    this.handlers.onOpen?.(this);
  }

  private onHandshakeAck(segment: Segment): void {
    if (segment.flags & SYN || (segment.flags & ACK) === 0) return;
    if (segment.ack !== 1) {
      this.owner.refuse(segment);
      return;
    }
    this.phase = "open";
    this.sender.onAck(segment.ack, segment.windowBytes, false);
    const handlers = this.owner.accept(this);
    if (handlers !== undefined) this.handlers = handlers;
    if (this.isClosed) return;
    if (handlers === undefined) {
      this.sendReset();
      this.close("reset");
      return;
    }
    this.takeText(segment);
  }

  private onOpenSegment(segment: Segment): void {
    if ((segment.flags & ACK) === 0) return;
    if (this.sender.onAck(segment.ack, segment.windowBytes, isBare(segment))) this.takeText(segment);
    else this.acknowledgementIsDue = true;
  }

  private takeText(segment: Segment): void {
    if (isBare(segment)) return;
    this.acknowledgementIsDue = true;
    this.receiver.accept(segment.seq, segment.payload, (segment.flags & FIN) !== 0);
  }

  // Handing on --------------------------------------------------------------------------------------------------------

  /** Calls the handlers that are due, then sends the acknowledgement that is due, then closes what is done. */
  private afterEvent(): void {
    if (this.phase !== "open") return;
    this.handOn();
    if (this.isClosed) return;
    if (this.wantsDrain && this.sender.unsentBytes <= this.owner.options.sendBufferBytes / 2) {
      this.wantsDrain = false;
      this.handlers.onDrain?.(this);
      if (this.isClosed) return;
    }
    if (this.acknowledgementIsDue || this.windowHasReopened) this.transmit(0, this.sender.nextSeq, NO_BYTES, 1, 0);
    this.closeIfDone();
  }

  private handOn(): void {
    while (!this.isPaused && !this.isClosed && this.receiver.hasReady) {
      this.handlers.onData(this.receiver.take()!, this);
    }
    if (this.isPaused || this.isClosed || !this.receiver.isFinished || this.endWasHandled) return;
    this.endWasHandled = true;
    this.handlers.onEnd?.(this);
  }

  /** RFC 9293, 3.8.6.2.2: the window is not opened in small steps. */
  private get windowHasReopened(): boolean {
    const opened = this.receiver.nextSeq + this.receiver.windowBytes - this.advertisedEnd;
    return opened >= this.owner.options.receiveWindowBytes / 2;
  }

  private closeIfDone(): void {
    if (this.phase === "open" && this.endWasHandled && this.sender.isFinished) this.close("ended");
  }

  // Ending ------------------------------------------------------------------------------------------------------------

  private close(reason: StreamCloseReason): void {
    this.tearDown(reason);
    this.notifyClosed();
  }

  private closeSoon(reason: StreamCloseReason): void {
    this.tearDown(reason);
    this.callSoon();
  }

  private tearDown(reason: StreamCloseReason): void {
    this.phase = "closed";
    this.closeReason = reason;
    this.sender.stop();
    this.soon?.cancel();
    this.owner.release(this, reason === "ended");
  }

  private notifyClosed(): void {
    const { handlers } = this;
    this.handlers = SILENT;
    handlers.onClose?.(this.closeReason, this);
  }

  private callSoon(): void {
    this.soon ??= this.owner.port.createTimer(() => {
      if (this.owner.crashes !== this.bornAfterCrashes) return;
      if (this.isClosed) this.notifyClosed();
      else this.afterEvent();
    });
    this.soon.set(0);
  }

  // Sending -----------------------------------------------------------------------------------------------------------

  giveUp(): void {
    this.sendReset(); // should the other side be there after all, it need not wait for us
    this.close("timeout");
  }

  transmit(flags: number, seq: number, payload: Uint8Array, attempt: number, retransmissionOf: number): number {
    const knowsOther = this.phase !== "syn-sent";
    const { nextSeq, windowBytes } = this.receiver;
    if (knowsOther) {
      this.acknowledgementIsDue = false;
      this.advertisedEnd = nextSeq + windowBytes;
    }
    return this.owner.port.sendSegment({
      source: this.local,
      destination: this.remote,
      flags: knowsOther ? flags | ACK : flags,
      seq,
      ack: knowsOther ? nextSeq : 0,
      windowBytes,
      payload,
      attempt,
      retransmissionOf,
      incarnation: this.incarnation,
    });
  }

  /** Not in SYN-SENT: the other side, where it has answered at all, hears it when its answer comes here. */
  private sendReset(): void {
    if (this.phase !== "syn-sent") this.transmit(RST, this.sender.nextSeq, NO_BYTES, 1, 0);
  }
}

/** Does the segment carry nothing but an acknowledgement? */
function isBare(segment: Segment): boolean {
  return segment.payload.length === 0 && (segment.flags & FIN) === 0;
}
