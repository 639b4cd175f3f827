/** Runs a step of a lesson: what its output is, and what the answer to its prediction. */

import { rttCharts } from "../report/charts.ts";
import { shellWord } from "../report/replay.ts";
import { RttSeriesSink } from "../report/series.ts";
import { verdictTable } from "../report/verdict-table.ts";
import { METRICS, type MetricName } from "../scenario/expect/metrics/catalogue.ts";
import { formatQuantity, readQuantity, type Unit } from "../scenario/expect/quantity.ts";
import { runScenario } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Prediction, Run } from "./lesson.ts";
import { EventTimeSink, fillIn, type KeptRow, lastRowIn, RowSink, rowFigure, rowTable } from "./rows.ts";

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
  const event = predict?.event === undefined ? undefined : new EventTimeSink(predict.event);
  const result = runScenario(scenario, { sinks: [sink, series, ...(event === undefined ? [] : [event])] });
  const answered = { metrics: result.metrics, rows: sink.rows, eventMs: event?.timeMs };
  const parts: string[] = [];
  if (show.includes("charts")) parts.push(rttCharts(series.series, { ...style, endMs: result.durationMs }));
  if (rows !== undefined) parts.push(rowTable(sink.rows, rows));
  if (figures.length > 0) parts.push(figureTable(figures, result.metrics));
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

/** The command that does the same outside the lesson. */
export function commandOf(run: Run, file: string): string {
  const sets = run.set.flatMap((setting) => ["--set", setting]);
  return ["npx peerlab run", ...[file, ...sets].map(shellWord)].join(" ");
}

/** What a run has to answer with. */
interface Answered {
  readonly metrics: Readonly<Record<string, number>>;
  readonly rows: readonly KeptRow[];
  readonly eventMs: number | undefined;
}

function answerTo(predict: Prediction, { metrics, rows, eventMs }: Answered): Answer | undefined {
  const value = predict.metric === undefined ? (rowFigure(rows, predict) ?? eventMs) : metrics[predict.metric];
  if (value === undefined) return undefined;
  const unit = predict.metric === undefined ? "ms" : METRICS[predict.metric].unit;
  return { value, unit, text: readable(unit, value) };
}

function figureTable(names: readonly MetricName[], metrics: Readonly<Record<string, number>>): string {
  const width = Math.max(...names.map((name) => name.length));
  const text = (name: MetricName): string => {
    const value = metrics[name];
    return value === undefined ? "none" : readable(METRICS[name].unit, value);
  };
  return names.map((name) => `${name.padEnd(width)}  ${text(name)}\n`).join("");
}

/** Four digits say enough of a fraction. */
function readable(unit: Unit, value: number): string {
  const scale = SCALES[unit]?.find(({ from }) => value >= from);
  if (scale === undefined) return formatQuantity(unit, short(value));
  return `${short(value / scale.from)} ${scale.name}`;
}

function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(Math.abs(value) < 100 ? 4 : 5));
}

/** The units in which large figures are easier to read. */
const SCALES: Readonly<Partial<Record<Unit, readonly { readonly from: number; readonly name: string }[]>>> = {
  ms: [{ from: 1000, name: "s" }],
  "bit/s": [
    { from: 1e6, name: "Mbit/s" },
    { from: 1000, name: "kbit/s" },
  ],
};

/** What somebody predicted, in the answer's unit: `1.2s`, `1200 ms`, `1200`; undefined where it is no such figure. */
export function readPrediction(text: string, unit: Unit): number | undefined {
  const written = text.trim().replace(/(\d),(\d)/, "$1.$2");
  const plain = Number(written);
  if (written !== "" && Number.isFinite(plain) && plain >= 0) return plain;
  const reading = readQuantity(unit, written);
  return reading.ok ? reading.value : undefined;
}

/** Is a prediction near enough? */
export function isRight(predicted: number, answer: Answer, within: number): boolean {
  return Math.abs(predicted - answer.value) <= within * Math.abs(answer.value);
}
