/** Watches a run, whatever its world, and says in the end what it came to. */

import type { TraceSink } from "../../trace/events.ts";
import { Recorder } from "../../trace/recorder.ts";
import { ExpectationJudge } from "../expect/evaluate.ts";
import type { Expectation } from "../expect/expectation.ts";
import type { ActionResult, Verdict } from "../expect/facts.ts";
import { metricValues } from "../expect/metrics/catalogue.ts";
import { MetricsSink } from "../expect/metrics/metrics-sink.ts";
import type { PresenceLog } from "../expect/presence.ts";
import type { Scenario } from "../schema.ts";
import { PresenceSink } from "./presence-sink.ts";
import type { World } from "./world.ts";

export interface RunResult {
  readonly name: string;
  readonly description: string;
  readonly file: string | undefined;
  readonly seed: string;
  /** Real sockets, in real time: what no two runs do alike. */
  readonly world: "simulated" | "real";
  /** Did every expectation hold (of those that could be judged)? */
  readonly passed: boolean;
  /** 16 hexadecimal digits over all events; see src/trace/trace-hash.ts. Of a real run they are that run's alone. */
  readonly traceHash: string;
  /** Time at which the run ended: virtual, or real. */
  readonly durationMs: number;
  /** Events of the trace. */
  readonly events: number;
  readonly expectations: readonly Verdict[];
  /** Every metric that has a value, by name; see docs/scenario-reference.md. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly actions: readonly ActionResult[];
}

export class RunObserver {
  readonly recorder: Recorder;
  /** Undefined where no expectation asks for liveness. */
  readonly presence: PresenceLog | undefined;
  private readonly scenario: Scenario;
  private readonly seed: string;
  private readonly metrics = new MetricsSink();
  private readonly judge: ExpectationJudge;

  /** `sinks` see the run's events as they happen; `expectations` are those that are judged. */
  constructor(
    scenario: Scenario,
    seed: string,
    sinks: readonly TraceSink[],
    expectations: readonly Expectation[] = scenario.expect,
  ) {
    this.scenario = scenario;
    this.seed = seed;
    this.judge = new ExpectationJudge(expectations);
    const asksForLiveness = expectations.some((expectation) => expectation.form === "converges");
    const presence = asksForLiveness ? new PresenceSink(scenario.hosts) : undefined;
    this.presence = presence?.log;
    this.recorder = new Recorder([
      this.metrics,
      ...this.judge.sinks,
      ...(presence === undefined ? [] : [presence]),
      ...sinks,
    ]);
  }

  /** The verdicts and figures of what has happened so far. */
  result(kind: RunResult["world"], world: World, actions: readonly ActionResult[], durationMs: number): RunResult {
    const { name, description, file } = this.scenario;
    const expectations = this.judge.judge({
      actions,
      metrics: this.metrics,
      directories: world.directoryTables(),
      liveness: this.presence?.facts(durationMs),
      durationMs,
    });
    return {
      name,
      description,
      file,
      seed: this.seed,
      world: kind,
      passed: expectations.every((verdict) => verdict.passed),
      traceHash: this.recorder.digest(),
      durationMs,
      events: this.recorder.eventCount,
      expectations,
      metrics: metricValues({ sink: this.metrics, actions, durationMs }),
      actions,
    };
  }
}
