/** The options that several real-mode commands have, each declared once. */

import { type Command, InvalidArgumentError, Option } from "commander";
import type { HostPort } from "./values.ts";
import { positiveDuration, remoteAddress } from "./values.ts";

/** The report's port of the directory. */
export const DIRECTORY_PORT = 7777;

export type ClientWire = "report" | "hardened";
export type DirectoryWire = ClientWire | "auto";

/** How the protocol is spoken, who listens in, and what is done to its packets. */
export interface LinkOptionsGiven<W extends DirectoryWire = DirectoryWire> {
  /** Absent: the default, or what a key asks for. */
  readonly wire?: W;
  readonly keyFile?: string;
  readonly faults?: string;
  readonly faultSeed: string;
  readonly trace?: string;
  readonly name: string;
}

/** --wire, --key-file, --faults, --fault-seed, --trace, --name. */
export function addLinkOptions(command: Command, wires: readonly DirectoryWire[], name: string): Command {
  const [byDefault] = wires;
  const auto = wires.includes("auto") ? "; auto takes either from each peer" : "";
  return command
    .addOption(
      new Option(
        "--wire <wire>",
        `the wire format: report (2015) or hardened${auto} (default: ${byDefault}; hardened with --key-file)`,
      ).choices(wires),
    )
    .option("--key-file <file>", "the group's shared key: only who has it gets in (hardened wire)", notEmpty)
    .option(
      "--faults <rules>",
      'put a bad network in front of the socket: "loss=0.1 delay=50ms", or a scenario file',
      notEmpty,
    )
    .option("--fault-seed <seed>", "seed of the faults", notEmpty, "1")
    .option("--trace <dir>", "write trace.csv, rtt.csv and trace.jsonl there", notEmpty)
    .option("--name <name>", "this host's name in the trace and in fault rules", notEmpty, name);
}

/** --directory, as every client has it. */
export function directoryOption(): Option {
  return new Option("--directory <host[:port]>", `the directory (port ${DIRECTORY_PORT} unless given)`).argParser(
    remoteAddress,
  );
}

export type RemoteHost = HostPort & { readonly host: string };

/** --timeout, of the one-shot commands. */
export function timeoutOption(): Option {
  return new Option("--timeout <duration>", "how long to wait for the directory's answer")
    .default(10_000, "10s")
    .argParser(positiveDuration);
}

/** `--trace "$DIR"` with nothing in DIR. */
export function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}
