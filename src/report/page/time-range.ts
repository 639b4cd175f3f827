/** The part of the run that the charts over time show: one for all of them, so that a zoom of one is a zoom of all. */

import { momentText, unitFor } from "../ladder/time-scale.ts";
import { button, h } from "./dom.ts";

/** In seconds. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Less than this would be less than what the trace tells apart. */
const MIN_SPAN_S = 1e-6;
const ZOOM = 2;
/** Of what is in sight, by which a step to the side moves it. */
const PAN_SHARE = 0.5;

export class TimeRange {
  readonly whole: Range;
  private shown: Range;
  private readonly listeners: (() => void)[] = [];

  /** A run of no length is shown as a second. */
  constructor(endS: number) {
    this.whole = { min: 0, max: endS > 0 ? endS : 1 };
    this.shown = this.whole;
  }

  get range(): Range {
    return this.shown;
  }

  watch(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Shows this part, moved and cut so that it is within the run. */
  show({ min, max }: Range): void {
    const { whole } = this;
    const span = Math.min(Math.max(max - min, MIN_SPAN_S), whole.max);
    const from = Math.min(Math.max(min, 0), whole.max - span);
    // Nothing is left of a rounding error where it is all there is.
    this.shown = span === whole.max ? whole : { min: from, max: from + span };
    for (const listener of this.listeners) listener();
  }

  /** `factor` of what is in sight, around `centreS` if that is in sight, around the middle otherwise. */
  zoom(factor: number, centreS: number): void {
    const { min, max } = this.shown;
    const centre = centreS >= min && centreS <= max ? centreS : (min + max) / 2;
    const half = ((max - min) * factor) / 2;
    this.show({ min: centre - half, max: centre + half });
  }

  /** To the side by a share of what is in sight. */
  pan(share: number): void {
    const { min, max } = this.shown;
    const by = (max - min) * share;
    this.show({ min: min + by, max: max + by });
  }

  /** Moves, without zooming, to where this moment is in sight. */
  bringIn(timeS: number): void {
    const { min, max } = this.shown;
    if (timeS >= min && timeS <= max) return;
    const half = (max - min) / 2;
    this.show({ min: timeS - half, max: timeS + half });
  }
}

/** `7.6 s to 15.2 s`, in the unit of a run that ends at `endMs`. */
export function rangeText({ range: { min, max } }: TimeRange, endMs: number): string {
  const unit = unitFor(endMs);
  return `${momentText(min * 1000, unit)} to ${momentText(max * 1000, unit)}`;
}

/** Buttons for all charts over time. `nowS`: the moment shown. */
export function rangeButtons(range: TimeRange, nowS: () => number): HTMLElement {
  return h(
    "div",
    { class: "range-buttons", role: "group", "aria-label": "The part of the run that the charts show" },
    h("span", {}, "Charts"),
    button("◀", "Earlier in the run", () => range.pan(-PAN_SHARE)),
    button("▶", "Later in the run", () => range.pan(PAN_SHARE)),
    button("zoom in", "Zoom in at the moment shown", () => range.zoom(1 / ZOOM, nowS())),
    button("zoom out", "Zoom out", () => range.zoom(ZOOM, nowS())),
    button("whole run", "Show the whole run", () => range.show(range.whole)),
  );
}

/** Keys for a chart that has the focus: + and - zoom, 0 shows the whole run, Shift with an arrow moves. */
export function rangeKey(range: TimeRange, event: KeyboardEvent, nowS: number): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "+" || event.key === "=") range.zoom(1 / ZOOM, nowS);
  else if (event.key === "-") range.zoom(ZOOM, nowS);
  else if (event.key === "0") range.show(range.whole);
  else if (event.shiftKey && event.key === "ArrowLeft") range.pan(-PAN_SHARE);
  else if (event.shiftKey && event.key === "ArrowRight") range.pan(PAN_SHARE);
  else return false;
  return true;
}
