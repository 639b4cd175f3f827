/** The `--metric` option of `run`: metrics to show beside the charts. */

import { METRIC_NAMES, type MetricName } from "../scenario/expect/metrics/catalogue.ts";
import { nearest } from "../scenario/suggest.ts";
import { CliError } from "./exit-codes.ts";

/** CliError of kind `usage` at the first that is none, with what may have been meant. */
export function metricOption(names: readonly string[]): MetricName[] {
  return names.map((name) => {
    const found = METRIC_NAMES.find((known) => known === name);
    if (found !== undefined) return found;
    const meant = nearest(name, METRIC_NAMES);
    const hint = meant === undefined ? "docs/scenario-reference.md has them all" : `did you mean ${meant}?`;
    throw new CliError("usage", `--metric ${name}: there is no such metric; ${hint}`);
  });
}
