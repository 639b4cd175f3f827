/** Takes the events of one of the runs one by one, and adds up what its trace says as it goes by. */

import { MetricsSink } from "../../scenario/expect/metrics/metrics-sink.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceLine } from "../../trace/read/trace-line.ts";
import { traceFigures } from "./run-facts.ts";
import type { ComparedRun, NumberedEvent, PerSide, Side } from "./sides.ts";

export class TraceReader {
  /** Events taken. */
  events = 0;
  /** Time of the latest event taken. */
  lastMs = 0;
  private readonly lines: Iterator<TraceLine>;
  private readonly metrics = new MetricsSink();
  private hasRtt = false;
  private peeked: TraceEvent | undefined;

  constructor({ lines }: ComparedRun) {
    this.lines = lines[Symbol.iterator]();
  }

  /** The next event, which stays where it is; undefined at the end. */
  peek(): TraceEvent | undefined {
    this.peeked ??= this.read();
    return this.peeked;
  }

  /** Takes the next event; undefined at the end. */
  take(): NumberedEvent | undefined {
    const event = this.peek();
    if (event === undefined) return undefined;
    this.peeked = undefined;
    this.metrics.onEvent(event);
    this.events++;
    this.lastMs = event.timeMs;
    return { number: this.events, event };
  }

  figures(): Record<string, number> {
    return traceFigures(this.metrics, this.hasRtt);
  }

  private read(): TraceEvent | undefined {
    for (;;) {
      const { done, value } = this.lines.next();
      if (done) return undefined;
      if (value.event !== undefined) return value.event;
      this.hasRtt = true;
      this.metrics.onRtt(value.rtt);
    }
  }
}

/** Which of the runs has the next event by time; A's comes first where both are at the same time. */
export function nextSide(readers: PerSide<TraceReader>): Side | undefined {
  const [a, b] = [readers.a.peek(), readers.b.peek()];
  if (a === undefined) return b === undefined ? undefined : "b";
  return b === undefined || a.timeNs <= b.timeNs ? "a" : "b";
}
