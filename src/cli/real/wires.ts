/** The wire formats by the names of --wire, and what the protocol needs of them. */

import { type ArqOptions, defaultArqOptions } from "../../core/arq/options.ts";
import { describeHardened } from "../../core/wire/hardened/describe.ts";
import { hardenedWire, looksHardened } from "../../core/wire/hardened/packets.ts";
import { reportWire } from "../../core/wire/report.ts";
import type { Describe, Reader } from "../../transport/describe.ts";
import { describeReport } from "../../transport/describe.ts";
import { CliError } from "../exit-codes.ts";
import { type Console, say } from "../output.ts";
import { readKeyFile } from "./key-file.ts";
import type { ClientWire, DirectoryWire, LinkOptionsGiven } from "./shared-options.ts";

/** The first is the default. */
export const directoryWires: readonly DirectoryWire[] = ["auto", "report", "hardened"];
export const clientWires: readonly ClientWire[] = ["report", "hardened"];

export interface WireChoice<W extends DirectoryWire = DirectoryWire> {
  readonly wire: W;
  readonly arq: ArqOptions;
  /** Present where there is a group. */
  readonly groupKey?: Uint8Array;
}

/**
 * What --wire and --key-file come to: a group's packets need the hardened wire. CliError where the user asks for another,
 * or the key cannot be read.
 */
export function wireChoice<W extends DirectoryWire>(
  { wire, keyFile }: LinkOptionsGiven<W>,
  byDefault: W,
  console: Console,
): WireChoice<W> {
  const arqOver = (chosen: DirectoryWire): ArqOptions => ({
    ...defaultArqOptions,
    wire: chosen === "hardened" ? hardenedWire : reportWire,
  });
  if (keyFile === undefined) {
    const chosen = wire ?? byDefault;
    return { wire: chosen, arq: arqOver(chosen) };
  }
  if (wire !== undefined && wire !== "hardened") {
    throw new CliError(
      "usage",
      `--key-file needs the hardened wire, and --wire is ${wire}: leave --wire out, or the key file`,
    );
  }
  const groupKey = readKeyFile(keyFile, (warning) => say(console, `peerlab: ${warning}`));
  return { wire: "hardened" as W, arq: arqOver("hardened"), groupKey };
}

/** What datagrams from other processes are, for the trace and for fault rules. */
export function describeFor(wire: DirectoryWire, reader: Reader): Describe {
  const report = describeReport(reader);
  if (wire === "report") return report;
  if (wire === "hardened") return describeHardened;
  return (datagram) => (looksHardened(datagram) ? describeHardened(datagram) : report(datagram));
}
