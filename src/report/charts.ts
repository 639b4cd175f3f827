/**
 * The RTT estimator at work, as charts for a terminal: SampleRTT, EstimatedRTT and TimeoutInterval over time, with
 * timeouts and retransmissions marked below.
 */

import asciichart from "asciichart";
import { type LineSymbols, linePlot } from "./line-plot.ts";
import { resample } from "./resample.ts";
import type { RttSeries } from "./series.ts";
import { countOf, groupDigits, padEnd, textWidth, wrapText } from "./text.ts";

export interface ChartOptions {
  /** The width to keep to. */
  readonly columns: number;
  readonly color: boolean;
  /** Where the time axis ends, in ms: the end of the run. Default: the last observation. */
  readonly endMs?: number;
  /** Charts drawn, those with the most observations first; the rest is named. Default 4. */
  readonly maxCharts?: number;
}

const DEFAULT_MAX_CHARTS = 4;
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

/** One chart per sender and remote end; "" where nobody measured anything. Ends with a line end. */
export function rttCharts(series: readonly RttSeries[], options: ChartOptions): string {
  const busiest = series
    .map((one) => ({ one, counts: countsOf(one) }))
    .toSorted((a, b) => b.counts.observations - a.counts.observations);
  const shown = busiest.slice(0, options.maxCharts ?? DEFAULT_MAX_CHARTS);
  const lastMs = Math.max(1, ...series.map((one) => one.points.at(-1)?.untilMs ?? 0));
  const endMs = Math.max(options.endMs ?? 0, lastMs);
  const charts = shown.map(({ one, counts }) => chart(one, counts, endMs, options));
  const omitted = busiest.length - shown.length;
  if (omitted > 0) charts.push(`and ${countOf(omitted, "quieter pair")} of hosts: see rtt.csv\n`);
  return charts.join("\n");
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
}

function countsOf({ points }: RttSeries): Counts {
  const sum = (of: (point: RttSeries["points"][number]) => number) =>
    points.reduce((total, point) => total + of(point), 0);
  const observations = sum((point) => point.observations);
  const timeouts = sum((point) => point.timeouts);
  const retransmissions = sum((point) => point.retransmissions);
  const samples = observations - timeouts - retransmissions - sum((point) => point.ambiguous);
  return { observations, samples, timeouts, retransmissions, necessary: sum((point) => point.necessary) };
}

function describe({ samples, timeouts, retransmissions, necessary }: Counts): string {
  const counted = `${countOf(samples, "sample")}, ${countOf(timeouts, "timeout")}`;
  if (retransmissions === 0) return `${counted}, no retransmission`;
  const spurious = retransmissions - necessary;
  return `${counted}, ${countOf(retransmissions, "retransmission")} (${groupDigits(necessary)} necessary, ${groupDigits(spurious)} spurious)`;
}

/** A line of marks below the columns where something happened; none where nothing did. */
function markRow(name: string, mark: string, columns: readonly boolean[]): string[] {
  if (!columns.includes(true)) return [];
  const marks = columns.map((happened) => (happened ? mark : " ")).join("");
  return [`${padEnd(name, LABEL_WIDTH)}${marks}`.trimEnd()];
}
