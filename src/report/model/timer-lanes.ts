/**
 * Which retransmission timer runs when, told by events that come one after another. The trace has no event for a
 * timer's start: it starts when a packet is sent (RFC 6298, 5.1), and ends with that packet's `timeout`, with the sample
 * of its ACK, or with its message. One timer runs in each lane: a host, the other end, and a message type.
 */

/** `open`: still running where the trace ends. */
export type TimerEnd = "expired" | "cancelled" | "crashed" | "open";

export interface TimerBar {
  readonly host: string;
  readonly peer: string;
  readonly type: string;
  /** The transmission that started it. */
  readonly packetId: number;
  readonly seq: number;
  readonly attempt: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly end: TimerEnd;
}

/** A data packet that was sent. */
export interface TimedPacket {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly packetId: number;
  readonly seq: number;
  readonly attempt: number;
  readonly sentNs: number;
}

export class TimerLanes {
  /** Timers that were not followed because too many ran at once. */
  leftOut = 0;
  private readonly onBar: (bar: TimerBar) => void;
  private readonly maxOpen: number;
  /** The packet that each lane waits for. */
  private readonly open = new Map<string, TimedPacket>();
  private readonly laneOfPacket = new Map<number, string>();
  /** Hosts that were seen to wait for ACKs. */
  private readonly waiters = new Set<string>();

  /** `onBar` has each timer when it ends. At most `maxOpen` are followed at once; more are counted. */
  constructor(onBar: (bar: TimerBar) => void, maxOpen = Number.POSITIVE_INFINITY) {
    this.onBar = onBar;
    this.maxOpen = maxOpen;
  }

  /** Has the host been seen to wait for an ACK? The packets of others (of other protocols) start no timers. */
  waits(host: string): boolean {
    return this.waiters.has(host);
  }

  sent(packet: TimedPacket): void {
    const lane = laneOf(packet.from, packet.to, packet.type);
    this.end(lane, packet.sentNs, "cancelled");
    if (this.open.size >= this.maxOpen) {
      this.leftOut++;
      return;
    }
    this.open.set(lane, packet);
    this.laneOfPacket.set(packet.packetId, lane);
  }

  timeout(host: string, packetId: number, timeNs: number): void {
    this.endPacket(host, packetId, timeNs, "expired");
  }

  /** The packet's ACK is in, whether or not it makes a sample. */
  acknowledged(host: string, packetId: number, timeNs: number): void {
    this.endPacket(host, packetId, timeNs, "cancelled");
  }

  /** A message is delivered, given up, cancelled or refused at its sender. */
  over(host: string, peer: string, type: string, transmissions: number, timeNs: number): void {
    this.waiters.add(host);
    // A message that was cancelled while it waited has no transmissions, and the timer is another one's.
    if (transmissions > 0) this.end(laneOf(host, peer, type), timeNs, "cancelled");
  }

  crashed(host: string, timeNs: number): void {
    for (const [lane, { from }] of [...this.open]) if (from === host) this.end(lane, timeNs, "crashed");
  }

  /** The trace ends. */
  finish(endNs: number): void {
    for (const lane of [...this.open.keys()]) this.end(lane, endNs, "open");
  }

  private endPacket(host: string, packetId: number, timeNs: number, end: TimerEnd): void {
    this.waiters.add(host);
    const lane = this.laneOfPacket.get(packetId);
    if (lane !== undefined && this.open.get(lane)?.from === host) this.end(lane, timeNs, end);
  }

  private end(lane: string, endNs: number, end: TimerEnd): void {
    const sent = this.open.get(lane);
    if (sent === undefined) return;
    this.open.delete(lane);
    this.laneOfPacket.delete(sent.packetId);
    const { from, to, type, packetId, seq, attempt, sentNs } = sent;
    this.onBar({ host: from, peer: to, type, packetId, seq, attempt, startNs: sentNs, endNs, end });
  }
}

function laneOf(from: string, to: string, type: string): string {
  return `${from}\n${to}\n${type}`;
}
