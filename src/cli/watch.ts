/**
 * Waits for files to change. Editors write in place, or put a new file in the old one's place: only a folder sees both,
 * so folders are what is watched. Each by itself: `fs.watch` with `recursive` loses files that are replaced (Linux).
 */

import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Changes that come in quick succession (an editor's several steps) are one. */
const SETTLE_MS = 100;
const SCENARIO_FILE = /\.ya?ml$/i;

export class FileWatcher {
  /** By folder. */
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly changed = new Set<string>();
  private settleTimer: NodeJS.Timeout | undefined;
  private onSettled: (() => void) | undefined;

  /** Watches files, and the scenario files in folders, at any depth. Throws where a path does not exist. */
  constructor(paths: readonly string[]) {
    const files = new Map<string, Set<string>>();
    for (const path of paths) {
      if (statSync(path).isDirectory()) this.watchTree(path);
      else {
        const names = files.get(dirname(path)) ?? new Set();
        files.set(dirname(path), names.add(basename(path)));
      }
    }
    for (const [folder, names] of files) {
      if (this.watchers.has(folder)) continue;
      this.watchFolder(folder, (name) => {
        if (names.has(name)) this.note(join(folder, name));
      });
    }
  }

  /**
   * Resolves with the paths that changed since the last call, at once where there are some; with none where `signal`
   * is aborted.
   */
  async next(signal: AbortSignal): Promise<string[]> {
    if (this.settleTimer !== undefined || this.changed.size === 0) await this.settled(signal);
    if (signal.aborted) return [];
    const paths = [...this.changed];
    this.changed.clear();
    return paths;
  }

  close(): void {
    clearTimeout(this.settleTimer);
    for (const watcher of this.watchers.values()) watcher.close();
  }

  /** A folder and those below it, as far as scenarios are looked for in them. Returns the scenarios there are. */
  private watchTree(folder: string): string[] {
    this.watchFolder(folder, (name) => {
      const path = join(folder, name);
      if (SCENARIO_FILE.test(name)) this.note(path);
      else if (isSearched(name) && isFolder(path)) {
        // A new folder, or a new one in an old one's place: what is in it is news.
        if (!this.watchers.has(path)) for (const file of this.watchTree(path)) this.note(file);
      }
    });
    const entries = readdirSync(folder, { withFileTypes: true });
    const below = entries.filter((entry) => entry.isDirectory() && isSearched(entry.name));
    const files = entries.filter((entry) => SCENARIO_FILE.test(entry.name)).map(({ name }) => join(folder, name));
    return [...files, ...below.flatMap(({ name }) => this.watchTree(join(folder, name)))];
  }

  private watchFolder(folder: string, onChange: (name: string) => void): void {
    const forget = () => {
      this.watchers.get(folder)?.close();
      this.watchers.delete(folder);
    };
    const watcher = watch(folder, (event, name) => {
      if (name !== null) onChange(name);
      // A folder that goes away says so by its own name.
      if (event === "rename" && !isFolder(folder)) forget();
    });
    watcher.on("error", forget);
    this.watchers.set(folder, watcher);
  }

  private async settled(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = withResolver();
    this.onSettled = resolve;
    signal.addEventListener("abort", resolve);
    await promise;
    signal.removeEventListener("abort", resolve);
    this.onSettled = undefined;
  }

  private note(path: string): void {
    this.changed.add(path);
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => {
      this.settleTimer = undefined;
      this.onSettled?.();
    }, SETTLE_MS);
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The folders that scenarios are loaded from: not the hidden ones, and not other people's. */
function isSearched(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
