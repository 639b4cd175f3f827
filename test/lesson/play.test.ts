/** What a step of a lesson shows, and how a prediction is judged. */

import { describe, expect, test } from "vitest";
import type { Run } from "../../src/lesson/lesson.ts";
import { commandOf, isRight, type OutputStyle, play, readPrediction } from "../../src/lesson/play.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/schema.ts";

const STYLE: OutputStyle = { columns: 80, color: false, symbols: false };

function scenario(): Scenario {
  const parsed = parseScenario(
    `name: t
description: Three packets, the second one lost once.
network: { delay: 50ms, faults: [{ match: { seq: 2, kind: data, attempt: 1 }, do: drop }] }
protocol: { rto: { estimator: report, initial: 1s } }
hosts: { a: { role: arq-sender }, b: { role: arq-receiver } }
timeline: [{ at: 0s, host: a, do: { send: { to: b, packets: 3, bytes: 100B } } }]
expect: [{ drops: 1 }]
`,
    "t.yaml",
  );
  if (!parsed.ok) throw new Error("the scenario is wrong");
  return parsed.scenario;
}

const run = (given: Partial<Run> = {}): Run => ({ scenario: "t.yaml", set: [], show: [], figures: [], ...given });
const predict = (given: object): Partial<Run> => ({
  predict: { question: "?", because: ".", within: 0.05, ...given } as NonNullable<Run["predict"]>,
});

describe("a run of a lesson", () => {
  test("shows figures and rows of rtt.csv", () => {
    const { output } = play(run({ figures: ["timeouts", "goodput"], rows: { from: 1, to: 2 } }), scenario(), STYLE);
    expect(output).toBe(
      [
        "results/t/rtt.csv, rows 1 to 2",
        "row    time           SampleRTT  EstimatedRTT  DevRTT  TimeoutInterval",
        "  1  100 ms   sample        100           100      50              300",
        "  2  400 ms  timeout                      100      50              600",
        "",
        "timeouts  1",
        "goodput   3.76 kbit/s",
        "",
      ].join("\n"),
    );
  });

  test("shows verdicts and charts where it is asked to", () => {
    const { output, passed } = play(run({ show: ["verdicts"] }), scenario(), STYLE);
    expect(passed).toBe(true);
    expect(output).toMatch(/^PASS t .*\n.*PASS {2}drops: 1/s);
  });

  test.each([
    [{ metric: "timeouts" }, 1, "1"],
    [{ metric: "duration" }, 600, "600 ms"],
    [{ row: 1, column: "dev_rtt_ms" }, 50, "50 ms"],
    [{ event: { event: "timeout" } }, 400, "400 ms"],
    [{ event: { event: "deliver", node: "b", type: "DATA", after: 100 } }, 450, "450 ms"],
  ])("answers a prediction of %j", (asked, value, text) => {
    expect(play(run(predict(asked)), scenario(), STYLE).answer).toMatchObject({ value, text });
  });

  test.each([
    [{ row: 99, column: "dev_rtt_ms" }],
    [{ row: 2, column: "sample_rtt_ms" }],
    [{ event: { event: "corrupt" } }],
  ])("has no answer where the run has no such figure: %j", (asked) => {
    expect(play(run(predict(asked)), scenario(), STYLE).answer).toBeUndefined();
  });

  test("fills figures in to the question and the reason, up to the rows that they name", () => {
    const asked = {
      metric: "timeouts",
      question: "{row 1 sample_rtt_ms}?",
      because: "{row 3 timeout_interval_ms}, {row 9 dev_rtt_ms}",
    };
    const { question, because } = play(run(predict(asked)), scenario(), STYLE);
    expect([question, because]).toEqual(["100 ms?", "600 ms, {row 9 dev_rtt_ms}"]);
  });

  test("names the command that does the same", () => {
    expect(commandOf(run({ set: ["network.loss=0.3"] }), "my lessons/t.yaml")).toBe(
      "npx peerlab run 'my lessons/t.yaml' --set network.loss=0.3 --no-verdicts",
    );
    const shown = run({ set: ["seed=2"], show: ["verdicts"], figures: ["drops"], rows: { from: 1, to: 2 } });
    expect(commandOf(shown, "t.yaml")).toBe("npx peerlab run t.yaml --set seed=2 --metric drops --out results");
  });
});

describe("a prediction", () => {
  test.each([
    ["100", "ms", undefined],
    ["0", "ms", 0],
    ["263000", "bit/s", undefined],
    ["100 ms", "ms", 100],
    ["0.1s", "ms", 100],
    ["1,5s", "ms", 1500],
    ["1,200 ms", "ms", 1200],
    ["263,000 bit/s", "bit/s", 263_000],
    ["1,200,000", "count", 1_200_000],
    ["0,125", "ratio", 0.125],
    ["12,34ms", "ms", 12.34],
    ["1,2345", "count", 1.2345],
    ["263kbit/s", "bit/s", 263_000],
    ["25%", "ratio", 0.25],
    ["12", "count", 12],
    ["", "ms", undefined],
    ["long", "ms", undefined],
    ["-1", "count", undefined],
  ] as const)("%j in %s is read as %s", (text, unit, value) => {
    expect(readPrediction(text, unit)).toBe(value);
  });

  const answer = { value: 200, unit: "ms", text: "200 ms" } as const;
  test.each([
    [200, 0, true],
    [201, 0, false],
    [210, 0.05, true],
    [210.1, 0.05, false],
    [190, 0.05, true],
    [189.9, 0.05, false],
  ])("%d within %d of 200 is right: %s", (predicted, within, right) => {
    expect(isRight(predicted, answer, within)).toBe(right);
  });
});
