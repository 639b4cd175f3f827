/** --faults: the rules of a bad network, from a short text or from a scenario file's `network`. */

import { existsSync } from "node:fs";
import { defaultNetworkOptions, type NetworkOptions } from "../../faults/options.ts";
import { parseFaults } from "../../scenario/faults-text.ts";
import { loadScenarios } from "../../scenario/files.ts";
import { CliError } from "../exit-codes.ts";
import { badScenario } from "../report-error.ts";

/** CliError with all that is wrong with the text or the file. */
export function readFaults(given: string): NetworkOptions {
  if (/\.ya?ml$/i.test(given) || existsSync(given)) {
    const loaded = loadScenarios([given]);
    if (!loaded.ok) throw badScenario(loaded.problems);
    const [scenario, another] = loaded.scenarios;
    if (scenario === undefined || another !== undefined) {
      throw new CliError("usage", `--faults ${given} stands for ${loaded.scenarios.length} scenarios: name one file`);
    }
    return scenario.network;
  }
  const parsed = parseFaults(given);
  if (!parsed.ok) throw badScenario(parsed.problems);
  return { ...defaultNetworkOptions, link: parsed.link };
}
