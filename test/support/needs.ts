/** What tests need of the machine they run on: where that is missing they are left out and say why; in CI they fail. */

import { spawnSync } from "node:child_process";
import { describe, type TestContext, test } from "vitest";

/** Leaves the test out where `isThere` is false. */
export function need(context: TestContext, what: string, isThere: boolean): void {
  if (isThere) return;
  if (process.env.CI === "true") throw new Error(`this test needs ${what}: install it in CI`);
  process.stderr.write(`left out: "${context.task.name}" needs ${what}\n`);
  context.skip(`needs ${what}`);
}

/** Is there such a program? It is asked for its version. */
export function hasProgram(name: string, versionOption = "--version"): boolean {
  return spawnSync(name, [versionOption], { stdio: "ignore" }).error === undefined;
}

/** A `describe` whose tests need some programs: all of them are left out where one is missing. */
export function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => !hasProgram(program));
  if (missing.length === 0) describe(name, tests);
  else test(name, (context) => need(context, missing.join(" and "), false));
}
