/**
 * Several lines over time in one terminal chart. asciichart draws each line on the same grid; this file lays them over
 * one another, each in symbols of its own, so that they can be told apart without colour, and puts the axes round them.
 */

import asciichart from "asciichart";
import { padEnd, readableNumber, textWidth } from "./text.ts";

/** As `─╰╭╮╯│`: horizontal, the four corners, vertical. */
export type LineSymbols = readonly [string, string, string, string, string, string];

export interface PlotLine {
  /** One value per column, in ms; NaN leaves the column empty. */
  readonly values: readonly number[];
  readonly symbols: LineSymbols;
  /** An ANSI colour of asciichart; undefined: plain. */
  readonly color: string | undefined;
}

export interface PlotOptions {
  /** Columns of the plot itself, as many as the lines have values. */
  readonly width: number;
  readonly height: number;
  /** The columns that the labels of the y axis take, the axis included. */
  readonly labelWidth: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Between values (in ms, where they are times) and what is plotted, which starts at 0. */
export interface PlotScale {
  readonly max: number;
  readonly of: (ms: number) => number;
  readonly back: (plotted: number) => number;
  readonly isLogarithmic: boolean;
}

/** Where the largest value is this many times the smallest, a linear axis would press the small ones flat. */
const LOGARITHMIC_FROM = 20;
const MIN_TICK_DISTANCE = 14;

/** The plot with both axes, as lines of text; the later lines lie on top. Is its y axis logarithmic? */
export function linePlot(lines: readonly PlotLine[], options: PlotOptions): { rows: string[]; isLogarithmic: boolean } {
  const scale = plotScale(lines.flatMap((line) => line.values.filter((value) => !Number.isNaN(value))));
  const grid = Array.from({ length: options.height + 1 }, () => new Array<string>(options.width).fill(" "));
  for (const line of lines) {
    for (const [from, to] of stretches(line.values)) drawStretch(grid, line, from, to, scale, options.height);
  }
  const rows = grid.map((cells, row) => `${yLabel(row, scale, options)}┤${cells.join("")}`.trimEnd());
  return { rows: [...rows, ...timeAxis(options)], isLogarithmic: scale.isLogarithmic };
}

/** From 0, or logarithmic where the values differ by much. */
export function plotScale(values: readonly number[]): PlotScale {
  const positive = values.filter((value) => value > 0);
  const max = positive.length === 0 ? 1 : positive.reduce((a, b) => Math.max(a, b));
  const min = positive.length === 0 ? 0 : positive.reduce((a, b) => Math.min(a, b));
  if (max < LOGARITHMIC_FROM * min || min === 0) {
    return { max, of: (ms) => ms, back: (plotted) => plotted, isLogarithmic: false };
  }
  return {
    max: Math.log10(max / min),
    of: (ms) => Math.log10(Math.max(1, ms / min)),
    back: (plotted) => min * 10 ** plotted,
    isLogarithmic: true,
  };
}

/** The stretches of columns that have values, as [from, to). */
export function stretches(values: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  let from = -1;
  for (let i = 0; i <= values.length; i++) {
    const isEmpty = i === values.length || Number.isNaN(values[i]!);
    if (isEmpty && from >= 0) {
      found.push([from, i]);
      from = -1;
    } else if (!isEmpty && from < 0) from = i;
  }
  return found;
}

/** Lays one stretch of a line over the grid. */
export function drawStretch(
  grid: string[][],
  line: PlotLine,
  from: number,
  to: number,
  scale: PlotScale,
  height: number,
): void {
  const values = line.values.slice(from, to).map(scale.of);
  const [flat, bottomLeft, topLeft, topRight, bottomRight, vertical] = line.symbols;
  // asciichart draws from each value to the next. With the first one twice, a column shows the way to its own value.
  const plotted = asciichart.plot([values[0]!, ...values], {
    min: 0,
    max: scale.max,
    height,
    offset: 1,
    format: () => " ",
    symbols: [" ", " ", flat, flat, flat, bottomLeft, topLeft, topRight, bottomRight, vertical],
  });
  for (const [row, text] of plotted.split("\n").entries()) {
    for (const [x, symbol] of [...text.slice(1)].entries()) {
      if (symbol !== " " && from + x < to) grid[row]![from + x] = asciichart.colored(symbol, line.color);
    }
  }
}

function yLabel(row: number, scale: PlotScale, options: PlotOptions): string {
  // Every third row from the bottom: enough to read by, and quiet.
  if ((options.height - row) % 3 !== 0) return " ".repeat(options.labelWidth - 1);
  const value = scale.back((scale.max * (options.height - row)) / options.height);
  return `${readableMs(value)} ms `.padStart(options.labelWidth - 1);
}

/** Three significant digits, or all of a whole number. */
export function readableMs(ms: number): string {
  return readableNumber(ms >= 1000 ? Math.round(ms) : Number(ms.toPrecision(3)));
}

/** The x axis with its ticks, and the times below them. */
function timeAxis(options: PlotOptions): string[] {
  const { width, labelWidth, startMs, endMs } = options;
  const spanMs = endMs - startMs;
  const stepMs = niceStep((spanMs * MIN_TICK_DISTANCE) / width);
  const unitMs = spanMs >= 2000 ? 1000 : 1;
  const axis = new Array<string>(width).fill("─");
  let labels = "";
  for (let i = 0; i * stepMs <= spanMs && stepMs > 0; i++) {
    const column = Math.min(width - 1, Math.round((i * stepMs * width) / spanMs));
    const label = `${readableNumber((startMs + i * stepMs) / unitMs)} ${unitMs === 1 ? "ms" : "s"}`;
    axis[column] = "┬";
    // The last label ends with the axis, where there is room for it.
    const start = Math.min(column, width - label.length);
    if (start > textWidth(labels) || labels === "") labels = padEnd(labels, start) + label;
  }
  const margin = " ".repeat(labelWidth - 1);
  return [`${margin}└${axis.join("")}`, `${margin} ${labels}`];
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `least`. */
function niceStep(least: number): number {
  if (!(least > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}
