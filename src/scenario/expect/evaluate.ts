/** The judge of a run: watches the trace for what its expectations need, and gives one verdict for each. */

import { EVENT_KINDS, EventCode, type RttRow, type TraceEvent, type TraceSink } from "../../trace/events.ts";
import { EventCollector } from "./event-collector.ts";
import { EventTimes } from "./event-times.ts";
import type { Expectation } from "./expectation.ts";
import type { RunFacts, Verdict } from "./facts.ts";
import { judgeDownload, judgeList, judgeLookup, judgeSend, judgeView } from "./judge-actions.ts";
import { judgeConvergence } from "./judge-convergence.ts";
import { judgeDirectory } from "./judge-listing.ts";
import { judgeMetric } from "./judge-metric.ts";
import { type Judgement, verdictOf } from "./judgement.ts";
import { isNarrowed, isWatchable, MetricCollector } from "./metric-collector.ts";
import { METRICS } from "./metrics/catalogue.ts";

/**
 * One for each run. Give the run its `sinks`, then ask for the verdicts:
 *
 *     const judge = new ExpectationJudge(scenario.expectations);
 *     // run with [...judge.sinks] among the sinks
 *     const verdicts = judge.judge(facts);
 */
export class ExpectationJudge {
  /** What must see the trace: empty where no expectation needs more than the run's metrics and facts. */
  readonly sinks: readonly TraceSink[];
  private readonly expectations: readonly Expectation[];
  private readonly collectors = new Map<Expectation, EventCollector | MetricCollector>();
  private readonly times: EventTimes | undefined;

  constructor(expectations: readonly Expectation[]) {
    this.expectations = expectations;
    for (const expectation of expectations) {
      if (expectation.form === "events") this.collectors.set(expectation, new EventCollector(expectation));
      else if (expectation.form === "metric") {
        const { source } = METRICS[expectation.metric];
        const fromTrace = source === "events" || source === "rtt";
        if (fromTrace && (isNarrowed(expectation) || isWatchable(expectation))) {
          this.collectors.set(expectation, new MetricCollector(expectation));
        }
      }
    }
    this.times = expectations.some(namesTimesAlone) ? new EventTimes() : undefined;
    this.sinks = [...sinksOf(this.collectors), ...(this.times ? [this.times] : [])];
  }

  /** The verdicts, in the order of the expectations. */
  judge(facts: RunFacts): Verdict[] {
    return this.expectations.map((expectation) =>
      this.withEvent(verdictOf(expectation, this.judgementOf(expectation, facts))),
    );
  }

  /** A verdict that names a time names an event, too. */
  private withEvent(verdict: Verdict): Verdict {
    if (verdict.atMs === undefined || verdict.event !== undefined) return verdict;
    const event = this.times?.lastUntil(verdict.atMs);
    return event === undefined ? verdict : { ...verdict, event };
  }

  private judgementOf(expectation: Expectation, facts: RunFacts): Judgement {
    switch (expectation.form) {
      case "metric":
        return judgeMetric(expectation, this.collectors.get(expectation) as MetricCollector | undefined, facts);
      case "events":
        return (this.collectors.get(expectation) as EventCollector).judge();
      case "list":
        return judgeList(expectation, facts.actions);
      case "lookup":
        return judgeLookup(expectation, facts.actions);
      case "view":
        return judgeView(expectation, facts.actions);
      case "download":
        return judgeDownload(expectation, facts.actions);
      case "directory":
        return judgeDirectory(expectation, facts.directories);
      case "send":
        return judgeSend(expectation, facts.actions);
      case "converges":
        return judgeConvergence(expectation, facts);
    }
  }
}

/** Are its verdicts about answers and absences, which happen at a time but are no events of the trace? */
function namesTimesAlone({ form }: Expectation): boolean {
  return form !== "metric" && form !== "events" && form !== "directory";
}

/** One sink for all collectors: it numbers the events, and a collector sees only the kinds that it asked for. */
function sinksOf(collectors: ReadonlyMap<Expectation, EventCollector | MetricCollector>): readonly TraceSink[] {
  if (collectors.size === 0) return [];
  const byCode: { onEvent(event: TraceEvent, index: number): void }[][] = EVENT_KINDS.map(() => []);
  const ofRtt: MetricCollector[] = [];
  for (const [expectation, collector] of collectors) {
    if (collector instanceof MetricCollector) {
      for (const code of collector.codes) byCode[code]?.push(collector);
      if (collector.needsRtt) ofRtt.push(collector);
    } else if (expectation.form === "events") byCode[EventCode[expectation.match.event]]?.push(collector);
  }
  let index = 0;
  const onEvent = (event: TraceEvent): void => {
    index++;
    const interested = byCode[event.code];
    if (interested === undefined) return;
    for (let i = 0; i < interested.length; i++) interested[i]?.onEvent(event, index);
  };
  if (ofRtt.length === 0) return [{ onEvent }];
  const onRtt = (row: RttRow): void => {
    for (const collector of ofRtt) collector.onRtt(row, index);
  };
  return [{ onEvent, onRtt }];
}
