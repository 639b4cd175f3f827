/**
 * A ladder diagram (time-sequence diagram) as SVG: hosts as vertical lines, time downwards and to scale, an arrow for
 * each packet from where it was sent to where it arrived, a cross where it died, the retransmission timers as bars.
 * A pure function of the trace: the command line and the page draw with it.
 */

import type { HostLine } from "../model/hosts.ts";
import type { TraceModel } from "../model/trace-model.ts";
import { COLOR } from "../svg/palette.ts";
import { element, svgDocument, textElement, textWidthPx } from "../svg/svg.ts";
import { countOf, wrapText } from "../text.ts";
import { drawTransmission, waysOf } from "./arrows.ts";
import { Canvas, shortened } from "./canvas.ts";
import { drawExchange, exchangeWays } from "./exchanges.ts";
import { flightMsOf, gapsMs } from "./flights.ts";
import { drawHost, drawMark, nameWidthPx } from "./hosts.ts";
import { legend } from "./legend.ts";
import { nothingToDraw } from "./messages.ts";
import { defaultLadderOptions, type LadderOptions, type LadderSource, ladderSource } from "./options.ts";
import { isEmpty, lastOf, type Selection, select } from "./select.ts";
import { ladderStyle } from "./style.ts";
import { durationText, momentText, niceStep, pxPerMsOf, type TimeScale, timeScale, unitFor } from "./time-scale.ts";
import { drawTimers } from "./timers.ts";

export interface Ladder {
  readonly svg: string;
  /** What the picture covers, in ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The packets drawn. */
  readonly packetIds: ReadonlySet<number>;
  /** Between moments in ms and places in px from the picture's top. */
  readonly scale: TimeScale;
  /** The hosts' lines: how far from the left each is, in px. */
  readonly lanes: ReadonlyMap<string, number>;
  /** Nothing of what was asked for is in the window. */
  readonly isEmpty: boolean;
}

const GUTTER_PX = 124;
/** Where the axis begins, left of the first host: its timers are in between. */
const AXIS_PX = 44;
const RIGHT_PX = 150;
const MIN_LANE_PX = 110;
const MAX_LANE_PX = 430;
const NAME_GAP_PX = 8;
const MARGIN_PX = 16;
const HEADING_PX = 22;
const HEADING_FONT_PX = 15;
const HOST_ROW_PX = 48;
const MIN_TICK_PX = 46;
/** From the lowest text to the middle of the legend's first row. */
const LEGEND_GAP_PX = 16;
const MS = 1e6;

/**
 * The picture as a file. Throws LadderOptionError where an option asks for what the trace does not have, or where nothing
 * is left of it to draw.
 */
export function ladderSvg(model: TraceModel, options: LadderOptions = {}): string {
  const source = ladderSource(model);
  const { svg, isEmpty } = ladder(source, options);
  const { fromMs, toMs, hosts, message } = options;
  const asksForSomething = [fromMs, toMs, hosts, message].some((option) => option !== undefined);
  if (isEmpty && asksForSomething) throw nothingToDraw(source, options);
  return svg;
}

