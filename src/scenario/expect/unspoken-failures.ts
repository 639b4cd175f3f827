/** Actions that failed although nothing in the verdict would say so. */

import { inWindow } from "./event-filter.ts";
import type { Expectation } from "./expectation.ts";
import type { ActionResult } from "./facts.ts";
import type { MetricName } from "./metrics/catalogue.ts";

const DOWNLOAD_METRICS: ReadonlySet<MetricName> = new Set([
  "downloadsCompleted",
  "downloadsFailed",
  "bytesDownloaded",
  "meanDownloadTime",
  "maxDownloadTime",
]);

/** The failed actions that no expectation speaks of, in the order of the run. */
export function unspokenFailures(
  actions: readonly ActionResult[],
  expectations: readonly Expectation[],
): readonly ActionResult[] {
  return actions.filter(
    (action) => action.outcome === "failed" && !expectations.some((expectation) => speaksOf(expectation, action)),
  );
}

function speaksOf(expectation: Expectation, { host, action, argument, atMs }: ActionResult): boolean {
  switch (expectation.form) {
    case "lookup":
    case "download":
      if (expectation.file !== undefined && expectation.file !== argument) return false;
      return isOf(expectation.form, expectation.host);
    case "list":
    case "view":
    case "send":
      return isOf(expectation.form, expectation.host);
    case "metric": {
      const { metric, scope } = expectation;
      const isMeant = metric === "actionsFailed" || (DOWNLOAD_METRICS.has(metric) && action === "download");
      return isMeant && (scope.host === undefined || scope.host === host) && inWindow(expectation, atMs);
    }
    case "events":
      return (
        expectation.match.event === "action" &&
        (expectation.match.node === undefined || expectation.match.node === host)
      );
    default:
      return false;
  }

  function isOf(form: string, of: string): boolean {
    return action === form && host === of && inWindow(expectation, atMs);
  }
}
