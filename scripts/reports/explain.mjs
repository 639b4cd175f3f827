/** A difference in words: where it is, what was committed, what there is now, and the commands that show more. */

import { posix } from "node:path";
import { LIST, PAGE, REPORTS } from "./layout.mjs";

/** Characters of a line that are shown, and how many of them stand before the first that differs. */
const SHOWN_COLUMNS = 100;
const COLUMNS_BEFORE = 40;
/** What `peerlab diff` reads. */
const TRACES = ["trace.csv", "trace.jsonl"];
const INDENT = " ".repeat(2);

/** `difference` is one of compare.mjs. `scenario`: the one whose report it is, absent where none has such a folder. */
export function explain({ path, committed, now, isOurs }, scenario) {
  const full = posix.join(REPORTS, path);
  if (!isOurs) {
    return [`${full} belongs to no report: move it elsewhere; ${REPORTS}/latest is for files that are not committed.`];
  }
  if (path !== PAGE && scenario === undefined) {
    return [`${full} is the report of a scenario that is not there any more.`];
  }
  const commands = path === PAGE ? [] : newFile(posix.basename(path), scenario);
  if (committed === undefined) return [`${full} is missing: this run writes it, and it is not committed.`, ...commands];
  if (now === undefined) return [`${full} is committed, and this run does not write it (any more, or not as small).`];
  const difference = firstLine(String(committed), String(now));
  if (posix.basename(path) === LIST) return explainListed(full, difference, scenario);
  const shows =
    posix.basename(path) === "trace.csv" ? ofTrace(posix.dirname(full), difference.line, scenario) : commands;
  return [`${full}, line ${difference.line}:`, ...excerpt(difference), ...shows];
}

/** The first line that differs; undefined where a text has ended before. */
function firstLine(committed, now) {
  const a = committed.split("\n");
  const b = now.split("\n");
  const index = a.findIndex((line, index) => line !== b[index]);
  const line = index < 0 ? a.length : index;
  return { line: line + 1, committed: a[line], now: b[line] };
}

function excerpt({ committed, now }) {
  const a = visible(committed);
  const b = visible(now);
  let column = 0;
  while (column < Math.min(a.length, b.length) && a[column] === b[column]) column++;
  const start = Math.max(0, column - COLUMNS_BEFORE);
  const cut = (line) => {
    const end = start + SHOWN_COLUMNS;
    return `${start > 0 ? "…" : ""}${line.slice(start, end)}${line.length > end ? "…" : ""}`;
  };
  const caret = " ".repeat(column - start + (start > 0 ? 1 : 0));
  return [`${INDENT}committed  ${cut(a)}`, `${INDENT}now        ${cut(b)}`, `${INDENT}           ${caret}^`];
}

/** The line with what a terminal would not show, or obey, as escapes. */
function visible(line) {
  if (line === undefined) return "(the file ends here)";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1));
}

/** A line of files.txt. */
function explainListed(full, { committed, now }, scenario) {
  const [before, after] = [listed(committed), listed(now)];
  const name = after?.name ?? before?.name;
  if (name === undefined || (before !== undefined && after !== undefined && before.name !== after.name)) {
    return [`${full}: other files than before are too large to be committed:`, ...excerpt({ committed, now })];
  }
  const words = (entry) =>
    entry === undefined
      ? "not in the list"
      : `${Number(entry.bytes).toLocaleString("en")} bytes, SHA-256 ${entry.sha256}`;
  return [
    `${name} of ${scenario.file}, of which ${full} has the hash:`,
    `${INDENT}committed  ${words(before)}`,
    `${INDENT}now        ${words(after)}`,
    ...newFile(name, scenario),
    ...(TRACES.includes(name) ? ofListedTrace(full, scenario) : []),
  ];
}

/** The committed trace is not at hand, but the code that wrote it is. */
function ofListedTrace(full, scenario) {
  return [
    `${INDENT}event by event, beside a run of the code that the committed one is of:`,
    `${INDENT}  git worktree add --detach ../before $(git log -1 --format=%h -- ${full})`,
    `${INDENT}  (cd ../before && npm start -- ${scenario.file})`,
    `${INDENT}  npx peerlab diff ../before/reports/latest/${scenario.name} ${scenario.file}`,
  ];
}

function listed(line) {
  const [, sha256, bytes, name] = /^([0-9a-f]{64}) +(\d+) +(\S+)$/.exec(line ?? "") ?? [];
  return name === undefined ? undefined : { sha256, bytes, name };
}

function newFile(name, { file, name: scenarioName }) {
  return [
    `${INDENT}the new one, as ${REPORTS}/latest/${scenarioName}/${name}:`,
    `${INDENT}  npx peerlab run ${file} --out ${REPORTS}/latest`,
  ];
}

/** The committed trace can be compared with a run of today; line n of it is event n - 1. */
function ofTrace(folder, line, { file }) {
  const untilEvent = [
    `${INDENT}what led to event ${line - 1}, and the verdicts at it:`,
    `${INDENT}  npx peerlab run ${file} --no-charts --until-event ${line - 1}`,
  ];
  return [
    `${INDENT}what followed from it:`,
    `${INDENT}  npx peerlab diff ${folder} ${file}`,
    ...(line > 1 ? untilEvent : []),
  ];
}
