/** What a run did over time, as charts: throughput, the members of directories, downloads under way. */

import { area, curveStepAfter, line } from "d3-shape";
import type { StepSeries, Throughput } from "../model/activity.ts";
import { element, textElement, textWidthPx } from "../svg/svg.ts";
import { chartFrame, type Frame, HEADING_PX, numberText, TIME_AXIS_PX } from "./frame.ts";
import { type Point, thinLine } from "./thin.ts";

const HEIGHT_PX = 110;
const LEGEND_PX = 14;

export const ACTIVITY_CHART_PX = HEADING_PX + HEIGHT_PX + TIME_AXIS_PX + LEGEND_PX;

export interface ActivityChartOptions {
  readonly topPx: number;
  readonly width: number;
  readonly endMs: number;
}

const UNITS = [
  { unit: "Gbit/s", factor: 1e9 },
  { unit: "Mbit/s", factor: 1e6 },
  { unit: "kbit/s", factor: 1e3 },
] as const;

/** Bits per second that were sent and that arrived, averaged over the buckets. */
export function throughputChart({ bucketMs, sent, delivered }: Throughput, options: ActivityChartOptions): string {
  const most = sent.concat(delivered).reduce((a, b) => Math.max(a, b), 0);
  const { unit, factor } = UNITS.find((one) => most >= one.factor) ?? { unit: "bit/s", factor: 1 };
  const { frame, markup } = chartFrame({
    ...options,
    heightPx: HEIGHT_PX,
    heading: "Throughput, all hosts",
    remark: `averages over ${numberText(bucketMs)} ms; retransmissions and headers count`,
    unit,
    max: most / factor,
  });
  const points = (values: readonly number[]): Point[] =>
    [...values, values.at(-1) ?? 0].map((bits, i) => ({
      x: frame.x(i === values.length ? options.endMs : i * bucketMs),
      y: frame.y(bits / factor),
    }));
  const under = area<Point>(
    ({ x }) => x,
    frame.bottomPx,
    ({ y }) => y,
  )
    .curve(curveStepAfter)
    .digits(2);
  const parts = [
    markup,
    element("path", { class: "delivered", d: under(points(delivered)) ?? "" }),
    element("path", { class: "sent", d: stepPath(points(sent)) }),
    keys(frame, [
      ["delivered", "arrived"],
      ["sent", "sent"],
    ]),
  ];
  return element("g", { class: "chart" }, parts.join("\n"));
}

/** Numbers that change in steps; several series differ by their dashes. At most four are drawn. */
export function stepChart(
  series: readonly StepSeries[],
  heading: string,
  unit: string,
  options: ActivityChartOptions,
): string {
  const shown = series.slice(0, 4);
  const most = shown.flatMap(({ steps }) => steps).reduce((max, { value }) => Math.max(max, value), 0);
  const omitted = series.length > shown.length ? `; ${series.length - shown.length} more are not drawn` : "";
  const { frame, markup } = chartFrame({
    ...options,
    heightPx: HEIGHT_PX,
    heading,
    remark: `at most ${most}${omitted}`,
    unit,
    max: most,
    isWhole: true,
  });
  const lines = shown.map(({ steps }, i) => {
    const points = [{ timeMs: 0, value: 0 }, ...steps].map(({ timeMs, value }) => ({
      x: frame.x(timeMs),
      y: frame.y(value),
    }));
    const last = points.at(-1)!;
    return element("path", {
      class: `series-${i}`,
      d: stepPath([...points, { x: frame.x(options.endMs), y: last.y }]),
    });
  });
  const named = shown.map(({ name }, i) => [`series-${i}`, name] as const);
  return element("g", { class: "chart" }, [markup, ...lines, keys(frame, named)].join("\n"));
}

function stepPath(points: readonly Point[]): string {
  const path = line<Point>(
    ({ x }) => x,
    ({ y }) => y,
  )
    .curve(curveStepAfter)
    .digits(2);
  return path(thinLine(points)) ?? "";
}

function keys(frame: Frame, entries: readonly (readonly [className: string, words: string])[]): string {
  const y = frame.bottomPx + TIME_AXIS_PX - 8;
  let x = frame.leftPx;
  return entries
    .map(([className, words]) => {
      const drawn = element("line", { class: className, x1: x, y1: y, x2: x + 20, y2: y });
      const text = textElement(words, { class: "key", x: x + 26, y: y + 4 });
      x += 44 + textWidthPx(words, 11);
      return drawn + text;
    })
    .join("");
}
