/** The pictures of one run, under --out: ladder.svg, charts.svg and report.html. */

import { chartsSvg } from "../report/charts/charts-svg.ts";
import { reportHtml } from "../report/html/report-html.ts";
import { ladderSvg } from "../report/ladder/ladder.ts";
import { LadderOptionError, type LadderOptions } from "../report/ladder/options.ts";
import { type TraceModel, TraceModelSink } from "../report/model/trace-model.ts";
import { replayCommand, verdictReplay } from "../report/replay.ts";
import { resolvedText } from "../scenario/resolved-text.ts";
import type { RunResult } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import { pageAssets } from "./page-assets.ts";

/** Collects a run's trace, and draws it when the run is over. */
export class RunPictures {
  readonly sink = new TraceModelSink();
  /** Why ladder.svg does not show what it was asked for, but what it shows when nothing is asked for; absent: it does. */
  ladderProblem: string | undefined;
  private readonly ladder: LadderOptions;

  /** `ladder`: what ladder.svg shows. */
  constructor(ladder: LadderOptions) {
    this.ladder = ladder;
  }

  /**
   * File name -> contents, in the order in which a reader wants them. `set`: the assignments that changed the scenario.
   * Where the ladder is asked for what the run does not have, `ladderProblem` says so, and no other file is the worse for it.
   */
  files(
    result: RunResult,
    scenario: Scenario,
    set: readonly string[],
  ): readonly (readonly ["report.html" | "ladder.svg" | "charts.svg", string])[] {
    const model = this.sink.model(result.durationMs);
    const { name, file, seed, events } = result;
    const isReal = result.world === "real";
    const expectations = result.expectations.map((verdict) =>
      verdict.passed || verdict.notJudged !== undefined || file === undefined
        ? verdict
        : { ...verdict, replay: verdictReplay({ file, seed, events, isReal }, verdict, set) },
    );
    const report = {
      run: { ...result, expectations },
      model,
      replay: file === undefined ? undefined : replayCommand({ file, seed, set, isReal }),
      scenarioText: resolvedText({ ...scenario, seed }),
      rto: scenario.protocol.arq.rto,
    };
    return [
      ["report.html", reportHtml(report, pageAssets())],
      ["ladder.svg", this.drawLadder(name, model)],
      ["charts.svg", chartsSvg(model, { title: name })],
    ];
  }

  private drawLadder(name: string, model: TraceModel): string {
    try {
      return ladderSvg(model, { title: name, hint: true, ...this.ladder });
    } catch (error) {
      if (!(error instanceof LadderOptionError)) throw error;
      this.ladderProblem = `--ladder, in ${name}: ${error.message}`;
      return ladderSvg(model, { title: name, hint: true });
    }
  }
}
