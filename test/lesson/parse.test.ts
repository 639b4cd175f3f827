/** Lesson files: what is right, and what is said of what is wrong. */

import { describe, expect, test } from "vitest";
import { parseLesson } from "../../src/lesson/parse.ts";
import { formatProblem } from "../../src/scenario/problems.ts";

function problems(...steps: string[]): string[] {
  const text = `title: A lesson\nminutes: 10\nsteps:\n${steps.map((step) => `  - ${step}`).join("\n")}\n`;
  const result = parseLesson(text, "l.yaml");
  return result.ok ? [] : result.problems.map(formatProblem);
}

const RUN = (predict: string) => `run: { scenario: a.yaml, predict: { question: Why?, because: So., ${predict} } }`;

describe("a lesson file", () => {
  test("has a title, minutes, and steps of three kinds", () => {
    const steps = ["text: Read this.", RUN("metric: timeouts"), "{ ask: Why?, answer: So. }"];
    expect(problems(...steps)).toEqual([]);
  });

  test.each([
    ["metric: timeouts"],
    ["row: 3, column: estimated_rtt_ms"],
    ["event: { event: state, note: expired, after: 5s }"],
  ])("a prediction is answered by %s", (answer) => {
    expect(problems(RUN(answer))).toEqual([]);
  });

  test.each([
    ["within: 0.1"],
    ["row: 3"],
    ["column: dev_rtt_ms"],
    ["metric: timeouts, row: 3, column: dev_rtt_ms"],
    ["metric: timeouts, event: { event: drop }"],
  ])("a prediction that is answered by none or by several is refused: %s", (answer) => {
    expect(problems(RUN(answer))[0]).toMatch(/one of: a metric, a row and a column of rtt\.csv, an event/);
  });

  test.each([
    ["text: ''", /steps\.0/],
    ["{ txt: Read. }", /steps\.0/],
    [RUN("metric: timeout"), /metric.*\n.*did you mean "timeouts"/s],
    [RUN("row: 0, column: dev_rtt_ms"), /from 1 to/],
    [RUN("metric: timeouts, within: 3"), /a share from 0 to 1/],
    ["run: { scenario: a.yaml, rows: { from: 5, to: 4 } }", /a last row that is not before the first/],
    ["run: { scenario: a.yaml, set: [seed=2], picture: ladder }", /no picture where values are set/],
    ["run: { scenario: a.yaml, show: [chart] }", /did you mean "charts"/],
  ])("%s is met with its place and a guess", (step, message) => {
    const said = problems(step).join("\n");
    expect(said).toMatch(/^l\.yaml:\d+:\d+: /);
    expect(said).toMatch(message);
  });

  test("what is not YAML is refused with its place", () => {
    const result = parseLesson("title: [", "l.yaml");
    expect(result.ok).toBe(false);
  });
});
