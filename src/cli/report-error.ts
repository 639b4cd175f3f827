/** How a command says that it could not: in words on stderr, and with --json as a document on stdout. */

import { countOf } from "../report/text.ts";
import { formatProblem, type Problem } from "../scenario/problems.ts";
import { CliError, type ExitCode, errorDocument } from "./exit-codes.ts";
import { type Console, say, writeJson } from "./output.ts";

/**
 * Reports what a command threw and returns the exit code. `partial` is what a --json document has beside `error`;
 * undefined: no document is asked for.
 */
export function reportError(console: Console, thrown: unknown, partial: object | undefined): ExitCode {
  const error = asCliError(thrown);
  for (const problem of error.problems) say(console, `${formatProblem(problem)}\n`);
  say(console, `peerlab: ${error.message}`);
  // A fault of our own: where it is helps whoever mends it.
  if (error !== thrown && thrown instanceof Error) say(console, thrown.stack ?? "");
  if (partial !== undefined) writeJson(console.stdout, { ...partial, error: errorDocument(error) });
  return error.exitCode;
}

/** Everything that is wrong with scenario files, as one error. */
export function badScenario(problems: readonly Problem[]): CliError {
  return new CliError("bad-scenario", `${countOf(problems.length, "problem")} found`, problems);
}

function asCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  return new CliError("runtime", `internal error: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
}
