/** Collects the cells of a sweep as they are finished, in any order, and makes the report of them. */

import type { Scenario } from "../scenario/schema.ts";
import type { Analysis } from "./bare-transfer.ts";
import type { Grid } from "./grid.ts";
import type { SweepMetric } from "./metrics.ts";
import { type CellReport, type Comparison, cellReport, metricHead, type SweepReport } from "./report.ts";
import { type CellRuns, columnOf } from "./run-cell.ts";
import type { Seeds } from "./seeds.ts";
import { pairedDifference } from "./statistics.ts";
import type { Variation } from "./vary.ts";

export interface SweepPlan {
  readonly scenario: Pick<Scenario, "name" | "description">;
  readonly file: string;
  readonly seeds: Seeds;
  readonly set: readonly string[];
  readonly grid: Grid;
  readonly paired: boolean;
  readonly compare: Variation | undefined;
  readonly verdicts: boolean;
  readonly metrics: readonly SweepMetric[];
  /** What the closed forms know of each cell. */
  readonly analyses: readonly Analysis[];
}

export class SweepCollector {
  private readonly plan: SweepPlan;
  private readonly cells: (CellReport | undefined)[];
  /** By cell and metric, run by run; kept only for a comparison. */
  private readonly columns: (readonly (readonly number[])[] | undefined)[];

  constructor(plan: SweepPlan) {
    this.plan = plan;
    this.cells = plan.grid.cells.map(() => undefined);
    this.columns = plan.grid.cells.map(() => undefined);
  }

  /** Takes the runs of a cell. */
  add(index: number, runs: CellRuns): void {
    const { grid, metrics, analyses, compare } = this.plan;
    const cell = grid.cells[index];
    const analysis = analyses[index];
    if (cell === undefined || analysis === undefined) throw new RangeError(`the sweep has no cell ${index}`);
    this.cells[index] = cellReport(cell, runs, metrics, analysis);
    if (compare !== undefined) this.columns[index] = metrics.map(({ name }) => columnOf(runs, name));
  }

  get finished(): number {
    return this.cells.filter((cell) => cell !== undefined).length;
  }

  /** Throws where a cell is missing. */
  report(): SweepReport {
    const { scenario, file, seeds, set, grid, paired, compare, verdicts, metrics } = this.plan;
    const cells = this.cells.filter((cell) => cell !== undefined);
    if (cells.length < grid.cells.length) throw new Error(`${grid.cells.length - cells.length} cells have no results`);
    return {
      name: scenario.name,
      description: scenario.description,
      file,
      seeds,
      set,
      paths: grid.paths,
      paired,
      compare: compare && { path: compare.path, a: compare.values[0] as string, b: compare.values[1] as string },
      verdicts,
      metrics: metrics.map(metricHead),
      cells,
      comparisons: compare === undefined ? [] : this.comparisons(),
    };
  }

  /** The compared path is the grid's last, so that its cells come in pairs. */
  private comparisons(): Comparison[] {
    const { grid, metrics } = this.plan;
    return grid.cells.flatMap((cell, index) => {
      const [a, b] = [this.columns[index], this.columns[index + 1]];
      if (index % 2 === 1 || a === undefined || b === undefined) return [];
      const differences = metrics.map((_, at) => pairedDifference(a[at] ?? [], b[at] ?? []));
      return [{ values: cell.values.slice(0, -1), differences }];
    });
  }
}
