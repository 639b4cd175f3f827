/** What lies in reports/, and where: a folder for each scenario, as scenarios/ has them, and in it a fixed set of files. */

import { posix } from "node:path";

export const SCENARIOS = "scenarios";
export const REPORTS = "reports";

/** In reports/, but not written here: what `npm start` leaves (git ignores it), and what `npm run hashes` pins. */
export const OTHERS = { folders: ["latest"], files: ["trace-hashes.json"] };

/** The page about all reports. */
export const PAGE = "README.md";

/** Size and hash of each file of a run that is not here itself. */
export const LIST = "files.txt";

/** The files of a run that are committed where they are small. Only texts, and only what is to be read or looked at. */
export const COMMITTED = ["trace.csv", "rtt.csv", "summary.json", "charts.txt", "ladder.svg", "charts.svg"];

/** What is larger than this is listed with its hash: all reports together stay near 3 MiB. */
export const MAX_COMMITTED_BYTES = 64 * 1024;

/**
 * Neither here nor listed: report.html embeds the script of its page, so that every change of that script would change the
 * file of every scenario. The rest of it is a function of the same trace, and tests of its own hold it to that.
 */
export const LEFT_OUT = ["report.html"];

/** The order in which files are listed and compared. A trace comes first: when it differs, the others do because of it. */
const READING_ORDER = [
  "trace.csv",
  "trace.jsonl",
  "rtt.csv",
  LIST,
  "summary.json",
  "charts.txt",
  "ladder.svg",
  "charts.svg",
  "trace.pcapng",
];

/** The place of a file name in that order; what has none comes behind. */
export function rankOf(name) {
  const rank = READING_ORDER.indexOf(name);
  return rank < 0 ? READING_ORDER.length : rank;
}

/** `scenarios/lessons/loss.yaml` -> `lessons/loss`: the folder of its files, below reports/. */
export function folderOf(file) {
  return posix.relative(SCENARIOS, file).replace(/\.ya?ml$/i, "");
}

/** Why these scenarios cannot all have a folder of their own: one line for each that is in another's way. */
export function clashes(files) {
  const owners = new Map();
  const found = [];
  for (const file of files) {
    const folder = folderOf(file);
    const top = folder.split("/")[0];
    const owner = owners.get(folder);
    if (OTHERS.folders.includes(top)) {
      found.push(`${file}: its report would lie in ${REPORTS}/${top}, which is not for committed files: rename it`);
    } else if (owner !== undefined) {
      found.push(`${file}: its report would lie in ${REPORTS}/${folder}, as that of ${owner} does: rename one of them`);
    }
    owners.set(folder, file);
  }
  for (const [folder, file] of owners) {
    const below = [...owners.keys()].find((other) => other.startsWith(`${folder}/`));
    if (below === undefined) continue;
    found.push(
      `${file}: its report would lie in ${REPORTS}/${folder}, around that of ${owners.get(below)}: rename one`,
    );
  }
  return found;
}
