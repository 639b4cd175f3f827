/** Runs a step of a lesson: what its output is, and what the answer to its prediction. */

import { rttCharts } from "../report/charts.ts";
import { metricTable, readableQuantity } from "../report/metric-table.ts";
import { shellWord } from "../report/replay.ts";
import { RttSeriesSink } from "../report/series.ts";
import { verdictTable } from "../report/verdict-table.ts";
import { METRICS } from "../scenario/expect/metrics/catalogue.ts";
import { readQuantity, type Unit } from "../scenario/expect/quantity.ts";
import { runScenario } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Prediction, Run } from "./lesson.ts";
import { FirstEventSink, fillIn, type KeptRow, lastRowIn, RowSink, rowFigure, rowTable } from "./rows.ts";

export interface OutputStyle {
  readonly columns: number;
  readonly color: boolean;
  readonly symbols: boolean;
}

/** What came of a run. */
export interface Played {
  /** Did the scenario's expectations hold? */
  readonly passed: boolean;
  /** What the lesson wants shown, ready to print; ends with a line end unless it is empty. */
  readonly output: string;
  /** The rows to predict from; "" where there are none. */
  readonly given: string;
  /** The question, with its figures filled in; "" where nothing is predicted. */
  readonly question: string;
  /** Why the answer is what it is. */
  readonly because: string;
  /** The answer to the prediction; undefined where nothing is predicted, or the run has no such figure. */
  readonly answer: Answer | undefined;
}

export interface Answer {
  readonly value: number;
  readonly unit: Unit;
  /** The answer as a person reads it. */
  readonly text: string;
}

/** Runs a lesson's scenario, which has its settings applied already. */
export function play(run: Run, scenario: Scenario, style: OutputStyle): Played {
  const { show, figures, rows, predict } = run;
  const { question = "", because = "" } = predict ?? {};
  const lastRow = Math.max(rows?.to ?? 0, predict?.row ?? 0, predict?.given?.to ?? 0, lastRowIn(question + because));
  const sink = new RowSink(lastRow);
  const series = new RttSeriesSink();
  const event = predict?.event === undefined ? undefined : new FirstEventSink(predict.event);
  const result = runScenario(scenario, { sinks: [sink, series, ...(event === undefined ? [] : [event])] });
  const answered = { metrics: result.metrics, rows: sink.rows, eventMs: event?.timeMs };
  const parts: string[] = [];
  if (show.includes("charts")) parts.push(rttCharts(series.series, { ...style, endMs: result.durationMs }));
  if (rows !== undefined) {
    parts.push(`${OUT}/${scenario.name}/rtt.csv, rows ${rows.from} to ${rows.to}\n${rowTable(sink.rows, rows)}`);
  }
  if (event?.timeMs !== undefined)
    parts.push(`${OUT}/${scenario.name}/trace.csv, event ${event.number}\n${event.text}\n`);
  if (figures.length > 0) parts.push(metricTable(figures, result.metrics));
  if (show.includes("verdicts")) parts.push(verdictTable(result, { ...style, set: run.set }));
  return {
    passed: result.passed,
    output: parts.join("\n"),
    given: predict?.given === undefined ? "" : rowTable(sink.rows, predict.given),
    question: fillIn(question, sink.rows),
    because: fillIn(because, sink.rows),
    answer: predict === undefined ? undefined : answerTo(predict, answered),
  };
}

/** Where the commands of lessons write files. */
const OUT = "results";

/** The command that shows the same outside the lesson. */
export function commandOf(run: Run, file: string): string {
  return ["npx", "peerlab", ...commandWords(run, file)].map(shellWord).join(" ");
}

/** The words of that command, from `run` on. */
export function commandWords(run: Run, file: string): string[] {
  const words = ["run", file, ...run.set.flatMap((setting) => ["--set", setting])];
  for (const name of run.figures) words.push("--metric", name);
  // What a setting has changed need not hold any more.
  if (run.set.length > 0 && !run.show.includes("verdicts")) words.push("--no-verdicts");
  if (run.rows !== undefined || run.predict?.event !== undefined) words.push("--out", OUT);
  return words;
}

/** What a run has to answer with. */
interface Answered {
  readonly metrics: Readonly<Record<string, number>>;
  readonly rows: readonly KeptRow[];
  readonly eventMs: number | undefined;
}

/** The unit of a prediction's answer. */
export function unitOf({ metric }: Prediction): Unit {
  return metric === undefined ? "ms" : METRICS[metric].unit;
}

/** Does its question speak of what the run has shown? Else it can be asked before the run. */
export function needsRun({ question, given }: Prediction): boolean {
  return given !== undefined || lastRowIn(question) > 0;
}

function answerTo(predict: Prediction, { metrics, rows, eventMs }: Answered): Answer | undefined {
  const value = predict.metric === undefined ? (rowFigure(rows, predict) ?? eventMs) : metrics[predict.metric];
  if (value === undefined) return undefined;
  const unit = unitOf(predict);
  return { value, unit, text: readableQuantity(unit, value) };
}

/** What somebody predicted, in the answer's unit: `1.2s`, `1200 ms`, `25 %`, `12`; undefined where it is no such figure, or lacks its unit. */
export function readPrediction(text: string, unit: Unit): number | undefined {
  const written = withPoint(text.trim());
  const plain = Number(written);
  // Seconds or milliseconds? A number alone does not say, unless it is 0.
  const needsUnit = unit === "ms" || unit === "bytes" || unit === "bit/s";
  if (written !== "" && Number.isFinite(plain) && plain >= 0 && (plain === 0 || !needsUnit)) return plain;
  const reading = readQuantity(unit, written);
  return reading.ok ? reading.value : undefined;
}

/** `1,200` is twelve hundred, as everything here prints it, and so is `1,200,000.5`; any other comma is a decimal one. */
function withPoint(text: string): string {
  const grouped = /^[1-9]\d{0,2}(?:,\d{3})+(?![\d,])/.exec(text)?.[0];
  if (grouped === undefined) return text.replace(/(\d),(\d)/, "$1.$2");
  return grouped.replaceAll(",", "") + text.slice(grouped.length);
}

/** Is a prediction near enough? */
export function isRight(predicted: number, answer: Answer, within: number): boolean {
  return Math.abs(predicted - answer.value) <= within * Math.abs(answer.value);
}
