/** `peerlab get`: looks a file up and fetches it, from one peer or from several at once. */

import { type Command, InvalidArgumentError, Option } from "commander";
import type { FetchOptions } from "../core/peer/fetch/options.ts";
import type { FetchOutcome } from "../core/peer/fetch/outcomes.ts";
import type { Source } from "../core/peer/outcomes.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { type Console, writeJson } from "./output.ts";
import { askDirectory, type ClientOptions } from "./real/client.ts";
import { downloadTarget } from "./real/download-target.ts";
import { fetchDocument } from "./real/fetch-document.ts";
import { fetchFile, fetchOptions, outcomeLines } from "./real/fetching.ts";
import { resolveHost } from "./real/resolve.ts";
import { addLinkOptions, directoryOption, notEmpty, type RemoteHost, timeoutOption } from "./real/shared-options.ts";
import { byteRate, positiveInteger, remoteSocket } from "./real/values.ts";
import { clientWires } from "./real/wires.ts";
import { reportError } from "./report-error.ts";

export interface GetCommandOptions extends Omit<ClientOptions, "directory"> {
  readonly directory?: RemoteHost;
  readonly from?: readonly { readonly host: string; readonly port: number }[];
  readonly to: string;
  readonly overwrite?: boolean;
  /** Bytes per second. */
  readonly limit?: number;
  /** Most sources used at once. */
  readonly sources?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export function addGetCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  const command = program
    .command("get")
    .summary("real mode: fetch a file")
    .description("Looks a file up and fetches it: from several peers at once where several have it.")
    .argument("<name>", "the file's name")
    .addOption(directoryOption())
    .addOption(
      new Option("--from <host:port,...>", "ask these peers, at their HTTP ports, instead of the directory").argParser(
        peers,
      ),
    )
    .option("--to <path>", "a folder, or the file to write", notEmpty, ".")
    .option("--overwrite", "replace the file where there is one")
    .addOption(new Option("--limit <rate>", "most bytes per second, such as 10MB/s").argParser(byteRate))
    .addOption(new Option("--sources <n>", "most peers to fetch from at once (default: 16)").argParser(positiveInteger))
    .addOption(timeoutOption());
  addLinkOptions(command, clientWires, "get")
    .option("--quiet", "no progress on stderr")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
The file appears under its name once it is whole. A download that was broken off goes on where it ended when it is
started again. Exit codes: 0 it is there, 1 nobody has it or gives it, 3 it could not be fetched.

Examples:
  $ peerlab get new.txt --directory 10.0.0.1
  $ peerlab get new.txt --directory 10.0.0.1 --to downloads --overwrite --limit 10MB/s
  $ peerlab get new.txt --from 10.0.0.2:80,10.0.0.3:80 --to copy.txt`,
    )
    .action(async (name: string, given: GetCommandOptions) => done(await getCommand(name, given, console)));
}

/** Fetches the file and says what became of it. Reports errors itself; with --json, beside what is known of the fetch. */
export async function getCommand(name: string, options: GetCommandOptions, console: Console): Promise<ExitCode> {
  let outcome: FetchOutcome | undefined;
  let path: string | undefined;
  try {
    const { directory, from } = options;
    if (directory === undefined && from === undefined) {
      throw new CliError("usage", "whom to ask? give --directory HOST, or --from HOST:PORT");
    }
    const target = downloadTarget(name, options.to);
    path = target.path;
    if (!options.overwrite && target.files.has(name)) {
      throw new CliError("usage", `${path} exists: replace it with --overwrite, or choose another file by --to`);
    }
    const client = { ...options, directory: directory ?? NO_DIRECTORY };
    outcome = await askDirectory(
      client,
      console,
      async (asked) => {
        const sources = from === undefined ? (await asked.lookup(name)).sources : await named(from);
        const choice = {
          ...fetchOptions({ overwrite: options.overwrite, downloadLimit: options.limit }),
          ...most(options.sources),
        };
        return fetchFile(asked.peer, name, sources, choice, console, options.quiet ?? false);
      },
      target.files,
    );
    if (outcome.status === "failed") throw fetchError(outcome, console);
    if (options.json) writeJson(console.stdout, fetchDocument(name, path, outcome));
    else for (const line of [...outcomeLines(outcome), path]) console.stdout.write(`${line}\n`);
    return ExitCode.passed;
  } catch (error) {
    return reportError(console, error, options.json ? fetchDocument(name, path, outcome) : undefined);
  }
}

/** No question goes there: the peers were named. */
const NO_DIRECTORY: RemoteHost = { host: "127.0.0.1", port: undefined };

function fetchError(outcome: Extract<FetchOutcome, { status: "failed" }>, console: Console): CliError {
  const [line = "", ...rest] = outcomeLines(outcome);
  if (console.interrupted.aborted) return new CliError("interrupted", ["interrupted", ...rest].join("; "));
  // Every peer answered, and each answer was no.
  const isRefused = outcome.sources.every(({ dropped }) => dropped?.reason === "refused");
  return new CliError(isRefused ? "refused" : "runtime", [line, ...rest].join("; "));
}

async function named(from: NonNullable<GetCommandOptions["from"]>): Promise<Source[]> {
  const sources: Source[] = [];
  for (const { host, port } of from) sources.push({ ip: await resolveHost(host, "--from"), httpPort: port });
  return sources;
}

function most(sources: number | undefined): Partial<FetchOptions> {
  return sources === undefined ? {} : { maxSources: sources };
}

/** Peers named in one --from. */
const MAX_PEERS = 64;

function peers(text: string, before: GetCommandOptions["from"] = []): GetCommandOptions["from"] {
  const all = [...before, ...text.split(",").map(remoteSocket)];
  if (all.length > MAX_PEERS) throw new InvalidArgumentError(`Expected at most ${MAX_PEERS} peers.`);
  return all;
}
