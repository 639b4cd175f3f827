/** What the schema refuses, as findings that a student can act on. */

import type { z } from "zod";
import { defaultIssueText, readIssueText } from "./issue-text.ts";
import { type Finding, type Path, showValue } from "./problems.ts";
import { valueAt } from "./source-map.ts";
import { anyOf, nearest } from "./suggest.ts";

/** A finding, and whether a rule of ours found it rather than the shape of the schema. */
interface SchemaFinding extends Finding {
  readonly byRule: boolean;
  /** Says all that is wrong with the mapping at its path. */
  readonly ofWhole?: boolean;
}

/** Checks a plain value against a schema. */
export function schemaFindings(schema: z.ZodType, raw: unknown): Finding[] {
  const result = schema.safeParse(raw, { error: defaultIssueText });
  if (result.success) return [];
  const findings = result.error.issues.flatMap((issue) => findingsOf(issue, [], raw));
  return withoutEchoes(findings).map(({ byRule: _, ofWhole: __, ...finding }) => finding);
}

/** A misspelled key is one mistake: what is missing because of it is not said again. */
function withoutEchoes(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  const misspelled = new Map<string, (string | undefined)[]>();
  for (const { path, at, suggestion } of findings) {
    const parent = JSON.stringify(path.slice(0, -1));
    if (at === "key") misspelled.set(parent, [...(misspelled.get(parent) ?? []), suggestion]);
  }
  const wholes = new Set(findings.flatMap(({ path, ofWhole }) => (ofWhole ? [JSON.stringify(path)] : [])));
  return findings.filter(({ path, at, byRule, ofWhole }) => {
    if (ofWhole) return true;
    if (wholes.has(JSON.stringify(path)) || wholes.has(JSON.stringify(path.slice(0, -1)))) return false;
    if (at === "key") return true;
    if (byRule && misspelled.has(JSON.stringify(path))) return false;
    const meant = at === "missing" ? misspelled.get(JSON.stringify(path.slice(0, -1))) : undefined;
    return meant === undefined || !(byRule || meant.includes(String(path.at(-1))));
  });
}

function findingsOf(issue: z.core.$ZodIssue, parent: Path, raw: unknown): SchemaFinding[] {
  const path = [...parent, ...issue.path] as Path;
  switch (issue.code) {
    case "custom":
      return [{ ...wrongValue(issue.message, path, raw), byRule: true }];
    case "unrecognized_keys":
      if (readIssueText(issue.message).ofWhole) return [{ ...wrongValue(issue.message, path, raw), ofWhole: true }];
      return issue.keys.map((key) => unknownKey(issue.message, [...path, key], key));
    case "invalid_key":
      return issue.issues
        .slice(0, 1)
        .map((inner) => ({ ...wrongValue(inner.message, path, raw), at: "key" as const, byRule: false }));
    case "invalid_union": {
      const option = meantOption(issue.errors);
      if (option) return option.flatMap((inner) => findingsOf(inner, path, raw));
      return [wrongValue(issue.message === "{}" ? expectedOfAny(issue.errors) : issue.message, path, raw)];
    }
    default:
      return [wrongValue(issue.message, path, raw)];
  }
}

/**
 * The option of a union that somebody meant: the one of the right shape whose inside is wrong. Of several, the one with
 * the fewest issues. None where no option has the shape of what was found.
 */
function meantOption(options: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const fitting = options.filter((issues) => issues.length > 0 && !issues.some(refusesShape));
  return fitting.toSorted((a, b) => a.length - b.length)[0];
}

function refusesShape(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.every((issues) => issues.some(refusesShape));
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_format";
}

function expectedOfAny(options: readonly (readonly z.core.$ZodIssue[])[]): string {
  const expected = options.flatMap((issues) =>
    issues.slice(0, 1).map((issue) => readIssueText(issue.message).expected),
  );
  return `expected ${anyOf([...new Set(expected.filter((text) => text !== undefined))])}`;
}

function unknownKey(message: string, path: Path, key: string): SchemaFinding {
  const whole = readIssueText(message);
  const {
    message: text = "unknown key",
    allowed = [],
    suggestion = nearest(key, allowed),
  } = whole.byKey?.[key] ?? whole;
  return {
    path,
    at: "key",
    byRule: false,
    message: text,
    found: key,
    allowed,
    ...(suggestion !== undefined && { suggestion }),
  };
}

function wrongValue(message: string, path: Path, raw: unknown): SchemaFinding {
  const { expected, message: whole, allowed, suggestion } = readIssueText(message);
  const { exists, value } = valueAt(raw, path);
  const found = showValue(value);
  const text = whole ?? (exists ? `found ${found}, expected ${expected}` : `missing: expected ${expected}`);
  return {
    path,
    at: exists ? "value" : "missing",
    byRule: false,
    message: text,
    ...(exists && { found }),
    ...(allowed && { allowed }),
    ...(suggestion !== undefined && { suggestion }),
  };
}
