/** `npm run reports` in a folder with two small scenarios: what it writes, what --check finds, and how it says so. */

import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scenarioText, temporaryFolder } from "../cli/fake-console.ts";
import { builtCli } from "../e2e/built-cli.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/reports.mjs", import.meta.url));
const dist = (): string => dirname(dirname(builtCli()));
const HASH = "[0-9a-f]{64}";

interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

function reports(root: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [SCRIPT, "--root", root, "--dist", dist(), ...args], { stdio: "pipe" });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, out, err })));
}

/** A folder with scenarios/basics/first.yaml and scenarios/second.yaml, whose trace is too large to be committed. */
function fillWithTwoScenarios(root: string): void {
  mkdirSync(join(root, "scenarios", "basics"), { recursive: true });
  mkdirSync(join(root, "reports", "latest"), { recursive: true });
  writeFileSync(join(root, "scenarios", "basics", "first.yaml"), scenarioText("the-first"));
  writeFileSync(join(root, "scenarios", "second.yaml"), scenarioText("second", "duplicates: 7", 400));
  writeFileSync(join(root, "reports", "latest", "mine.txt"), "of npm start\n");
  writeFileSync(join(root, "reports", "trace-hashes.json"), "{}\n");
}

function twoScenarios(): string {
  const root = temporaryFolder();
  fillWithTwoScenarios(root);
  return root;
}

/** The same with its reports; generated once, and copied for each test. */
function written(): string {
  const root = temporaryFolder();
  cpSync(original, root, { recursive: true });
  return root;
}

const at = (root: string, path: string): string => join(root, "reports", path);

function edit(root: string, path: string, change: (text: string) => string): void {
  const text = readFileSync(at(root, path), "utf8");
  expect(change(text)).not.toBe(text);
  writeFileSync(at(root, path), change(text));
}

const filesIn = (root: string): string[] =>
  readdirSync(join(root, "reports"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "reports").length + 1))
    .sort();

let original: string;

beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), "peerlab-test-"));
  fillWithTwoScenarios(original);
  expect(await reports(original)).toMatchObject({ exitCode: 0, err: "" });
}, 120_000);

afterAll(() => rmSync(original, { recursive: true, force: true }));

describe("npm run reports", () => {
  test("writes a folder for each scenario, with hashes of what is large or binary, and a page about all", async () => {
    const root = written();
    const small = ["charts.svg", "charts.txt", "files.txt", "ladder.svg", "rtt.csv", "summary.json", "trace.csv"];
    expect(filesIn(root).filter((path) => path.startsWith("basics/"))).toEqual(
      small.map((name) => `basics/first/${name}`),
    );
    expect(filesIn(root)).not.toContain("second/trace.csv");
    const list = readFileSync(at(root, "second/files.txt"), "utf8");
    for (const name of ["trace.csv", "trace.jsonl", "trace.pcapng"]) {
      expect(list).toMatch(new RegExp(`^${HASH} +[1-9]\\d+ {2}${name.replace(".", "\\.")}$`, "m"));
    }
    expect(list).toContain("npx peerlab run scenarios/second.yaml --out reports/latest");
    expect(list).not.toContain("report.html");
    const page = readFileSync(at(root, "README.md"), "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| ["));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(
      /^\| \[first\]\(basics\/first\/\) \| A test of the .*\. \| 1 of 1 pass \| `[0-9a-f]{16}` \|$/,
    );
    // One that does not meet its expectations is written like any other.
    expect(rows[1]).toMatch(/^\| \[second\]\(second\/\) \| A test of the .*\. \| 0 of 1 pass: \*\*FAIL\*\* \|/);
    const { traceHash } = JSON.parse(readFileSync(at(root, "basics/first/summary.json"), "utf8"));
    expect(rows[0]).toContain(traceHash);
    for (const path of filesIn(root)) expect(readFileSync(at(root, path), "utf8")).not.toContain(root);
  });

  test("a second time there is nothing to write, and --check agrees", async () => {
    const root = written();
    const count = filesIn(root).length - 2;
    expect((await reports(root)).out).toContain("0 written, 0 removed");
    expect(await reports(root, "--check")).toEqual({
      exitCode: 0,
      out: `all ${count} files of 2 scenarios in reports/ are as committed\n`,
      err: "",
    });
  });

  test("brings back what was changed and removes what belongs to no scenario any more, but nothing of others", async () => {
    const root = written();
    const before = filesIn(root);
    edit(root, "README.md", (text) => `${text}more\n`);
    rmSync(at(root, "second/charts.svg"), { force: true });
    writeFileSync(at(root, "second/trace.jsonl"), "too large once\n");
    mkdirSync(at(root, "gone/away"), { recursive: true });
    writeFileSync(at(root, "gone/away/files.txt"), "");
    writeFileSync(at(root, "gone/away/summary.json"), "{}");
    mkdirSync(at(root, "my-run/bulk"), { recursive: true });
    writeFileSync(at(root, "my-run/bulk/trace.csv"), "of somebody else");
    const { exitCode, out } = await reports(root);
    expect(exitCode).toBe(0);
    expect(out).toContain("reports/my-run/bulk/trace.csv belongs to no report: move it elsewhere");
    expect(filesIn(root)).toEqual([...before, "my-run/bulk/trace.csv"].sort());
    expect(existsSync(at(root, "gone"))).toBe(false);
    expect(await reports(root, "--check")).toMatchObject({ exitCode: 1, out: expect.stringContaining("my-run/bulk") });
  });
});

