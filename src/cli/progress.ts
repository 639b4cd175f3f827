/** How far a long run has come, on stderr: a bar on a terminal, now and then a line elsewhere, nothing in CI. */

import cliProgress from "cli-progress";
import { countOf, readableDuration } from "../report/text.ts";
import { type Console, isCi, isFancyTerminal } from "./output.ts";

/** Shorter runs are over before anybody reads about them. */
const QUIET_MS = 1000;
const LINE_INTERVAL_MS = 10_000;

export interface RunState {
  readonly virtualMs: number;
  /** Undefined: the run ends when nothing is left to happen. */
  readonly endMs: number | undefined;
  readonly events: number;
}

export class Progress {
  private readonly console: Console;
  private readonly name: string;
  private readonly mode: "bar" | "lines" | "none";
  private readonly startMs: number;
  private lineAtMs: number;
  private bar: cliProgress.SingleBar | undefined;

  constructor(console: Console, name: string, quiet: boolean) {
    this.console = console;
    this.name = name;
    if (quiet || isCi(console.env)) this.mode = "none";
    else this.mode = isFancyTerminal(console.stderr, console.env) ? "bar" : "lines";
    this.startMs = console.nowMs();
    this.lineAtMs = this.startMs + LINE_INTERVAL_MS;
  }

  update(state: RunState): void {
    const nowMs = this.console.nowMs();
    if (this.mode === "none" || nowMs - this.startMs < QUIET_MS) return;
    if (this.mode === "bar") this.drawBar(state);
    else if (nowMs >= this.lineAtMs) {
      this.lineAtMs = nowMs + LINE_INTERVAL_MS;
      this.console.stderr.write(`${this.name}: ${describe(state)}\n`);
    }
  }

  /** Clears the bar. */
  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private drawBar(state: RunState): void {
    // Without an end there is no share of it to draw: the text alone.
    const total = state.endMs ?? 0;
    if (this.bar === undefined) {
      const options = {
        stream: this.console.stderr,
        format: state.endMs === undefined ? "{name}  {state}" : "{name}  {bar}  {state}",
        barsize: 24,
        clearOnComplete: true,
        hideCursor: true,
        // Ctrl-C is the command's own business: it closes files first.
        gracefulExit: false,
      };
      this.bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
      this.bar.start(total, state.virtualMs, { name: this.name, state: describe(state) });
    }
    this.bar.update(state.virtualMs, { name: this.name, state: describe(state) });
  }
}

function describe({ virtualMs, endMs, events }: RunState): string {
  const end = endMs === undefined ? "" : ` of ${readableDuration(endMs)}`;
  return `${readableDuration(Math.round(virtualMs))}${end}, ${countOf(events, "event")}`;
}
