/** From the text of a scenario file to a Scenario, or to all that is wrong with it. No file access. */

import { z } from "zod";
import { buildScenario } from "./build.ts";
import { checkExpectationParts } from "./checks/expectations.ts";
import { checkExpectedActions } from "./checks/expected-actions.ts";
import { checkExpectedTypes } from "./checks/expected-types.ts";
import { checkHosts } from "./checks/hosts.ts";
import { checkNetwork } from "./checks/network.ts";
import { checkProtocol } from "./checks/protocol.ts";
import { checkReferences } from "./checks/references.ts";
import { checkTimeline } from "./checks/timeline.ts";
import { checkWires } from "./checks/wires.ts";
import { readParts, type ScenarioParts } from "./parts.ts";
import { type Finding, fileProblem, formatPath, type Problem } from "./problems.ts";
import { homeOf } from "./reference.ts";
import { type Scenario, scenarioSchema } from "./schema.ts";
import { schemaFindings } from "./schema-findings.ts";
import { applySettings, type Settings } from "./set-path.ts";
import { plainValue, readYaml } from "./yaml.ts";

export type ParseResult =
  | {
      readonly ok: true;
      readonly scenario: Scenario;
      readonly placeOf: (path: Finding["path"]) => { line: number; column: number };
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ParseOptions {
  /** Values that replace those of the text, as `--set` gives them: `network.loss=0.3`. */
  readonly settings?: readonly string[];
}

/**
 * Reads a scenario. `file` is how problems name it. All problems are reported, in the order of their places in the
 * text; those of settings come last.
 */
export function parseScenario(text: string, file: string, options: ParseOptions = {}): ParseResult {
  const { document, map, problems: yamlProblems, isReadable } = readYaml(text, file);
  if (!isReadable) return { ok: false, problems: yamlProblems };
  if (document.contents === null) return { ok: false, problems: [fileProblem(file, EMPTY)] };

  const settings = applySettings(document, options.settings ?? []);
  const plain = plainValue(document);
  const parts = readParts(plain.ok ? plain.value : undefined);
  const findings = plain.ok ? findingsOf(parts) : [plain.finding];
  const found = findings.map((finding) => problemOf(finding, file, settings, map.locate(finding)));
  const problems = [...yamlProblems, ...found, ...settings.problems].toSorted(byPlace);
  if (problems.length > 0 || !plain.ok) return { ok: false, problems };

  const head = headSchema.parse(plain.value);
  const scenario = buildScenario({ ...head, file }, parts);
  return { ok: true, scenario, placeOf: (path) => map.locate({ path }) };
}

const EMPTY = "the file is empty: `peerlab init` writes a scenario to start from";
const headSchema = z.object(scenarioSchema.pick({ name: true, description: true, seed: true }).shape);

function findingsOf(parts: ScenarioParts): Finding[] {
  const { raw } = parts;
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const what = Array.isArray(raw) ? "a list" : "a text";
    return [{ path: [], message: `found ${what}, expected a mapping with the keys name, description, hosts, ...` }];
  }
  const bySchema = schemaFindings(scenarioSchema, raw).map(withHome);
  // Everything else speaks of hosts.
  if (parts.names.keys().length === 0) return bySchema;
  return [
    ...bySchema,
    ...checkReferences(parts),
    ...checkHosts(parts),
    ...checkNetwork(parts),
    ...checkProtocol(parts),
    ...checkWires(parts),
    ...checkTimeline(parts),
    ...checkExpectationParts(parts),
    ...checkExpectedActions(parts),
    ...checkExpectedTypes(parts),
  ];
}

/** A key that is like no other here may belong elsewhere: `loss` in `network`. */
function withHome(finding: Finding): Finding {
  if (finding.at !== "key" || finding.suggestion !== undefined || !finding.allowed?.length) return finding;
  // An expectation has no options.
  if (finding.path[0] === "expect") return finding;
  const home = homeOf(String(finding.path.at(-1)));
  return home === undefined ? finding : { ...finding, suggestion: formatPath(home) };
}

function problemOf(
  finding: Finding,
  file: string,
  settings: Settings,
  place: { line: number; column: number },
): Problem {
  const { path, at: _, ...rest } = finding;
  const setting = settings.settingOf(path);
  if (setting !== undefined)
    return { file: `--set ${setting}`, line: undefined, column: undefined, path: formatPath(path), ...rest };
  return { file, ...place, path: formatPath(path), ...rest };
}

function byPlace(a: Problem, b: Problem): number {
  const line = (problem: Problem) => problem.line ?? Number.MAX_SAFE_INTEGER;
  return line(a) - line(b) || (a.column ?? 0) - (b.column ?? 0);
}
