/** `peerlab find`: asks the directory who has a file. */

import type { Command } from "commander";
import { ExitCode } from "./exit-codes.ts";
import { type Console, writeJson } from "./output.ts";
import { askDirectory, type ClientOptions } from "./real/client.ts";
import { addLinkOptions, directoryOption, timeoutOption } from "./real/shared-options.ts";
import { sourceDocument, sourceText } from "./real/source-text.ts";
import { clientWires } from "./real/wires.ts";
import { reportError } from "./report-error.ts";

export interface FindCommandOptions extends ClientOptions {
  readonly json?: boolean;
}

export function addFindCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  const command = program
    .command("find")
    .summary("real mode: who has a file")
    .description("Asks the directory which peers share a file. Exit code 1 where nobody does.")
    .argument("<name>", "the file's name")
    .addOption(directoryOption().makeOptionMandatory())
    .addOption(timeoutOption());
  addLinkOptions(command, clientWires, "find")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Each line is a peer: its address and HTTP port.

Examples:
  $ peerlab find new.txt --directory 10.0.0.1
  $ peerlab find "my file.txt" --directory lab.example:7777 --json`,
    )
    .action(async (name: string, given: FindCommandOptions) => done(await findCommand(name, given, console)));
}

/** Prints the peers, one a line. Reports errors itself; with --json, `sources` is empty beside an error. */
export async function findCommand(name: string, options: FindCommandOptions, console: Console): Promise<ExitCode> {
  try {
    const { sources } = await askDirectory(options, console, (client) => client.lookup(name));
    if (options.json) writeJson(console.stdout, { name, sources: sources.map(sourceDocument) });
    else for (const source of sources) console.stdout.write(`${sourceText(source)}\n`);
    return ExitCode.passed;
  } catch (error) {
    return reportError(console, error, options.json ? { name, sources: [] } : undefined);
  }
}
