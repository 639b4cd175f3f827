/** Judges a metric: the figure, compared. */

import { holds } from "./comparator.ts";
import { inWindow } from "./event-filter.ts";
import type { MetricExpectation } from "./expectation.ts";
import type { RunFacts } from "./facts.ts";
import type { Judgement } from "./judgement.ts";
import { isNarrowed, type MetricCollector } from "./metric-collector.ts";
import { METRICS } from "./metrics/catalogue.ts";
import { formatQuantity } from "./quantity.ts";

export function judgeMetric(
  expectation: MetricExpectation,
  collector: MetricCollector | undefined,
  facts: RunFacts,
): Judgement {
  const { metric: name, comparator, scope } = expectation;
  const metric = METRICS[name];
  const expected = comparator.text;
  const value = metric.value({
    sink: collector && isNarrowed(expectation) ? collector.sink : facts.metrics,
    actions: facts.actions.filter(
      ({ host, atMs }) => (scope.host === undefined || scope.host === host) && inWindow(expectation, atMs),
    ),
    durationMs: facts.durationMs,
  });
  if (value === undefined)
    return { outcome: "nothing", expected, found: `no samples: nothing to compute ${name} from` };
  const found = formatQuantity(metric.unit, value);
  if (holds(comparator, value)) return { outcome: "holds", expected, found };
  return { outcome: "broken", expected, found, evidence: collector?.evidence };
}
