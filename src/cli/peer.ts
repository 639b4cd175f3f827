/** `peerlab peer`: a peer of the file-sharing network, with the report's menu, until Exit or Ctrl-C. */

import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultPeerOptions } from "../core/peer/options.ts";
import { formatDuration } from "../scenario/units.ts";
import { ExitCode } from "./exit-codes.ts";
import { type Console, say } from "./output.ts";
import { LineScreen } from "./real/line-screen.ts";
import { runMenu } from "./real/menu.ts";
import { openPeer } from "./real/peer-host.ts";
import { HTTP_PORT, PEER_PORT, type PeerSettings } from "./real/peer-settings.ts";
import { addLinkOptions, directoryOption, notEmpty } from "./real/shared-options.ts";
import { untilInterrupted } from "./real/until.ts";
import { byteRate, httpAddress, listenAddress, positiveDuration, positiveInteger } from "./real/values.ts";
import { clientWires } from "./real/wires.ts";
import { reportError } from "./report-error.ts";

export interface PeerCommandOptions extends PeerSettings {
  /** False: no menu; the peer runs until Ctrl-C, whatever becomes of its input. */
  readonly menu: boolean;
}

export function addPeerCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  const { updatePeriodMs } = defaultPeerOptions;
  const command = program
    .command("peer")
    .summary("real mode: a peer; the numbered menu on a terminal, scriptable when piped")
    .description(
      "A peer: registers with the directory, serves the files it shares over HTTP, and fetches others' files.",
    )
    .addOption(directoryOption().makeOptionMandatory())
    .option("--folder <dir>", "where the files are, and where downloads go", notEmpty, ".")
    .option("--share <name...>", "files of the folder to share from the start")
    .option("--share-all", "share all files of the folder")
    .addOption(
      new Option(
        "--listen <host[:port]>",
        `the UDP address to listen on; port 0 takes any that is free (default: port ${PEER_PORT} of all addresses, or another if that is taken)`,
      ).argParser(listenAddress),
    )
    .addOption(
      new Option(
        "--http <[host:]port>",
        `where the files are served; the report's port 80 needs root (default: ${HTTP_PORT}, or another if that is taken)`,
      ).argParser(httpAddress),
    )
    .addOption(
      new Option(
        "--advertise <ip>",
        "the address that the directory gives to others (default: this machine's, towards the directory)",
      ).argParser(ipAddress),
    )
    .addOption(
      new Option("--update-period <duration>", "from one update to the next")
        .argParser(positiveDuration)
        .default(updatePeriodMs, formatDuration(updatePeriodMs)),
    )
    .addOption(new Option("--upload-limit <rate>", "most bytes per second sent, such as 10MB/s").argParser(byteRate))
    .addOption(
      new Option("--download-limit <rate>", "most bytes per second fetched, for each download").argParser(byteRate),
    )
    .addOption(new Option("--max-uploads <n>", "most uploads at once (default: 32)").argParser(positiveInteger))
    .option("--overwrite", "downloads may replace files that are there")
    .option("--no-menu", "no menu: run until Ctrl-C");
  addLinkOptions(command, clientWires, "peer")
    .option("--quiet", "no notices and no progress on stderr")
    .addHelpText(
      "after",
      `
The menu's lines come from a terminal or a pipe: 1 Receive a file, 2 Add sharing file, 3 Delete sharing file, 4 List all
files being shared, 5 Exit, 6 View Directory. The end of the input is an Exit. Ctrl-C leaves the network as well, with
exit code 130; what was downloaded so far is kept, and the next try goes on from there.

Examples:
  $ peerlab peer --directory 10.0.0.1 --folder shared --share new.txt
  $ sudo peerlab peer --directory 10.0.0.1:7777 --http 80 --share-all
  $ printf '1\\nnew.txt\\n0\\n5\\n' | peerlab peer --directory 10.0.0.1 --folder downloads
  $ peerlab peer --directory 10.0.0.1 --share-all --no-menu --upload-limit 10MB/s`,
    )
    .action(async (given: PeerCommandOptions) => done(await peerCommand(given, console)));
}

/** Runs until Exit, the end of input, or Ctrl-C; reports errors itself. */
export async function peerCommand(options: PeerCommandOptions, console: Console): Promise<ExitCode> {
  const screen = options.menu ? new LineScreen(console.stdin, console.stdout, console.interrupted) : undefined;
  const tell = (notice: string): void => {
    if (options.quiet) return;
    if (screen === undefined) say(console, notice);
    else screen.interject(() => say(console, notice));
  };
  try {
    const peer = await openPeer(options, console, tell);
    try {
      const interrupted = untilInterrupted(console, peer.closed);
      if (screen === undefined) await interrupted;
      else await Promise.race([runMenu(screen, peer.actions), interrupted]);
    } finally {
      await peer.leave();
    }
    return console.interrupted.aborted ? ExitCode.interrupted : ExitCode.passed;
  } catch (error) {
    return reportError(console, error, undefined);
  } finally {
    screen?.close();
  }
}

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("Expected an IP address, such as 10.0.0.3.");
  return text;
}
