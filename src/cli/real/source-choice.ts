/** Whom to fetch a file from: what a user types behind a look-up's choices. */

import { isIP } from "node:net";
import type { Source } from "../../core/peer/outcomes.ts";
import type { Read } from "./screen.ts";

/** Addresses and choices in one answer. */
const MAX_SOURCES = 64;
const MAX_PORT = 65_535;

/**
 * `0`, `0,2`, `all`, or the address and HTTP port of a peer that was not offered, as the report writes it (`10.0.0.3 80`)
 * or with a colon. Empty: none.
 */
export function chooseSources(text: string, offered: readonly Source[]): Read<readonly Source[]> {
  const answer = text.trim();
  if (answer === "") return { ok: true, value: [] };
  if (answer.toLowerCase() === "all") return { ok: true, value: offered };
  const address = readAddress(answer);
  if (address !== undefined) return { ok: true, value: [address] };
  if (!/^\d+(\s*,\s*\d+)*$/.test(answer)) return { ok: false, error: allowed(offered.length) };
  const choices = [...new Set(answer.split(",").map(Number))];
  const sources = choices.flatMap((choice) => offered[choice] ?? []);
  if (sources.length < choices.length || sources.length > MAX_SOURCES) {
    return { ok: false, error: allowed(offered.length) };
  }
  return { ok: true, value: sources };
}

function readAddress(text: string): Source | undefined {
  const [, bracketed, bare = "", separator = "", digits = ""] = ADDRESS.exec(text) ?? [];
  const ip = bracketed ?? bare;
  // `::1:80` is an address of its own.
  if (isIP(ip) === 0 || (bare.includes(":") && separator === ":")) return undefined;
  const httpPort = Number(digits);
  return httpPort >= 1 && httpPort <= MAX_PORT ? { ip, httpPort } : undefined;
}

const ADDRESS = /^(?:\[([^\s[\]]+)\]|([^\s[\]]+?))(\s+|:)(\d{1,5})$/;

function allowed(count: number): string {
  const choices = count === 1 ? "0" : `0 to ${count - 1}`;
  return `give a choice (${choices}), several (0,1), all, or an IP address and port such as 10.0.0.3 80`;
}
