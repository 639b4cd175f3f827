/** `peerlab init`: writes a commented scenario to start from. */

import { writeFileSync } from "node:fs";
import { basename, dirname, extname, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type Command, Option } from "commander";
import { shellWord } from "../report/replay.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { SCENARIO_KINDS, type ScenarioKind, scenarioTemplate } from "./init-templates.ts";
import type { Console } from "./output.ts";
import { schemaFile } from "./package-info.ts";
import { reportError } from "./report-error.ts";
import { attempt, makeFolder } from "./run-folder.ts";

export interface InitOptions {
  readonly kind: ScenarioKind;
  /** Replace the file where there is one. */
  readonly force: boolean;
}

export function addInitCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
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
}

/** Writes the scenario. An existing file is bad usage without `force`. */
export function initCommand(file: string, options: InitOptions, console: Console): ExitCode {
  try {
    const text = scenarioTemplate(options.kind, {
      name: nameFrom(file),
      schema: schemaFor(file),
      file: shellWord(file),
    });
    write(file, text, options.force);
  } catch (error) {
    return reportError(console, error, undefined);
  }
  console.stdout.write(`wrote ${file}; run it with: npx peerlab run ${shellWord(file)}\n`);
  return ExitCode.passed;
}

function write(file: string, text: string, force: boolean): void {
  makeFolder(dirname(file));
  attempt("write", file, () => {
    try {
      // "wx" looks and writes in one step: nothing that came up in between is lost.
      writeFileSync(file, text, { flag: force ? "w" : "wx" });
    } catch (error) {
      if (force || (error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new CliError("usage", `${file} exists: choose another name, or replace it with --force`);
    }
  });
}

/** `lessons/My Lesson.yaml` names a scenario `my-lesson`. */
export function nameFrom(file: string): string {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100);
  return name === "" ? "scenario" : name;
}

/**
 * The schema as an editor finds it from the scenario's folder: a relative path where the package is in the same
 * project, which holds on every checkout, else a URL.
 */
function schemaFor(file: string): string {
  const schema = schemaFile();
  const folder = dirname(resolve(file));
  const path = relative(folder, schema).split(sep).join("/");
  const isInProject = folder === projectFolder(schema) || folder.startsWith(projectFolder(schema) + sep);
  return isInProject && !path.includes(" ") ? path : pathToFileURL(schema).href;
}

/** The folder that has the package in its node_modules; where it is not installed, the package itself. */
function projectFolder(schema: string): string {
  const [project, installed] = schema.split(`${sep}node_modules${sep}`);
  return installed === undefined ? dirname(dirname(schema)) : project!;
}
