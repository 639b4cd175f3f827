/**
 * Runs every committed scenario with the build in dist and compares the trace hashes with the pinned ones of
 * reports/trace-hashes.json; `--write` pins them anew. Needs nothing but Node, so that any version of it can be held
 * against the same hashes: `npx --package=node@24 node scripts/check-hashes.mjs`.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatProblem, loadScenarios, runScenario } from "../dist/index.js";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const PINNED = "reports/trace-hashes.json";

const say = (line) => process.stdout.write(`${line}\n`);

const { scenarios, problems } = loadScenarios(["scenarios"]);
if (problems.length > 0) {
  for (const problem of problems) say(formatProblem(problem));
  process.exit(2);
}

/** File -> { seed, traceHash }, in the order of the files' names. */
const hashes = Object.fromEntries(
  scenarios
    .map((scenario) => {
      const { seed, traceHash } = runScenario(scenario);
      return [scenario.file.replaceAll("\\", "/"), { seed, traceHash }];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1)),
);

if (process.argv.includes("--write")) {
  writeFileSync(PINNED, `${JSON.stringify(hashes, undefined, 2)}\n`);
  say(`${scenarios.length} trace hashes written to ${PINNED}`);
} else {
  const pinned = existsSync(PINNED) ? JSON.parse(readFileSync(PINNED, "utf8")) : {};
  const files = [...new Set([...Object.keys(pinned), ...Object.keys(hashes)])];
  const different = files.filter(
    (file) => pinned[file]?.seed !== hashes[file]?.seed || pinned[file]?.traceHash !== hashes[file]?.traceHash,
  );
  for (const file of different) {
    say(`${file}: pinned ${show(pinned[file])}, found ${show(hashes[file])}`);
  }
  if (different.length > 0 || scenarios.length === 0) {
    say(`Node ${process.versions.node}: ${different.length} of ${files.length} trace hashes differ from ${PINNED}.`);
    say("If the change of behaviour is meant, run `npm run hashes`, commit the file and say so in CHANGELOG.md.");
    process.exit(1);
  }
  say(`Node ${process.versions.node}: all ${scenarios.length} trace hashes are the pinned ones`);
}

function show(entry) {
  return entry === undefined ? "none" : `${entry.traceHash} (seed ${entry.seed})`;
}
