/** What a run's summary says beside its trace: seed, hash, verdicts and metrics. */

import { METRIC_NAMES, METRICS, type MetricName } from "../../scenario/expect/metrics/catalogue.ts";
import type { MetricsSink } from "../../scenario/expect/metrics/metrics-sink.ts";
import type { Unit } from "../../scenario/expect/quantity.ts";
import type { PerSide } from "./sides.ts";

/** The parts of summary.json that a diff looks at. */
export interface RunFacts {
  readonly name?: string | undefined;
  readonly seed?: string | undefined;
  readonly traceHash?: string | undefined;
  readonly durationMs?: number | undefined;
  /** Did real sockets carry the packets? */
  readonly isReal: boolean;
  readonly metrics?: Readonly<Record<string, number>> | undefined;
  readonly expectations?: readonly VerdictFacts[] | undefined;
}

export interface VerdictFacts {
  readonly expectation: string;
  readonly passed: boolean;
  readonly found: string;
}

export interface OtherFigure {
  readonly metric: string;
  readonly unit: Unit;
  /** Undefined: the run has no such figure. */
  readonly a: number | undefined;
  readonly b: number | undefined;
}

/** The figures of a trace alone, for runs without a summary. RTT figures need the rows that only trace.jsonl has. */
export function traceFigures(sink: MetricsSink, hasRtt: boolean): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const name of METRIC_NAMES) {
    const { source, value } = METRICS[name];
    if (source !== "events" && (source !== "rtt" || !hasRtt)) continue;
    const figure = value({ sink, actions: [], durationMs: 0 });
    if (figure !== undefined) figures[name] = figure;
  }
  return figures;
}

/** The metrics that differ, in the catalogue's order. */
export function otherFigures(figures: PerSide<Readonly<Record<string, number>>>): OtherFigure[] {
  return METRIC_NAMES.flatMap((metric: MetricName) => {
    const [a, b] = [figures.a[metric], figures.b[metric]];
    return a === b ? [] : [{ metric, unit: METRICS[metric].unit, a, b }];
  });
}

export interface OtherVerdict {
  readonly expectation: string;
  readonly a: VerdictFacts;
  readonly b: VerdictFacts;
}

/** The expectations that both runs were judged by and that found something else, those with another verdict first. */
export function otherVerdicts({ a, b }: PerSide<RunFacts | undefined>): OtherVerdict[] {
  const left = [...(b?.expectations ?? [])];
  const others = (a?.expectations ?? []).flatMap((mine): OtherVerdict[] => {
    const at = left.findIndex(({ expectation }) => expectation === mine.expectation);
    const [other] = at < 0 ? [] : left.splice(at, 1);
    if (other === undefined || (other.passed === mine.passed && other.found === mine.found)) return [];
    return [{ expectation: mine.expectation, a: mine, b: other }];
  });
  const isTurned = ({ a, b }: OtherVerdict) => a.passed !== b.passed;
  return [...others.filter(isTurned), ...others.filter((verdict) => !isTurned(verdict))];
}

/** The facts of a summary.json; undefined where the value is not what `run --out` writes. */
export function factsOfSummary(value: unknown): RunFacts | undefined {
  if (!isRecord(value)) return undefined;
  const { name, seed, traceHash, durationMs, metrics, expectations, world } = value;
  const isSummary =
    typeof name === "string" &&
    typeof seed === "string" &&
    typeof durationMs === "number" &&
    isRecord(metrics) &&
    Object.values(metrics).every((figure) => typeof figure === "number") &&
    Array.isArray(expectations) &&
    expectations.every(isVerdict);
  if (!isSummary) return undefined;
  return {
    name,
    seed,
    ...(typeof traceHash === "string" && { traceHash }),
    durationMs,
    isReal: world === "real",
    metrics: metrics as Record<string, number>,
    expectations: expectations as VerdictFacts[],
  };
}

function isVerdict(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { expectation, passed, found } = value;
  return typeof expectation === "string" && typeof passed === "boolean" && typeof found === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
