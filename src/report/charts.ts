/**
 * The RTT estimator at work, as charts for a terminal: SampleRTT, EstimatedRTT and TimeoutInterval over time, with
 * timeouts and retransmissions marked below.
 */

import asciichart from "asciichart";
import { type LineSymbols, linePlot, readableMs } from "./line-plot.ts";
import { resample } from "./resample.ts";
import type { RttSeries } from "./series.ts";
import { countOf, groupDigits, padEnd, textWidth, wrapText } from "./text.ts";

export interface ChartOptions {
  /** The width to keep to. */
  readonly columns: number;
  readonly color: boolean;
  /** Where the time axis ends, in ms: the end of the run. Default: the last observation. */
  readonly endMs?: number;
  /** Charts drawn, those with the most observations first; the rest is counted. Default 4. */
  readonly maxCharts?: number;
}

const DEFAULT_MAX_CHARTS = 4;
/** Pairs of hosts of which one line says all. */
const MAX_STEADY_LINES = 12;
/** Samples that differ by no more than this share are a straight line on any chart. */
const STEADY_WITHIN = 0.01;
const HEIGHT = 12;
/** `60,000 ms ┤` */
const LABEL_WIDTH = 11;
const MIN_PLOT_WIDTH = 20;

interface LineStyle {
  readonly name: string;
  readonly symbols: LineSymbols;
  readonly color: string;
}
const SAMPLE: LineStyle = { name: "SampleRTT", symbols: ["•", "•", "•", "•", "•", "┊"], color: asciichart.green };
const ESTIMATED: LineStyle = { name: "EstimatedRTT", symbols: ["─", "╰", "╭", "╮", "╯", "│"], color: asciichart.blue };
const TIMEOUT: LineStyle = { name: "TimeoutInterval", symbols: ["═", "╚", "╔", "╗", "╝", "║"], color: asciichart.red };
const LEGEND = [SAMPLE, ESTIMATED, TIMEOUT];
const LEGEND_GAP = "   ";

/**
 * One chart per sender and remote end, or one line where nothing varies; "" where nobody measured anything. Ends with a
 * line end.
 */
export function rttCharts(series: readonly RttSeries[], options: ChartOptions): string {
  const busiest = series
    .map((one) => ({ one, counts: countsOf(one) }))
    .toSorted((a, b) => b.counts.observations - a.counts.observations);
  const varying = busiest.filter(({ counts }) => !isSteady(counts));
  const steady = busiest.filter(({ counts }) => isSteady(counts));
  const shown = varying.slice(0, options.maxCharts ?? DEFAULT_MAX_CHARTS);
  const lastMs = Math.max(1, ...series.map((one) => one.points.at(-1)?.untilMs ?? 0));
  const endMs = Math.max(options.endMs ?? 0, lastMs);
  const charts = shown.map(({ one, counts }) => chart(one, counts, endMs, options));
  const lines = steady.slice(0, MAX_STEADY_LINES).flatMap(({ one, counts }) => steadyLine(one, counts, options));
  const omitted = busiest.length - shown.length - Math.min(steady.length, MAX_STEADY_LINES);
  if (omitted > 0) lines.push(`and ${countOf(omitted, "quieter pair")} of hosts: see rtt.csv`);
  if (lines.length > 0) charts.push(`${lines.join("\n")}\n`);
  return charts.join("\n");
}

function isSteady({ samples, timeouts, retransmissions, minMs, maxMs }: Counts): boolean {
  return samples > 0 && timeouts + retransmissions === 0 && maxMs - minMs <= STEADY_WITHIN * maxMs;
}

/** `H3 -> H1: 5 samples, all 0.655 ms, no timeout` */
function steadyLine(series: RttSeries, { samples, minMs, maxMs }: Counts, { columns }: ChartOptions): string[] {
  const [min, max] = [readableMs(minMs), readableMs(maxMs)];
  const values = min === max ? `${samples === 1 ? "" : "all "}${max} ms` : `${min} ms to ${max} ms`;
  return wrapText(`${series.node} -> ${series.peer}: ${countOf(samples, "sample")}, ${values}, no timeout`, columns);
}

