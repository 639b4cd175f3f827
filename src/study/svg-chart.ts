/**
 * A sweep's charts as SVG: the means with the band of their 95 % confidence intervals, and the closed form dashed over
 * them; where the x axis has categories, points with error bars. The axes are those of the terminal's charts. Series differ in shape as well as in colour (the palette of Okabe and Ito). The same report gives the same bytes.
 */

import {
  area,
  line,
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from "d3-shape";
import { escapeText } from "../report/svg/svg.ts";
import { readableNumber, wrapText } from "../report/text.ts";
import { type Axis, type ChartPoint, differenceChart, type SweepChart, sweepChart } from "./chart-data.ts";
import type { SweepReport } from "./report.ts";
import { seedOf } from "./seeds.ts";
import { type Linear, PLOT, TICKS, xScale, type YScale, yScale } from "./svg-scales.ts";

const STYLES: readonly { readonly color: string; readonly shape: SymbolType }[] = [
  { color: "#0072b2", shape: symbolCircle },
  { color: "#d55e00", shape: symbolSquare },
  { color: "#009e73", shape: symbolTriangle },
  { color: "#cc79a7", shape: symbolDiamond },
  { color: "#56b4e9", shape: symbolStar },
  { color: "#e69f00", shape: symbolCross },
];
const WIDTH = 760;
const LINE_HEIGHT = 18;
const NOTE_COLUMNS = 110;
const SYMBOL_AREA = 36;
/** Between the series of a category, at most. */
const BESIDE = 24;
/** Half the width of an error bar's ends. */
const CAP = 5;

/** The chart of one metric as a whole SVG file; undefined where there is nothing to draw. */
export function svgChart(report: SweepReport, metricIndex: number): string | undefined {
  const chart = sweepChart(report, metricIndex, STYLES.length);
  return chart && drawn(report, chart, "mean of the runs, with its 95 % confidence interval");
}

/** The difference of the two variants, seed by seed; undefined where there is nothing to draw. */
export function svgDifference(report: SweepReport, metricIndex: number): string | undefined {
  const chart = differenceChart(report, metricIndex, STYLES.length);
  return chart && drawn(report, chart, "mean difference of the same seeds, with its 95 % confidence interval");
}

function drawn(report: SweepReport, chart: SweepChart, only: string): string {
  const points = chart.series.flatMap((series) => series.points);
  const x = xScale(chart, points);
  const y = yScale(chart, points);
  const marks = chart.series.flatMap(({ points }, index) => {
    const style = STYLES[index] as Style;
    if (chart.axis.texts === undefined) return seriesMarks(points, style, x, y);
    const beside = Math.min(BESIDE, (x(1) - x(0)) / (chart.series.length + 1));
    const aside = (index - (chart.series.length - 1) / 2) * beside;
    return categoryMarks(points, style, (value) => x(value) + aside, y);
  });
  const legend = legendMarks(chart, only);
  const notes = notesOf(report, chart).flatMap((note) => wrapText(note, NOTE_COLUMNS));
  const notesTop = PLOT.bottom + 62 + legend.length * LINE_HEIGHT;
  const height = notesTop + notes.length * LINE_HEIGHT + 8;
  const unit = chart.unit === "" ? "" : ` (${chart.unit})`;
  const logarithmic = chart.scale.isLogarithmic ? ", logarithmic" : "";
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#222">`,
    `<title>${escapeText(`${report.name}: ${chart.title} over ${chart.axis.path}`)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${PLOT.left}" y="24" font-size="16" font-weight="600">${escapeText(chart.title + unit + logarithmic)}</text>`,
    ...yAxis(y),
    ...xAxis(chart.axis, x, points),
    ...marks,
    ...legend.map(
      (marks, row) => `<g transform="translate(${PLOT.left},${PLOT.bottom + 62 + row * LINE_HEIGHT})">${marks}</g>`,
    ),
    ...notes.map(
      (note, row) =>
        `<text x="${PLOT.left}" y="${notesTop + row * LINE_HEIGHT}" fill="#555">${escapeText(note)}</text>`,
    ),
    "</svg>",
  ].join("\n")}\n`;
}

type Style = (typeof STYLES)[number];
type Scale = (value: number) => number;

/** Band, mean, closed form, and a symbol at each cell. */
function seriesMarks(points: readonly ChartPoint[], { color, shape }: Style, x: Scale, y: Scale): string[] {
  const band = area<ChartPoint>(
    ({ x: at }) => x(at),
    ({ low }) => y(low),
    ({ high }) => y(high),
  ).defined(({ low }) => Number.isFinite(low))(points as ChartPoint[]);
  const lineOf = (value: (point: ChartPoint) => number) =>
    line<ChartPoint>(
      ({ x: at }) => x(at),
      (point) => y(value(point)),
    ).defined((point) => Number.isFinite(value(point)))(points as ChartPoint[]) ?? "";
  const mark = symbol(shape, SYMBOL_AREA)() ?? "";
  const measured = points.filter(({ mean }) => Number.isFinite(mean));
  return [
    `<path d="${band ?? ""}" fill="${color}" fill-opacity="0.2"/>`,
    `<path d="${lineOf(({ mean }) => mean)}" fill="none" stroke="${color}" stroke-width="1.5"/>`,
    `<path d="${lineOf(({ theory }) => theory)}" fill="none" stroke="#000" stroke-width="1.5" stroke-dasharray="5 4"/>`,
    ...measured.map(
      (point) =>
        `<path d="${mark}" transform="translate(${fixed(x(point.x))},${fixed(y(point.mean))})" fill="${color}"/>`,
    ),
  ];
}

/** At each category an interval, a short dashed stroke for the closed form, and the mean. */
function categoryMarks(points: readonly ChartPoint[], { color, shape }: Style, x: Scale, y: Scale): string[] {
  const mark = symbol(shape, SYMBOL_AREA)() ?? "";
  return points.flatMap((point) => {
    const at = fixed(x(point.x));
    const { mean, low, high, theory } = point;
    const [left, right] = [fixed(x(point.x) - CAP), fixed(x(point.x) + CAP)];
    const bar = `M${left},${fixed(y(low))}H${right}M${at},${fixed(y(low))}V${fixed(y(high))}M${left},${fixed(y(high))}H${right}`;
    const stroke = `M${fixed(x(point.x) - 2 * CAP)},${fixed(y(theory))}h${4 * CAP}`;
    return [
      ...(Number.isFinite(low) ? [`<path d="${bar}" fill="none" stroke="${color}" stroke-width="1.5"/>`] : []),
      ...(Number.isFinite(theory)
        ? [`<path d="${stroke}" stroke="#000" stroke-width="1.5" stroke-dasharray="5 4"/>`]
        : []),
      ...(Number.isFinite(mean)
        ? [`<path d="${mark}" transform="translate(${at},${fixed(y(mean))})" fill="${color}"/>`]
        : []),
    ];
  });
}

function yAxis(y: YScale): string[] {
  return y.labelled.flatMap((tick) => [
    `<path d="M${PLOT.left},${fixed(y(tick))}H${PLOT.right}" stroke="${tick === 0 ? "#888" : "#ddd"}"/>`,
    `<text x="${PLOT.left - 8}" y="${fixed(y(tick) + 4)}" text-anchor="end">${readable(tick)}</text>`,
  ]);
}

