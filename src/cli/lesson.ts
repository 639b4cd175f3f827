/** `peerlab lesson [N]`: a lesson on the terminal, step by step, with predictions that are scored. */

import { existsSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import type { Command } from "commander";
import { lessonFiles, readLesson, scenarioOf } from "../lesson/files.ts";
import type { Lesson, Step } from "../lesson/lesson.ts";
import {
  commandOf,
  isRight,
  needsRun,
  type OutputStyle,
  type Played,
  play,
  readPrediction,
  unitOf,
} from "../lesson/play.ts";
import { wrapText } from "../report/text.ts";
import type { Unit } from "../scenario/expect/quantity.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { type Console, colorAllowed, columnsOf, isFancyTerminal, writeJson } from "./output.ts";
import { lessonFolder } from "./package-info.ts";
import { LineScreen } from "./real/line-screen.ts";
import { badScenario, reportError } from "./report-error.ts";

export interface LessonCommandOptions {
  /** Wait for predictions and for Enter. */
  readonly pause: boolean;
  readonly json: boolean;
}

/** A prediction, and what came of it. */
interface Scored {
  readonly question: string;
  readonly predicted: number | null;
  readonly answer: number;
  readonly unit: string;
  readonly right: boolean;
}

export function addLessonCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  program
    .command("lesson")
    .summary("go through a lesson: predict, run, see")
    .description(
      "Without a lesson: lists them. With one: goes through it step by step, asks for predictions and scores them.",
    )
    .argument("[lesson]", "a lesson's number, or a lesson file")
    .option("--no-pause", "show everything without asking")
    .option("--json", "print one JSON document; answers are read from the input, a line each")
    .addHelpText(
      "after",
      `
A prediction that is left empty is skipped. Answers may be piped in; at the end of the input nothing more is asked.

Examples:
  $ peerlab lesson
  $ peerlab lesson 3
  $ printf '30ms\\n263kbit/s\\n116us\\n' | peerlab lesson 1`,
    )
    .action(async (which: string | undefined, { pause = true, json = false }: Partial<LessonCommandOptions>) =>
      done(await lessonCommand(which, { pause, json }, console)),
    );
}

export async function lessonCommand(
  which: string | undefined,
  options: LessonCommandOptions,
  console: Console,
): Promise<ExitCode> {
  try {
    if (which === undefined) {
      listLessons(options, console);
      return ExitCode.passed;
    }
    const result = readLesson(fileOf(which));
    if (!result.ok) throw badScenario(result.problems);
    return await new Session(result.lesson, options, console).run();
  } catch (error) {
    return reportError(console, error, options.json ? {} : undefined);
  }
}

function listLessons({ json }: LessonCommandOptions, console: Console): void {
  const lessons = lessonFiles(lessonFolder()).map(({ number, file }) => {
    const result = readLesson(file);
    if (!result.ok) throw badScenario(result.problems);
    return { number, title: result.lesson.title, minutes: result.lesson.minutes };
  });
  if (json) writeJson(console.stdout, { lessons });
  else
    for (const { number, title, minutes } of lessons)
      console.stdout.write(`${number}  ${title} (${minutes} minutes)\n`);
}

/** The file of a lesson: by its number among the package's, or its path. */
function fileOf(which: string): string {
  if (!/^\d+$/.test(which)) return which;
  const lessons = lessonFiles(lessonFolder());
  const found = lessons.find(({ number }) => number === Number(which));
  if (found !== undefined) return found.file;
  throw new CliError(
    "usage",
    `there is no lesson ${which}: there are 1 to ${lessons.length}; peerlab lesson lists them`,
  );
}

class Session {
  private readonly lesson: Lesson;
  private readonly options: LessonCommandOptions;
  private readonly console: Console;
  private readonly style: OutputStyle;
  private readonly scored: Scored[] = [];
  /** Undefined where nobody is asked, or nobody answers any more. */
  private screen: LineScreen | undefined;
  /** Somebody at a terminal has ended the input. */
  private hasLeft = false;

  constructor(lesson: Lesson, options: LessonCommandOptions, console: Console) {
    this.lesson = lesson;
    this.options = options;
    this.console = console;
    const { stdout, env, stdin, interrupted } = console;
    this.style = {
      columns: columnsOf(stdout, env),
      color: colorAllowed(stdout, env),
      symbols: isFancyTerminal(stdout, env),
    };
    // With --json the prompts would stand in the document.
    const prompts = options.json ? console.stderr : stdout;
    this.screen = options.pause ? new LineScreen(stdin, prompts, interrupted) : undefined;
  }

  async run(): Promise<ExitCode> {
    const { title, steps, file } = this.lesson;
    try {
      this.say(`${title}\n${"=".repeat(title.length)}\n`);
      for (const step of steps) {
        await this.take(step);
        if (this.hasLeft) break;
        this.heedInterruption();
      }
    } finally {
      this.screen?.close();
    }
    if (this.hasLeft) this.say(`You left before the end; ${basename(file)} begins anew the next time.`);
    const asked = this.scored.filter(({ predicted }) => predicted !== null);
    const right = asked.filter((one) => one.right).length;
    const score = { right, predicted: asked.length, of: this.scored.length };
    if (this.options.json) writeJson(this.console.stdout, { lesson: title, predictions: this.scored, score });
    else if (asked.length > 0) this.say(scoreText(score));
    return ExitCode.passed;
  }

