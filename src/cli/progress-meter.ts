/** How far something long has come, on stderr: a bar on a terminal, now and then a line elsewhere, nothing in CI. */

import cliProgress from "cli-progress";
import { type Console, isCi, isFancyTerminal } from "./output.ts";

/** What is over sooner is over before anybody reads about it. */
const QUIET_MS = 1000;
const LINE_INTERVAL_MS = 10_000;

export interface MeterState {
  readonly position: number;
  /** Undefined: nobody knows where it ends, so that there is no share of it to draw. */
  readonly end: number | undefined;
  /** The same in words. */
  readonly text: string;
}

export class ProgressMeter {
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

  /** Asks for the state only when it is shown. */
  update(stateAt: (elapsedMs: number) => MeterState): void {
    const nowMs = this.console.nowMs();
    const elapsedMs = nowMs - this.startMs;
    if (this.mode === "none" || elapsedMs < QUIET_MS) return;
    if (this.mode === "bar") this.drawBar(stateAt(elapsedMs));
    else if (nowMs >= this.lineAtMs) {
      this.lineAtMs = nowMs + LINE_INTERVAL_MS;
      this.console.stderr.write(`${this.name}: ${stateAt(elapsedMs).text}\n`);
    }
  }

  /** Clears the bar. */
  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private drawBar({ position, end, text }: MeterState): void {
    if (this.bar === undefined) {
      const options = {
        stream: this.console.stderr,
        format: end === undefined ? "{name}  {state}" : "{name}  {bar}  {state}",
        barsize: 24,
        clearOnComplete: true,
        hideCursor: true,
        // Ctrl-C is the command's own business: it closes files first.
        gracefulExit: false,
      };
      this.bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
      this.bar.start(end ?? 0, position, { name: this.name, state: text });
    }
    this.bar.update(position, { name: this.name, state: text });
  }
}
