/** The `--ladder` option of `run`: what of a run its ladder.svg shows. */

import type { LadderOptions } from "../report/ladder/options.ts";
import { DURATION, parseQuantity, suggestQuantity } from "../scenario/units.ts";
import { CliError } from "./exit-codes.ts";

export const LADDER_HELP =
  "what ladder.svg shows: from=TIME, to=TIME, host=NAME, message=TYPE or TYPE:NUMBER, packets=N; may be repeated";

type Choice = { -readonly [K in keyof LadderOptions]: LadderOptions[K] };

const MAX_PACKETS = 2000;

/** Reads `from=2s` and the like. CliError of kind `usage` at the first that makes no sense. */
export function ladderOptions(assignments: readonly string[]): LadderOptions {
  const choice: Choice = {};
  const hosts: string[] = [];
  for (const assignment of assignments) {
    const [, key, value = ""] = /^([a-z]+)=(.+)$/s.exec(assignment) ?? [];
    switch (key) {
      case "from":
        choice.fromMs = durationMs(assignment, value);
        break;
      case "to":
        choice.toMs = durationMs(assignment, value);
        break;
      case "host":
        hosts.push(value);
        break;
      case "message":
        choice.message = messageOf(assignment, value);
        break;
      case "packets":
        choice.maxPackets = numberOf(assignment, value, MAX_PACKETS);
        break;
      default:
        refuse(assignment, "from=2s, to=3s, host=H1, message=UPDATE:2 or packets=40");
    }
  }
  if (hosts.length > 0) choice.hosts = hosts;
  const { fromMs = 0, toMs } = choice;
  if (toMs !== undefined && toMs <= fromMs) {
    throw new CliError("usage", `--ladder: the window ends after it begins (${fromMs} ms), not at ${toMs} ms`);
  }
  return choice;
}

function durationMs(assignment: string, value: string): number {
  const ms = parseQuantity(DURATION, value);
  if (ms !== undefined) return ms;
  const meant = suggestQuantity(DURATION, value);
  return refuse(assignment, `${DURATION.expected}${meant === undefined ? "" : `; do you mean ${meant}?`}`);
}

function messageOf(assignment: string, value: string): NonNullable<LadderOptions["message"]> {
  const [, type = "", digits] = /^([^:]+)(?::(.*))?$/s.exec(value) ?? [];
  if (type === "")
    return refuse(assignment, "a type of message, such as message=UPDATE, or one of them: message=UPDATE:2");
  return digits === undefined ? { type } : { type, number: numberOf(assignment, digits, Number.MAX_SAFE_INTEGER) };
}

function numberOf(assignment: string, digits: string, max: number): number {
  const value = Number(digits);
  if (/^\d+$/.test(digits) && value >= 1 && value <= max) return value;
  return refuse(assignment, max === MAX_PACKETS ? `a whole number from 1 to ${max}` : "a whole number from 1");
}

function refuse(assignment: string, expected: string): never {
  throw new CliError("usage", `--ladder ${assignment}: expected ${expected}`);
}
