/** The command line: which commands there are, and how one is run. Options, help and what a command does are in its own file. */

import { Command, CommanderError } from "commander";
import { CliError, ExitCode } from "./exit-codes.ts";
import type { Console } from "./output.ts";
import { columnsOf, writeJson } from "./output.ts";
import { packageVersion } from "./package-info.ts";
import { reportError } from "./report-error.ts";

type AddCommand = (program: Command, console: Console, done: (exitCode: ExitCode) => void) => void;

/** In the order of the help. Loaded when needed: all of them together are three quarters of a short command's time. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import("./run-command.ts")).addRunCommand,
  validate: async () => (await import("./validate.ts")).addValidateCommand,
  sweep: async () => (await import("./sweep-options.ts")).addSweepCommand,
  diff: async () => (await import("./diff-command.ts")).addDiffCommand,
  lesson: async () => (await import("./lesson.ts")).addLessonCommand,
  import: async () => (await import("./import.ts")).addImportCommand,
  init: async () => (await import("./init.ts")).addInitCommand,
  directory: async () => (await import("./directory.ts")).addDirectoryCommand,
  peer: async () => (await import("./peer.ts")).addPeerCommand,
  find: async () => (await import("./find.ts")).addFindCommand,
  view: async () => (await import("./view.ts")).addViewCommand,
  get: async () => (await import("./get.ts")).addGetCommand,
};

/** The command that is named first; for help, and to say what may have been meant, all. The version needs none. */
async function commandsFor([first = ""]: readonly string[]): Promise<AddCommand[]> {
  if (first === "--version") return [];
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return Promise.all((named === undefined ? Object.values(COMMANDS) : [named]).map((load) => load()));
}

/** Runs one command line (without `node` and the script's name) and returns the exit code. Never throws. */
export async function runCli(args: readonly string[], console: Console): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.passed;
  const program = buildProgram(console);
  try {
    for (const addCommand of await commandsFor(args)) {
      addCommand(program, console, (code) => {
        exitCode = code;
      });
    }
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return ExitCode.badInput;
    }
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    const json = args.includes("--json") ? {} : undefined;
    if (!(error instanceof CommanderError)) return reportError(console, error, json);
    // Help and the version that were asked for end here too, with 0; commander has said what there is to say.
    if (error.exitCode === 0) return ExitCode.passed;
    if (json) writeJson(console.stdout, { error: errorOf(error) });
    return ExitCode.badInput;
  }
}

function errorOf(error: CommanderError): object {
  const { kind, exitCode, message } = new CliError("usage", error.message.replace(/^error: /, ""));
  return { kind, exitCode, message, problems: [] };
}

function buildProgram(console: Console): Command {
  return new Command("peerlab")
    .description("A peer-to-peer file-sharing system as a simulation and teaching harness.")
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void console.stdout.write(text),
      writeErr: (text) => void console.stderr.write(text),
      getOutHelpWidth: () => columnsOf(console.stdout, console.env),
      getErrHelpWidth: () => columnsOf(console.stderr, console.env),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("(add --help for options and examples)")
    .addHelpText(
      "after",
      `
Exit codes: 0 all passed, 1 an expectation failed or the answer is no, 2 bad usage or a bad scenario file, 3 a runtime or
network failure, 130 interrupted.

Examples:
  $ peerlab run scenarios/report-2015
  $ peerlab init my-lesson.yaml && peerlab run my-lesson.yaml`,
    );
}
