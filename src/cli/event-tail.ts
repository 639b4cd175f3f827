/** The last events before a run was stopped: what --until-event is for. */

import { countOf, padEnd } from "../report/text.ts";
import type { TraceEvent, TraceSink } from "../trace/events.ts";
import { formatMs } from "../trace/format-ms.ts";

const KEPT_EVENTS = 20;

export class EventTail implements TraceSink {
  private readonly rows: string[][] = [];
  private readonly untilEvent: number;
  private count = 0;

  /** `untilEvent`: what comes behind it at the same instant is left out. */
  constructor(untilEvent: number) {
    this.untilEvent = untilEvent;
  }

  onEvent(event: TraceEvent): void {
    if (this.count === this.untilEvent) return;
    this.count++;
    if (this.rows.length === KEPT_EVENTS) this.rows.shift();
    this.rows.push(rowOf(event, this.count));
  }

  /** A table with a heading, the latest event last. */
  toString(): string {
    const widths = (this.rows[0] ?? []).map((_, column) => Math.max(...this.rows.map((row) => row[column]!.length)));
    const lines = this.rows.map((row) => row.map((cell, i) => padEnd(cell, widths[i]!)).join("  "));
    const wasStopped = this.count === this.untilEvent;
    const heading = wasStopped
      ? `stopped at event ${this.count}; the verdict is on what happened until then. The last events:`
      : `over after ${countOf(this.count, "event")}. The last ones:`;
    return [heading, ...lines.map((line) => `  ${line.trimEnd()}`), ""].join("\n");
  }
}

function rowOf(event: TraceEvent, number: number): string[] {
  const { packetId, seq, total, attempt, bytes } = event;
  return [
    String(number),
    `${formatMs(event.timeMs)} ms`,
    event.event,
    event.peer === "" ? event.node : `${event.node} - ${event.peer}`,
    packetId === 0 ? "" : `packet ${packetId}`,
    `${event.type}${seq < 0 ? "" : ` ${seq}`}${total < 0 ? "" : `/${total}`}`,
    attempt < 0 ? "" : `attempt ${attempt}`,
    bytes < 0 ? "" : `${bytes} B`,
    event.note,
  ];
}