describe("npm run reports -- --check", () => {
  test("a line of a trace: both lines, the place in them, and the commands that show more", async () => {
    const root = written();
    let lineBefore = "";
    edit(root, "basics/first/trace.csv", (text) => {
      const lines = text.split("\n");
      lineBefore = lines[10] ?? "";
      lines[10] = lineBefore.replace("deliver", "delivered");
      return lines.join("\n");
    });
    edit(root, "basics/first/summary.json", (text) => text.replace('"passed": true', '"passed": false'));
    edit(root, "second/charts.txt", (text) => `${text}\n`);
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    const lines = out.split("\n");
    expect(lines[0]).toBe("reports/basics/first/trace.csv, line 11:");
    expect(lines[1]).toBe(`  committed  ${lineBefore.replace("deliver", "delivered")}`);
    expect(lines[2]).toBe(`  now        ${lineBefore}`);
    expect(lines[3]?.indexOf("^")).toBe(lines[1]?.indexOf("ed,", 15));
    expect(out).toContain("npx peerlab diff reports/basics/first scenarios/basics/first.yaml\n");
    expect(out).toContain("npx peerlab run scenarios/basics/first.yaml --no-charts --until-event 10\n");
    expect(out).toMatch(/^And 2 more files differ; 2 of the folders are concerned\.$/m);
    expect(out).toContain("npm run reports");
    // It has only looked.
    expect(readFileSync(at(root, "basics/first/trace.csv"), "utf8")).toContain("delivered");
  });

  test("long lines are cut around the difference, and what a terminal would obey is escaped", async () => {
    const root = written();
    edit(root, "basics/first/ladder.svg", (text) => text.replace(/(?<=.{300})<\/text>/, "\u001b[31m</text>"));
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    const [title, committed, now, caret] = out.split("\n") as [string, string, string, string];
    expect(title).toMatch(/^reports\/basics\/first\/ladder\.svg, line \d+:$/);
    expect(committed.slice(caret.indexOf("^"))).toMatch(/^\\u001b\[31m</);
    expect(now.slice(caret.indexOf("^"))).toMatch(/^<\/text>/);
    expect(Math.max(committed.length, now.length)).toBeLessThan(120);
    expect(out).toContain("reports/latest/the-first/ladder.svg:\n");
  });

  test("a file that has lost its end", async () => {
    const root = written();
    edit(root, "basics/first/rtt.csv", (text) => text.split("\n").slice(0, 3).join("\n"));
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^reports\/basics\/first\/rtt\.csv, line 4:\n {2}committed {2}\(the file ends here\)\n/);
  });

  test("a file that is only listed: sizes and hashes, and how to have both traces", async () => {
    const root = written();
    edit(root, "second/files.txt", (text) =>
      text.replace(/^[0-9a-f]{64} +\d+ {2}trace\.jsonl$/m, `${"0".repeat(64)}       1234  trace.jsonl`),
    );
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    expect(out).toContain("trace.jsonl of scenarios/second.yaml, of which reports/second/files.txt has the hash:\n");
    expect(out).toContain(`  committed  1,234 bytes, SHA-256 ${"0".repeat(64)}\n`);
    expect(out).toMatch(new RegExp(`  now        [\\d,]+ bytes, SHA-256 ${HASH}\n`));
    expect(out).toContain("npx peerlab run scenarios/second.yaml --out reports/latest\n");
    expect(out).toContain("../before $(git log -1 --format=%h -- reports/second/files.txt)\n");
    expect(out).toContain("(cd ../before && npm start -- scenarios/second.yaml)\n");
    expect(out).toContain("npx peerlab diff ../before/reports/latest/second scenarios/second.yaml\n");
  });

  test("a picture that is only listed: the trace is as it was, and no run of older code is asked for", async () => {
    const root = written();
    edit(root, "second/files.txt", (text) => text.replace(/^[0-9a-f]{64}(?= +\d+ {2}ladder\.svg$)/m, "0".repeat(64)));
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    expect(out).toContain("ladder.svg of scenarios/second.yaml");
    expect(out).not.toContain("../before");
  });

  test("a file that is missing, and one too many", async () => {
    const root = written();
    rmSync(at(root, "basics/first/charts.txt"));
    const missing = await reports(root, "--check");
    expect(missing.exitCode).toBe(1);
    expect(missing.out).toContain("reports/basics/first/charts.txt is missing");
    await reports(root);
    writeFileSync(at(root, "second/trace.csv"), "");
    const extra = await reports(root, "--check");
    expect(extra.exitCode).toBe(1);
    expect(extra.out).toContain("reports/second/trace.csv is committed, and this run does not write it");
  });

  test("a scenario that was renamed: the old folder and the new one", async () => {
    const root = written();
    renameSync(join(root, "scenarios", "basics", "first.yaml"), join(root, "scenarios", "basics", "fresh.yaml"));
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /^reports\/basics\/first\/trace\.csv is the report of a scenario that is not there any more\.\n/,
    );
    expect(out).toMatch(/^And 14 more files differ; 2 of the folders are concerned\.$/m);
  });

  test("a scenario that behaves otherwise", async () => {
    const root = written();
    const file = join(root, "scenarios", "basics", "first.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("50ms", "51ms"));
    const { exitCode, out } = await reports(root, "--check");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^reports\/basics\/first\/trace\.csv, line \d+:\n {2}committed {2}450,.*\n {2}now {8}451,/);
  });
});

