/**
 * What a committed scenario says does not depend on luck: it holds for other seeds too. (The bulk lesson is left to the
 * closed forms, which hold it to theory; the pinned hashes run every scenario with its own seed.)
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";

const SEEDS = 10;
const folder = join(import.meta.dirname, "../../scenarios");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml") && !file.endsWith("bulk.yaml"))
  .sort();

describe(`every scenario holds with ${SEEDS} seeds`, () => {
  test.each(files)("%s", (file) => {
    const parsed = parseScenario(readFileSync(join(folder, file), "utf8"), file);
    if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join("; "));
    for (let seed = 1; seed <= SEEDS; seed++) {
      const broken = runScenario(parsed.scenario, { seed }).expectations.filter((verdict) => !verdict.passed);
      expect(broken.map(({ expectation, found }) => `--seed ${seed}: ${expectation}: found ${found}`)).toEqual([]);
    }
  });
});
