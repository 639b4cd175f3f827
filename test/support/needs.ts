/**
 * Tests that need a program of the system (tshark, curl, iproute2, ...). On a user's machine they are left out, and the
 * reason is printed; with CI=true a missing program is a failure.
 */

import { spawnSync } from "node:child_process";
import { describe, test } from "vitest";

/** The programs of a list that are not on the path. */
export function missingPrograms(programs: readonly string[]): string[] {
  return programs.filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
}

/** A `describe` whose tests need some programs. */
export function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  describeWhere(
    missingPrograms(programs).map((program) => `the program ${program} is not installed`),
    name,
    tests,
  );
}

/** A `describe` whose tests cannot run where `problems` has any. */
export function describeWhere(problems: readonly string[], name: string, tests: () => void): void {
  if (problems.length === 0) {
    describe(name, tests);
    return;
  }
  const why = problems.join("; ");
  if (process.env.CI === "true") {
    test(name, () => {
      throw new Error(`${why}: CI must have it`);
    });
    return;
  }
  process.stderr.write(`left out: ${name}: ${why}\n`);
  test(`${name} (left out: ${why})`, (context) => context.skip(why));
}