function xAxis(axis: Axis, x: Linear, points: readonly ChartPoint[]): string[] {
  const { texts } = axis;
  const cells = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  // The cells' own values where there is room, else round ones.
  const ticks = texts || cells.length <= TICKS.x ? cells : x.ticks(TICKS.x);
  const unit = axis.unit === "" ? "" : ` (${axis.unit})`;
  return [
    `<path d="M${PLOT.left},${PLOT.bottom}H${PLOT.right}" stroke="#222"/>`,
    ...ticks.flatMap((tick) => [
      `<path d="M${fixed(x(tick))},${PLOT.bottom}v5" stroke="#222"/>`,
      `<text x="${fixed(x(tick))}" y="${PLOT.bottom + 20}" text-anchor="middle">${escapeText(texts?.[tick] ?? readable(tick))}</text>`,
    ]),
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 40}" text-anchor="middle">${escapeText(axis.path + unit)}</text>`,
  ];
}

function legendMarks({ series, axis }: SweepChart, only: string): string[] {
  const hasTheory = series.some(({ points }) => points.some(({ theory }) => Number.isFinite(theory)));
  const measured = series.map(({ label }, index) => {
    const { color, shape } = STYLES[index] as Style;
    const mark = `<path d="${symbol(shape, SYMBOL_AREA)() ?? ""}" transform="translate(16,-4)" fill="${color}"/>`;
    const line = axis.texts === undefined ? "M0,-4H32" : "M16,-10V2";
    const text = `<text x="42">${escapeText(label === "" ? only : label)}</text>`;
    return `<path d="${line}" stroke="${color}" stroke-width="1.5"/>${mark}${text}`;
  });
  const theory = `<path d="M0,-4H32" stroke="#000" stroke-width="1.5" stroke-dasharray="5 4"/><text x="42">closed form</text>`;
  return hasTheory ? [...measured, theory] : measured;
}

function notesOf({ name, seeds }: SweepReport, { omitted, reasons, axis }: SweepChart): string[] {
  const intervals = axis.texts === undefined ? "bands" : "bars";
  return [
    `${name}: ${seeds.runs} runs in each cell, seeds ${seedOf(seeds.base, 1)} to ${seedOf(seeds.base, seeds.runs)}; ${intervals}: 95 % confidence (Student's t).`,
    ...(omitted > 0 ? [`${omitted} more series are not drawn: see sweep.csv.`] : []),
    ...reasons.map((reason) => `No closed form: ${reason}.`),
  ];
}

function readable(value: number): string {
  if (value < 0) return `-${readable(-value)}`;
  return value !== 0 && value < 1e-4 ? value.toExponential(1) : readableNumber(Number(value.toPrecision(6)));
}

/** Two decimals, without a negative zero. */
function fixed(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
