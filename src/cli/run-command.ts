/** `peerlab run` on the command line: its options and its help. */

import { type Command, Option } from "commander";
import { collect } from "./collect.ts";
import type { ExitCode } from "./exit-codes.ts";
import { EXPORT_HELP } from "./export-option.ts";
import { LADDER_HELP } from "./ladder-option.ts";
import type { Console } from "./output.ts";
import { positiveInteger } from "./real/values.ts";
import { type RunCommandOptions, runCommand } from "./run.ts";

export function addRunCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  program
    .command("run")
    .summary("run scenarios; charts and a verdict table to the terminal")
    .description("Runs scenario files, and all scenarios of folders. Without --out, no file is written.")
    .argument("<path...>", "scenario files, or folders of them")
    .option("--seed <seed>", "seed of the run, instead of the scenario's")
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect)
    .option("--out <dir>", "write <dir>/<scenario>/ with its traces, summary, charts and report.html")
    .option("--metric <name>", "show this metric as well; may be repeated", collect)
    .option("--no-verdicts", "leave the scenario's expectations out")
    .option("--ladder <key=value>", LADDER_HELP, collect)
    .option("--export <format>", EXPORT_HELP, collect)
    .option("--json", "print one JSON document instead of charts and tables")
    .option("--real", "with real sockets of this machine, in real time, instead of the simulated network")
    .option("--lateness <duration>", "how late a real run may be: upper bounds of times hold with so much added (50ms)")
    .option("--watch", "run again whenever a scenario file changes")
    .addOption(
      new Option("--until-event <n>", "stop at the n-th event of the trace, and show the last events").argParser(
        positiveInteger,
      ),
    )
    .option("--no-charts", "leave the charts out")
    .option("--quiet", "a line for each scenario, what failed, and the summary; no charts, no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab run scenarios/report-2015 --out results
  $ peerlab run scenarios/lessons/bulk.yaml --set network.loss=0.3 --seed 7
  $ peerlab run lesson.yaml --out results --ladder from=2s --ladder to=4s --ladder host=H1 --ladder host=H2
  $ peerlab run lesson.yaml --out results --export mermaid --export chrome
  $ peerlab run lesson.yaml --set network.delay=50us --metric goodput --no-verdicts
  $ peerlab run lesson.yaml --watch
  $ peerlab run --real scenarios/report-2015
  $ peerlab run scenarios --json > results.json`,
    )
    .action(async (paths: string[], given: Partial<RunCommandOptions>) => {
      const options = {
        set: [],
        metric: [],
        verdicts: true,
        ladder: [],
        export: [],
        json: false,
        real: false,
        watch: false,
        charts: true,
        quiet: false,
        ...given,
      };
      done(await runCommand(paths, options, console));
    });
}
