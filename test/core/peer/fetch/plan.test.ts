/** Which bytes a source without work is asked for, case by case. */

import { describe, expect, test } from "vitest";
import { ByteSpans } from "../../../../src/core/byte-spans.ts";
import { type Plan, type PlanInput, planRequest, type Running } from "../../../../src/core/peer/fetch/plan.ts";

const running = (at: number, end: number, paceBytesPerMs?: number): Running => ({
  segment: {
    asked: { from: at, to: end, isRange: true },
    ifRange: undefined,
    at,
    end,
    bodyEnd: undefined,
    hasHead: true,
    newBytes: 0,
  },
  paceBytesPerMs,
});

/** `FROM-TO`, `FROM-TO taken` where it takes over a part of another's; of a file of 1,000 bytes. */
function plan(input: Partial<PlanInput>): string | undefined {
  const full: PlanInput = {
    sizeBytes: 1000,
    had: new ByteSpans(),
    others: [],
    paceBytesPerMs: undefined,
    sharers: 1,
    minRequestBytes: 10,
    ...input,
  };
  const planned: Plan | undefined = planRequest(full);
  if (planned === undefined) return undefined;
  const { span, takenFrom } = planned;
  return `${span.from}-${span.to}${takenFrom === undefined ? "" : " taken"}`;
}

const had = (...spans: [number, number][]) => new ByteSpans(spans.map(([from, to]) => ({ from, to })));

describe("what nobody fetches yet", () => {
  test.each<[string, Partial<PlanInput>, string]>([
    ["all of it for one", {}, "0-1000"],
    ["a quarter for one of four", { sharers: 4 }, "0-250"],
    ["then a quarter of what is left", { sharers: 4, others: [running(0, 250)] }, "250-438"],
    ["no less than a request's least", { sharers: 4, others: [running(0, 980)] }, "980-990"],
    ["a remainder that is no request goes with it", { sharers: 2, minRequestBytes: 600 }, "0-1000"],
    ["the first gap, no further", { had: had([0, 100], [300, 1000]) }, "100-300"],
    ["a gap that another fetches is none", { had: had([0, 100]), others: [running(100, 500)] }, "500-1000"],
  ])("%s", (_what, input, planned) => {
    expect(plan(input)).toBe(planned);
  });
});

describe("what another has still before it", () => {
  test.each<[string, Partial<PlanInput>, string]>([
    ["half, where a pace is unknown", { others: [running(0, 1000, 3)] }, "500-1000 taken"],
    [
      "three quarters from one that is a third as fast",
      { paceBytesPerMs: 3, others: [running(0, 1000, 1)] },
      "250-1000 taken",
    ],
    [
      "a quarter from one that is three times as fast",
      { paceBytesPerMs: 1, others: [running(0, 1000, 3)] },
      "750-1000 taken",
    ],
    ["no less than a request", { paceBytesPerMs: 1, others: [running(0, 1000, 9999)] }, "990-1000 taken"],
    ["and leaves it one", { paceBytesPerMs: 9999, others: [running(0, 1000, 0)] }, "10-1000 taken"],
    [
      "from the one that needs longest, not the one with most",
      { paceBytesPerMs: 1, others: [running(0, 800, 100), running(800, 1000, 1)] },
      "900-1000 taken",
    ],
    ["as much as two requests is divided", { had: had([0, 980]), others: [running(980, 1000, 1)] }, "990-1000 taken"],
    ["less is fetched twice", { had: had([0, 981]), others: [running(981, 1000, 1)] }, "981-1000"],
  ])("%s", (_what, input, planned) => {
    expect(plan(input)).toBe(planned);
  });

  test("twice, and not three times", () => {
    const last = [running(985, 1000, 1), running(981, 1000, 1)];
    expect(plan({ had: had([0, 981]), others: last })).toBeUndefined();
    expect(plan({ had: had([0, 1000]), others: [running(1000, 1000, 1)] })).toBeUndefined();
  });
});
