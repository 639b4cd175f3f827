/** The style of a ladder diagram. Every rule is bound to the diagram's own class: a page may hold several pictures. */

import { COLOR } from "../svg/palette.ts";

/** CSS for the diagram with this id prefix. */
export function ladderStyle(prefix: string): string {
  const rules: readonly (readonly [string, string])[] = [
    [".line", "fill:none;stroke-width:1.6"],
    [".grip", "stroke:transparent;stroke-width:11"],
    [".data", `stroke:${COLOR.data}`],
    [".ack", `stroke:${COLOR.ack}`],
    [".line.ack", "stroke-dasharray:6 3"],
    [".segment,.request", `stroke:${COLOR.stream}`],
    [".other", `stroke:${COLOR.ink}`],
    [".line.other", "stroke-dasharray:12 3 2 3"],
    [".head.other", `fill:${COLOR.ink}`],
    [".copy", `stroke:${COLOR.copy}`],
    [".line.copy", "stroke-dasharray:1.5 3"],
    [".line.is-unknown", "stroke-dasharray:2 4;opacity:.7"],
    [".line.is-rest,.answer.is-rest", "stroke-dasharray:1.5 3.5;opacity:.6"],
    [".bar-rest", `stroke:${COLOR.timer};stroke-width:5;stroke-dasharray:2 3;opacity:.7`],
    [".break", `fill:none;stroke:${COLOR.ink};stroke-width:1.4`],
    [".head", "stroke-width:1;stroke-linejoin:round"],
    [".head.is-open", "fill:none;stroke-width:1.6"],
    [".head.data", `fill:${COLOR.data}`],
    [".head.ack", `fill:${COLOR.ack}`],
    [".head.is-open", "fill:none"],
    [".head.segment,.head.request", `fill:${COLOR.stream}`],
    [".head.copy", `fill:${COLOR.copy}`],
    [".cross", `stroke:${COLOR.lost};stroke-width:2.6;fill:none;stroke-linecap:round`],
    [".overtaken", `fill:none;stroke:${COLOR.copy};stroke-width:1.8`],
    [".damage", `fill:${COLOR.copy};stroke:#fff;stroke-width:1.2;stroke-linejoin:round`],
    [".badge", `fill:#fff;stroke:${COLOR.ink};stroke-width:1.3`],
    [".badge.necessary", `fill:${COLOR.ink}`],
    [".badge.copy", `stroke:${COLOR.copy}`],
    [".badge-letter", `font-size:9.5px;font-weight:700;text-anchor:middle;fill:${COLOR.ink};stroke:none`],
    [".badge-letter.necessary", "fill:#fff"],
    [".badge-letter.copy", `fill:${COLOR.copy};font-size:8.5px`],
    [".label", "font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round"],
    [".host rect", `fill:${COLOR.wash};stroke:${COLOR.ink}`],
    [".host text", `font-size:13px;font-weight:600;fill:${COLOR.ink}`],
    [".lifeline", `stroke:${COLOR.ink};stroke-width:1.4`],
    [".no-line", "stroke:#fff;stroke-width:4"],
    [".absence", `stroke:${COLOR.muted};stroke-width:1.6;stroke-dasharray:2 5`],
    [".absence.paused", `stroke:${COLOR.faint};stroke-width:7;stroke-dasharray:none`],
    [".mark .solid,.legend .solid", `fill:${COLOR.ink}`],
    [".bar", `fill:${COLOR.timer};stroke:none`],
    [".bar.open", "opacity:.55"],
    [".expiry", `fill:${COLOR.lost}`],
    [".cancelled-end", `fill:#fff;stroke:${COLOR.timer};stroke-width:1.6`],
    [".open-end", `fill:none;stroke:${COLOR.timer};stroke-width:1.6`],
    [".answer", `fill:${COLOR.stream};fill-opacity:.16;stroke:${COLOR.stream};stroke-width:1`],
    [".answer.is-failed", `stroke:${COLOR.lost};stroke-dasharray:4 3`],
    [".fold", `fill:${COLOR.wash};stroke:${COLOR.faint};stroke-dasharray:4 3`],
    [".fold-words", `font-size:11px;font-style:italic;fill:${COLOR.muted};text-anchor:middle`],
    [".tick", `stroke:${COLOR.faint};stroke-width:1`],
    [".tick-words", `font-size:11px;fill:${COLOR.muted};text-anchor:end`],
    [".heading", `font-size:15px;font-weight:600;fill:${COLOR.ink}`],
    [".remark,.legend-words", `font-size:11px;fill:${COLOR.muted}`],
  ];
  return rules
    .map(([selectors, css]) => {
      const bound = selectors.split(",").map((selector) => `.${prefix} ${selector}`);
      return `${bound.join(",")}{${css}}`;
    })
    .join("");
}
