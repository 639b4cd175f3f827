/**
 * Link options on one line, as a command's `--faults` takes them: the keys and values that a scenario's `network` has for a
 * link, as `loss=0.1 delay=50ms`.
 */

import { parseDocument } from "yaml";
import { z } from "zod";
import { defaultLinkOptions, type LinkOptions } from "../faults/options.ts";
import { fileProblem, formatPath, formatProblem, type Problem } from "./problems.ts";
import { linkShape, toLinkOptions } from "./schema/link.ts";
import { schemaFindings } from "./schema-findings.ts";

export type FaultsResult =
  | { readonly ok: true; readonly link: LinkOptions }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const schema = z.strictObject(linkShape);

/**
 * Reads `key=value` pairs with spaces or commas between them. A value is what a scenario file would have behind the key:
 * `delay=50ms`, `delay={ distribution: uniform, min: 10ms, max: 100ms }`; a key with dots is the way to a value inside
 * (`loss.gilbertElliott.p=0.03`); a rate may also be written as `1Mbps`. `source` is how problems name the text.
 */
export function parseFaults(text: string, source = "--faults"): FaultsResult {
  const raw = emptyMapping();
  const problems: Problem[] = [];
  const refuse = (path: string, message: string) => void problems.push({ ...fileProblem(source, message), path });
  for (const pair of pairsOf(text)) {
    const [, key = "", written = ""] = /^([\w.]+)\s*=\s*(.*)$/s.exec(pair) ?? [];
    if (key === "" || written === "") {
      refuse("", `found ${JSON.stringify(pair)}, expected key=value, such as loss=0.1 or delay=50ms`);
      continue;
    }
    const value = parseDocument(written, { prettyErrors: false, logLevel: "silent" });
    if (value.errors.length > 0) refuse(key, `${JSON.stringify(written)} is no value: ${value.errors[0]!.message}`);
    else if (!put(raw, key.split("."), asScenariosWrite(key, value.toJS()))) refuse(key, "given twice");
  }
  if (problems.length === 0 && Object.keys(raw).length === 0) {
    refuse("", "no faults are given: expected key=value pairs, such as loss=0.1 delay=50ms");
  }
  for (const { path, at: _, ...finding } of schemaFindings(schema, raw)) {
    problems.push({ file: source, line: undefined, column: undefined, path: formatPath(path), ...finding });
  }
  if (raw.queue !== undefined && raw.rate === undefined) {
    refuse("queue", "a queue needs a `rate`: without one no packet ever waits");
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, link: { ...defaultLinkOptions, ...toLinkOptions(schema.parse(raw)) } };
}

/** What is wrong with a text of faults, as lines for people. */
export function formatFaultProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("\n");
}

/** The text cut at spaces and commas, but not inside brackets or quotes, nor round an equals sign. */
function pairsOf(text: string): string[] {
  const pairs: string[] = [];
  let pair = "";
  let depth = 0;
  let quote = "";
  for (const character of text.replace(/\s*=\s*/g, "=")) {
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === "{" || character === "[") {
      depth++;
    } else if (character === "}" || character === "]") {
      depth--;
    } else if (depth <= 0 && /[\s,]/.test(character)) {
      if (pair !== "") pairs.push(pair);
      pair = "";
      continue;
    }
    pair += character;
  }
  return pair === "" ? pairs : [...pairs, pair];
}

/** Puts a value where the path says; false where something is there already. */
function put(target: Record<string, unknown>, path: readonly string[], value: unknown): boolean {
  const [step = "", ...rest] = path;
  if (rest.length === 0) {
    if (Object.hasOwn(target, step)) return false;
    target[step] = value;
    return true;
  }
  if (!Object.hasOwn(target, step)) target[step] = emptyMapping();
  const inner = target[step];
  return typeof inner === "object" && inner !== null && put(inner as Record<string, unknown>, rest, value);
}

/** Without a prototype, every key is like any other. */
function emptyMapping(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/** On a command line, `1Mbps` is how people write a rate. */
function asScenariosWrite(key: string, value: unknown): unknown {
  if (key !== "rate" || typeof value !== "string") return value;
  return value.replace(/^(\d+(?:\.\d+)?)\s*([kMG]?)bps$/, "$1$2bit/s");
}