/** The picture for a page, which may ask for a window with nothing in it: then the picture says so. */
export function ladder(source: LadderSource, options: LadderOptions = {}): Ladder {
  const settings = { ...defaultLadderOptions, ...options };
  const chosen = select(source, options);
  const { hosts, packets } = chosen;
  const lanePx = laneWidth(settings.width, hosts);
  const width = GUTTER_PX + RIGHT_PX + lanePx * Math.max(0, hosts.length - 1);
  const xs = new Map(hosts.map(({ name }, i) => [name, GUTTER_PX + i * lanePx + (hosts.length === 1 ? 40 : 0)]));

  const ways = waysShown(source, chosen);
  const moments = momentsShown(chosen, ways);
  const flightsMs = packets.map(flightMsOf).filter((ms) => ms !== undefined);
  const span = moments.length === 0 ? 0 : Math.max(...moments) - Math.min(...moments);
  const topPx = MARGIN_PX + HEADING_PX + HOST_ROW_PX;
  const flights = flightsMs.length > 0 ? flightsMs : [source.flights.typicalMs];
  const sentMs = packets.map(({ sentNs }) => sentNs / MS);
  const pxPerMs = pxPerMsOf(flights, span, gapsMs(packets), sentMs);
  const scale = timeScale(moments, pxPerMs, topPx, settings.fold, ways);
  const canvas = new Canvas(scale, xs, width, settings.focusable);

  const right = width - 12;
  for (const x of xs.values()) canvas.places.reserve({ x: x - 4, y: MARGIN_PX, width: 8, height: HEADING_PX + 26 });
  for (const fold of scale.folds) {
    // For the fold's words; arrows that cross it may have their labels beside them.
    const middle = (GUTTER_PX - AXIS_PX + right) / 2;
    canvas.places.reserve({ x: middle - 60, y: fold.topPx + 6, width: 120, height: fold.bottomPx - fold.topPx - 12 });
    const y = (fold.topPx + fold.bottomPx) / 2;
    canvas.places.avoidLine(GUTTER_PX - AXIS_PX, y, right, y);
  }
  const empty = isEmpty(chosen);
  const axis = empty ? emptyText(scale.topPx) : drawAxis(canvas, right);
  for (const host of hosts) drawHost(canvas, host, MARGIN_PX + HEADING_PX);
  // First every line, then the labels, which keep off them.
  const labelled = [
    ...chosen.exchanges.map((one) => drawExchange(canvas, one)),
    ...packets.map((one) => drawTransmission(canvas, one, source.flights)),
  ];
  const timersLeftOut = drawTimers(canvas, chosen.timers);
  for (const writeLabels of labelled) writeLabels();
  for (const mark of chosen.marks) drawMark(canvas, mark, source.names);
  const folds = drawFolds(canvas, right);

  const remarks = [...chosen.leftOut];
  if (timersLeftOut > 0) remarks.push(countOf(timersLeftOut, "timer"));
  if (canvas.places.leftOut > 0) remarks.push(`${countOf(canvas.places.leftOut, "label")} for lack of room`);
  const legendPx = canvas.lowestPx + LEGEND_GAP_PX;
  const key = legend(canvas.legend, MARGIN_PX, legendPx, width - 2 * MARGIN_PX);
  const footPx = legendPx + key.heightPx;
  const foot = footLines(remarks, chosen.hint, width, footPx);
  const fromMs = Math.min(...moments, Number.POSITIVE_INFINITY);
  const covers = { fromMs: moments.length === 0 ? 0 : fromMs, toMs: moments.length === 0 ? 0 : Math.max(...moments) };
  const body = [
    textElement(fitting(settings.title, width - 2 * MARGIN_PX), { class: "heading", x: MARGIN_PX, y: MARGIN_PX + 6 }),
    element("g", { class: "axis", "aria-hidden": "true" }, axis),
    element("g", {}, folds),
    element("g", {}, canvas.below.join("\n")),
    element("g", {}, canvas.arrows.join("\n")),
    element("g", {}, canvas.above.join("\n")),
    key.markup,
    foot.markup,
  ].join("\n");
  const page = {
    width,
    height: footPx + foot.heightPx,
    title: settings.title,
    description: describe(chosen, covers),
    style: ladderStyle(settings.idPrefix),
    role: settings.focusable ? ("group" as const) : ("img" as const),
    idPrefix: settings.idPrefix,
  };
  const svg = svgDocument(page, body);
  return {
    svg,
    ...covers,
    packetIds: new Set(packets.map(({ packetId }) => packetId)),
    scale,
    lanes: xs,
    isEmpty: empty,
  };
}

/** As wide as there is room for, and at least so wide that neighbours' names do not touch. */
function laneWidth(width: number, hosts: readonly HostLine[]): number {
  if (hosts.length < 2) return 0;
  const names = hosts.map(({ name }) => nameWidthPx(name));
  const besides = names.slice(1).map((px, i) => (px + names[i]!) / 2 + NAME_GAP_PX);
  const lanePx = Math.min(MAX_LANE_PX, (width - GUTTER_PX - RIGHT_PX) / (hosts.length - 1));
  return Math.max(MIN_LANE_PX, lanePx, ...besides);
}

type Ways = readonly (readonly [fromMs: number, toMs: number])[];

/** When something is under way that is drawn with a slope. */
function waysShown(source: LadderSource, { packets, exchanges }: Selection): Ways {
  return [...packets.flatMap((one) => waysOf(one, source.flights)), ...exchanges.flatMap(exchangeWays)];
}

/**
 * Everything that must have a place on the time scale, in ms: what happens in the window, and the window's edge where
 * something crosses it.
 */
