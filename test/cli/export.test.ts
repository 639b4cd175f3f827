/** `--export` of `run` and `import`: which files there are then, and what is said of what makes no sense. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakeConsole, peerlab, scenarioFile, temporaryFolder } from "./fake-console.ts";

const ALL = ["--export", "mermaid", "--export", "shiviz", "--export", "chrome"];
const FILES = ["trace.chrome.json", "trace.mmd", "trace.shiviz"];

const exportsIn = (folder: string) => readdirSync(folder).filter((file) => FILES.includes(file));
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

describe("peerlab run --export", () => {
  test("writes what is asked for beside the trace, and names it", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const { exitCode, out, err } = await peerlab(["run", file, "--out", folder, "--no-charts", ...ALL]);
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toContain("trace.pcapng, trace.mmd, trace.shiviz, trace.chrome.json, summary.json");
    expect(exportsIn(join(folder, "bulk"))).toEqual(FILES);
    const diagram = read(folder, "bulk", "trace.mmd");
    expect(diagram).toMatch(/^sequenceDiagram\n {4}title scenario bulk, seed 42\n {4}participant p1 as sender\n/);
    expect(diagram).toMatch(/p1-xp2: \d+ ms DATA \d+\/20 \(lost: loss\)\n/);
    const events = read(folder, "bulk", "trace.csv").trimEnd().split("\n").length - 1;
    expect(read(folder, "bulk", "trace.shiviz").trimEnd().split("\n")).toHaveLength(2 + 2 * events);
    expect(JSON.parse(read(folder, "bulk", "trace.chrome.json")).otherData).toEqual({
      title: "scenario bulk, seed 42",
      events,
    });
  });

  test("the order is the files', each is there once, and the same to the byte in every run", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const twice = ["--export", "chrome", "--export", "mermaid", "--export", "chrome"];
    const { out } = await peerlab(["run", file, "--out", folder, ...twice]);
    expect(out).toContain("trace.pcapng, trace.mmd, trace.chrome.json, summary.json");
    await peerlab(["run", file, "--out", join(folder, "again"), ...ALL]);
    for (const name of ["trace.mmd", "trace.chrome.json"]) {
      expect(read(folder, "bulk", name)).toBe(read(folder, "again", "bulk", name));
    }
  });

  test("participants have the scenario's order, whoever sends first", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    writeFileSync(
      file,
      read(file).replace(
        "{ sender: { role: arq-sender }, receiver: { role: arq-receiver } }",
        "{ receiver: { role: arq-receiver }, sender: { role: arq-sender } }",
      ),
    );
    await peerlab(["run", file, "--out", folder, "--export", "mermaid"]);
    expect(read(folder, "bulk", "trace.mmd")).toContain(
      "participant p1 as receiver\n    participant p2 as sender\n    p2-xp1",
    );
  });

  test("a run that does not ask for them leaves none of an older run", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    mkdirSync(join(folder, "bulk"));
    for (const name of FILES) writeFileSync(join(folder, "bulk", name), "old");
    const { out } = await peerlab(["run", file, "--out", folder, "--export", "mermaid"]);
    expect(exportsIn(join(folder, "bulk"))).toEqual(["trace.mmd"]);
    expect(read(folder, "bulk", "trace.mmd")).toMatch(/^sequenceDiagram\n/);
    expect(out).not.toContain("shiviz");
  });

  test("what an interrupted run has seen is whole: valid JSON, a diagram", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk", undefined, 20_000);
    const nowMs = () => {
      console.interrupt();
      return 0;
    };
    const console = fakeConsole({ nowMs });
    const { exitCode } = await peerlab(["run", file, "--out", folder, ...ALL], console);
    expect(exitCode).toBe(130);
    expect(JSON.parse(read(folder, "bulk", "trace.chrome.json")).traceEvents.length).toBeGreaterThan(1000);
    expect(read(folder, "bulk", "trace.mmd")).toMatch(/\(left out: [\d,]+ messages and [\d,]+ timeouts\)\n$/);
    expect(read(folder, "bulk", "trace.shiviz")).toMatch(/\n$/);
  });

  test("a real run has them too", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const settings = ["--set", "network.delay=1ms", "--set", "network.loss=0", "--lateness", "10s"];
    const { out } = await peerlab(["run", "--real", file, "--out", folder, ...settings, ...ALL]);
    expect(out).toContain("trace.jsonl, trace.mmd, trace.shiviz, trace.chrome.json, summary.json");
    expect(read(folder, "bulk", "trace.mmd")).toMatch(/p2-->>p1: [\d.]+ ms DATA-ACK 21/);
    const events = read(folder, "bulk", "trace.csv").trimEnd().split("\n").length - 1;
    expect(JSON.parse(read(folder, "bulk", "trace.chrome.json")).otherData.events).toBe(events);
  });

  test("without --out there is nowhere to write to", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { exitCode, out, err } = await peerlab(["run", file, ...ALL, "--export", "chrome"]);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toBe(
      "peerlab: --export writes trace.mmd and trace.shiviz and trace.chrome.json under --out, and there is none: add --out results\n",
    );
  });

  test.each(["pdf", "", "Mermaid", "mermaid,chrome"])(
    "a format called %j is refused before anything runs",
    async (format) => {
      const folder = temporaryFolder();
      const file = scenarioFile(folder, "bulk");
      const { exitCode, out, err } = await peerlab(["run", file, "--out", join(folder, "out"), "--export", format]);
      expect([exitCode, out]).toEqual([2, ""]);
      expect(err).toBe(`peerlab: --export ${format}: expected mermaid, shiviz or chrome\n`);
      expect(existsSync(join(folder, "out"))).toBe(false);
    },
  );

  test("an export that cannot be written is named", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    mkdirSync(join(folder, "bulk", "trace.shiviz"), { recursive: true });
    const { exitCode, err } = await peerlab(["run", file, "--out", folder, "--export", "shiviz"]);
    expect(exitCode).toBe(3);
    expect(err).toContain(`cannot replace ${join(folder, "bulk", "trace.shiviz")}: `);
  });
});

describe("peerlab import --export", () => {
  test("a capture in the same formats", async () => {
    const folder = temporaryFolder();
    await peerlab(["run", scenarioFile(folder, "bulk"), "--out", folder, "--export", "mermaid"]);
    const capture = join(folder, "bulk", "trace.pcapng");
    const { exitCode, out } = await peerlab(["import", capture, "--out", join(folder, "in"), "--no-charts", ...ALL]);
    expect(exitCode).toBe(0);
    expect(out).toContain("(trace.csv, rtt.csv, trace.jsonl, trace.mmd, trace.shiviz, trace.chrome.json, charts.txt,");
    expect(exportsIn(join(folder, "in", "trace"))).toEqual(FILES);
    // The packets are those of the run: the diagram differs only in what a capture cannot know.
    const arrows = (text: string) => text.match(/p\d-\S+?p\d: [\d.]+ ms \S+ \d+/g);
    expect(arrows(read(folder, "in", "trace", "trace.mmd"))).toEqual(arrows(read(folder, "bulk", "trace.mmd")));
  });

  test("without --out, or in a format that is none, it is refused", async () => {
    const nowhere = await peerlab(["import", "capture.pcapng", "--export", "chrome"]);
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.err).toContain(
      "--export writes trace.chrome.json under --out, and there is none: add --out results",
    );
    const unknown = await peerlab(["import", "capture.pcapng", "--out", "x", "--export", "dot"]);
    expect([unknown.exitCode, unknown.err]).toEqual([2, "peerlab: --export dot: expected mermaid, shiviz or chrome\n"]);
  });
});
