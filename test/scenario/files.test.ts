import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadScenarios } from "../../src/scenario/files.ts";
import { formatProblem } from "../../src/scenario/problems.ts";
import { BARE } from "./support.ts";

let folder: string;
const home = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "peerlab-files-"));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  rmSync("s", { recursive: true, force: true });
  mkdirSync("s/inner", { recursive: true });
});

const scenario = (name: string) => BARE.replace("name: bare", `name: ${name}`);
const namesOf = (paths: string[]) => loadScenarios(paths).scenarios.map(({ name }) => name);
const problemsOf = (paths: string[]) => loadScenarios(paths).problems.map(formatProblem);

test("a folder stands for its scenarios, and those of the folders in it, in order of their names", () => {
  writeFileSync("s/b.yaml", scenario("b"));
  writeFileSync("s/a.yml", scenario("a"));
  writeFileSync("s/inner/c.yaml", scenario("c"));
  writeFileSync("s/schema.json", "{}");
  writeFileSync("s/notes.txt", "not a scenario");
  mkdirSync("s/.hidden");
  writeFileSync("s/.hidden/d.yaml", "not a scenario");
  expect(namesOf(["s"])).toEqual(["a", "b", "c"]);
});

test("paths are loaded in their order, a file that is named twice once", () => {
  writeFileSync("s/a.yaml", scenario("a"));
  writeFileSync("s/b.yaml", scenario("b"));
  const { scenarios } = loadScenarios(["s/b.yaml", "s", "./s/a.yaml"]);
  expect(scenarios.map(({ name, file }) => [name, file])).toEqual([
    ["b", "s/b.yaml"],
    ["a", "s/a.yaml"],
  ]);
});

test("settings hold for every scenario", () => {
  writeFileSync("s/a.yaml", scenario("a"));
  writeFileSync("s/b.yaml", scenario("b"));
  const { scenarios } = loadScenarios(["s"], { settings: ["seed=7"] });
  expect(scenarios.map(({ seed }) => seed)).toEqual(["7", "7"]);
});

test("what is wrong with one file does not hide the others", () => {
  writeFileSync("s/a.yaml", scenario("A"));
  writeFileSync("s/b.yaml", scenario("b"));
  writeFileSync("s/c.yaml", "");
  const loaded = loadScenarios(["s", "nowhere"]);
  expect(loaded.ok).toBe(false);
  expect(loaded.scenarios.map(({ name }) => name)).toEqual(["b"]);
  expect(loaded.problems.map(({ file }) => file)).toEqual(["nowhere", "s/a.yaml", "s/c.yaml"]);
});

test("two scenarios of one name, where each has a folder of its name to write to", () => {
  writeFileSync("s/a.yaml", scenario("same"));
  writeFileSync("s/b.yaml", scenario("same"));
  expect(loadScenarios(["s"], { uniqueNames: true }).problems.map(formatProblem)).toEqual([
    "s/b.yaml:1:7: name: s/a.yaml has the name same too: the files of each go to a folder of its name",
  ]);
  expect(namesOf(["s"])).toEqual(["same", "same"]);
});

test("no such path; a folder without a scenario", () => {
  expect(problemsOf(["nowhere.yaml", "s"])).toEqual([
    "nowhere.yaml: there is no such file or folder",
    "s: there is no scenario (*.yaml, *.yml) in this folder",
  ]);
});

test("a file that is not UTF-8, and one that is too large", () => {
  writeFileSync("s/a.yaml", new Uint8Array([0x6e, 0x3a, 0x20, 0xff, 0xfe]));
  writeFileSync("s/b.yaml", `# ${"x".repeat(1 << 20)}`);
  expect(problemsOf(["s"])).toEqual([
    "s/a.yaml: the file is not UTF-8 text",
    "s/b.yaml: the file is larger than 1 MiB: a scenario is a few pages",
  ]);
});

test("a byte order mark is let pass", () => {
  writeFileSync("s/a.yaml", `\uFEFF${scenario("a")}`);
  expect(namesOf(["s/a.yaml"])).toEqual(["a"]);
});

test("a path that is neither a file nor a folder", () => {
  expect(problemsOf(["/dev/null"])).toEqual(["/dev/null: is not a file"]);
});
