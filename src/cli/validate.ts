/** `peerlab validate`: checks scenario files without running them. */

import { countOf } from "../report/text.ts";
import { loadScenarios } from "../scenario/files.ts";
import { ExitCode } from "./exit-codes.ts";
import { type Console, writeJson } from "./output.ts";
import { badScenario, reportError } from "./report-error.ts";

export interface ValidateOptions {
  readonly json: boolean;
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
