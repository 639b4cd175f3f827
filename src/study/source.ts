/** Where the cells of a sweep come from: one scenario's text, and what is set in it. */

import { type ParseResult, parseScenario } from "../scenario/parse.ts";

export interface SweepSource {
  readonly text: string;
  /** How problems and replays name it. */
  readonly file: string;
  /** false: the scenario's expectations are left out. */
  readonly verdicts: boolean;
}

/** The scenario of one cell, or what is wrong with it. */
export function cellScenario({ text, file, verdicts }: SweepSource, settings: readonly string[]): ParseResult {
  const parsed = parseScenario(text, file, { settings });
  if (!parsed.ok || verdicts) return parsed;
  return { ...parsed, scenario: { ...parsed.scenario, expect: [] } };
}
