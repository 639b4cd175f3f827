/** A sweep as text for people: a table for each metric, the comparison, and what must be said about them. */

import pc from "picocolors";
import { countOf, groupDigits, padEnd, readableNumber, textWidth, wrapText } from "../report/text.ts";
import { missingTheory } from "./chart-data.ts";
import { METHOD, replayOf } from "./documents.ts";
import { agreement, agreesWithin, type CellReport, type Figure, type SweepReport } from "./report.ts";
import { seedOf } from "./seeds.ts";
import type { Mean } from "./statistics.ts";

export interface TableStyle {
  readonly columns: number;
  readonly color: boolean;
}

const GAP = "  ";

/** `bulk: 11 cells of 200 runs, seeds 42-1 to 42-200` and the paths that were varied. */
export function sweepHeading({ name, cells, seeds, paths }: SweepReport, { columns, color }: TableStyle): string {
  const { bold } = pc.createColors(color);
  const runs = `${countOf(cells.length, "cell")} of ${countOf(seeds.runs, "run")}`;
  const first = seedOf(seeds.base, 1);
  const range =
    seeds.runs === 1 ? `seed ${first}` : `seeds ${first} to ${seedOf(seeds.base, seeds.runs)}, the same in every cell`;
  const varied = paths.length === 0 ? [] : wrapText(`varied: ${paths.join(", ")}`, columns);
  return [`${bold(name)}: ${runs}, ${range}`, ...varied, ""].join("\n");
}

