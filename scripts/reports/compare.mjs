/** Compares the committed reports with fresh ones, and brings them up to date. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { LIST, OTHERS, PAGE, REPORTS, rankOf } from "./layout.mjs";

/**
 * What differs between the committed files and `fresh` (path below reports/ -> text), in the order of the folders' names and
 * for each folder in reading order; the page about all of them comes last. `committed` and `fresh` are bytes, undefined
 * where there is no such file; `isOurs`: does it lie in a folder that was written here?
 */
export function differences(fresh) {
  const committed = committedPaths();
  const folders = new Set([...fresh.keys(), ...committed].filter(isList).map((path) => posix.dirname(path)));
  const paths = [...new Set([...committed, ...fresh.keys()])].toSorted(byPlace);
  return paths.flatMap((path) => {
    const text = fresh.get(path);
    const now = text === undefined ? undefined : Buffer.from(text);
    const isOurs = path === PAGE || folders.has(posix.dirname(path));
    // What is not ours is not read either: it may be the files of any run.
    if (!isOurs) return [{ path, committed: undefined, now: undefined, isOurs }];
    const before = committed.has(path) ? readFileSync(join(REPORTS, path)) : undefined;
    if (before !== undefined && now !== undefined && before.equals(now)) return [];
    return [{ path, committed: before, now, isOurs }];
  });
}

/** Writes and removes files so that nothing differs any more, but for what is not ours. */
export function update(found) {
  for (const { path, now } of found.filter(({ isOurs }) => isOurs)) {
    const target = join(REPORTS, path);
    if (now === undefined) {
      rmSync(target);
      removeEmptyFolders(dirname(target));
    } else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, now);
    }
  }
}

function removeEmptyFolders(folder) {
  if (folder === REPORTS || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmptyFolders(dirname(folder));
}

/** Every file below reports/ but those of others. */
function committedPaths() {
  if (!existsSync(REPORTS)) return new Set();
  const below = (folder) =>
    readdirSync(join(REPORTS, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return OTHERS.folders.includes(path) ? [] : below(path);
      return OTHERS.files.includes(path) ? [] : [path];
    });
  return new Set(below(""));
}

function isList(path) {
  return posix.basename(path) === LIST;
}

function byPlace(a, b) {
  return compareKeys(placeOf(a), placeOf(b));
}

/** What paths are ordered by: the page last, folders by name, files in reading order and those that have none behind them. */
function placeOf(path) {
  const name = posix.basename(path);
  return [path === PAGE ? 1 : 0, posix.dirname(path), rankOf(name), name];
}

function compareKeys(a, b) {
  const index = a.findIndex((part, place) => part !== b[place]);
  if (index < 0) return 0;
  return a[index] < b[index] ? -1 : 1;
}
