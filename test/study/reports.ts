/** A report of a small sweep, made in this thread. */

import { bareTransfer } from "../../src/study/bare-transfer.ts";
import { SweepCollector } from "../../src/study/collect.ts";
import { buildGrid } from "../../src/study/grid.ts";
import { chooseMetrics } from "../../src/study/metrics.ts";
import type { SweepReport } from "../../src/study/report.ts";
import { CellRunner } from "../../src/study/run-cell.ts";
import { parseVariation, type Variation } from "../../src/study/vary.ts";
import { parsed } from "../scenario/support.ts";
import { bulkText } from "./support.ts";

export interface SmallSweep {
  readonly text?: string;
  readonly vary?: readonly string[];
  readonly compare?: string;
  readonly paired?: boolean;
  readonly metrics?: readonly string[];
  readonly runs?: number;
  readonly set?: readonly string[];
}

export function sweepReport({
  text = bulkText({ packets: 50 }),
  vary = ["network.loss=0:0.4:0.2"],
  compare,
  paired = false,
  metrics = ["transmissionsPerPacket"],
  runs = 10,
  set = [],
}: SmallSweep = {}): SweepReport {
  const comparison = compare === undefined ? undefined : variation(compare);
  const built = buildGrid({ vary: vary.map(variation), paired, compare: comparison, set });
  const chosen = chooseMetrics(metrics);
  if (!built.ok || !chosen.ok) throw new Error("the test asks for what is not there");
  const { grid } = built;
  const scenarios = grid.cells.map(({ settings }) => parsed(text, ...settings));
  const collector = new SweepCollector({
    scenario: scenarios[0]!,
    file: "x.yaml",
    seeds: { base: "42", runs },
    set,
    grid,
    paired,
    compare: comparison,
    verdicts: true,
    metrics: chosen.metrics,
    analyses: scenarios.map(bareTransfer),
  });
  // Backwards: the order in which cells are finished is nobody's business.
  for (const index of [...scenarios.keys()].reverse()) {
    collector.add(index, new CellRunner(scenarios[index]!).run("42", 1, runs));
  }
  return collector.report();
}

function variation(text: string): Variation {
  const result = parseVariation(text);
  if (!result.ok) throw new Error(result.message);
  return result.variation;
}
