/** The verdicts of a run as an HTML table: what was expected, what was found, and why the expectation is there. */

import { formatMs } from "../../trace/format-ms.ts";
import { escapeText } from "../svg/svg.ts";

/** What is shown of a Verdict, and the command that shows its failure again. */
export interface ReportVerdict {
  readonly expectation: string;
  readonly because?: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly found: string;
  readonly shouldFail?: string;
  readonly atMs?: number;
  readonly event?: number;
  readonly replay?: string;
}

export function verdictRows(verdicts: readonly ReportVerdict[]): string {
  if (verdicts.length === 0) return "<p>This scenario expects nothing: it ran.</p>";
  const rows = verdicts.map(row).join("\n");
  return `<div class="scroll"><table class="verdicts"><thead><tr><th scope="col">Verdict</th><th scope="col">Expectation</th><th scope="col">Expected</th><th scope="col">Found</th></tr></thead><tbody>
${rows}
</tbody></table></div>`;
}

function row(verdict: ReportVerdict): string {
  const { passed, expectation, expected, found, because, shouldFail } = verdict;
  const remarks = [
    ...(because === undefined ? [] : [`because ${because}`]),
    ...(shouldFail === undefined ? [] : [`meant to fail: ${shouldFail}`]),
  ];
  const why = remarks.map((text) => `<div class="why">${escapeText(text)}</div>`).join("");
  const word = passed ? "pass" : "FAIL";
  return `<tr class="${passed ? "passed" : "failed"}"><td><span class="verdict ${passed ? "passed" : "failed"}">${word}</span></td><td><code>${escapeText(expectation)}</code>${why}</td><td>${escapeText(expected)}</td><td>${escapeText(found)}${evidence(verdict)}</td></tr>`;
}

/** When it broke, and the command that shows it again. */
function evidence({ passed, atMs, event, replay }: ReportVerdict): string {
  if (passed) return "";
  const at = atMs === undefined ? "" : `at ${formatMs(atMs)} ms`;
  const number = event === undefined ? "" : `<span data-event="${event - 1}">event ${event}</span>`;
  const where = [at, number].filter((text) => text !== "").join(", ");
  const again = replay === undefined ? "" : `<div class="why"><code>${escapeText(replay)}</code></div>`;
  return `${where === "" ? "" : `<div class="why">${where}</div>`}${again}`;
}
