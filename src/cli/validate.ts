/** `peerlab validate`: checks scenario files without running them. */

import type { Command } from "commander";
import { countOf } from "../report/text.ts";
import { loadScenarios } from "../scenario/files.ts";
import { ExitCode } from "./exit-codes.ts";
import { type Console, writeJson } from "./output.ts";
import { badScenario, reportError } from "./report-error.ts";

export interface ValidateOptions {
  readonly json: boolean;
}

export function addValidateCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  program
    .command("validate")
    .summary("check scenario files without running them")
    .description("Checks scenario files, and all scenarios of folders, and reports every problem with its place.")
    .argument("<path...>", "scenario files, or folders of them")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab validate my-lesson.yaml
  $ peerlab validate scenarios --json`,
    )
    .action((paths: string[], { json = false }: { json?: boolean }) => done(validateCommand(paths, { json }, console)));
}

/** With --json: the valid ones as `{"scenarios": [{"name", "file"}]}`, and `error` with all problems of the others. */
export function validateCommand(paths: readonly string[], options: ValidateOptions, console: Console): ExitCode {
  const loaded = loadScenarios(paths);
  const document = { scenarios: loaded.scenarios.map(({ name, file }) => ({ name, file })) };
  if (!loaded.ok) return reportError(console, badScenario(loaded.problems), options.json ? document : undefined);
  if (options.json) {
    writeJson(console.stdout, document);
  } else {
    for (const { name, file } of loaded.scenarios) console.stdout.write(`${file}: ${name}\n`);
    const count = loaded.scenarios.length;
    console.stdout.write(`${countOf(count, "scenario")} ${count === 1 ? "is" : "are"} valid\n`);
  }
  return ExitCode.passed;
}
