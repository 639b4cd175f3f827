/** A sweep's chart for the terminal: lines through the means (short strokes at categories), `o` where the closed form says they should be. */

import asciichart from "asciichart";
import { drawStretch, type LineSymbols, type PlotScale, stretches } from "../report/line-plot.ts";
import { padEnd, readableNumber, textWidth, wrapText } from "../report/text.ts";
import { type Axis, type ChartSeries, type SweepChart, sweepChart } from "./chart-data.ts";
import type { SweepReport } from "./report.ts";

export interface TerminalChartOptions {
  readonly columns: number;
  readonly color: boolean;
}

const STYLES: readonly { readonly symbols: LineSymbols; readonly color: string }[] = [
  { symbols: ["─", "╰", "╭", "╮", "╯", "│"], color: asciichart.blue },
  { symbols: ["═", "╚", "╔", "╗", "╝", "║"], color: asciichart.red },
  { symbols: ["•", "•", "•", "•", "•", "┊"], color: asciichart.green },
];
const THEORY = "o";
const HEIGHT = 12;
const MIN_LABEL_WIDTH = 11;
const MIN_PLOT_WIDTH = 20;
const HALF_STROKE = 2;

/** The chart of one metric; "" where there is nothing to draw. Ends with a line end. */
export function terminalChart(report: SweepReport, metricIndex: number, options: TerminalChartOptions): string {
  const chart = sweepChart(report, metricIndex, STYLES.length);
  if (chart === undefined || chart.series.every(({ points }) => points.length < 2)) return "";
  const xs = chart.series.flatMap(({ points }) => points.map(({ x }) => x));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const { scale } = chart;
  const labels = Array.from({ length: HEIGHT + 1 }, (_, row) => yLabel(row, scale, chart.unit));
  const labelWidth = labels.reduce((most, label) => Math.max(most, textWidth(label)), MIN_LABEL_WIDTH);
  const width = Math.max(MIN_PLOT_WIDTH, options.columns - labelWidth - 1);
  const categories = chart.axis.texts?.length;
  const columnOf = (x: number) =>
    categories === undefined
      ? Math.round(((x - left) / (right - left || 1)) * (width - 1))
      : Math.floor(((x + 0.5) / categories) * width);
  const grid = Array.from({ length: HEIGHT + 1 }, () => new Array<string>(width).fill(" "));
  const paint = (text: string, color: string) => asciichart.colored(text, options.color ? color : undefined);
  for (const [index, series] of chart.series.entries()) {
    const { symbols, color } = STYLES[index] as (typeof STYLES)[number];
    const values = categories === undefined ? resampled(series, columnOf, width) : strokes(series, columnOf, width);
    const line = { values, symbols, color: options.color ? color : undefined };
    for (const [from, to] of stretches(line.values)) drawStretch(grid, line, from, to, scale, HEIGHT);
  }
  for (const [index, { points }] of chart.series.entries()) {
    const { color } = STYLES[index] as (typeof STYLES)[number];
    for (const { x, theory } of points) {
      if (Number.isFinite(theory)) (grid[rowOf(theory, scale)] as string[])[columnOf(x)] = paint(THEORY, color);
    }
  }
  const rows = grid.map((cells, row) => `${labels[row]!.padStart(labelWidth)}┤${cells.join("")}`.trimEnd());
  const lines = [...legend(chart, options, paint), ...rows, ...xAxis(chart.axis, xs, columnOf, width, labelWidth)];
  return `${lines.join("\n")}\n`;
}

/** The means between the cells on straight lines, one for each column; NaN where a neighbour has none. */
function resampled({ points }: ChartSeries, columnOf: (x: number) => number, width: number): number[] {
  const values = new Array<number>(width).fill(Number.NaN);
  for (const [index, { x, mean }] of points.entries()) {
    const at = columnOf(x);
    values[at] = mean;
    const next = points[index + 1];
    if (next === undefined) continue;
    const steps = columnOf(next.x) - at;
    for (let step = 1; step < steps; step++) values[at + step] = mean + ((next.mean - mean) * step) / steps;
  }
  return values;
}

/** A short stroke at each category: nothing leads from one to the next. */
function strokes({ points }: ChartSeries, columnOf: (x: number) => number, width: number): number[] {
  const values = new Array<number>(width).fill(Number.NaN);
  for (const { x, mean } of points) {
    const at = columnOf(x);
    values.fill(mean, Math.max(0, at - HALF_STROKE), at + HALF_STROKE + 1);
  }
  return values;
}

function rowOf(value: number, scale: PlotScale): number {
  return HEIGHT - Math.round((scale.of(value) / scale.max) * HEIGHT);
}

function legend(
  { title: metric, series, axis, scale, omitted, reasons }: SweepChart,
  options: TerminalChartOptions,
  paint: (text: string, color: string) => string,
): string[] {
  const title = `${metric} over ${axis.path}${scale.isLogarithmic ? " (logarithmic)" : ""}`;
  const hasTheory = series.some(({ points }) => points.some(({ theory }) => Number.isFinite(theory)));
  const names = series.map(({ label }, index) => {
    const { symbols, color } = STYLES[index] as (typeof STYLES)[number];
    return paint(`${symbols[0]} ${label === "" ? "measured" : label}`, color);
  });
  const entries = [...names, ...(hasTheory ? [`${THEORY} closed form`] : [])];
  const remarks = [
    ...(omitted > 0 ? [`${omitted} more series are not drawn: see sweep.csv (--out)`] : []),
    ...reasons.map((reason) => `no closed form: ${reason}`),
  ];
  return [title, ...entries, ...remarks.flatMap((remark) => wrapText(remark, options.columns))];
}

/** Every third row from the bottom: enough to read by, and quiet. */
function yLabel(row: number, scale: PlotScale, unit: string): string {
  if ((HEIGHT - row) % 3 !== 0) return "";
  return `${readable(scale.back((scale.max * (HEIGHT - row)) / HEIGHT))}${unit === "" ? "" : ` ${unit}`} `;
}

/** Three significant digits, or all of a whole number. */
function readable(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return readableNumber(value >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** Ticks at the cells, with as many of their values as there is room for. */
function xAxis(
  axis: Axis,
  xs: readonly number[],
  columnOf: (x: number) => number,
  width: number,
  labelWidth: number,
): string[] {
  const line = new Array<string>(width).fill("─");
  let labels = "";
  for (const x of [...new Set(xs)].sort((a, b) => a - b)) {
    const column = columnOf(x);
    line[column] = "┬";
    const label = axis.texts?.[x] ?? `${readable(x)}${axis.unit === "" ? "" : ` ${axis.unit}`}`;
    const middle = axis.texts === undefined ? column : column - Math.floor(textWidth(label) / 2);
    const start = Math.max(0, Math.min(middle, width - textWidth(label)));
    if (labels === "" || start > textWidth(labels)) labels = padEnd(labels, start) + label;
  }
  const margin = " ".repeat(labelWidth);
  return [`${margin}└${line.join("")}`, `${margin} ${labels}`];
}
