/** How far a long run has come: its virtual time and its events. */

import { countOf, readableDuration } from "../report/text.ts";
import type { Console } from "./output.ts";
import { ProgressMeter } from "./progress-meter.ts";

export interface RunState {
  readonly virtualMs: number;
  /** Undefined: the run ends when nothing is left to happen. */
  readonly endMs: number | undefined;
  readonly events: number;
}

export class Progress {
  private readonly meter: ProgressMeter;

  constructor(console: Console, name: string, quiet: boolean) {
    this.meter = new ProgressMeter(console, name, quiet);
  }

  update(state: RunState): void {
    this.meter.update(() => ({ position: state.virtualMs, end: state.endMs, text: describe(state) }));
  }

  /** Clears the bar. */
  end(): void {
    this.meter.end();
  }
}

function describe({ virtualMs, endMs, events }: RunState): string {
  const end = endMs === undefined ? "" : ` of ${readableDuration(endMs)}`;
  return `${readableDuration(Math.round(virtualMs))}${end}, ${countOf(events, "event")}`;
}
