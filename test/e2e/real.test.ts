/** The report's scenarios on real sockets beside their simulation: the same packets in the same order. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { builtCli, peerlab } from "./built-cli.ts";

const SCENARIOS = fileURLToPath(new URL("../../scenarios/report-2015/", import.meta.url));
/** Ten times as fast, and with timers that do not run out only because the machine is busy. */
const SETTINGS = ["protocol.rto.initial=20s", "protocol.rto.min=20s", "protocol.rto.max=60s"];

beforeAll(() => {
  builtCli();
}, 120_000);

/** A copy of a scenario in which everything but the update period is ten times as fast. */
function shortened(folder: string, name: string): string {
  const text = readFileSync(join(SCENARIOS, name), "utf8");
  const file = join(folder, name);
  writeFileSync(
    file,
    text.replace(
      /\b(duration|start|at|after|before): (\d+)s\b/g,
      (_, key: string, s: string) => `${key}: ${Number(s) * 100}ms`,
    ),
  );
  return file;
}

test.each(["3-download.yaml", "2-delete-a-file.yaml"])("%s", { timeout: 90_000 }, async (name) => {
  const folder = temporaryFolder();
  const file = shortened(folder, name);
  const settings = SETTINGS.flatMap((setting) => ["--set", setting]);
  const real = await peerlab([
    "run",
    "--real",
    file,
    "--out",
    join(folder, "real"),
    "--lateness",
    "20s",
    ...settings,
    "--no-charts",
  ]);
  expect(real.out).toMatch(/: \d+ passed, 0 failed/);
  expect(real.exitCode).toBe(0);
  const simulated = await peerlab(["run", file, "--out", join(folder, "simulated"), "--quiet", ...settings]);
  expect(simulated.exitCode).toBe(0);
  const run = `report-${name.replace(".yaml", "")}`;
  const diff = await peerlab(["diff", join(folder, "simulated", run), join(folder, "real", run)]);
  expect(diff.out).toMatch(
    /^the same packets came in the same order, where the protocol fixes it: \d+ packets in \d+ flows$/m,
  );
  expect(diff.exitCode).toBe(0);
});
