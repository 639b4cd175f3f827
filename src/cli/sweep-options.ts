/** The options and the help of `peerlab sweep`. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { collect } from "./collect.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Console } from "./output.ts";
import { type SweepCommandOptions, sweepCommand } from "./sweep.ts";

const DEFAULT_RUNS = 100;

/** Adds the command to the program. */
export function addSweepCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  program
    .command("sweep")
    .summary("vary parameters over seeds; statistics, theory beside them")
    .description(
      "Runs a scenario with many seeds at every point of a grid. Shows the mean of each metric with its 95 % confidence interval, and the closed form where one applies.",
    )
    .argument("<path>", "the scenario file")
    .option(
      "--vary <path=values>",
      "what to vary: a list (100ms,1s) or a range (start:end:step); may be repeated, the first is the x axis",
      collect,
    )
    .option("--paired", "take the n-th values of all --vary together, instead of each with each")
    .option("--compare <path=a,b>", "compare two variants of every cell on the same seeds")
    .option(
      "--metric <name>",
      "what to show; may be repeated (default: transmissionsPerPacket, timePerPacket)",
      collect,
    )
    .addOption(
      new Option("--runs <n>", "runs of every cell").default(DEFAULT_RUNS).argParser((text) => wholeNumber(text)),
    )
    .option("--seed <seed>", "the runs have the seeds SEED-1, SEED-2, ... (default: the scenario's seed)")
    .option("--set <path=value>", "change a value of the scenario in every cell; may be repeated", collect)
    .addOption(
      new Option("--workers <n>", "threads; the results are the same (default: one for each core)").argParser((text) =>
        wholeNumber(text),
      ),
    )
    .option("--out <dir>", "write <dir>/<scenario>/sweep.csv, sweep.json and charts, and keep finished cells there")
    .option("--json", "print one JSON document instead of tables")
    .option("--no-verdicts", "leave the scenario's expectations out: they do not decide the exit code")
    .option("--no-charts", "leave the terminal's charts out")
    .option("--quiet", "only what failed and the summary; no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab sweep scenarios/lessons/bulk.yaml --vary network.loss=0:0.5:0.05 --no-verdicts \\
      --set timeline.0.do.send.packets=1000 --runs 200 --out results
  $ peerlab sweep scenarios/lessons/loss.yaml --vary network.loss=0.1,0.3 --vary protocol.rto.min=100ms,1s
  $ peerlab sweep scenarios/lessons/loss.yaml --compare protocol.rto.backoff=1,2 --metric timePerPacket
Ctrl-C keeps the finished cells of --out; the same command goes on from there.`,
    )
    .action(async (path: string, given: Partial<SweepCommandOptions>) => {
      const defaults = { vary: [], metric: [], set: [], paired: false, json: false, quiet: false };
      const options = { ...defaults, runs: DEFAULT_RUNS, charts: true, verdicts: true, ...given };
      done(await sweepCommand(path, options, console));
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError("Expected a whole number from 1 up.");
  }
  return value;
}
