/**
 * trace.shiviz: the run as a log for ShiViz (https://bestchai.bitbucket.io/shiviz/), which draws who could have known of
 * what. The first line is the regular expression that reads the log, the second the delimiter between several runs (none
 * here); then every event has two lines: its host with its vector clock, and the time with what happened.
 *
 * ShiViz rewrites the expression: every bracket in it must open a named group.
 */

import type { ChunkHandler } from "../../trace/csv/chunk-buffer.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../trace/events.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { wordsOf } from "../model/words.ts";
import { countOf } from "../text.ts";
import { oneLine, TextFile } from "./text-file.ts";
import { type VectorClock, VectorClocks } from "./vector-clocks.ts";

export const SHIVIZ_EXPRESSION = "(?<host>\\S+) (?<clock>\\{.*\\})\\n(?<time>[0-9.]+) ms (?<event>.*)";

export interface ShivizLimits {
  /** Events written; later ones are counted. A browser has to lay all of them out. */
  readonly maxEvents: number;
  /** UTF-16 units of the log. A clock has up to as many parts as there are hosts. */
  readonly maxLength: number;
}

export const defaultShivizLimits: ShivizLimits = { maxEvents: 20_000, maxLength: 16 << 20 };

/**
 * Writes the log through `onChunk` as the run goes; call `end` for the rest. Memory is bounded by the limits: a clock
 * that is kept for a packet under way was written with its sending. One sink serves one run.
 */
export class ShivizSink implements TraceSink {
  private readonly file: TextFile;
  private readonly limits: ShivizLimits;
  private readonly clocks = new VectorClocks();
  private readonly names = new HostNames();
  private events = 0;
  private written = 0;
  private lastHost = "";
  private lastMs = 0;

  /** RangeError where a limit is impossible. */
  constructor(onChunk: ChunkHandler, limits: Partial<ShivizLimits> = {}) {
    this.limits = { ...defaultShivizLimits, ...limits };
    for (const [name, value] of Object.entries(this.limits)) {
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is a whole number from 1, not ${value}`);
    }
    this.file = new TextFile(onChunk);
    this.file.write(`${SHIVIZ_EXPRESSION}\n\n`);
  }

  onEvent(event: TraceEvent): void {
    this.events++;
    if (!this.hasRoom()) return;
    this.written++;
    this.lastHost = this.names.of(event.node);
    this.lastMs = event.timeMs;
    const { place, words } = wordsOf(event);
    this.write(this.clockAfter(event, this.lastHost), `${place}${words === "" ? "" : `: ${words}`}`);
  }

  /** Writes what is left; where events were left out, a last event says so. */
  end(): void {
    if (this.written < this.events) {
      const shown = `the log ends here: the first ${this.written} of ${countOf(this.events, "event")}`;
      this.write(this.clocks.tick(this.lastHost), shown);
    }
    this.file.flush();
  }

  /** Once there is none, there never is again: later clocks would count events that are not there. */
  private hasRoom(): boolean {
    return this.written < this.limits.maxEvents && (this.written === 0 || this.file.length < this.limits.maxLength);
  }

  private clockAfter({ code, packetId }: TraceEvent, host: string): VectorClock {
    switch (code) {
      case EventCode.send:
        return this.clocks.send(host, packetId);
      case EventCode.deliver:
        return this.clocks.deliver(host, packetId);
      case EventCode.duplicate:
        return this.clocks.duplicate(host, packetId);
      case EventCode.drop:
        return this.clocks.drop(host, packetId);
      default:
        return this.clocks.tick(host);
    }
  }

  private write(clock: VectorClock, words: string): void {
    const parts = [...clock].map(([host, count]) => `${JSON.stringify(host)}:${count}`);
    this.file.write(`${this.lastHost} {${parts.join(",")}}\n${formatMs(this.lastMs)} ms ${oneLine(words)}\n`);
  }
}

/** Hosts as ShiViz takes them: without blanks, no two alike. */
class HostNames {
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();

  of(host: string): string {
    const known = this.names.get(host);
    if (known !== undefined) return known;
    const plain = oneLine(host).replace(/\s+/g, "_") || "_";
    let name = plain;
    for (let i = 2; this.taken.has(name); i++) name = `${plain}_${i}`;
    this.names.set(host, name);
    this.taken.add(name);
    return name;
  }
}
