/**
 * `npm run reports [-- --check]`: runs every committed scenario and writes what is committed of it to reports/, or compares
 * it with what is there. `--root DIR` does so for the scenarios/ and reports/ of another folder, `--dist DIR` with another
 * build. Exit codes as peerlab's: 0 written, or all is as committed, 1 something differs, 2 bad usage or a scenario that
 * does not load, 3 it could not be done, 130 interrupted.
 */

import { existsSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ROOT } from "./checkout.mjs";
import { differences, update } from "./reports/compare.mjs";
import { explain } from "./reports/explain.mjs";
import { clashes, folderOf, PAGE, REPORTS, SCENARIOS } from "./reports/layout.mjs";
import { pageText } from "./reports/page.mjs";
import { runAll } from "./reports/run.mjs";

const USAGE = "usage: npm run reports -- [--check] [--root DIR] [--dist DIR]";

const say = (line) => process.stdout.write(`${line}\n`);

function refuse(exitCode, ...lines) {
  for (const line of lines) process.stderr.write(`reports: ${line}\n`);
  process.exit(exitCode);
}

const options = readOptions();
const { loadScenarios, formatProblem } = await import(pathToFileURL(join(options.dist, "index.js")).href);
process.chdir(options.root);

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interruption.abort());

const scenarios = load();
const fresh = await generate();
const found = differences(fresh);
if (options.check) check();
else write();

/** All scenarios, with `/` in their paths. Ends the process where one is wrong. */
function load() {
  const { scenarios, problems } = loadScenarios([SCENARIOS], { uniqueNames: true });
  const files = scenarios.map(({ name, file }) => ({ name, file: file.replaceAll("\\", "/") }));
  const wrong = [...problems.map(formatProblem), ...clashes(files.map(({ file }) => file))];
  if (wrong.length > 0) refuse(2, ...wrong, `${REPORTS}/ is as it was, and nothing was compared`);
  return files;
}

/** Path below reports/ -> text. */
async function generate() {
  let texts;
  try {
    texts = await runAll(longestFirst(), options.dist, interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) refuse(130, `interrupted: ${REPORTS}/ is as it was`);
    refuse(3, error.message);
  }
  const runs = scenarios.map(({ file }) => ({
    file,
    summary: JSON.parse(texts.get(`${folderOf(file)}/summary.json`)),
  }));
  return texts.set(PAGE, pageText(runs));
}

/** So that no processor waits for a long run that began last. How long they are, the committed reports know. */
function longestFirst() {
  const eventsOf = ({ file }) => {
    try {
      return Number(JSON.parse(readFileSync(join(REPORTS, folderOf(file), "summary.json"), "utf8")).events) || 0;
    } catch {
      return 0; // a new scenario, or a file that the comparison will name
    }
  };
  const sized = scenarios.map((scenario) => ({ scenario, events: eventsOf(scenario) }));
  return sized.toSorted((a, b) => b.events - a.events).map(({ scenario }) => scenario);
}

function check() {
  const [first, ...others] = found;
  if (first === undefined) {
    say(`all ${fresh.size} files of ${scenarios.length} scenarios in ${REPORTS}/ are as committed`);
    return;
  }
  for (const line of explain(first, scenarioOf(first))) say(line);
  if (others.length > 0) {
    const folders = new Set(found.map(({ path }) => posix.dirname(path)).filter((folder) => folder !== "."));
    const more = others.length === 1 ? "1 more file differs" : `${others.length} more files differ`;
    say(`And ${more}; ${folders.size} of the folders ${folders.size === 1 ? "is" : "are"} concerned.`);
  }
  say("If the change is meant: `npm run reports`, commit reports/, and say so in CHANGELOG.md.");
  process.exitCode = 1;
}

function write() {
  update(found);
  for (const difference of found.filter(({ isOurs }) => !isOurs)) say(explain(difference).join("\n"));
  const ours = found.filter(({ isOurs }) => isOurs);
  const removed = ours.filter(({ now }) => now === undefined).length;
  const bytes = [...fresh.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  say(
    `${fresh.size} files of ${scenarios.length} scenarios in ${REPORTS}/, ${(bytes / 1024 / 1024).toFixed(2)} MiB: ` +
      `${ours.length - removed} written, ${removed} removed, the others were up to date`,
  );
}

function scenarioOf({ path }) {
  return scenarios.find(({ file }) => folderOf(file) === posix.dirname(path));
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        check: { type: "boolean", default: false },
        root: { type: "string", default: ROOT },
        dist: { type: "string", default: join(ROOT, "dist") },
      },
    }));
  } catch (error) {
    refuse(2, error.message, USAGE);
  }
  const { root, dist, check } = values;
  if (!existsSync(join(root, SCENARIOS))) refuse(2, `--root ${root}: there is no folder ${SCENARIOS} in it`, USAGE);
  if (!existsSync(join(dist, "index.js")))
    refuse(2, `--dist ${dist}: there is no build in it: run \`npm run build\``, USAGE);
  return { check, root, dist: resolve(dist) };
}
