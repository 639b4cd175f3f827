/** The verdicts of a run as an HTML table: what was expected, what was found, and why the expectation is there. */

import { escapeText } from "../svg/svg.ts";
import { countOf, groupDigits, readableDuration } from "../text.ts";

/** What is shown of a Verdict, and the command that shows its failure again. */
export interface ReportVerdict {
  readonly expectation: string;
  readonly because?: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly found: string;
  readonly shouldFail?: string;
  /** Why nothing can be said of it: it needs the simulator, and this run was real. */
  readonly notJudged?: string;
  readonly atMs?: number;
  readonly event?: number;
  readonly replay?: string;
}

export type VerdictWord = "PASS" | "FAIL" | "RAN" | "-";

/** The word for one expectation. */
export function verdictOf({ passed, notJudged }: Pick<ReportVerdict, "passed" | "notJudged">): VerdictWord {
  if (notJudged !== undefined) return "-";
  return passed ? "PASS" : "FAIL";
}

/** The word for a whole run: what nothing is expected of, or nothing could be judged of, has not passed anything. */
export function runVerdict(run: {
  readonly passed: boolean;
  readonly expectations: readonly ReportVerdict[];
}): VerdictWord {
  if (run.expectations.every(({ notJudged }) => notJudged !== undefined)) return "RAN";
  return run.passed ? "PASS" : "FAIL";
}

const BADGE_CLASS: Readonly<Record<VerdictWord, string>> = { PASS: "passed", FAIL: "failed", RAN: "ran", "-": "ran" };

export function verdictBadge(word: VerdictWord): string {
  return `<span class="verdict ${BADGE_CLASS[word]}">${word}</span>`;
}

/** Where more have passed, the page's script folds them up: what a reader wants to see first is what has not. */
export const FOLD_PASSED_FROM = 4;

/**
 * What failed or was not judged, and below it what passed. The fold of the latter is open, for readers without a script
 * and for paper.
 */
export function verdictRows(verdicts: readonly ReportVerdict[]): string {
  if (verdicts.length === 0) return "<p>This scenario expects nothing: it ran.</p>";
  const passed = verdicts.filter((verdict) => verdictOf(verdict) === "PASS");
  const others = verdicts.filter((verdict) => verdictOf(verdict) !== "PASS");
  if (passed.length < FOLD_PASSED_FROM) return table(verdicts);
  const all = others.length === 0 ? "all " : "";
  const summary = `${all}${countOf(passed.length, "expectation")} passed`;
  return `${others.length === 0 ? "" : table(others)}<details class="passed-verdicts" open><summary>${summary}</summary>
${table(passed)}</details>`;
}

function table(verdicts: readonly ReportVerdict[]): string {
  const rows = verdicts.map(row).join("\n");
  return `<div class="scroll"><table class="verdicts"><thead><tr><th scope="col">Verdict</th><th scope="col">Expectation</th><th scope="col">Expected</th><th scope="col">Found</th></tr></thead><tbody>
${rows}
</tbody></table></div>`;
}

function row(verdict: ReportVerdict): string {
  const { expectation, expected, found, because, shouldFail, notJudged } = verdict;
  const remarks = [
    ...(because === undefined ? [] : [`because ${because}`]),
    ...(shouldFail === undefined ? [] : [`meant to fail: ${shouldFail}`]),
    ...(notJudged === undefined ? [] : [`not judged: ${notJudged}`]),
  ];
  const why = remarks.map((text) => `<div class="why">${escapeText(text)}</div>`).join("");
  return `<tr><td>${verdictBadge(verdictOf(verdict))}</td><td><code>${escapeText(expectation)}</code>${why}</td><td>${escapeText(expected)}</td><td>${escapeText(found)}${evidence(verdict)}</td></tr>`;
}

/** When it broke, and the command that shows it again. */
function evidence(verdict: ReportVerdict): string {
  const { atMs, event, replay } = verdict;
  if (verdictOf(verdict) !== "FAIL") return "";
  const at = atMs === undefined ? "" : `at ${readableDuration(atMs)}`;
  const number = event === undefined ? "" : `<span data-event="${event - 1}">event ${groupDigits(event)}</span>`;
  const where = [at, number].filter((text) => text !== "").join(", ");
  const again = replay === undefined ? "" : `<div class="why"><code>${escapeText(replay)}</code></div>`;
  return `${where === "" ? "" : `<div class="why">${where}</div>`}${again}`;
}
