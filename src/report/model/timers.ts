/**
 * The retransmission timers of stop-and-wait, from start to expiry or cancellation. The trace has no event for a timer's
 * start: it starts when a packet is sent (RFC 6298, 5.1), and ends with that packet's `timeout`, with the sample of its
 * ACK, or with its message.
 */

import { NoteClass, noteClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import { EventCode } from "../../trace/events.ts";
import type { Transmission } from "./packets.ts";
import type { TraceModel } from "./trace-model.ts";

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

/** All timers, in the order of their ends. Packets that nobody waits for (of other protocols) have none. */
export function timersOf(model: TraceModel, transmissions: readonly Transmission[]): readonly TimerBar[] {
  const tracker = new TimerTracker(model, transmissions);
  for (let i = 0; i < model.count; i++) tracker.onEvent(i);
  return tracker.finish();
}

/** What becomes of a message that was under way at its sender. */
const OUTCOMES: readonly NoteClass[] = [
  NoteClass.delivered,
  NoteClass.givenUp,
  NoteClass.cancelled,
  NoteClass.rejected,
];

class TimerTracker {
  private readonly model: TraceModel;
  private readonly sendings = new Map<number, Transmission>();
  private readonly bars: TimerBar[] = [];
  /** The packet that each lane (host, peer, type) waits for. */
  private readonly open = new Map<string, Transmission>();
  private readonly laneOfPacket = new Map<number, string>();
  /** Hosts that were seen to wait for ACKs. */
  private readonly waiters = new Set<string>();

  constructor(model: TraceModel, transmissions: readonly Transmission[]) {
    this.model = model;
    for (const one of transmissions)
      if (one.kind === "data" && one.sendEvent >= 0) this.sendings.set(one.sendEvent, one);
  }

  onEvent(i: number): void {
    const { events, texts } = this.model;
    const timeNs = events.timeNs[i]!;
    const node = texts[events.node[i]!]!;
    switch (events.code[i]) {
      case EventCode.send: {
        const sent = this.sendings.get(i);
        if (sent === undefined) break;
        const lane = laneOf(sent);
        this.end(lane, timeNs, "cancelled");
        this.open.set(lane, sent);
        this.laneOfPacket.set(sent.packetId, lane);
        break;
      }
      case EventCode.timeout:
        this.endPacket(node, events.packetId[i]!, timeNs, "expired");
        break;
      case EventCode.rtt:
        this.endPacket(node, events.packetId[i]!, timeNs, "cancelled");
        break;
      case EventCode.state:
        this.onState(i, node, timeNs);
        break;
    }
  }

  finish(): readonly TimerBar[] {
    const endNs = this.model.count === 0 ? 0 : this.model.events.timeNs[this.model.count - 1]!;
    for (const lane of [...this.open.keys()]) this.end(lane, endNs, "open");
    return this.bars.filter(({ host }) => this.waiters.has(host));
  }

  private onState(i: number, node: string, timeNs: number): void {
    const { events, texts } = this.model;
    const note = texts[events.note[i]!]!;
    if (note === "crashed") {
      for (const [lane, { from }] of [...this.open]) if (from === node) this.end(lane, timeNs, "crashed");
      return;
    }
    const outcome = noteClassOf(note);
    if (!OUTCOMES.includes(outcome) || events.type[i] === 0) return;
    this.waiters.add(node);
    // A message that was cancelled while it waited has no transmissions, and the timer is another one's.
    if (events.attempt[i]! > 0) {
      this.end(`${node}\n${texts[events.peer[i]!]}\n${texts[events.type[i]!]}`, timeNs, "cancelled");
    }
  }

  private endPacket(node: string, packetId: number, timeNs: number, end: TimerEnd): void {
    this.waiters.add(node);
    const lane = this.laneOfPacket.get(packetId);
    if (lane !== undefined && this.open.get(lane)?.from === node) this.end(lane, timeNs, end);
  }

  private end(lane: string, endNs: number, end: TimerEnd): void {
    const sent = this.open.get(lane);
    if (sent === undefined) return;
    this.open.delete(lane);
    this.laneOfPacket.delete(sent.packetId);
    const { from, to, type, packetId, seq, attempt, sentNs } = sent;
    this.bars.push({ host: from, peer: to, type, packetId, seq, attempt, startNs: sentNs, endNs, end });
  }
}

function laneOf({ from, to, type }: Transmission): string {
  return `${from}\n${to}\n${type}`;
}
