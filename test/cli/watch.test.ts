import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileWatcher } from "../../src/cli/watch.ts";
import { temporaryFolder } from "./fake-console.ts";

const never = new AbortController().signal;

function watching(...paths: string[]): FileWatcher {
  const watcher = new FileWatcher(paths);
  onTestFinished(() => watcher.close());
  return watcher;
}

function put(folder: string, name: string): string {
  const path = join(folder, name);
  writeFileSync(path, String(Math.random()));
  return path;
}

test("a file that is written", async () => {
  const file = put(temporaryFolder(), "a.yaml");
  const watcher = watching(file);
  put(join(file, ".."), "a.yaml");
  expect(await watcher.next(never)).toEqual([file]);
});

test.each(["named itself", "in a folder that is named", "in a folder below"])(
  "a file that is replaced, again and again: %s",
  async (where) => {
    const folder = temporaryFolder();
    const below = join(folder, "below");
    mkdirSync(below);
    const file = put(where === "in a folder below" ? below : folder, "a.yaml");
    const watcher = watching(where === "named itself" ? file : folder);
    for (let i = 0; i < 3; i++) {
      renameSync(put(folder, "written-aside"), file);
      expect(await watcher.next(never)).toEqual([file]);
    }
  },
);

test("other files in the same folder are nobody's business", async () => {
  const folder = temporaryFolder();
  const file = put(folder, "a.yaml");
  const watcher = watching(file);
  put(folder, "b.yaml");
  put(folder, "a.yaml");
  expect(await watcher.next(never)).toEqual([file]);
});

test("in a folder: scenarios only, the new ones too, and not in hidden folders", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, "results"));
  const watcher = watching(folder);
  put(join(folder, ".git"), "hidden.yaml");
  put(join(folder, "results"), "trace.csv");
  const file = put(folder, "new.yml");
  expect(await watcher.next(never)).toEqual([file]);
});

test("a folder that comes later, goes, and comes again", async () => {
  const folder = temporaryFolder();
  const later = join(folder, "later");
  const watcher = watching(folder);
  for (let i = 0; i < 2; i++) {
    mkdirSync(later);
    const file = put(later, "a.yaml");
    expect(await watcher.next(never)).toEqual([file]);
    rmSync(later, { recursive: true });
    expect(await watcher.next(never)).toEqual([file]);
  }
});

test("changes that came while nobody waited are not lost; several at once are one", async () => {
  const folder = temporaryFolder();
  const watcher = watching(folder);
  const [a, b] = [put(folder, "a.yaml"), put(folder, "b.yaml")];
  expect(await watcher.next(never)).toEqual([a, b]);
});

test("an abort ends the wait with nothing", async () => {
  const watcher = watching(temporaryFolder());
  const controller = new AbortController();
  const waiting = watcher.next(controller.signal);
  controller.abort();
  expect(await waiting).toEqual([]);
  expect(await watcher.next(controller.signal)).toEqual([]);
});

test("what does not exist cannot be watched", () => {
  expect(() => new FileWatcher([join(temporaryFolder(), "nowhere")])).toThrow("ENOENT");
});
