/** What a test needs of the machine it runs on: where that is missing the test is left out and says why; in CI it fails. */

import { spawnSync } from "node:child_process";
import type { TestContext } from "vitest";

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
