/** The last events before a run was stopped: what --until-event is for. */

import { alignedLines, eventCells } from "../report/event-row.ts";
import { countOf } from "../report/text.ts";
import type { TraceEvent, TraceSink } from "../trace/events.ts";

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
    this.rows.push(eventCells(event, this.count));
  }

  /** A table with a heading, the latest event last. */
  toString(): string {
    const wasStopped = this.count === this.untilEvent;
    const heading = wasStopped
      ? `stopped at event ${this.count}; the verdict is on what happened until then. The last events:`
      : `over after ${countOf(this.count, "event")}. The last ones:`;
    return [heading, ...alignedLines(this.rows).map((line) => `  ${line}`), ""].join("\n");
  }
}
