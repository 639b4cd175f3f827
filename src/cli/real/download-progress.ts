/** How far a download has come, on stderr: a bar with rate and ETA on a terminal, now and then a line elsewhere, nothing in CI. */

import cliProgress from "cli-progress";
import { readableDuration } from "../../report/text.ts";
import { type Console, isCi, isFancyTerminal } from "../output.ts";
import { bytesText, rateText } from "./amounts.ts";

/** Shorter downloads are over before anybody reads about them. */
const QUIET_MS = 500;
const LINE_INTERVAL_MS = 10_000;

export interface DownloadState {
  readonly bytes: number;
  /** Undefined until a source has said it. */
  readonly totalBytes: number | undefined;
  readonly bytesPerSecond: number;
  /** Undefined where it cannot be told. */
  readonly etaMs: number | undefined;
  /** Those that deliver. */
  readonly sources: number;
}

export class DownloadProgress {
  private readonly console: Console;
  private readonly name: string;
  private readonly mode: "bar" | "lines" | "none";
  private readonly startMs: number;
  private lineAtMs: number;
  private bar: cliProgress.SingleBar | undefined = undefined;

  /** `name` is what the user calls the file, fit for a terminal. */
  constructor(console: Console, name: string, quiet: boolean) {
    this.console = console;
    this.name = name;
    if (quiet || isCi(console.env)) this.mode = "none";
    else this.mode = isFancyTerminal(console.stderr, console.env) ? "bar" : "lines";
    this.startMs = console.nowMs();
    this.lineAtMs = this.startMs + LINE_INTERVAL_MS;
  }

  update(state: DownloadState): void {
    const nowMs = this.console.nowMs();
    if (this.mode === "none" || nowMs - this.startMs < QUIET_MS) return;
    if (this.mode === "bar") this.drawBar(state);
    else if (nowMs >= this.lineAtMs) {
      this.lineAtMs = nowMs + LINE_INTERVAL_MS;
      this.console.stderr.write(`${this.name}: ${percent(state)}${describe(state)}\n`);
    }
  }

  /** Writes a line of its own; the bar goes on below it. */
  note(text: string): void {
    this.end();
    if (this.mode !== "none") this.console.stderr.write(`${text}\n`);
  }

  /** Clears the bar. */
  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private drawBar(state: DownloadState): void {
    const total = state.totalBytes ?? 0;
    const values = { name: this.name, state: describe(state) };
    if (this.bar === undefined) {
      const options = {
        stream: this.console.stderr,
        // Without a length there is no share of it to draw: the text alone.
        format: total === 0 ? "{name}  {state}" : "{name}  {bar} {percentage}%  {state}",
        barsize: 24,
        clearOnComplete: true,
        hideCursor: true,
        // Ctrl-C is the command's own business: it keeps what is there first.
        gracefulExit: false,
      };
      this.bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
      this.bar.start(total, state.bytes, values);
    }
    this.bar.setTotal(total);
    this.bar.update(state.bytes, values);
  }
}

function percent({ bytes, totalBytes }: DownloadState): string {
  return totalBytes ? `${Math.floor((100 * bytes) / totalBytes)}%, ` : "";
}

function describe({ bytes, totalBytes, bytesPerSecond, etaMs, sources }: DownloadState): string {
  const parts = [totalBytes === undefined ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(totalBytes)}`];
  parts.push(rateText(bytesPerSecond));
  if (etaMs !== undefined) parts.push(`${readableDuration(Math.ceil(etaMs / 1000) * 1000)} left`);
  if (sources > 1) parts.push(`${sources} sources`);
  return parts.join(", ");
}
