/** Scenarios for tests: the smallest that are right, to be made wrong in one place. */

import { parseScenario } from "../../src/scenario/parse.ts";
import { formatProblem } from "../../src/scenario/problems.ts";
import type { Scenario } from "../../src/scenario/schema.ts";

/** A bare sender and receiver: 7 lines, so that what a test adds begins in line 8. */
export const BARE = `name: bare
description: A bare sender and receiver.
hosts:
  sender: { role: arq-sender }
  receiver: { role: arq-receiver }
# what the test is about:

`;

/** A directory and three peers, for 60 s: what a test adds begins in line 10. */
export const SHARING = `name: sharing
description: A directory and three peers.
duration: 60s
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { new.txt: 58710B, recv.txt: 1kB }, shares: [new.txt] }
  H3: { role: peer, start: 2s, clockDrift: -50ppm }
  flock: { role: peer, count: 3, start: 1s, startSpread: 3s }

`;

/** Reads a scenario that must be right. */
export function parsed(text: string, ...settings: string[]): Scenario {
  const result = parseScenario(text, "x.yaml", { settings });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.scenario;
}

/** What is said about a scenario that must be wrong: its problems as a person sees them. */
export function problemsOf(text: string, ...settings: string[]): string[] {
  const result = parseScenario(text, "x.yaml", { settings });
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** The first lines of the problems: where and what, without suggestions and lists. */
export function headsOf(text: string, ...settings: string[]): string[] {
  return problemsOf(text, ...settings).map((problem) => problem.split("\n")[0]!);
}
