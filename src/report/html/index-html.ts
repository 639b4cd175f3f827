/**
 * The page in front of the reports of several runs: what each shows, how it went, and where its report and its files
 * are. It needs no script, and refers to nothing but the runs' own folders beside it.
 */

import { escapeText } from "../svg/svg.ts";
import { countOf, runLength } from "../text.ts";
import { htmlDocument } from "./document.ts";
import type { ReportRun } from "./report-html.ts";
import { runVerdict, verdictBadge, verdictOf } from "./verdicts.ts";

/** A run, and the files in its folder, which has its name. */
export interface IndexedRun {
  readonly run: ReportRun;
  readonly files: readonly string[];
  /** The command that runs it again; absent where there is none. */
  readonly replay?: string | undefined;
}

/** Nothing but the pictures beside it, whatever the data say. A page from disk is of the scheme `file:`. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:";
const REPORT = "report.html";
const PICTURE = "ladder.svg";

/** `style`: that of the reports. `summary`: all runs in a line. */
export function indexHtml(runs: readonly IndexedRun[], summary: string, style: string): string {
  const body = `<header>
<h1>${countOf(runs.length, "run")}</h1>
<p class="description">${escapeText(summary)}. Each report has the run's verdicts and their reasons, its charts, and its packets to step through.</p>
</header>
<main class="runs">
${runs.map(card).join("\n")}
</main>`;
  return htmlDocument({ title: summary, policy: POLICY, style, body });
}

function card({ run, files, replay }: IndexedRun): string {
  const href = (file: string): string => escapeText([run.name, file].map(encodeURIComponent).join("/"));
  const report = href(REPORT);
  const others = files
    .filter((file) => file !== REPORT)
    .map((file) => `<a href="${href(file)}">${escapeText(file)}</a>`);
  const again = replay === undefined ? "" : `<p><code>${escapeText(replay)}</code></p>`;
  return `<article class="run">
<a class="thumb" href="${report}" tabindex="-1" aria-hidden="true"><img src="${href(PICTURE)}" alt="" loading="lazy"></a>
<div>
<h2>${verdictBadge(runVerdict(run))} <a href="${report}">${escapeText(run.name)}</a></h2>
<p>${escapeText(run.description)}</p>
<div>${expectationsOf(run)}</div>
<p class="why">${seedOf(run)}${traceOf(run)}, ${escapeText(runLength(run))}</p>
${again}
<p class="why">${others.join(" · ")}</p>
</div>
</article>`;
}

function expectationsOf({ expectations }: ReportRun): string {
  if (expectations.length === 0) return "It expects nothing.";
  const words = expectations.map(verdictOf);
  const count = (word: string): number => words.filter((other) => other === word).length;
  const unjudged = count("-") === 0 ? "" : `, ${count("-")} not judged`;
  const failed = expectations.filter((verdict) => verdictOf(verdict) === "FAIL");
  const list = failed.map(
    ({ expectation, found }) => `<li><code>${escapeText(expectation)}</code>: found ${escapeText(found)}</li>`,
  );
  const broken = list.length === 0 ? "" : `<ul class="broken">${list.join("")}</ul>`;
  return `${countOf(expectations.length, "expectation")}: ${count("PASS")} passed, ${failed.length} failed${unjudged}${broken}`;
}

function seedOf({ seed }: ReportRun): string {
  return seed === undefined ? "" : `seed <code>${escapeText(seed)}</code>, `;
}

function traceOf({ world, traceHash }: ReportRun): string {
  return world === "real" ? "real sockets" : `trace <code>${escapeText(traceHash)}</code>`;
}
