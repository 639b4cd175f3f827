/**
 * Runs a scenario in the simulated network: the same scenario and seed give the same events, to the byte, on every
 * machine. Everything a run reports is a function of its trace and of what the actions answered.
 */

import { type CaptureSink, NetworkCapture } from "../sim/capture.ts";
import type { TraceSink } from "../trace/events.ts";
import { Recorder } from "../trace/recorder.ts";
import { ExpectationJudge } from "./expect/evaluate.ts";
import type { ActionResult, Verdict } from "./expect/facts.ts";
import { metricValues } from "./expect/metrics/catalogue.ts";
import { MetricsSink } from "./expect/metrics/metrics-sink.ts";
import { Actions } from "./run/actions.ts";
import { PresenceSink } from "./run/presence-sink.ts";
import { World } from "./run/world.ts";
import type { Scenario } from "./schema.ts";

const EVENTS_PER_STEP = 50_000;

export interface RunOptions {
  /** Takes the place of the scenario's own seed. */
  readonly seed?: string | number;
  /** See the run's events as they happen: CSV writers, series, your own. */
  readonly sinks?: readonly TraceSink[];
  /** Stops the run once it has had so many events (what happens at the same instant may still come). */
  readonly untilEvent?: number;
  /** Takes every packet with its bytes: see src/trace/pcapng/capture-file.ts. */
  readonly capture?: CaptureSink;
  /** Called every 50,000 queued events or so; what it throws ends the run. */
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly virtualMs: number;
  /** Undefined where the run ends when nothing is left to happen. */
  readonly endMs: number | undefined;
  readonly events: number;
}

export interface RunResult {
  readonly name: string;
  readonly description: string;
  readonly file: string | undefined;
  readonly seed: string;
  /** Did every expectation hold? */
  readonly passed: boolean;
  /** 16 hexadecimal digits over all events; see src/trace/trace-hash.ts. */
  readonly traceHash: string;
  /** Virtual time at which the run ended. */
  readonly durationMs: number;
  /** Events of the trace. */
  readonly events: number;
  readonly expectations: readonly Verdict[];
  /** Every metric that has a value, by name; see docs/scenario-reference.md. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly actions: readonly ActionResult[];
}

/** A run that goes on step by step, so that others may have their turn in between. */
export class ScenarioRun {
  private readonly scenario: Scenario;
  private readonly seed: string;
  private readonly recorder: Recorder;
  private readonly metrics = new MetricsSink();
  private readonly judge: ExpectationJudge;
  private readonly presence: PresenceSink | undefined;
  private readonly world: World;
  private readonly actions: Actions;
  private readonly untilEvent: number;
  private hasMore = true;

  constructor(scenario: Scenario, options: RunOptions = {}) {
    this.scenario = scenario;
    this.seed = String(options.seed ?? scenario.seed);
    this.untilEvent = options.untilEvent ?? Number.POSITIVE_INFINITY;
    this.judge = new ExpectationJudge(scenario.expect);
    const asksForLiveness = scenario.expect.some((expectation) => expectation.form === "converges");
    this.presence = asksForLiveness ? new PresenceSink(scenario.hosts) : undefined;
    this.recorder = new Recorder([
      this.metrics,
      ...this.judge.sinks,
      ...(this.presence === undefined ? [] : [this.presence]),
      ...(options.sinks ?? []),
    ]);
    this.world = new World(scenario, this.seed, this.recorder);
    if (options.capture) this.world.network.traffic.record(new NetworkCapture(options.capture));
    this.actions = new Actions(this.world);
    this.plan();
  }

  /** The virtual time, in ms. */
  get virtualMs(): number {
    return this.world.network.nowMs;
  }

  get endMs(): number | undefined {
    return this.scenario.durationMs;
  }

  /** Events of the trace so far. */
  get events(): number {
    return this.recorder.eventCount;
  }

  /** Lets at most `maxEvents` queued events happen; false once the run is over. */
  step(maxEvents: number): boolean {
    if (!this.hasMore) return false;
    const { network } = this.world;
    const untilMs = this.scenario.durationMs ?? Number.POSITIVE_INFINITY;
    if (this.untilEvent === Number.POSITIVE_INFINITY) {
      this.hasMore = network.step(maxEvents, untilMs);
      return this.hasMore;
    }
    for (let i = 0; i < maxEvents && this.hasMore; i++) {
      this.hasMore = this.recorder.eventCount < this.untilEvent && network.step(1, untilMs);
    }
    return this.hasMore;
  }

  /** The verdicts and figures of what has happened so far; of the whole run once `step` has returned false. */
  finish(): RunResult {
    const durationMs = this.durationMs();
    this.hasMore = false;
    const facts = {
      actions: this.actions.results,
      metrics: this.metrics,
      directories: this.world.directoryTables(),
      liveness: this.presence?.log.facts(durationMs),
      durationMs,
    };
    const expectations = this.judge.judge(facts);
    return {
      name: this.scenario.name,
      description: this.scenario.description,
      file: this.scenario.file,
      seed: this.seed,
      passed: expectations.every((verdict) => verdict.passed),
      traceHash: this.recorder.digest(),
      durationMs,
      events: this.recorder.eventCount,
      expectations,
      metrics: metricValues({ sink: this.metrics, actions: facts.actions, durationMs }),
      actions: this.actions.results,
    };
  }

  /** How long the run was: cut short, or until its last event where the scenario gives no duration. */
  private durationMs(): number {
    const { durationMs } = this.scenario;
    const wasCut = this.hasMore || this.recorder.eventCount >= this.untilEvent;
    return wasCut || durationMs === undefined ? this.recorder.lastEventNs / 1e6 : durationMs;
  }

  /** Plans the starts of the hosts, the timeline, and the ends of faults. */
  private plan(): void {
    const { network } = this.world;
    for (const { name, startMs } of this.scenario.hosts) {
      if (startMs === undefined) continue;
      network.at(startMs, () => {
        const host = network.host(name);
        if (host?.state === "down") host.start();
      });
    }
    for (const entry of this.scenario.timeline) {
      network.at(entry.atMs, () => {
        if (entry.kind === "action") {
          this.actions.perform(entry.host, entry.action);
          return;
        }
        network.changeLinks(entry.options);
        for (const override of entry.links) network.changeLinks(override);
        this.presence?.log.faultEnded(network.nowMs);
      });
    }
    const { partitions, faults } = this.scenario.network;
    const ends = [...partitions.map(({ endMs }) => endMs), ...faults.map(({ match }) => match.beforeMs)];
    for (const endMs of ends) {
      if (endMs !== undefined && endMs !== Number.POSITIVE_INFINITY) {
        network.at(endMs, () => this.presence?.log.faultEnded(network.nowMs));
      }
    }
  }
}

/** Begins a run; it has not taken its first step yet. */
export function startRun(scenario: Scenario, options: RunOptions = {}): ScenarioRun {
  return new ScenarioRun(scenario, options);
}

/** Runs a scenario to its end. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): RunResult {
  const run = startRun(scenario, options);
  while (run.step(EVENTS_PER_STEP)) {
    options.onProgress?.({ virtualMs: run.virtualMs, endMs: run.endMs, events: run.events });
  }
  return run.finish();
}