function chart(series: RttSeries, counts: Counts, endMs: number, options: ChartOptions): string {
  const width = Math.max(MIN_PLOT_WIDTH, options.columns - LABEL_WIDTH);
  const columns = resample(series, width, endMs);
  const color = (style: LineStyle) => (options.color ? style.color : undefined);
  const line = (style: LineStyle, values: readonly number[]) => ({
    values,
    symbols: style.symbols,
    color: color(style),
  });
  const { rows, isLogarithmic } = linePlot(
    [
      line(TIMEOUT, columns.timeoutIntervalMs),
      line(ESTIMATED, columns.estimatedMs),
      // On top: where a path is steady, the samples are where the estimate is.
      line(SAMPLE, columns.sampleMs),
    ],
    { width, height: HEIGHT, labelWidth: LABEL_WIDTH, startMs: 0, endMs },
  );
  const marks = [
    ...markRow("timeouts", "x", columns.timeouts),
    ...markRow("necessary", "R", columns.necessary),
    ...markRow("spurious", "s", columns.spurious),
    ...markRow("sent again", "r", columns.unknown),
  ];
  const title = wrapText(`${series.node} -> ${series.peer}: ${describe(counts)}`, options.columns);
  return `${[...title, ...legend(isLogarithmic, options), ...rows, ...marks].join("\n")}\n`;
}

/** The three series on one line, or each on its own where that is too narrow. */
function legend(isLogarithmic: boolean, options: ChartOptions): string[] {
  const names = LEGEND.map(({ name, symbols, color }) => ({ text: `${symbols[0]} ${name}`, color }));
  const entries = isLogarithmic ? [...names, { text: "(logarithmic)", color: undefined }] : names;
  const isNarrow = textWidth(entries.map(({ text }) => text).join(LEGEND_GAP)) > options.columns;
  const shown = entries.map(({ text, color }) => asciichart.colored(text, options.color ? color : undefined));
  return isNarrow ? shown : [shown.join(LEGEND_GAP)];
}

interface Counts {
  readonly observations: number;
  readonly samples: number;
  readonly timeouts: number;
  readonly retransmissions: number;
  readonly necessary: number;
  readonly spurious: number;
  /** The smallest and the largest sample. */
  readonly minMs: number;
  readonly maxMs: number;
}

function countsOf({ points }: RttSeries): Counts {
  const sum = (of: (point: RttSeries["points"][number]) => number) =>
    points.reduce((total, point) => total + of(point), 0);
  const observations = sum((point) => point.observations);
  const timeouts = sum((point) => point.timeouts);
  const retransmissions = sum((point) => point.retransmissions);
  const samples = observations - timeouts - retransmissions - sum((point) => point.ambiguous);
  const necessary = sum((point) => point.necessary);
  const spurious = sum((point) => point.spurious);
  const sampled = points.filter((point) => !Number.isNaN(point.sampleMinMs));
  const minMs = sampled.reduce((least, point) => Math.min(least, point.sampleMinMs), Number.POSITIVE_INFINITY);
  const maxMs = sampled.reduce((most, point) => Math.max(most, point.sampleMaxMs), 0);
  return { observations, samples, timeouts, retransmissions, necessary, spurious, minMs, maxMs };
}

function describe({ samples, timeouts, retransmissions, necessary, spurious }: Counts): string {
  const counted = `${countOf(samples, "sample")}, ${countOf(timeouts, "timeout")}`;
  if (retransmissions === 0) return `${counted}, no retransmission`;
  const unknown = retransmissions - necessary - spurious;
  const known = [`${groupDigits(necessary)} necessary`, `${groupDigits(spurious)} spurious`];
  // Of a real network and of most captures nothing is known.
  const kinds =
    unknown === 0 ? known : unknown === retransmissions ? [] : [...known, `${groupDigits(unknown)} not known`];
  const told = countOf(retransmissions, "retransmission");
  return `${counted}, ${told}${kinds.length === 0 ? "" : ` (${kinds.join(", ")})`}`;
}

/** A line of marks below the columns where something happened; none where nothing did. */
function markRow(name: string, mark: string, columns: readonly boolean[]): string[] {
  if (!columns.includes(true)) return [];
  const marks = columns.map((happened) => (happened ? mark : " ")).join("");
  return [`${padEnd(name, LABEL_WIDTH)}${marks}`.trimEnd()];
}
