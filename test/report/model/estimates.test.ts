import { describe, expect, test } from "vitest";
import { defaultRtoOptions } from "../../../src/core/arq/options.ts";
import { RtoEstimator } from "../../../src/core/arq/rto.ts";
import { arithmeticOf, type Estimate, estimatesOf, isWide } from "../../../src/report/model/estimates.ts";
import { TraceStory } from "../../support/trace-story.ts";

const row = (values: Partial<Estimate>): Estimate => ({
  timeMs: 0,
  packetId: 1,
  kind: "sample",
  sampleRttMs: Number.NaN,
  estimatedRttMs: Number.NaN,
  devRttMs: Number.NaN,
  timeoutIntervalMs: Number.NaN,
  ...values,
});

/** The rows of an estimator that sees these samples. */
function rows(options: Partial<typeof defaultRtoOptions>, samples: readonly number[]): Estimate[] {
  const estimator = new RtoEstimator({ ...defaultRtoOptions, ...options });
  return samples.map((sample) => {
    estimator.onSample(sample);
    const { sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs } = estimator;
    return row({ sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs });
  });
}

describe("the arithmetic behind an estimate", () => {
  test("the report's order: EstimatedRTT first, the deviation from the new one", () => {
    const options = { ...defaultRtoOptions, estimator: "report" as const };
    const [first, second] = rows(options, [100, 200]);
    expect(arithmeticOf(undefined, first!, options)).toEqual([
      "EstimatedRTT = SampleRTT = 100 ms (first sample)",
      "DevRTT = 100 / 2 = 50 ms",
      "TimeoutInterval = 100 + 4 x 50 = 300 ms",
    ]);
    expect(arithmeticOf(first, second!, options)).toEqual([
      "EstimatedRTT = 0.875 x 100 + 0.125 x 200 = 112.5 ms",
      "DevRTT = 0.75 x 50 + 0.25 x |200 - 112.5| = 59.375 ms",
      "TimeoutInterval = 112.5 + 4 x 59.375 = 350 ms",
    ]);
  });

  test("RFC 6298, 2.3: the deviation first, from the old estimate", () => {
    const options = { ...defaultRtoOptions, estimator: "rfc6298" as const };
    const [first, second] = rows(options, [100, 200]);
    expect(arithmeticOf(first, second!, options)).toEqual([
      "DevRTT = 0.75 x 50 + 0.25 x |200 - 100| = 62.5 ms",
      "EstimatedRTT = 0.875 x 100 + 0.125 x 200 = 112.5 ms",
      "TimeoutInterval = 112.5 + 4 x 62.5 = 362.5 ms",
    ]);
  });

  test("a minimum, a maximum and a clock granularity are shown where they decide", () => {
    const low = { ...defaultRtoOptions, minMs: 1000 };
    expect(arithmeticOf(undefined, rows(low, [100])[0]!, low).at(-1)).toBe(
      "TimeoutInterval = 100 + 4 x 50 = 300 ms, raised to the minimum of 1000 ms",
    );
    const high = { ...defaultRtoOptions, maxMs: 1000 };
    expect(arithmeticOf(undefined, rows(high, [500])[0]!, high).at(-1)).toBe(
      "TimeoutInterval = 500 + 4 x 250 = 1500 ms, cut to the maximum of 1000 ms",
    );
    const coarse = { ...defaultRtoOptions, granularityMs: 500 };
    expect(arithmeticOf(undefined, rows(coarse, [100])[0]!, coarse).at(-1)).toBe(
      "TimeoutInterval = 100 + max(500, 4 x 50) = 600 ms",
    );
  });

  test("after a restart the estimator begins anew, and the arithmetic with it", () => {
    const [first] = rows({}, [100]);
    const [fresh] = rows({}, [300]);
    expect(arithmeticOf(first, fresh!, defaultRtoOptions)[0]).toBe(
      "EstimatedRTT = SampleRTT = 300 ms (first sample: the estimator had started afresh)",
    );
  });

  test("Karn's rule, back-off and a fixed timeout in words", () => {
    const refused = row({ kind: "ambiguous", sampleRttMs: 40, timeoutIntervalMs: 600 });
    expect(arithmeticOf(undefined, refused, defaultRtoOptions)).toEqual([
      "SampleRTT 40 ms: not used, for the packet had been sent more than once (Karn's rule)",
      "TimeoutInterval stays 600 ms",
    ]);
    const [before, after] = [row({ timeoutIntervalMs: 300 }), row({ kind: "timeout", timeoutIntervalMs: 600 })];
    expect(arithmeticOf(before, after, defaultRtoOptions)).toEqual([
      "back-off after a timeout: TimeoutInterval = 2 x 300 = 600 ms",
    ]);
    const still = { ...defaultRtoOptions, backoff: 1 };
    expect(arithmeticOf(after, after, still)).toEqual(["a timer ran out; TimeoutInterval stays 600 ms"]);
    expect(arithmeticOf(undefined, after, defaultRtoOptions)).toEqual([
      "a timer ran out; TimeoutInterval is now 600 ms",
    ]);
    const fixed = { ...defaultRtoOptions, estimator: "fixed" as const };
    expect(arithmeticOf(undefined, row({ sampleRttMs: 90, timeoutIntervalMs: 200 }), fixed)).toEqual([
      "SampleRTT 90 ms; the timeout is fixed at 200 ms",
    ]);
  });
});

