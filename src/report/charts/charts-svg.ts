/** All charts of a run in one column, as one SVG file: a pure function of the trace. */

import { downloadsOf, membershipOf, throughputOf } from "../model/activity.ts";
import { estimatesOf } from "../model/estimates.ts";
import { hostFactsOf } from "../model/hosts.ts";
import { keptUntilMs, omission, type TraceModel } from "../model/trace-model.ts";
import { svgDocument, textElement } from "../svg/svg.ts";
import { countOf } from "../text.ts";
import { ACTIVITY_CHART_PX, stepChart, throughputChart } from "./activity-charts.ts";
import { chartStyle } from "./frame.ts";
import { type AxisScale, RTT_CHART_PX, rttChart } from "./rtt-chart.ts";

export interface ChartsOptions {
  readonly title?: string;
  /** Width in px. Default 940. */
  readonly width?: number;
  /** Of the axes of times. `auto`: logarithmic where the largest is 20 times the smallest, or more. Default `auto`. */
  readonly scale?: AxisScale;
  /** Pairs of hosts with an RTT chart, those that measured most first; the rest is counted. Default 4. */
  readonly maxPairs?: number;
  /** Of ids in the document. Default `charts`. */
  readonly idPrefix?: string;
}

const defaults = { title: "Charts", width: 940, scale: "auto", maxPairs: 4, idPrefix: "charts" } as const;
const MARGIN_PX = 16;
const TITLE_PX = 34;
const GAP_PX = 16;

export function chartsSvg(model: TraceModel, options: ChartsOptions = {}): string {
  const { title, width, scale, maxPairs, idPrefix } = { ...defaults, ...options };
  const endMs = keptUntilMs(model);
  const facts = hostFactsOf(model);
  const estimates = estimatesOf(model);
  const shown = estimates.slice(0, maxPairs);
  const parts: string[] = [];
  let topPx = MARGIN_PX + TITLE_PX;
  const add = (heightPx: number, draw: (at: { topPx: number; width: number; endMs: number }) => string) => {
    parts.push(draw({ topPx, width, endMs }));
    topPx += heightPx + GAP_PX;
  };
  for (const series of shown) add(RTT_CHART_PX, (at) => rttChart(series, { ...at, scale }));
  if (model.count > 0) add(ACTIVITY_CHART_PX, (at) => throughputChart(throughputOf(model), at));
  const members = membershipOf(facts);
  if (members.length > 0) add(ACTIVITY_CHART_PX, (at) => stepChart(members, "Peers in the directory", "peers", at));
  const downloads = downloadsOf(facts);
  if (downloads !== undefined) {
    add(ACTIVITY_CHART_PX, (at) => stepChart([downloads], "Downloads under way", "downloads", at));
  }
  const remarks = leftOut(model, estimates.length - shown.length);
  const body = [
    textElement(title, { class: "title", x: MARGIN_PX, y: MARGIN_PX + 6 }),
    textElement(remarks, { class: "remark", x: MARGIN_PX, y: MARGIN_PX + 22 }),
    ...parts,
  ].join("\n");
  const description = `${countOf(shown.length, "chart")} of round-trip times, and what the run did over time.`;
  return svgDocument({ width, height: topPx, title, description, style: chartStyle(idPrefix), idPrefix }, body);
}

function leftOut(model: TraceModel, pairs: number): string {
  const cut = omission(model);
  const remarks = [
    ...(cut === "" ? [] : [`all but ${cut}`]),
    ...(pairs > 0 ? [`the round-trip times of ${countOf(pairs, "quieter pair")} of hosts`] : []),
  ];
  return remarks.length === 0 ? "" : `Left out: ${remarks.join("; ")}.`;
}
