/** Metrics of what users did: the actions of the timeline, and of the run itself. */

import type { ActionResult } from "../facts.ts";
import { type Metric, ratio } from "./metric.ts";

function ofActions(
  unit: Metric["unit"],
  description: string,
  of: (actions: readonly ActionResult[]) => number | undefined,
): Metric {
  return { unit, description, source: "actions", kinds: [], value: ({ actions }) => of(actions) };
}

/** Downloads of which all bytes asked for arrived. */
function completed(actions: readonly ActionResult[]): NonNullable<ActionResult["download"]>[] {
  return actions.flatMap(({ outcome, download }) => (outcome === "done" && download ? [download] : []));
}

function downloadTimesMs(actions: readonly ActionResult[]): number[] {
  return completed(actions).map((download) => download.elapsedMs);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const ACTION_METRICS = {
  actionsFailed: ofActions(
    "count",
    "Actions of the timeline that ended in an error.",
    (actions) => actions.filter(({ outcome }) => outcome === "failed").length,
  ),
  actionsPending: ofActions(
    "count",
    "Actions of the timeline that had no answer when the run ended.",
    (actions) => actions.filter(({ outcome }) => outcome === "pending").length,
  ),
  downloadsCompleted: ofActions("count", "Downloads that completed.", (actions) => completed(actions).length),
  downloadsFailed: ofActions(
    "count",
    "Downloads that ended in an error.",
    (actions) => actions.filter(({ action, outcome }) => action === "download" && outcome === "failed").length,
  ),
  bytesDownloaded: ofActions("bytes", "Bytes of the downloads that completed.", (actions) =>
    sum(completed(actions).map((download) => download.bytes)),
  ),
  meanDownloadTime: ofActions("ms", "Mean time of the downloads that completed.", (actions) =>
    ratio(sum(downloadTimesMs(actions)), completed(actions).length),
  ),
  maxDownloadTime: ofActions("ms", "Longest time of a download that completed.", (actions) =>
    downloadTimesMs(actions).reduce<number | undefined>(
      (longest, timeMs) => (longest === undefined || timeMs > longest ? timeMs : longest),
      undefined,
    ),
  ),
  duration: {
    unit: "ms",
    description: "Virtual time at which the run ended.",
    source: "run",
    kinds: [],
    value: ({ durationMs }) => durationMs,
  },
} satisfies Record<string, Metric>;
