/** What a run did over time, as steps and rates: throughput, the directory's members, downloads under way. */

import { EventCode } from "../../trace/events.ts";
import type { HostFacts } from "./hosts.ts";
import { keptUntilMs, type TraceModel } from "./trace-model.ts";

/** A number that changes at moments: from `timeMs` on it is `value`. Times rise; the first value holds from 0. */
export interface Step {
  readonly timeMs: number;
  readonly value: number;
}

export interface StepSeries {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Throughput {
  /** The width of a bucket; the first begins at 0. */
  readonly bucketMs: number;
  /** Bits per second in each bucket: of all datagrams and segments that were sent, and of those that arrived. */
  readonly sent: readonly number[];
  readonly delivered: readonly number[];
}

const DEFAULT_BUCKETS = 90;

/** Bytes per unit of time over the part of the run that the model has. */
export function throughputOf(model: TraceModel, maxBuckets = DEFAULT_BUCKETS): Throughput {
  const untilMs = keptUntilMs(model);
  const bucketMs = niceBucketMs(untilMs / maxBuckets);
  const buckets = Math.max(1, Math.round(untilMs / bucketMs));
  const [sent, delivered] = [new Array<number>(buckets).fill(0), new Array<number>(buckets).fill(0)];
  const { events } = model;
  for (let i = 0; i < model.count; i++) {
    const code = events.code[i];
    if (code !== EventCode.send && code !== EventCode.deliver) continue;
    const into = code === EventCode.send ? sent : delivered;
    const at = Math.min(buckets - 1, Math.floor(events.timeNs[i]! / 1e6 / bucketMs));
    into[at]! += Math.max(0, events.bytes[i]!);
  }
  // The last one takes what is left of the run: half a bucket more, or less.
  const lastMs = Math.max(untilMs - (buckets - 1) * bucketMs, bucketMs / 2);
  const perSecond = (bytes: number, i: number) => (bytes * 8 * 1000) / (i === buckets - 1 ? lastMs : bucketMs);
  return { bucketMs, sent: sent.map(perSecond), delivered: delivered.map(perSecond) };
}

/** 1, 2 or 5 times a power of ten, in ms. */
function niceBucketMs(least: number): number {
  if (!(least > 0)) return 1;
  let power = 0.001;
  while (power * 10 <= least) power *= 10;
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power * 10;
}

/** Entries in each directory's table over time; hosts that never had one have no series. */
export function membershipOf({ marks }: HostFacts): readonly StepSeries[] {
  const tables = new Map<string, { members: Set<string>; steps: Step[] }>();
  for (const { kind, host, text, timeNs } of marks) {
    const table = tables.get(host);
    if (kind === "crash") {
      // The table is soft state: it goes with the process.
      if (table === undefined) continue;
      table.members.clear();
      table.steps.push({ timeMs: timeNs / 1e6, value: 0 });
    } else if (kind === "entry") {
      const { members, steps } = table ?? { members: new Set<string>(), steps: [] };
      if (table === undefined) tables.set(host, { members, steps });
      const { word, key } = entryNote(text);
      if (word === "added" || word === "changed") members.add(key);
      else members.delete(key);
      steps.push({ timeMs: timeNs / 1e6, value: members.size });
    }
  }
  return [...tables].map(([name, { steps }]) => ({ name, steps: collapsed(steps) }));
}

/** `added 10.0.0.3:80 with new.txt`, taken apart: the word, the entry's key, and the files in words. */
export function entryNote(note: string): { readonly word: string; readonly key: string; readonly files: string } {
  const [word = "", key = ""] = note.split(" ", 2);
  const rest = note.slice(word.length + key.length + 2);
  return { word, key: key.replace(/:$/, ""), files: rest.replace(/^(with|to) /, "") };
}

const DOWNLOAD = /^((?:download|fetch) .+?)( -> .*)?$/s;

/** Downloads that a user asked for and that have no outcome yet, over all hosts; undefined where nobody asked. */
export function downloadsOf({ marks }: HostFacts): StepSeries | undefined {
  /** By host, then by what was asked for. */
  const open = new Map<string, Map<string, number>>();
  const steps: Step[] = [];
  let underWay = 0;
  for (const { kind, host, text, timeNs } of marks) {
    if (kind === "crash") {
      for (const count of open.get(host)?.values() ?? []) underWay -= count;
      open.delete(host);
    } else {
      const [, what, outcome] = (kind === "action" && DOWNLOAD.exec(text)) || [];
      if (what === undefined) continue;
      const mine = open.get(host) ?? new Map<string, number>();
      open.set(host, mine);
      const before = mine.get(what) ?? 0;
      // An outcome at once, without its request: nothing was under way.
      if (outcome !== undefined && before === 0) continue;
      const change = outcome === undefined ? 1 : -1;
      mine.set(what, before + change);
      underWay += change;
    }
    steps.push({ timeMs: timeNs / 1e6, value: underWay });
  }
  const series = collapsed(steps);
  return series.length === 0 ? undefined : { name: "downloads under way", steps: series };
}

/** One step per moment, and none that changes nothing. */
function collapsed(steps: readonly Step[]): readonly Step[] {
  const lastOfMoment = steps.filter(({ timeMs }, i) => steps[i + 1]?.timeMs !== timeMs);
  return lastOfMoment.filter(({ value }, i) => value !== (lastOfMoment[i - 1]?.value ?? 0));
}
