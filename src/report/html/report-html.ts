/**
 * The report of a run: one HTML file that needs nothing else. It can be read without its script (verdicts, charts, the
 * ladder diagram); with it, it can be explored. A pure function of the run and the page's script and style.
 */

import { chartsSvg } from "../charts/charts-svg.ts";
import type { RtoArithmetic } from "../model/estimates.ts";
import { packModel } from "../model/pack.ts";
import { omission, type TraceModel } from "../model/trace-model.ts";
import { escapeText } from "../svg/svg.ts";
import { runLength, type World } from "../text.ts";
import { htmlDocument } from "./document.ts";
import { ladderPages } from "./ladder-pages.ts";
import type { PageData } from "./page-data.ts";
import { type ReportVerdict, runVerdict, verdictBadge, verdictRows } from "./verdicts.ts";

export interface ReportRun {
  readonly name: string;
  readonly description: string;
  /** Absent: a capture, which has none. */
  readonly seed?: string;
  readonly world?: World;
  readonly passed: boolean;
  readonly traceHash: string;
  readonly durationMs: number;
  readonly events: number;
  readonly expectations: readonly ReportVerdict[];
}

export interface ReportInput {
  readonly run: ReportRun;
  readonly model: TraceModel;
  /** The command that runs it again; absent where there is none (a capture that was read). */
  readonly replay?: string | undefined;
  /** The resolved scenario, as text. */
  readonly scenarioText?: string | undefined;
  /** How the estimators worked; absent: no arithmetic is shown. */
  readonly rto?: RtoArithmetic | undefined;
}

/** What the build makes of src/report/page: the script and the style, as texts. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Nothing is fetched, whatever the data say. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

export function reportHtml({ run, model, replay, scenarioText, rto }: ReportInput, assets: PageAssets): string {
  const data: PageData = { name: run.name, model: packModel(model), rto };
  const charts = chartsSvg(model, { title: "Charts" });
  const { pictures, leftOut } = ladderPages(model);
  const ladders = pictures.map((svg) => `<figure>${svg}</figure>`);
  if (leftOut !== "") ladders.push(`<p class="why">Not in these diagrams: ${escapeText(leftOut)}.</p>`);
  const isCapture = run.world === "captured";
  const title = isCapture ? run.name : `${run.name}: ${runVerdict(run)}`;
  const badge = isCapture ? "" : `${verdictBadge(runVerdict(run))} `;
  const body = `<header>
<h1>${badge}${escapeText(run.name)}</h1>
<p class="description">${escapeText(run.description)}</p>
<dl class="facts">${facts(run, model, replay)}</dl>
</header>
<main>
${verdictsSection(run)}<div id="live" class="live"></div>
<section class="still" aria-label="Pictures of the run">
<figure>${charts}</figure>
${ladders.join("\n")}
</section>
${scenarioSection(scenarioText)}
</main>
<script type="application/json" id="trace">${jsonForScript(data)}</script>
<script>${assets.script}</script>`;
  return htmlDocument({ title, policy: POLICY, style: assets.style, body });
}

/** Nobody expects anything of a capture. */
function verdictsSection({ world, expectations }: ReportRun): string {
  if (world === "captured") return "";
  return `<section aria-labelledby="verdicts-heading"><h2 id="verdicts-heading">Verdicts</h2>
${verdictRows(expectations)}
</section>
`;
}

function facts(run: ReportRun, model: TraceModel, replay: string | undefined): string {
  const cut = omission(model);
  const rows: (readonly [string, string])[] = [];
  if (run.seed !== undefined) rows.push(["Seed", `<code>${escapeText(run.seed)}</code>`]);
  if (run.world === "real") rows.push(["World", "real sockets: no two runs are the same"]);
  else rows.push(["Trace hash", `<code>${escapeText(run.traceHash)}</code>`]);
  rows.push(["Length", runLength(run)]);
  if (cut !== "") rows.push(["This report has", `${escapeText(cut)}; trace.csv has all of them`]);
  if (replay !== undefined) rows.push(["Run it again", `<code id="replay">${escapeText(replay)}</code>`]);
  return rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("");
}

function scenarioSection(text: string | undefined): string {
  if (text === undefined) return "";
  return `<section class="scenario"><details><summary>The scenario, with every default filled in</summary>
<pre>${escapeText(text)}</pre></details></section>`;
}

/** JSON that cannot end its script element, nor begin a comment in it. */
function jsonForScript(data: PageData): string {
  return JSON.stringify(data)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
