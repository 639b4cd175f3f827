/** `peerlab diff` on the command line: its options and its help. */

import { type Command, Option } from "commander";
import { collect } from "./collect.ts";
import { type DiffOptions, diffCommand } from "./diff.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Console } from "./output.ts";

export function addDiffCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  program
    .command("diff")
    .summary("the first difference between two runs, and what followed from it")
    .description(
      "Compares two runs event by event. A and B are each the folder of a run (DIR/<scenario>, written by run --out), " +
        "a trace (trace.csv, trace.jsonl), or a scenario that is run on the spot.",
    )
    .argument("<A>", "the one run")
    .argument("<B>", "the other run")
    .option("--seed-a <seed>", "seed of A, where it is a scenario")
    .option("--seed-b <seed>", "seed of B, where it is a scenario")
    .option("--set-a <path=value>", "change a value of scenario A; may be repeated", collect)
    .option("--set-b <path=value>", "change a value of scenario B; may be repeated", collect)
    .option("--tolerance <duration>", "let times differ by so much, such as 1ms")
    .option("--protocol", "compare only what the protocol fixes: the packets of each flow and their order")
    .addOption(new Option("--no-protocol", "compare everything, also where one run is real and the other simulated"))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Exit codes: 0 equal, 1 different, 2 bad usage or a bad scenario, 3 a file that cannot be read, 130 interrupted.

Examples:
  $ peerlab diff before/bulk after/bulk
  $ peerlab diff bulk.yaml bulk.yaml --set-b 'network.faults=[{ match: { kind: data, seq: 3, attempt: 1 }, do: drop }]'
  $ peerlab diff simulated/report-3-download real/report-3-download --protocol`,
    )
    .action(async (a: string, b: string, given: Partial<DiffOptions>) => {
      const options = { setA: [], setB: [], json: false, ...given };
      done(await diffCommand({ a, b }, options, console));
    });
}
