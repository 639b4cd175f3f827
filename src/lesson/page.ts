/** A lesson as a page in Markdown, with the real output of its runs, and answers in folds. */

import type { Scenario } from "../scenario/schema.ts";
import type { Lesson, Run, Step } from "./lesson.ts";
import { commandOf, type OutputStyle, type Played, play } from "./play.ts";

const STYLE: OutputStyle = { columns: 100, color: false, symbols: false };

export interface PageOptions {
  /** Its place among the lessons, from 1. */
  readonly number: number;
  /** Finds the scenario of a run; throws where there is none. */
  readonly scenarioOf: (run: Run) => Scenario;
  /** How the page is named in what it says about itself: the lesson's file. */
  readonly source: string;
}

export function lessonPage(lesson: Lesson, options: PageOptions): string {
  const { number, source } = options;
  const parts = [
    `<!-- Made from ${source} by \`npm run generate\`: change that file. -->`,
    `# Lesson ${number}: ${lesson.title}`,
    `About ${lesson.minutes} minutes. \`npx peerlab lesson ${number}\` takes you through it on a terminal and keeps score of your predictions.`,
    ...lesson.steps.flatMap((step) => stepParts(step, options)),
  ];
  return `${parts.map((part) => part.trim()).join("\n\n")}\n`;
}

function stepParts(step: Step, options: PageOptions): string[] {
  if ("text" in step) return [step.text];
  if ("ask" in step) return [`**Question.** ${step.ask.trim()}`, fold("Answer", step.answer)];
  const { run } = step;
  const scenario = options.scenarioOf(run);
  const played = play(run, scenario, STYLE);
  const command = fence("sh", commandOf(run, scenario.file ?? ""));
  const output = played.output === "" ? [] : [fence("", played.output)];
  const picture = run.picture === undefined ? [] : [pictureText(run.picture, scenario)];
  if (run.predict === undefined) return [command, ...output, ...picture];
  // What the run shows would give the answer away.
  return [
    ...predictionParts(played),
    command,
    fold("What it is, and why", [...output, answerText(played), ...picture].join("\n\n")),
  ];
}

function predictionParts({ question, given }: Played): string[] {
  const asked = `**Predict.** ${question.trim()}`;
  return given === "" ? [asked] : [asked, fence("", given)];
}

function answerText({ answer, because }: Played): string {
  if (answer === undefined) throw new Error("a lesson predicts what its run does not have: ask for another figure");
  return `**${answer.text}**\n\n${because.trim()}`;
}

/** The committed picture of a run, from a page in docs/lessons; it leads to the page to step through. */
function pictureText(picture: NonNullable<Run["picture"]>, { name, file = "" }: Scenario): string {
  const report = file.replace(/^scenarios\//, "").replace(/\.ya?ml$/, "");
  const what = picture === "ladder" ? "Ladder diagram" : "Charts";
  const image = `![${what} of ${name}](../../reports/${report}/${picture}.svg)`;
  return `${image}\n\nThe same to step through, forwards and back: add \`--out results\`, and open \`results/${name}/report.html\` in a browser.`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function fold(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text.trim()}\n\n</details>`;
}