describe("a value that does not follow from the row before", () => {
  test("is said to be so, where a constant delay makes the estimate alone follow", () => {
    const before = row({ sampleRttMs: 20, estimatedRttMs: 20, devRttMs: 4.219, timeoutIntervalMs: 36.876 });
    const now = row({ sampleRttMs: 20, estimatedRttMs: 20, devRttMs: 10, timeoutIntervalMs: 60 });
    expect(arithmeticOf(before, now, defaultRtoOptions)).toEqual([
      "EstimatedRTT = SampleRTT = 20 ms (first sample: the estimator had started afresh)",
      "DevRTT = 20 / 2 = 10 ms",
      "TimeoutInterval = 20 + 4 x 10 = 60 ms",
    ]);
  });

  test("and where nothing explains it, the line claims nothing", () => {
    const odd = row({ sampleRttMs: 20, estimatedRttMs: 33, devRttMs: 1, timeoutIntervalMs: 99 });
    expect(arithmeticOf(undefined, odd, defaultRtoOptions)).toEqual([
      "EstimatedRTT is now 33 ms",
      "DevRTT is now 1 ms",
      "TimeoutInterval is now 99 ms",
    ]);
  });
});

describe("series", () => {
  test("one for each host and remote end, the busiest first", () => {
    const { model } = new TraceStory()
      .rtt(1, "A", "B", 1, "sample", { sample: 10, timeout: 20 })
      .rtt(2, "B", "A", 2, "sample", { sample: 11, timeout: 21 })
      .rtt(3, "B", "A", 3, "timeout", { timeout: 42 });
    expect(estimatesOf(model).map(({ node, peer, points }) => [node, peer, points.map(({ kind }) => kind)])).toEqual([
      ["B", "A", ["sample", "timeout"]],
      ["A", "B", ["sample"]],
    ]);
  });

  test("an axis is logarithmic from a factor of 20 on; samples that nobody used do not count", () => {
    expect(isWide([row({ sampleRttMs: 10, timeoutIntervalMs: 199 })])).toBe(false);
    expect(isWide([row({ sampleRttMs: 10, timeoutIntervalMs: 200 })])).toBe(true);
    expect(
      isWide([row({ sampleRttMs: 10, timeoutIntervalMs: 100 }), row({ kind: "ambiguous", sampleRttMs: 0.1 })]),
    ).toBe(false);
    expect(isWide([])).toBe(false);
  });
});