describe("what cannot be done", () => {
  test("a scenario that does not load: which, where and why; nothing is written", async () => {
    const root = written();
    const before = filesIn(root);
    writeFileSync(join(root, "scenarios", "bad.yaml"), "name: bad\nhosts: 7\n");
    for (const args of [[], ["--check"]]) {
      const { exitCode, out, err } = await reports(root, ...args);
      expect(exitCode).toBe(2);
      expect(err).toContain("scenarios/bad.yaml:2:");
      expect(out).toBe("");
    }
    expect(filesIn(root)).toEqual(before);
  });

  test.each([
    ["scenarios/basics/first.yml", "other", "scenarios/basics/first.yml: its report would lie in reports/basics/first"],
    ["scenarios/basics.yaml", "other", "reports/basics, around that of scenarios/basics/first.yaml"],
    ["scenarios/latest/x.yaml", "other", "reports/latest, which is not for committed files"],
    ["scenarios/other.yaml", "second", "has the name second too"],
  ])("%s would be in the way of another", async (path, name, says) => {
    const root = twoScenarios();
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), scenarioText(name));
    const { exitCode, err } = await reports(root);
    expect(exitCode).toBe(2);
    expect(err).toContain(says);
    expect(filesIn(root)).toEqual(["latest/mine.txt", "trace-hashes.json"]);
  });

  test.each([
    [["--chekc"], "--chekc"],
    [["--dist", "nowhere"], "--dist nowhere: there is no build in it"],
    [["--root", "nowhere"], "--root nowhere: there is no folder scenarios in it"],
  ])("%j is refused with the usage", async (args, says) => {
    const { exitCode, err } = await reports(twoScenarios(), ...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(says);
    expect(err).toContain("usage: npm run reports -- [--check]");
  });
});
