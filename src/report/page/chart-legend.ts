/** The legend of a chart: the mark of each series as it is drawn, its name, and a press shows or hides it. */

import type uPlot from "uplot";
import { h } from "./dom.ts";

export interface LegendEntry {
  readonly name: string;
  readonly mark: Mark;
  /** The series of the chart that it stands for; none: it is always shown. */
  readonly series: readonly number[];
}

export interface Mark {
  readonly shape: "dot" | "ring" | "line" | "band" | "cross";
  readonly color: string;
  readonly dash?: readonly number[];
}

const SVG = "http://www.w3.org/2000/svg";

export function chartLegend(plot: uPlot, entries: readonly LegendEntry[]): HTMLElement {
  const root = h("div", { class: "chart-legend" });
  for (const { name, mark, series } of entries) {
    if (series.length === 0) {
      root.append(h("span", {}, swatch(mark), name));
      continue;
    }
    const toggle = h("button", { type: "button", "aria-pressed": "true", title: "Show or hide" }, swatch(mark), name);
    toggle.addEventListener("click", () => {
      const show = toggle.getAttribute("aria-pressed") !== "true";
      toggle.setAttribute("aria-pressed", String(show));
      for (const one of series) plot.setSeries(one, { show });
    });
    root.append(toggle);
  }
  return root;
}

function swatch({ shape, color, dash = [] }: Mark): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const set = (element: Element, attributes: Readonly<Record<string, string | number>>) => {
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  };
  set(svg, { width: 24, height: 12, "aria-hidden": "true", class: `swatch ${shape}` });
  const drawn = document.createElementNS(
    SVG,
    shape === "band" ? "rect" : shape === "dot" || shape === "ring" ? "circle" : "path",
  );
  if (shape === "band") set(drawn, { x: 1, y: 1, width: 22, height: 10, fill: color });
  else if (shape === "dot") set(drawn, { cx: 12, cy: 6, r: 3.5, fill: color });
  else if (shape === "ring") set(drawn, { cx: 12, cy: 6, r: 4, fill: "#fff", stroke: color, "stroke-width": 1.6 });
  else if (shape === "cross") set(drawn, { d: "M8 2L16 10M8 10L16 2", stroke: color, "stroke-width": 2 });
  else set(drawn, { d: "M1 6H23", stroke: color, "stroke-width": 2, "stroke-dasharray": dash.join(" ") });
  svg.append(drawn);
  return svg;
}
