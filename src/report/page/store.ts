/**
 * What all views of the page share: the moment that is shown, and the packet that is pointed at or chosen in any of
 * them. Views are told at most once per frame.
 */

import type { LadderSource } from "../ladder/options.ts";
import type { RtoArithmetic } from "../model/estimates.ts";
import type { Transmission } from "../model/packets.ts";
import { firstEventAt, keptUntilMs, type TraceModel } from "../model/trace-model.ts";

export class Store {
  readonly source: LadderSource;
  readonly model: TraceModel;
  readonly rto: RtoArithmetic | undefined;
  readonly byPacket = new Map<number, Transmission>();
  /** Where the page's time ends: the end of the run, or of what the report has of it. */
  readonly endMs: number;
  /** The last event that has happened at the moment shown; -1 = none yet. */
  at = -1;
  /** The moment itself: that event's, or a later one before the next. */
  timeMs = 0;
  /** How often the moment was chosen, by the reader or by playing; 0 = never: nothing is in the future yet. */
  moves = 0;
  /** Packet ids; 0 = none. */
  selected = 0;
  hovered = 0;
  private readonly listeners: (() => void)[] = [];
  private isScheduled = false;

  constructor(source: LadderSource, rto: RtoArithmetic | undefined) {
    this.source = source;
    this.model = source.model;
    this.rto = rto;
    this.endMs = keptUntilMs(source.model);
    for (const one of source.transmissions) if (one.packetId !== 0) this.byPacket.set(one.packetId, one);
  }

  /** Calls back after every change, once per frame. */
  watch(listener: () => void): void {
    this.listeners.push(listener);
  }

  moveTo(event: number): void {
    this.at = Math.max(-1, Math.min(this.model.count - 1, event));
    this.timeMs = this.at < 0 ? 0 : this.model.events.timeNs[this.at]! / 1e6;
    this.moves++;
    this.changed();
  }

  /** Shows a moment, which may be between two events. */
  moveToTime(timeMs: number): void {
    this.at = firstEventAt(this.model, Math.round(timeMs * 1e6) + 1) - 1;
    this.timeMs = timeMs;
    this.moves++;
    this.changed();
  }

  /** Chooses a packet (0: none), and shows the moment at which it was sent unless it is being shown already. */
  select(packetId: number, move = true): void {
    const sendEvent = this.byPacket.get(packetId)?.sendEvent ?? -1;
    if (move && sendEvent >= 0) this.moveTo(sendEvent);
    this.selected = packetId;
    this.changed();
  }

  hover(packetId: number): void {
    if (packetId === this.hovered) return;
    this.hovered = packetId;
    this.changed();
  }

  /** The packets to light up: the one pointed at and the one chosen. */
  isLit(packetId: number): boolean {
    return packetId !== 0 && (packetId === this.hovered || packetId === this.selected);
  }

  changed(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    requestAnimationFrame(() => {
      this.isScheduled = false;
      for (const listener of this.listeners) listener();
    });
  }
}
