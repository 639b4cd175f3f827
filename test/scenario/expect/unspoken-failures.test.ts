import { expect, test } from "vitest";
import type { ActionResult } from "../../../src/scenario/expect/facts.ts";
import { expectationsSchema } from "../../../src/scenario/expect/schema.ts";
import { unspokenFailures } from "../../../src/scenario/expect/unspoken-failures.ts";

const failed = (host: string, action: string, argument = "", atMs = 8000): ActionResult => ({
  atMs,
  finishedMs: atMs,
  host,
  action,
  argument,
  outcome: "failed",
  text: "no",
});
const isSpokenOf = (action: ActionResult, expectation: unknown) =>
  unspokenFailures([action], expectationsSchema.parse([expectation])).length === 0;

test("failures alone are named", () => {
  const done: ActionResult = { ...failed("H1", "crash"), outcome: "done" };
  const pending: ActionResult = { ...failed("H1", "crash"), outcome: "pending" };
  const crash = failed("H1", "crash");
  expect(unspokenFailures([done, crash, pending], [])).toEqual([crash]);
});

test.each<[ActionResult, unknown, boolean]>([
  [failed("H4", "lookup", "a"), { lookup: { host: "H4", answers: "404" } }, true],
  [failed("H4", "lookup", "a"), { lookup: { host: "H4", file: "a", answers: "404" } }, true],
  [failed("H4", "lookup", "a"), { lookup: { host: "H4", file: "b", answers: "404" } }, false],
  [failed("H4", "lookup", "a"), { lookup: { host: "H3", answers: "404" } }, false],
  [failed("H4", "lookup", "a"), { lookup: { host: "H4", answers: "404" }, after: "9s" }, false],
  [failed("H4", "view"), { view: { host: "H4", shows: {} } }, true],
  [failed("H4", "view"), { list: { host: "H4", shows: [] } }, false],
  [failed("H4", "download", "a"), { downloadsFailed: 1 }, true],
  [failed("H4", "lookup", "a"), { downloadsFailed: 1 }, false],
  [failed("H4", "crash"), { actionsFailed: 1 }, true],
  [failed("H4", "crash"), { actionsFailed: 1, host: "H3" }, false],
  [failed("H4", "crash"), { actionsPending: 0 }, false],
  [failed("H4", "exit"), { events: { event: "action", node: "H4" } }, true],
  [failed("H4", "exit"), { events: { event: "action", node: "H3" } }, false],
  [failed("H4", "exit"), { drops: 0 }, false],
])("%j, %j: %s", (action, expectation, isSpoken) => {
  expect(isSpokenOf(action, expectation)).toBe(isSpoken);
});
