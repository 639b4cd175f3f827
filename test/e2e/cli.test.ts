import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scenarioFile, temporaryFolder } from "../cli/fake-console.ts";
import { builtCli, peerlab } from "./built-cli.ts";

/** Many minutes of work: such a run does not end by itself. */
const ENDLESS_PACKETS = 500_000_000;

beforeAll(() => {
  builtCli();
}, 120_000);

describe("the installed command", { timeout: 30_000 }, () => {
  test("is a program: it starts with a line for the shell", () => {
    expect(readFileSync(builtCli(), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("0: all passed", async () => {
    const folder = temporaryFolder();
    const { exitCode, out, err } = await peerlab(["run", scenarioFile(folder, "bulk"), "--out", join(folder, "out")]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/1 scenario, 1 expectation: 1 passed, 0 failed\n/);
    for (const name of [
      "trace.csv",
      "rtt.csv",
      "trace.jsonl",
      "trace.pcapng",
      "summary.json",
      "charts.txt",
      "report.html",
      "ladder.svg",
      "charts.svg",
    ]) {
      expect(statSync(join(folder, "out", "bulk", name)).size).toBeGreaterThan(0);
    }
  });

  test("1: an expectation failed; --json is pure", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", "send: { host: sender, delivered: 2 }");
    const { exitCode, out } = await peerlab(["run", file, "--json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out).scenarios[0].passed).toBe(false);
  });

  test("2: bad usage", async () => {
    expect(await peerlab(["rnu"])).toMatchObject({ exitCode: 2, out: "" });
    expect(await peerlab(["run", "nowhere.yaml"])).toMatchObject({ exitCode: 2, out: "" });
  });

  test("3: cannot write", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { exitCode, err } = await peerlab(["run", file, "--out", file]);
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^peerlab: cannot make the folder /);
  });

  test("130: Ctrl-C ends a run that would go on for hours, with whole rows in its files", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk", undefined, ENDLESS_PACKETS);
    const trace = join(folder, "out", "bulk", "trace.csv");
    const { exitCode, err } = await peerlab(["run", file, "--out", join(folder, "out")], (child) => {
      const look = setInterval(() => {
        if (!existsSync(trace) || statSync(trace).size === 0) return;
        clearInterval(look);
        child.kill("SIGINT");
      }, 10);
    });
    expect(exitCode).toBe(130);
    expect(err).toMatch(/^peerlab: interrupted in bulk at event \d+\n$/);
    const lines = readFileSync(trace, "utf8").split("\n");
    expect(lines.at(-1)).toBe("");
    expect(lines.at(-2)?.split(",")).toHaveLength(lines[0]?.split(",").length ?? 0);
    const jsonLines = readFileSync(join(folder, "out", "bulk", "trace.jsonl"), "utf8").split("\n");
    expect(jsonLines.at(-1)).toBe("");
    expect(JSON.parse(jsonLines.at(-2) ?? "")).toMatchObject({ time_ms: expect.any(Number) });
  });

  test("a reader that goes away (`| head`) is no failure", async () => {
    const folder = temporaryFolder();
    for (const name of ["a", "b", "c", "d"]) scenarioFile(folder, name);
    const ended = await peerlab(["run", folder], (child) => child.stdout?.destroy());
    expect(ended).toMatchObject({ exitCode: 0, signal: null, err: "" });
  });

  test("two processes give the same trace", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const trace = async (out: string) => {
      await peerlab(["run", file, "--out", join(folder, out)]);
      const read = (name: string) => readFileSync(join(folder, out, "bulk", name), "utf8");
      return [read("trace.csv"), read("trace.jsonl")];
    };
    expect(await trace("one")).toEqual(await trace("two"));
  });
});
