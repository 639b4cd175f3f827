/** Who comes and goes, in plain words: a directory's `state` events as lines for the person who watches it. */

import { countOf } from "../../report/text.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../trace/events.ts";

/** Lines in one second; what is beyond is counted. Anybody can make a directory say something. */
const MAX_LINES_PER_SECOND = 20;

/** How a note of the directory's table begins, and the word for it. */
const VERBS = [
  ["added ", "joined"],
  ["changed ", "changed"],
  ["removed ", "left"],
  ["expired ", "expired"],
  ["evicted ", "evicted"],
] as const;
type Word = (typeof VERBS)[number][1];

export class DirectoryLog implements TraceSink {
  private readonly counts = new Map<Word, number>();
  private rejected = 0;
  private readonly write: (line: string) => void;
  private readonly timeOfDay: () => string;
  private secondStartMs = Number.NEGATIVE_INFINITY;
  private linesThisSecond = 0;
  private unsaid = 0;

  /** `write` takes a line; `timeOfDay` stands in front of each. */
  constructor(write: (line: string) => void, timeOfDay: () => string = localTime) {
    this.write = write;
    this.timeOfDay = timeOfDay;
  }

  onEvent(event: TraceEvent): void {
    if (event.code === EventCode.reject) this.rejected++;
    // A message's outcome is a state too, and has a type.
    if (event.code !== EventCode.state || event.typeId !== 0) return;
    const { note } = event;
    const verb = VERBS.find(([beginning]) => note.startsWith(beginning));
    if (verb === undefined) return;
    const [beginning, word] = verb;
    this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    this.say(event.timeMs, `${word} ${note.slice(beginning.length)}`);
  }

  /** `3 joined, 1 left, 2 packets refused`: all that happened. */
  summary(): string {
    const parts = VERBS.flatMap(([, word]) => {
      const count = this.counts.get(word) ?? 0;
      return count === 0 ? [] : [`${count} ${word}`];
    });
    if (this.rejected > 0)
      parts.push(`${countOf(this.rejected, "packet")} or message${this.rejected === 1 ? "" : "s"} refused`);
    return parts.length === 0 ? "nobody came" : parts.join(", ");
  }

  private say(timeMs: number, text: string): void {
    if (timeMs - this.secondStartMs >= 1000) {
      if (this.unsaid > 0) this.write(`${this.timeOfDay()} and ${countOf(this.unsaid, "more change")} in that second`);
      this.unsaid = 0;
      this.linesThisSecond = 0;
      this.secondStartMs = timeMs;
    }
    if (this.linesThisSecond === MAX_LINES_PER_SECOND) this.unsaid++;
    else {
      this.linesThisSecond++;
      this.write(`${this.timeOfDay()} ${text}`);
    }
  }
}

/** `14:03:07`, by this machine's clock and time zone. */
function localTime(): string {
  return new Date().toTimeString().slice(0, 8);
}
