/** Watches a run, whatever its world, and says in the end what it came to. */

import type { TraceSink } from "../../trace/events.ts";
import { Recorder } from "../../trace/recorder.ts";
import { ExpectationJudge } from "../expect/evaluate.ts";
import type { Expectation } from "../expect/expectation.ts";
import type { ActionResult, Verdict } from "../expect/facts.ts";
import type { ForReal } from "../expect/for-real.ts";
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

/** What a world makes different about how a run is watched. */
export interface Watching {
  /** The expectation that is judged instead, or why none is. Default: each as it is. */
  readonly adjust?: (expectation: Expectation) => ForReal;
  /** One sink in front of all, which may hold events back. Default: none. */
  readonly gate?: (sinks: readonly TraceSink[]) => TraceSink;
}

export class RunObserver {
  readonly recorder: Recorder;
  /** Undefined where no expectation asks for liveness. */
  readonly presence: PresenceLog | undefined;
  private readonly scenario: Scenario;
  private readonly seed: string;
  private readonly metrics = new MetricsSink();
  private readonly judge: ExpectationJudge;
  /** In the scenario's order. */
  private readonly adjusted: readonly ForReal[];

  /** `sinks` see the run's events as they happen. */
  constructor(scenario: Scenario, seed: string, sinks: readonly TraceSink[], { adjust, gate }: Watching = {}) {
    this.scenario = scenario;
    this.seed = seed;
    this.adjusted = scenario.expect.map(adjust ?? ((judged) => ({ judged })));
    const expectations = this.adjusted.flatMap((one) => ("judged" in one ? [one.judged] : []));
    this.judge = new ExpectationJudge(expectations);
    const asksForLiveness = expectations.some((expectation) => expectation.form === "converges");
    const presence = asksForLiveness ? new PresenceSink(scenario.hosts) : undefined;
    this.presence = presence?.log;
    const all = [this.metrics, ...this.judge.sinks, ...(presence === undefined ? [] : [presence]), ...sinks];
    this.recorder = new Recorder(gate === undefined ? all : [gate(all)]);
  }

  /** The verdicts and figures of what has happened so far: `events` events. */
  result({ kind, world, actions, durationMs, events }: Ending): RunResult {
    const { name, description, file } = this.scenario;
    const verdicts = this.judge.judge({
      actions,
      metrics: this.metrics,
      directories: world.directoryTables(),
      liveness: this.presence?.facts(durationMs),
      durationMs,
    });
    const expectations = this.scenario.expect.map((expectation, i): Verdict => {
      const one = this.adjusted[i] as ForReal;
      return "judged" in one ? (verdicts.shift() as Verdict) : unjudged(expectation, one.notJudged);
    });
    return {
      name,
      description,
      file,
      seed: this.seed,
      world: kind,
      passed: expectations.every((verdict) => verdict.passed || verdict.notJudged !== undefined),
      traceHash: this.recorder.digest(),
      durationMs,
      events,
      expectations,
      metrics: metricValues({ sink: this.metrics, actions, durationMs }),
      actions,
    };
  }
}

/** What there is to say of a run when it is over. */
export interface Ending {
  readonly kind: RunResult["world"];
  readonly world: World;
  readonly actions: readonly ActionResult[];
  readonly durationMs: number;
  readonly events: number;
}

function unjudged({ text, because }: Expectation, notJudged: string): Verdict {
  const head = { expectation: text, ...(because !== undefined && { because }) };
  return { ...head, passed: false, expected: "", found: "not judged", notJudged };
}
