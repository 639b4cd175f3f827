/** `peerlab view`: shows all that the directory lists. */

import type { Command } from "commander";
import { listedPeerText } from "../core/peer/wording.ts";
import { ExitCode } from "./exit-codes.ts";
import { type Console, say, writeJson } from "./output.ts";
import { askDirectory, type ClientOptions } from "./real/client.ts";
import { addLinkOptions, directoryOption, timeoutOption } from "./real/shared-options.ts";
import { clientWires } from "./real/wires.ts";
import { reportError } from "./report-error.ts";

export interface ViewCommandOptions extends ClientOptions {
  readonly json?: boolean;
}

export function addViewCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  const command = program
    .command("view")
    .summary("real mode: the peers and files that the directory lists")
    .description("Shows every peer that the directory lists, with its files and the time of its latest update.")
    .addOption(directoryOption().makeOptionMandatory())
    .addOption(timeoutOption());
  addLinkOptions(command, clientWires, "view")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Each line is a peer as the report prints it: ['10.0.0.3', '80', 'new.txt', 1425512907.613081]. The last item is the time
of the latest update, in seconds since 1970.

Examples:
  $ peerlab view --directory 10.0.0.1
  $ peerlab view --directory 10.0.0.1:7777 --json`,
    )
    .action(async (given: ViewCommandOptions) => done(await viewCommand(given, console)));
}

/** Prints the peers, one a line; nobody is no failure. Reports errors itself. */
export async function viewCommand(options: ViewCommandOptions, console: Console): Promise<ExitCode> {
  try {
    const { entries } = await askDirectory(options, console, (client) => client.view());
    if (options.json) writeJson(console.stdout, { peers: entries });
    else for (const entry of entries) console.stdout.write(`${listedPeerText(entry)}\n`);
    if (!options.json && entries.length === 0) say(console, "the directory lists no peers");
    return ExitCode.passed;
  } catch (error) {
    return reportError(console, error, options.json ? { peers: [] } : undefined);
  }
}
