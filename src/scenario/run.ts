/**
 * Runs a scenario in the simulated network: the same scenario and seed give the same events, to the byte, on every
 * machine. Everything a run reports is a function of its trace and of what the actions answered.
 */

import { type CaptureSink, NetworkCapture } from "../sim/capture.ts";
import type { TraceSink } from "../trace/events.ts";
import { Actions } from "./run/actions.ts";
import { RunObserver, type RunResult } from "./run/observer.ts";
import { planRun } from "./run/plan.ts";
import { SimWorld } from "./run/sim-world.ts";
import type { Scenario } from "./schema.ts";

export type { RunResult } from "./run/observer.ts";

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

/** A run that goes on step by step, so that others may have their turn in between. */
export class ScenarioRun {
  private readonly scenario: Scenario;
  private readonly observer: RunObserver;
  private readonly world: SimWorld;
  private readonly actions: Actions;
  private readonly untilEvent: number;
  private hasMore = true;

  constructor(scenario: Scenario, options: RunOptions = {}) {
    const seed = String(options.seed ?? scenario.seed);
    this.scenario = scenario;
    this.untilEvent = options.untilEvent ?? Number.POSITIVE_INFINITY;
    this.observer = new RunObserver(scenario, seed, options.sinks ?? []);
    this.world = new SimWorld(scenario, seed, this.observer.recorder);
    if (options.capture) this.world.network.traffic.record(new NetworkCapture(options.capture));
    this.actions = new Actions(this.world);
    planRun(this.world, this.actions, this.observer.presence);
  }

  /** The virtual time, in ms. */
  get virtualMs(): number {
    return this.world.nowMs;
  }

  get endMs(): number | undefined {
    return this.scenario.durationMs;
  }

  /** Events of the trace so far. */
  get events(): number {
    return this.observer.recorder.eventCount;
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
      this.hasMore = this.events < this.untilEvent && network.step(1, untilMs);
    }
    return this.hasMore;
  }

  /** The verdicts and figures of what has happened so far; of the whole run once `step` has returned false. */
  finish(): RunResult {
    const durationMs = this.durationMs();
    this.hasMore = false;
    const { world, events } = this;
    return this.observer.result({ kind: "simulated", world, actions: this.actions.results, durationMs, events });
  }

  /** How long the run was: cut short, or until its last event where the scenario gives no duration. */
  private durationMs(): number {
    const { durationMs } = this.scenario;
    const wasCut = this.hasMore || this.events >= this.untilEvent;
    return wasCut || durationMs === undefined ? this.observer.recorder.lastEventNs / 1e6 : durationMs;
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