/** The figures of one metric. Where the terminal is narrow, percentiles are left out (sweep.csv has all). */
export function metricTable(report: SweepReport, metricIndex: number, style: TableStyle): string {
  const { name, unit, description, hasClosedForm } = report.metrics[metricIndex]!;
  const heads = shortPaths(report.paths);
  const hasTheory =
    hasClosedForm && report.cells.some(({ figures }) => figures[metricIndex]?.theory.value !== undefined);
  const head = [...heads, "mean", "95 % CI", "median", "p5", "p95", ...(hasTheory ? ["theory", "dev/SE"] : [])];
  const rows = report.cells.map(({ values, figures }) => [...values, ...figureCells(figures[metricIndex]!, hasTheory)]);
  const dispensable = ["p5", "p95", "median"];
  const title = unit === "ratio" || unit === "count" ? name : `${name}, ${unit}`;
  const hasNoSpread = rows.some((row) => row.includes(NO_SPREAD));
  const notes = [
    ...missingValues(report, metricIndex),
    ...(hasNoSpread ? [NO_SPREAD_NOTE] : []),
    ...theoryNotes(report, metricIndex),
  ];
  const { dim, bold } = pc.createColors(style.color);
  return lines([
    bold(title),
    ...wrapText(description, style.columns).map(dim),
    ...columnsOf(head, rows, heads.length, dispensable, style.columns),
    ...notes.flatMap((note) => wrapText(note, style.columns)),
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** The shortest ends of the paths that tell them apart. */
function shortPaths(paths: readonly string[]): string[] {
  const ending = (path: string, steps: number) => path.split(".").slice(-steps).join(".");
  return paths.map((path) => {
    for (let steps = 1; ; steps++) {
      const short = ending(path, steps);
      if (short === path || paths.filter((other) => ending(other, steps) === short).length === 1) return short;
    }
  });
}

function figureCells({ summary, theory }: Figure, hasTheory: boolean): string[] {
  const expected = hasTheory
    ? [theory.value === undefined ? "" : figure(theory.value), deviationText(theory.deviation)]
    : [];
  if (summary === undefined) return ["no value", "", "", "", "", ...expected];
  const { mean, median, p5, p95 } = summary;
  return [figure(mean), interval(summary), figure(median), figure(p5), figure(p95), ...expected];
}

const NO_SPREAD = "no spread";
const NO_SPREAD_NOTE = "no spread: all runs gave the same value; how sure it is they do not tell";

/** `± 0.0012`, or `0 to 0.0023` where it is not even; nothing for a single run. */
function interval({ n, mean, ci95 }: Mean): string {
  if (ci95 === undefined) return n > 1 ? NO_SPREAD : "";
  const [low, high] = ci95;
  const isEven = Math.abs(high - mean - (mean - low)) <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  return isEven ? `± ${half(high - mean)}` : `${bound(low)} to ${bound(high)}`;
}

function bound(value: number): string {
  return readable(Number(value.toPrecision(3)));
}

function half(value: number): string {
  const digits = value.toPrecision(2);
  return value === 0 ? "0" : value >= 1e-4 && value < 10 ? digits : readable(Number(digits));
}

function deviationText(deviation: number | undefined): string {
  if (deviation === undefined) return "";
  if (deviation === 0) return "0";
  if (!Number.isFinite(deviation)) return deviation > 0 ? "+∞" : "-∞";
  return `${deviation > 0 ? "+" : ""}${deviation.toFixed(2)}`;
}

/** Five significant digits, or all of a whole number. */
function figure(value: number): string {
  return readable(Number.isInteger(value) ? value : Number(value.toPrecision(5)));
}

function readable(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && size < 1e-4) return value.toExponential(2);
  if (size >= 1e15) return value.toExponential(4);
  return `${value < 0 ? "-" : ""}${readableNumber(size)}`;
}

/** Aligned columns, the first `keys` to the left; the dispensable ones go, in their order, where there is no room. */
function columnsOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  keys: number,
  dispensable: readonly string[],
  width: number,
): string[] {
  const left = [...dispensable];
  let kept = head.map((_, index) => index);
  const widthOf = (index: number) => Math.max(...[head, ...rows].map((row) => textWidth(row[index] ?? "")));
  const total = () => kept.reduce((sum, index) => sum + widthOf(index) + GAP.length, -GAP.length);
  while (total() > width && left.length > 0) {
    const name = left.shift();
    kept = kept.filter((index) => index < keys || head[index] !== name);
  }
  const widths = new Map(kept.map((index) => [index, widthOf(index)]));
  const cellText = (text: string, index: number) =>
    index < keys ? padEnd(text, widths.get(index) ?? 0) : text.padStart(widths.get(index) ?? 0);
  return [head, ...rows].map((row) => kept.map((index) => cellText(row[index] ?? "", index)).join(GAP));
}

function missingValues({ cells, seeds }: SweepReport, metricIndex: number): string[] {
  const missing = cells.reduce((sum, { figures }) => sum + figures[metricIndex]!.missing, 0);
  if (missing === 0) return [];
  const where = cells.filter(({ figures }) => figures[metricIndex]!.missing > 0).length;
  return [
    `no value in ${groupDigits(missing)} of ${countOf(cells.length * seeds.runs, "run")} (in ${countOf(where, "cell")}): the figures are those of the other runs`,
  ];
}

function theoryNotes(report: SweepReport, metricIndex: number): string[] {
  if (!report.metrics[metricIndex]!.hasClosedForm) return [];
  const absent = missingTheory(report, metricIndex).map((reason) => `no closed form: ${reason}`);
  const notes = new Set(
    report.cells.flatMap(({ figures }) => {
      const { theory } = figures[metricIndex]!;
      return theory.value !== undefined && theory.note !== undefined ? [theory.note.replace(/:.*/, "")] : [];
    }),
  );
  return [...absent, ...[...notes].map((note) => `no deviation: ${note}`)];
}

/** The comparison of two variants, metric by metric; "" where there is none. */
export function comparisonTables(report: SweepReport, style: TableStyle): string {
  const { compare, metrics, comparisons, paths } = report;
  if (compare === undefined) return "";
  const { bold } = pc.createColors(style.color);
  const heads = shortPaths(paths.slice(0, -1));
  const head = [...heads, "mean difference", "95 % CI", "lower", "equal", "higher"];
  return metrics
    .map(({ name }, index) => {
      const rows = comparisons.map(({ values, differences }) => {
        const paired = differences[index];
        if (paired === undefined) return [...values, "no value", "", "", "", ""];
        const { difference, lower, equal, higher } = paired;
        const counts = [lower, equal, higher].map((count) => groupDigits(count));
        return [...values, figure(difference.mean), interval(difference), ...counts];
      });
      return lines([
        bold(`${name}: ${compare.path}=${compare.b} less ${compare.a}, seed by seed`),
        ...columnsOf(head, rows, heads.length, [], style.columns),
      ]);
    })
    .join("\n");
}

const MAX_FAILURES = 10;

/** How the figures of the tables are made. */
export function methodNote(report: SweepReport, { columns }: TableStyle): string {
  const interval = METHOD.confidence.replace(/^95 % /, "");
  const note = `95 % CI: ${interval}; percentiles ${METHOD.percentiles}`;
  const hasTheory = agreement(report).compared > 0;
  return lines(wrapText(hasTheory ? `${note}; closed forms: ${METHOD.agreement}` : note, columns));
}

/** Where a single run agrees, it is the same. */
function limitText(runs: number): string {
  return runs === 1 ? "agree" : `within ${agreesWithin(runs).toFixed(2)} standard errors`;
}

/** What failed, with the commands that show it, and how theory and measurement agree. */
export function sweepSummary(report: SweepReport, { columns, color }: TableStyle): string {
  const { cells, seeds, verdicts, metrics } = report;
  const { bold, green, red } = pc.createColors(color);
  const total = cells.length * seeds.runs;
  const failed = cells.reduce((sum, cell) => sum + cell.failedRuns, 0);
  const agreed = agreement(report);
  const theory =
    agreed.compared === 0
      ? []
      : [`closed forms: ${groupDigits(agreed.within)} of ${countOf(agreed.compared, "mean")} ${limitText(seeds.runs)}`];
  const counts = `${countOf(cells.length, "cell")}, ${countOf(total, "run")}`;
  const outcome = verdicts
    ? `${counts}: ${groupDigits(total - failed)} passed, ${groupDigits(failed)} failed`
    : `${counts}: verdicts left out`;
  const mark = verdicts && metrics.length > 0 ? (failed === 0 ? green : red) : (text: string) => text;
  return lines([
    ...failures(report, columns),
    ...theory.flatMap((text) => wrapText(text, columns)),
    bold(mark(outcome)),
  ]);
}

function failures(report: SweepReport, columns: number): string[] {
  const all = report.cells.flatMap((cell) => cell.failed.map((failure) => ({ cell, failure })));
  if (all.length === 0) return [];
  const shown = all.slice(0, MAX_FAILURES).flatMap(({ cell, failure }) => [
    ...wrapText(
      `${cellName(report, cell)}failed in ${groupDigits(failure.failures)} of ${countOf(report.seeds.runs, "run")}: ${failure.expectation}`,
      columns - GAP.length,
    ).map((line) => GAP + line),
    // A command to paste stays on one line.
    `${GAP}${GAP}replay: ${replayOf(report, cell, failure)}`,
  ]);
  const more = all.length - MAX_FAILURES;
  return [
    "expectations that failed:",
    ...shown,
    ...(more > 0 ? [`${GAP}and ${more} more: see sweep.json (--out)`] : []),
  ];
}

function cellName({ paths }: SweepReport, { values }: CellReport): string {
  const parts = paths.map((path, index) => `${path}=${values[index]}`);
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}
