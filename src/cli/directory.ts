/** `peerlab directory`: the central directory, until Ctrl-C. */

import { type Command, Option } from "commander";
import { Directory } from "../core/directory/directory.ts";
import { defaultDirectoryOptions } from "../core/directory/options.ts";
import type { Endpoint } from "../core/transport.ts";
import { formatDuration } from "../scenario/units.ts";
import { ExitCode } from "./exit-codes.ts";
import { type Console, say, writeJson } from "./output.ts";
import { DirectoryLog } from "./real/directory-log.ts";
import { listeningAt, listeningText } from "./real/listening.ts";
import { RealHost } from "./real/real-host.ts";
import { resolveHost } from "./real/resolve.ts";
import { addLinkOptions, DIRECTORY_PORT, type DirectoryWire, type LinkOptionsGiven } from "./real/shared-options.ts";
import { untilInterrupted } from "./real/until.ts";
import { type HostPort, listenAddress, positiveDuration, positiveInteger } from "./real/values.ts";
import { describeFor, directoryWires, type WireChoice, wireChoice } from "./real/wires.ts";
import { reportError } from "./report-error.ts";

export interface DirectoryCommandOptions extends LinkOptionsGiven {
  readonly listen?: HostPort;
  readonly updatePeriod: number;
  readonly missedUpdates: number;
  readonly quiet: boolean;
  readonly json: boolean;
}

export function addDirectoryCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  const { updatePeriodMs, missedUpdates } = defaultDirectoryOptions;
  const command = program
    .command("directory")
    .summary("real mode: the central directory")
    .description(
      "The central directory of the file-sharing network: peers register with it and ask it for files. Runs until Ctrl-C.",
    )
    .addOption(
      new Option(
        "--listen <host[:port]>",
        `the UDP address to listen on; port 0 takes any that is free (default: 0.0.0.0:${DIRECTORY_PORT})`,
      ).argParser(listenAddress),
    )
    .addOption(
      new Option("--update-period <duration>", "how often peers are expected to send an update")
        .argParser(positiveDuration)
        .default(updatePeriodMs, formatDuration(updatePeriodMs)),
    )
    .addOption(
      new Option("--missed-updates <n>", "a peer that misses so many in a row is removed")
        .argParser(positiveInteger)
        .default(missedUpdates),
    );
  addLinkOptions(command, directoryWires, "directory")
    .option("--quiet", "say nothing of who comes and goes")
    .option("--json", "print one JSON document on stdout, once it listens")
    .addHelpText(
      "after",
      `
Who joins, leaves and expires is said on stderr. Ctrl-C ends it, with exit code 130.

Examples:
  $ peerlab directory
  $ peerlab directory --listen 10.0.0.1:7777 --trace traces/directory
  $ peerlab directory --listen :0 --faults "loss=0.1 delay=50ms" --fault-seed 7
  $ peerlab directory --key-file group.key`,
    )
    .action(async (given: DirectoryCommandOptions) => {
      done(await directoryCommand({ ...given, quiet: given.quiet ?? false, json: given.json ?? false }, console));
    });
}

/** Runs until interrupted; reports errors itself. */
export async function directoryCommand(options: DirectoryCommandOptions, console: Console): Promise<ExitCode> {
  const log = new DirectoryLog((line) => say(console, line));
  try {
    const { host = "0.0.0.0", port = DIRECTORY_PORT } = options.listen ?? {};
    const choice = wireChoice<DirectoryWire>(options, "auto", console);
    const protocol = {
      ...defaultDirectoryOptions,
      ...choice,
      updatePeriodMs: options.updatePeriod,
      missedUpdates: options.missedUpdates,
    };
    const real = await RealHost.open(options, console, {
      describe: describeFor(choice.wire, "directory"),
      bind: { host: await resolveHost(host, "--listen"), port },
      sinks: options.quiet ? [] : [log],
      closeTimeoutMs: CLOSE_PATIENCE_MS,
      boot: (transport) => new Directory(transport, protocol),
    });
    try {
      announce(real.host.self, choice, options, console);
      await untilInterrupted(console, real.closed);
    } finally {
      await real.close();
    }
    if (!options.quiet) say(console, `directory closed: ${log.summary()}`);
    return ExitCode.interrupted;
  } catch (error) {
    return reportError(console, error, options.json ? {} : undefined);
  }
}

/** How long what is left to send may take at the end. */
const CLOSE_PATIENCE_MS = 300;

function announce(
  { host, port }: Endpoint,
  { wire, groupKey }: WireChoice,
  { json }: DirectoryCommandOptions,
  console: Console,
): void {
  const group = groupKey === undefined ? "" : "; only who has the key is heard";
  say(console, `directory ${listeningText(host, port)}; wire ${wire}${group}`);
  if (!json) return;
  writeJson(console.stdout, { listen: { host, port }, addresses: listeningAt(host, port), wire, pid: process.pid });
}