  private heedInterruption(): void {
    if (!this.console.interrupted.aborted) return;
    throw new CliError("interrupted", `interrupted in ${basename(this.lesson.file)}`);
  }

  private async take(step: Step): Promise<void> {
    if ("text" in step) {
      this.tell(step.text);
    } else if ("ask" in step) {
      this.tell(`Question. ${step.ask}`);
      await this.ask("(Enter shows the answer) ");
      if (!this.hasLeft) this.tell(step.answer);
    } else {
      await this.takeRun(step);
    }
  }

  private async takeRun({ run }: Extract<Step, { run: unknown }>): Promise<void> {
    const { predict } = run;
    const scenario = scenarioOf(this.lesson, run);
    const command = `$ ${commandOf(run, scenario.file ?? run.scenario)}\n`;
    // A long run does not keep anybody waiting for its question.
    let played = predict === undefined || needsRun(predict) ? play(run, scenario, this.style) : undefined;
    const asked = { question: predict?.question ?? "", given: "", ...played };
    const predicted = predict === undefined ? undefined : await this.predict(asked, unitOf(predict));
    if (this.hasLeft) return;
    this.say(command);
    played ??= play(run, scenario, this.style);
    if (played.output !== "") this.say(played.output);
    if (run.picture !== undefined) {
      this.tell(
        `To see it as a picture, add --out results and open results/${scenario.name}/report.html in a browser.`,
      );
    }
    if (predict === undefined || played.answer === undefined) return;
    const { question, answer, because } = played;
    const right = predicted !== undefined && isRight(predicted, answer, predict.within);
    this.scored.push({ question, predicted: predicted ?? null, answer: answer.value, unit: answer.unit, right });
    const verdict = predicted === undefined ? "It" : right ? "Right: it" : "Not quite: it";
    this.tell(`${verdict} is ${answer.text}.\n\n${because}`);
  }

  /** Asks until there is a figure, or none is to be had. */
  private async predict(
    { question, given }: Pick<Played, "question" | "given">,
    unit: Unit,
  ): Promise<number | undefined> {
    this.tell(`Predict. ${question}`);
    if (given !== "") this.say(given);
    for (;;) {
      const line = await this.ask("> ");
      if (line === undefined || line.trim() === "") return undefined;
      const predicted = readPrediction(line, unit);
      if (predicted !== undefined) return predicted;
      this.tell(
        `"${line}" is no figure here: give a number${UNIT_EXAMPLES[unit] ?? ""}. Enter alone skips the question.`,
      );
    }
  }

  private async ask(prompt: string): Promise<string | undefined> {
    const line = await this.screen?.ask(prompt);
    // Nothing is given away to somebody who stops at a question.
    this.heedInterruption();
    if (line === undefined) {
      // Ctrl-D leaves; at the end of a script's answers what is left is shown.
      this.hasLeft = this.screen !== undefined && this.console.stdin.isTTY === true;
      this.screen?.close();
      this.screen = undefined;
    }
    return line;
  }

  /** Markdown as a terminal shows it: wrapped, with fences as they are. Commands name scenarios from where one is. */
  private tell(text: string): void {
    const markdown = text.replace(/\bscenarios\/[\w/-]+\.yaml/g, (path) => this.located(path));
    const lines: string[] = [];
    for (const [index, part] of markdown
      .trim()
      .split(/^```.*$/m)
      .entries()) {
      if (index % 2 === 1)
        lines.push(
          ...part
            .trim()
            .split("\n")
            .map((line) => `    ${line}`),
        );
      else for (const paragraph of part.trim().split(/\n\s*\n/)) lines.push(...this.wrapped(paragraph), "");
    }
    this.say(`${lines.join("\n").trimEnd()}\n`);
  }

  /** The package's lessons are in its docs/lessons, wherever it is installed; one from elsewhere means what it says. */
  private located(path: string): string {
    const ofPackage = resolve(dirname(this.lesson.file), "../..", path);
    return existsSync(ofPackage) ? relative(process.cwd(), ofPackage) : path;
  }

  private wrapped(paragraph: string): string[] {
    const plain = paragraph
      .replace(/\s*\n\s*/g, " ")
      .replace(/!\[([^\]]*)\]\([^)]*\)/g, "[Picture on the lesson's page. $1]")
      .replace(/\*\*?([^*]+)\*\*?|`([^`]+)`/g, "$1$2");
    return wrapText(plain, this.style.columns);
  }

  private say(text: string): void {
    if (!this.options.json)
      this.console.stdout.write(`${text.endsWith("\n") ? text : `${text}\n`}${text.endsWith("\n\n") ? "" : "\n"}`);
  }
}

/** `1 right, 2 wrong, 1 skipped.` */
function scoreText({ right, predicted, of }: { right: number; predicted: number; of: number }): string {
  const skipped = of === predicted ? "" : `, ${of - predicted} skipped`;
  return `Your predictions: ${right} right, ${predicted - right} wrong${skipped}.`;
}

const UNIT_EXAMPLES: Readonly<Record<string, string>> = {
  ms: " with a unit, such as 1.5s or 30ms",
  bytes: " with a unit, such as 300kB",
  "bit/s": " with a unit, such as 263kbit/s",
  ratio: ", or a percentage such as 25%",
};
