/** The wire formats by the names of --wire, and stop-and-wait over them. */

import { type ArqOptions, defaultArqOptions } from "../../core/arq/options.ts";
import { reportWire } from "../../core/wire/report.ts";
import type { ClientWire, DirectoryWire, LinkOptionsGiven } from "./shared-options.ts";

/** The first is the default. */
export const directoryWires: readonly DirectoryWire[] = ["report"];
export const clientWires: readonly ClientWire[] = ["report"];

export function arqOptions(_options: LinkOptionsGiven): ArqOptions {
  return { ...defaultArqOptions, wire: reportWire };
}
