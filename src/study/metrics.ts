/** What a sweep can show: the metrics of a run, and some that need the scenario or two of those. */

import { METRIC_NAMES, METRICS } from "../scenario/expect/metrics/catalogue.ts";
import { ratio } from "../scenario/expect/metrics/metric.ts";
import type { Unit } from "../scenario/expect/quantity.ts";
import { anyOf, nearest } from "../scenario/suggest.ts";
import type { Analysis } from "./bare-transfer.ts";

/** The metrics of one run, by name; absent where the run gave no value. */
export type RunMetrics = Readonly<Record<string, number>>;

export interface SweepMetric {
  readonly name: string;
  readonly unit: Unit;
  readonly description: string;
  /** The counts of a run that it is a share of; absent: it is no share. */
  readonly trials?: { readonly successes: readonly string[]; readonly failures: readonly string[] };
  /** Of one run; undefined where there is nothing to divide by. */
  readonly value: (metrics: RunMetrics, analysis: Analysis) => number | undefined;
}

const ofRun = METRIC_NAMES.map((name): SweepMetric => ({ ...METRICS[name], name, value: (metrics) => metrics[name] }));

/** Packets that were sent at all, of messages with an outcome: a message is given up at the packet behind the last acknowledged. */
const attempted = ({ packetsAcknowledged = 0, messagesGivenUp = 0 }: RunMetrics) =>
  packetsAcknowledged + messagesGivenUp;

const derived: readonly SweepMetric[] = [
  {
    name: "giveUpRate",
    unit: "ratio",
    description: "Messages given up, per message with an outcome: 1 - (1 - f^M)^n in the closed form.",
    trials: { successes: ["messagesGivenUp"], failures: ["messagesDelivered"] },
    value: ({ messagesGivenUp = 0, messagesDelivered = 0 }) =>
      ratio(messagesGivenUp, messagesGivenUp + messagesDelivered),
  },
  {
    name: "duplicatesPerPacket",
    unit: "ratio",
    description:
      "Data packets that came to a receiver which had them already, per packet that was sent at all: q/(1-q) without a limit of attempts.",
    value: (metrics) => ratio(metrics.duplicatesReceived ?? 0, attempted(metrics)),
  },
  {
    name: "utilisation",
    unit: "ratio",
    description:
      "Goodput as a share of the rate of the link from sender to receiver. It has a value where a bare sender and receiver share a link with a `rate`.",
    value: ({ goodput }, analysis) => {
      if (!analysis.ok || goodput === undefined) return undefined;
      const { rateBitsPerSecond } = analysis.transfer;
      return rateBitsPerSecond === Number.POSITIVE_INFINITY ? undefined : goodput / rateBitsPerSecond;
    },
  },
];

/** All of them, in the order of a run's row of values. */
export const SWEEP_METRICS: readonly SweepMetric[] = [...ofRun, ...derived];
export const SWEEP_METRIC_NAMES: readonly string[] = SWEEP_METRICS.map(({ name }) => name);

/** What a sweep shows where nobody chose. */
export const DEFAULT_METRICS: readonly string[] = ["transmissionsPerPacket", "timePerPacket"];

export type ChosenMetrics =
  | { readonly ok: true; readonly metrics: readonly SweepMetric[] }
  | { readonly ok: false; readonly message: string };

/** The metrics of these names; a name that is none comes back with what may have been meant. */
export function chooseMetrics(names: readonly string[]): ChosenMetrics {
  const metrics: SweepMetric[] = [];
  for (const name of names) {
    const metric = SWEEP_METRICS.find((candidate) => candidate.name === name);
    if (metric === undefined) {
      return { ok: false, message: `there is no metric ${JSON.stringify(name)}: ${hintFor(name)}` };
    }
    if (!metrics.includes(metric)) metrics.push(metric);
  }
  return { ok: true, metrics };
}

const MAX_HINTS = 4;

/** The name that was meant, or those that share a word with what was written, or some; and where all of them are. */
function hintFor(written: string): string {
  const meant = nearest(written, SWEEP_METRIC_NAMES);
  if (meant !== undefined) return `did you mean ${meant}?`;
  const words = wordsOf(written);
  const shared = (name: string) => wordsOf(name).filter((word) => words.includes(word)).length;
  const alike = SWEEP_METRIC_NAMES.filter((name) => shared(name) > 0)
    .toSorted((a, b) => shared(b) - shared(a))
    .slice(0, MAX_HINTS);
  const some = alike.length > 0 ? `did you mean ${anyOf(alike)}?` : `expected one such as ${anyOf(EXAMPLES)}.`;
  return `${some} All ${SWEEP_METRIC_NAMES.length} are in docs/scenario-reference.md (expect) and docs/sweeps.md (metrics)`;
}

const EXAMPLES = [...DEFAULT_METRICS, "goodput", "giveUpRate"];

/** `meanMessageTime` has the words mean, message and time; a plural is its singular. */
function wordsOf(name: string): string[] {
  const words = name.match(/[A-Z]?[a-z]+/g) ?? [];
  return words.map((word) => word.toLowerCase().replace(/s$/, "")).filter((word) => word !== "per");
}
