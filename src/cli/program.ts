/** The command line: commands, options, help. What a command does is in its own file. */

import { Command, CommanderError, Option } from "commander";
import { addDiffCommand } from "./diff-command.ts";
import { addDirectoryCommand } from "./directory.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { EXPORT_HELP } from "./export-option.ts";
import { addFindCommand } from "./find.ts";
import { addGetCommand } from "./get.ts";
import { addImportCommand } from "./import.ts";
import { initCommand } from "./init.ts";
import { SCENARIO_KINDS, type ScenarioKind } from "./init-templates.ts";
import { LADDER_HELP } from "./ladder-option.ts";
import { addLessonCommand } from "./lesson.ts";
import type { Console } from "./output.ts";
import { columnsOf, writeJson } from "./output.ts";
import { packageVersion } from "./package-info.ts";
import { addPeerCommand } from "./peer.ts";
import { positiveInteger } from "./real/values.ts";
import { reportError } from "./report-error.ts";
import { type RunCommandOptions, runCommand } from "./run.ts";
import { addSweepCommand } from "./sweep-options.ts";
import { validateCommand } from "./validate.ts";
import { addViewCommand } from "./view.ts";

/** Runs one command line (without `node` and the script's name) and returns the exit code. Never throws. */
export async function runCli(args: readonly string[], console: Console): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.passed;
  const program = buildProgram(console, (code) => {
    exitCode = code;
  });
  try {
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

function buildProgram(console: Console, done: (exitCode: ExitCode) => void): Command {
  const program = new Command("peerlab")
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

  program
    .command("run")
    .summary("run scenarios; charts and a verdict table to the terminal")
    .description("Runs scenario files, and all scenarios of folders. Without --out, no file is written.")
    .argument("<path...>", "scenario files, or folders of them")
    .option("--seed <seed>", "seed of the run, instead of the scenario's")
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect)
    .option("--out <dir>", "write <dir>/<scenario>/ with its traces, summary, charts and report.html")
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
    .option("--quiet", "only failures and the summary; no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab run scenarios/report-2015 --out results
  $ peerlab run scenarios/lessons/bulk.yaml --set network.loss=0.3 --seed 7
  $ peerlab run lesson.yaml --out results --ladder from=2s --ladder to=4s --ladder host=H1 --ladder host=H2
  $ peerlab run lesson.yaml --out results --export mermaid --export chrome
  $ peerlab run lesson.yaml --watch
  $ peerlab run --real scenarios/report-2015
  $ peerlab run scenarios --json > results.json`,
    )
    .action(async (paths: string[], given: Partial<RunCommandOptions>) => {
      const options = {
        set: [],
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

  program
    .command("validate")
    .summary("check scenario files without running them")
    .description("Checks scenario files, and all scenarios of folders, and reports every problem with its place.")
    .argument("<path...>", "scenario files, or folders of them")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab validate my-lesson.yaml
  $ peerlab validate scenarios --json`,
    )
    .action((paths: string[], { json = false }: { json?: boolean }) => done(validateCommand(paths, { json }, console)));

  addSweepCommand(program, console, done);
  addDiffCommand(program, console, done);
  addLessonCommand(program, console, done);
  addImportCommand(program, console, done);

  program
    .command("init")
    .summary("write a commented scenario to start from")
    .description("Writes a small scenario with comments, which runs and passes as it is.")
    .argument("[file]", "the file to write", "scenario.yaml")
    .addOption(new Option("--kind <kind>", "what it shows").choices(SCENARIO_KINDS).default("lesson"))
    .option("--force", "replace the file where there is one")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab init my-lesson.yaml
  $ peerlab init sharing.yaml --kind file-sharing`,
    )
    .action((file: string, { kind, force = false }: { kind: ScenarioKind; force?: boolean }) =>
      done(initCommand(file, { kind, force }, console)),
    );

  addDirectoryCommand(program, console, done);
  addPeerCommand(program, console, done);
  addFindCommand(program, console, done);
  addViewCommand(program, console, done);
  addGetCommand(program, console, done);

  return program;
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
