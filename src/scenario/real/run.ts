/**
 * Runs a scenario for real: the same participants on sockets of this machine, the scenario's network as fault rules in
 * front of them, its timeline in real time, and the same expectations. What no two real runs do alike is time.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { RttRow, TraceEvent, TraceSink } from "../../trace/events.ts";
import { DEFAULT_LATENESS_MS, forReal } from "../expect/for-real.ts";
import { Actions } from "../run/actions.ts";
import { RunObserver, type RunResult } from "../run/observer.ts";
import { planRun } from "../run/plan.ts";
import type { RunOptions, RunProgress } from "../run.ts";
import type { Scenario } from "../schema.ts";
import { MAX_REAL_MS, realProblems } from "./fitness.ts";
import { RealWorld } from "./real-world.ts";

export interface RealRunOptions extends RunOptions {
  /** How late the machine may be: upper bounds of times hold with so much added. Default 50 ms. */
  readonly latenessMs?: number;
  /** Ends the run early: `runReal` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How often the run looks whether it is over. */
const LOOK_MS = 20;
/** A run without a duration is over when nothing has happened for so long and no timer runs. */
const QUIET_MS = 200;
/** The same where an action still has no outcome: a byte stream may be slow to say that it broke. */
const QUIET_WITH_PENDING_MS = 5_000;

/** A scenario that cannot be run for real. */
export class NotForReal extends Error {
  readonly problems: readonly string[];

  constructor(name: string, problems: readonly string[]) {
    super(`${name} cannot be run with real sockets: ${problems.join("; ")}`);
    this.name = "NotForReal";
    this.problems = problems;
  }
}

/**
 * Runs a scenario to its end, which takes as long as it says. Rejects with NotForReal, with a TransportError where
 * sockets cannot be opened, and with what a participant throws.
 */
export async function runReal(scenario: Scenario, options: RealRunOptions = {}): Promise<RunResult> {
  const problems = realProblems(scenario);
  if (problems.length > 0) throw new NotForReal(scenario.name, problems);
  const seed = String(options.seed ?? scenario.seed);
  const latenessMs = options.latenessMs ?? DEFAULT_LATENESS_MS;
  const gate = new Gate(scenario.durationMs, options.untilEvent);
  const observer = new RunObserver(scenario, seed, options.sinks ?? [], {
    adjust: (expectation) => forReal(expectation, scenario, latenessMs),
    gate: (sinks) => gate.inFrontOf(sinks),
  });
  const failures: unknown[] = [];
  const world = await RealWorld.make(scenario, seed, observer.recorder, (error) => failures.push(error));
  const actions = new Actions(world);
  try {
    planRun(world, actions, observer.presence);
    const run = { scenario, world, actions, gate };
    while (!isOver(run)) {
      await sleep(Math.min(LOOK_MS, Math.max(1, (scenario.durationMs ?? Number.POSITIVE_INFINITY) - world.nowMs)));
      options.signal?.throwIfAborted();
      if (failures.length > 0) throw failures[0];
      options.onProgress?.({
        virtualMs: world.nowMs,
        endMs: scenario.durationMs,
        events: gate.events,
      } satisfies RunProgress);
    }
    const { events } = gate;
    return observer.result({ kind: "real", world, actions: actions.results, durationMs: durationMs(run), events });
  } finally {
    gate.close();
    await world.close();
  }
}

interface RealRun {
  readonly scenario: Scenario;
  readonly world: RealWorld;
  readonly actions: Actions;
  readonly gate: Gate;
}

function isOver({ scenario, world, actions, gate }: RealRun): boolean {
  if (gate.isFull) return true;
  const { nowMs } = world;
  if (scenario.durationMs !== undefined) return nowMs >= scenario.durationMs;
  const isPending = actions.results.some(({ outcome }) => outcome === "pending");
  const quietMs = isPending ? QUIET_WITH_PENDING_MS : QUIET_MS;
  return (world.isIdle && nowMs - gate.lastMs >= quietMs) || nowMs >= MAX_REAL_MS;
}

/** Until the last event where the run was cut short, or gives no duration. */
function durationMs({ scenario, gate }: RealRun): number {
  return gate.isFull || scenario.durationMs === undefined ? gate.lastMs : scenario.durationMs;
}

/** Lets the run's events through until it is over: hosts that are closed have something to say as well. */
class Gate implements TraceSink {
  events = 0;
  lastMs = 0;
  private sinks: readonly TraceSink[] = [];
  private readonly untilMs: number;
  private readonly untilEvent: number;
  private isOpen = true;

  constructor(untilMs = Number.POSITIVE_INFINITY, untilEvent = Number.POSITIVE_INFINITY) {
    this.untilMs = untilMs;
    this.untilEvent = untilEvent;
  }

  inFrontOf(sinks: readonly TraceSink[]): this {
    this.sinks = sinks;
    return this;
  }

  get isFull(): boolean {
    return this.events >= this.untilEvent;
  }

  onEvent(event: TraceEvent): void {
    if (!this.isOpen || this.isFull || event.timeMs > this.untilMs) return;
    this.events++;
    this.lastMs = event.timeMs;
    for (const sink of this.sinks) sink.onEvent?.(event);
  }

  onRtt(row: RttRow): void {
    if (!this.isOpen || this.isFull || row.timeMs > this.untilMs) return;
    for (const sink of this.sinks) sink.onRtt?.(row);
  }

  close(): void {
    this.isOpen = false;
  }
}
