import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { scenarioFile, temporaryFolder } from "../cli/fake-console.ts";
import { builtCli, peerlab } from "./built-cli.ts";

beforeAll(() => {
  builtCli();
}, 120_000);

test("the build starts its threads, and gives the same bytes with one and with two", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const file = scenarioFile(folder, "bulk", undefined, 200);
  const results = async (workers: string) => {
    const out = join(folder, workers);
    const args = ["--vary", "network.loss=0:0.4:0.1", "--runs", "20", "--workers", workers, "--out", out];
    const { exitCode, err, out: printed } = await peerlab(["sweep", file, ...args]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const names = readdirSync(join(out, "bulk")).filter((name) => name.startsWith("sweep") && name.includes("."));
    expect(names).toHaveLength(4);
    return [printed.replaceAll(out, "OUT"), ...names.map((name) => readFileSync(join(out, "bulk", name), "utf8"))];
  };
  expect(await results("2")).toEqual(await results("1"));
});

test("Ctrl-C ends threads in the middle of a run, and keeps the finished cells", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "out")];
  const cells = join(out, "bulk", "sweep-cells");
  const args = ["--vary", "network.loss=0,0.1,0.99999", "--runs", "4", "--out", out];
  const { exitCode, err } = await peerlab(["sweep", file, ...args], (child) => {
    const look = setInterval(() => {
      if (!existsSync(cells) || readdirSync(cells).filter((name) => name.endsWith(".json")).length < 2) return;
      clearInterval(look);
      child.kill("SIGINT");
    }, 10);
  });
  expect(exitCode).toBe(130);
  expect(err).toContain("interrupted: 2 of 3 cells finished; they are kept in ");
});