function momentsShown({ timers, marks, exchanges, fromNs, toNs }: Selection, ways: Ways): number[] {
  const bars = timers.map(({ startNs, endNs, end }) => [startNs / MS, (end === "open" ? startNs : endNs) / MS]);
  const shapes = exchanges.map((one) => [one.requestSentNs / MS, lastOf(one) / MS]);
  const spans = [...ways, ...bars, ...shapes] as Ways;
  const [fromMs, toMs] = [fromNs / MS, toNs / MS];
  const moments = [...spans.flat(), ...marks.map(({ timeNs }) => timeNs / MS)];
  const shown = moments.filter((ms) => ms >= fromMs && ms <= toMs);
  const crosses = (edgeMs: number) => spans.some(([from, to]) => from < edgeMs && to > edgeMs);
  for (const edgeMs of [fromMs, toMs]) if (crosses(edgeMs)) shown.push(edgeMs);
  return shown;
}

/** Times on the left: the first moment of each stretch, and round ones where there is room. */
function drawAxis({ scale, places }: Canvas, right: number): string {
  const unit = unitFor(scale.stretches.at(-1)![1]);
  const parts: string[] = [];
  let freeFromPx = Number.NEGATIVE_INFINITY;
  const tick = (ms: number) => {
    const y = scale.y(ms);
    if (y < freeFromPx) return;
    freeFromPx = y + 15;
    places.reserve({ x: 0, y: y - 7, width: GUTTER_PX - AXIS_PX, height: 14 });
    parts.push(
      element("line", { class: "tick", x1: GUTTER_PX - AXIS_PX, y1: y, x2: right, y2: y }) +
        textElement(momentText(ms, unit), { class: "tick-words", x: GUTTER_PX - AXIS_PX - 4, y: y + 4 }),
    );
  };
  const stepMs = niceStep(MIN_TICK_PX / scale.pxPerMs);
  for (const [fromMs, toMs] of scale.stretches) {
    tick(fromMs);
    if (stepMs === 0) continue;
    for (let i = Math.ceil(fromMs / stepMs); i * stepMs <= toMs; i++) tick(i * stepMs);
  }
  return parts.join("");
}

function emptyText(topPx: number): string {
  return textElement("nothing in this window", { class: "remark", x: MARGIN_PX, y: topPx + 4 });
}

function drawFolds(canvas: Canvas, right: number): string {
  return canvas.scale.folds
    .map(({ fromMs, toMs, topPx, bottomPx }) => {
      canvas.legend.add("fold");
      const text = `${durationText(toMs - fromMs)} folded`;
      const [x, height] = [GUTTER_PX - AXIS_PX, bottomPx - topPx];
      canvas.above.push(
        textElement(text, { class: "label fold-words", x: (x + right) / 2, y: topPx + height / 2 + 4 }),
      );
      return element("rect", { class: "fold", x, y: topPx, width: right - x, height });
    })
    .join("");
}

function footLines(
  remarks: readonly string[],
  hint: string | undefined,
  width: number,
  topPx: number,
): { markup: string; heightPx: number } {
  const sentences = remarks.length === 0 ? [] : [`Left out: ${remarks.join("; ")}.`];
  if (hint !== undefined) sentences.push(hint);
  if (sentences.length === 0) return { markup: "", heightPx: 4 };
  const lines = sentences.flatMap((text) => wrapText(text, Math.floor((width - 2 * MARGIN_PX) / 6.2)));
  const markup = lines.map((text, i) =>
    textElement(text, { class: "remark", x: MARGIN_PX, y: topPx + 10 + i * 15, fill: COLOR.muted }),
  );
  return { markup: markup.join(""), heightPx: 14 + lines.length * 15 };
}

function describe(
  { hosts, packets, exchanges }: Selection,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): string {
  const lost = packets.filter(({ losses }) => losses.length > 0).length;
  const again = packets.filter(({ retransmission }) => retransmission !== undefined).length;
  const http = exchanges.length === 0 ? "" : ` and ${countOf(exchanges.length, "HTTP exchange")}`;
  return `${countOf(packets.length, "packet")}${http} between ${hosts.map(({ name }) => name).join(", ") || "no hosts"} from ${momentText(fromMs, unitFor(toMs))} to ${momentText(toMs, unitFor(toMs))}; ${lost} lost, ${again} sent again. Time runs downwards.`;
}

/** A heading that fits in `widthPx`; all of it is the picture's title in any case. */
function fitting(text: string, widthPx: number): string {
  const characters = [...text];
  while (textWidthPx(shortened(text, characters.length), HEADING_FONT_PX) > widthPx && characters.length > 1)
    characters.pop();
  return shortened(text, characters.length);
}
