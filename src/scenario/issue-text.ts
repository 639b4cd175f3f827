/**
 * The words for what zod refuses. zod carries one text per issue; ours has parts (what is expected, what is allowed,
 * what was meant), so it travels as JSON and is read back when issues become findings.
 */

import type { z } from "zod";
import { nearest } from "./suggest.ts";

export interface IssueText {
  /** What would be right: `a number from 1 to 10`. The message then opens with what was found. */
  readonly expected?: string;
  /** A whole message, instead of `expected`. */
  readonly message?: string;
  readonly allowed?: readonly string[];
  readonly suggestion?: string | undefined;
  /** Of unknown keys: what is said about some of them instead. */
  readonly byKey?: Readonly<Record<string, IssueText>>;
  /** Of unknown keys: all is said about the mapping at once, and what is missing in it is no mistake of its own. */
  readonly ofWhole?: boolean;
}

export function issueText(text: IssueText): string {
  return JSON.stringify(text);
}

/** Reads a text of issueText; any other text is a whole message, or what is expected where it opens so. */
export function readIssueText(text: string): IssueText {
  if (text.startsWith('{"') || text === "{}") return JSON.parse(text) as IssueText;
  return text.startsWith("expected ") ? { expected: text.slice("expected ".length) } : { message: text };
}

/** What a schema says to any wrong value: `z.string({ error: expects("a name") })`. Unknown keys keep their own words. */
export function expects(expected: string): (issue: z.core.$ZodRawIssue) => string | undefined {
  return (issue) => (issue.code === "unrecognized_keys" ? undefined : issueText({ expected }));
}

/** The words for issues whose schema has none of its own. */
export function defaultIssueText(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.expected === "boolean") return issueText(expectedBoolean(issue.input));
      return issueText({ expected: TYPE_NAMES[issue.expected] ?? `a value of type ${issue.expected}` });
    case "invalid_value":
      return oneOf(issue.values.map(String), issue.input);
    case "unrecognized_keys":
      return issueText({ message: "unknown key", allowed: keysOf(issue.inst) });
    case "invalid_union":
      return Array.isArray(issue.options) ? oneOf(issue.options.map(String), discriminatorOf(issue)) : issueText({});
    case "too_small":
      return issueText({
        expected: `${amount(issue.origin)} ${issue.inclusive ? "at least" : "above"} ${issue.minimum}${unit(issue)}`,
      });
    case "too_big":
      return issueText({
        expected: `${amount(issue.origin)} ${issue.inclusive ? "at most" : "below"} ${issue.maximum}${unit(issue)}`,
      });
    default:
      return issueText({ message: issue.message ?? "not allowed here" });
  }
}

const YES_AND_NO: Readonly<Record<string, string>> = {
  yes: "true",
  y: "true",
  on: "true",
  true: "true",
  1: "true",
  no: "false",
  n: "false",
  off: "false",
  false: "false",
  0: "false",
};

/** YAML once knew more words for true and false, and many people still do. */
export function expectedBoolean(found: unknown): IssueText {
  const isWord = typeof found === "string" || typeof found === "number";
  return { expected: "true or false", suggestion: isWord ? YES_AND_NO[String(found).toLowerCase()] : undefined };
}

function oneOf(allowed: readonly string[], found: unknown): string {
  const suggestion = typeof found === "string" ? nearest(found, allowed) : undefined;
  return issueText({ expected: allowed.length === 1 ? allowed[0]! : `one of ${allowed.join(", ")}`, suggestion });
}

function discriminatorOf(issue: z.core.$ZodRawIssue): unknown {
  const key = "discriminator" in issue ? issue.discriminator : undefined;
  const input = issue.input as Record<string, unknown> | undefined;
  return typeof key === "string" ? input?.[key] : undefined;
}

function keysOf(inst: unknown): string[] {
  const shape = (inst as z.ZodObject | undefined)?._zod.def.shape;
  return shape ? Object.keys(shape) : [];
}

function amount(origin: string): string {
  return origin === "string" ? "a text of" : origin === "array" ? "a list of" : "a number of";
}

function unit(issue: { readonly origin: string }): string {
  return issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : "";
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
};
