import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultRtoOptions, type EstimatorName, type RtoOptions } from "../../../src/core/arq/options.ts";
import { RtoEstimator, RtoOptionError, validateRtoOptions } from "../../../src/core/arq/rto.ts";

/** Without floor or ceiling in the way, unless asked for. */
function estimator(options: Partial<RtoOptions> = {}): RtoEstimator {
  return new RtoEstimator({ ...defaultRtoOptions, minMs: 1, maxMs: 1e6, ...options });
}

function sampled(samples: readonly number[], options: Partial<RtoOptions> = {}): RtoEstimator {
  const rto = estimator(options);
  for (const sample of samples) rto.onSample(sample);
  return rto;
}

describe("the formulas", () => {
  test("before the first sample: the initial timeout, and no estimate", () => {
    const rto = estimator({ initialMs: 1000 });
    expect(rto.timeoutIntervalMs).toBe(1000);
    expect([rto.sampleRttMs, rto.estimatedRttMs, rto.devRttMs]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test.each(["report", "rfc6298"] as const)("%s: the first sample R gives R, R/2 and R + 4 R/2", (name) => {
    const rto = sampled([100], { estimator: name });
    expect(rto).toMatchObject({ sampleRttMs: 100, estimatedRttMs: 100, devRttMs: 50, timeoutIntervalMs: 300 });
  });

  test("RFC 6298: the deviation first, with the old estimate (2.3)", () => {
    expect(sampled([100, 200], { estimator: "rfc6298" })).toMatchObject({
      estimatedRttMs: 112.5,
      devRttMs: 62.5,
      timeoutIntervalMs: 362.5,
    });
  });

  test("the report: the estimate first, so the deviation sees the new one", () => {
    expect(sampled([100, 200], { estimator: "report" })).toMatchObject({
      estimatedRttMs: 112.5,
      devRttMs: 59.375,
      timeoutIntervalMs: 350,
    });
  });

  test("fixed: always the initial timeout; samples are seen, not used", () => {
    const rto = sampled([10, 5000], { estimator: "fixed", initialMs: 200 });
    expect(rto).toMatchObject({ sampleRttMs: 5000, timeoutIntervalMs: 200 });
    expect(rto.estimatedRttMs).toBeNaN();
  });

  test("alpha, beta and k weigh the new sample and the deviation", () => {
    // estimate 100/2 + 200/2 = 150; deviation 50/4 + 3/4 |200 - 150| = 50
    expect(sampled([100, 200], { alpha: 0.5, beta: 0.75, k: 2 })).toMatchObject({
      estimatedRttMs: 150,
      devRttMs: 50,
      timeoutIntervalMs: 250,
    });
  });

  test("the clock's granularity is the least margin (RFC 6298, 2.3)", () => {
    const steady = Array<number>(200).fill(100);
    expect(sampled(steady, { estimator: "rfc6298", granularityMs: 5 }).timeoutIntervalMs).toBe(105);
    expect(sampled([100], { estimator: "rfc6298", granularityMs: 5 }).timeoutIntervalMs).toBe(300);
  });

  test("floor and ceiling", () => {
    expect(sampled([1], { estimator: "rfc6298", minMs: 1000 }).timeoutIntervalMs).toBe(1000);
    expect(sampled([10_000], { maxMs: 20_000 }).timeoutIntervalMs).toBe(20_000);
    expect(estimator({ initialMs: 5, minMs: 10 }).timeoutIntervalMs).toBe(10);
  });

  test("a sample is a duration", () => {
    for (const rttMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => estimator().onSample(rttMs)).toThrow(RangeError);
    }
    expect(sampled([0]).timeoutIntervalMs).toBe(1);
  });
});

describe("back-off", () => {
  test("the timeout doubles at each expiry, up to the maximum (RFC 6298, 5.5)", () => {
    const rto = sampled([100], { maxMs: 1000 });
    const timeouts = [1, 2, 3, 4].map(() => {
      rto.onTimeout();
      return rto.timeoutIntervalMs;
    });
    expect(timeouts).toEqual([600, 1000, 1000, 1000]);
  });

  test("a factor of 1 is no back-off", () => {
    const rto = estimator({ backoff: 1, initialMs: 1000 });
    rto.onTimeout();
    expect(rto.timeoutIntervalMs).toBe(1000);
  });

  test("the estimate is not touched, and the next sample ends the back-off", () => {
    const rto = sampled([100]);
    rto.onTimeout();
    expect(rto).toMatchObject({ estimatedRttMs: 100, devRttMs: 50, timeoutIntervalMs: 600 });
    rto.onSample(100);
    expect(rto).toMatchObject({ estimatedRttMs: 100, devRttMs: 37.5, timeoutIntervalMs: 250 });
  });
});

describe("Karn's rule", () => {
  test("on: the backed-off timeout outlives the ACK of a retransmitted packet", () => {
    const rto = sampled([100], { karn: true });
    rto.onTimeout();
    rto.onAcknowledged(true);
    expect(rto.timeoutIntervalMs).toBe(600);
    rto.onTimeout();
    rto.onAcknowledged(true);
    expect(rto.timeoutIntervalMs).toBe(1200);
    rto.onSample(100);
    rto.onAcknowledged(false);
    expect(rto.timeoutIntervalMs).toBe(250);
  });

  test("on, before the first sample: the backed-off initial timeout stays", () => {
    const rto = estimator({ karn: true, initialMs: 1000 });
    rto.onTimeout();
    rto.onAcknowledged(true);
    expect(rto.timeoutIntervalMs).toBe(2000);
  });

  test("off: the ACK of a retransmitted packet ends the back-off, and gives a sample", () => {
    const rto = sampled([100], { karn: false });
    rto.onTimeout();
    rto.onAcknowledged(true);
    expect(rto.timeoutIntervalMs).toBe(300);
    rto.onSample(700);
    expect(rto.estimatedRttMs).toBe(175);
  });

  test.each([true, false])("a fixed timeout starts afresh with every packet (karn: %s)", (karn) => {
    const rto = estimator({ estimator: "fixed", initialMs: 200, karn });
    rto.onTimeout();
    rto.onTimeout();
    expect(rto.timeoutIntervalMs).toBe(800);
    rto.onSample(50);
    expect(rto.timeoutIntervalMs).toBe(800);
    rto.onAcknowledged(true);
    expect(rto.timeoutIntervalMs).toBe(200);
  });
});

const rtoOptions: fc.Arbitrary<RtoOptions> = fc
  .record({
    estimator: fc.constantFrom<EstimatorName>("report", "rfc6298", "fixed"),
    minMs: fc.double({ min: 1, max: 1000, noNaN: true }),
    spread: fc.double({ min: 1, max: 100, noNaN: true }),
    start: fc.double({ min: 0.01, max: 1, noNaN: true }),
    backoff: fc.constantFrom(1, 1.5, 2, 3),
    karn: fc.boolean(),
    alpha: fc.double({ min: 0.001, max: 1, noNaN: true }),
    beta: fc.double({ min: 0.001, max: 1, noNaN: true }),
    k: fc.double({ min: 0, max: 8, noNaN: true }),
    granularityMs: fc.constantFrom(0, 1, 100),
  })
  .map(({ spread, start, ...options }) => {
    const maxMs = options.minMs * spread;
    return { ...options, maxMs, initialMs: maxMs * start };
  });

type Step = { sample: number } | "timeout" | { acknowledged: boolean };
const steps = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 5000, noNaN: true }).map((sample): Step => ({ sample })),
    fc.constant<Step>("timeout"),
    fc.boolean().map((acknowledged): Step => ({ acknowledged })),
  ),
  { maxLength: 40, size: "max" },
);

function take(rto: RtoEstimator, step: Step): void {
  if (step === "timeout") rto.onTimeout();
  else if ("sample" in step) rto.onSample(step.sample);
  else rto.onAcknowledged(step.acknowledged);
}

describe("properties", () => {
  test("the timeout stays within its bounds, and back-off never shortens it", () => {
    fc.assert(
      fc.property(rtoOptions, steps, (options, steps) => {
        validateRtoOptions(options);
        const rto = new RtoEstimator(options);
        for (const step of steps) {
          const before = rto.timeoutIntervalMs;
          take(rto, step);
          expect(rto.timeoutIntervalMs).toBeLessThanOrEqual(options.maxMs);
          expect(rto.timeoutIntervalMs).toBeGreaterThanOrEqual(
            options.estimator === "fixed" ? options.initialMs : options.minMs,
          );
          if (step === "timeout") {
            expect(rto.timeoutIntervalMs).toBe(Math.min(before * options.backoff, options.maxMs));
            expect(rto.timeoutIntervalMs).toBeGreaterThanOrEqual(before);
          }
        }
      }),
    );
  });

  test("the estimate lies between the least and the greatest sample", () => {
    fc.assert(
      fc.property(rtoOptions, steps, (options, steps) => {
        fc.pre(options.estimator !== "fixed");
        const rto = new RtoEstimator(options);
        const samples: number[] = [];
        for (const step of steps) {
          take(rto, step);
          if (typeof step === "object" && "sample" in step) samples.push(step.sample);
          if (samples.length === 0) continue;
          const slack = 1e-9 * Math.max(...samples);
          expect(rto.estimatedRttMs).toBeGreaterThanOrEqual(Math.min(...samples) - slack);
          expect(rto.estimatedRttMs).toBeLessThanOrEqual(Math.max(...samples) + slack);
          expect(rto.devRttMs).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test("the state is that of the formulas written out over the whole history", () => {
    fc.assert(
      fc.property(rtoOptions, steps, (options, steps) => {
        const rto = new RtoEstimator(options);
        for (const [i, step] of steps.entries()) {
          take(rto, step);
          expect(rto.timeoutIntervalMs).toBe(timeoutAfter(options, steps.slice(0, i + 1)));
        }
      }),
    );
  });
});

/** TimeoutInterval after a history, computed from the start each time. */
function timeoutAfter(options: RtoOptions, history: readonly Step[]): number {
  const { estimator: name, alpha, beta, k, granularityMs: g, minMs, maxMs, initialMs, karn } = options;
  const clamp = (ms: number) => Math.min(maxMs, Math.max(minMs, ms));
  const fixed = name === "fixed";
  let [estimate, deviation] = [Number.NaN, Number.NaN];
  let fresh = fixed ? initialMs : clamp(initialMs);
  let timeout = fresh;
  for (const step of history) {
    if (step === "timeout") {
      timeout = Math.min(maxMs, timeout * options.backoff);
    } else if ("acknowledged" in step) {
      if (fixed || !karn || !step.acknowledged) timeout = fresh;
    } else if (!fixed) {
      const { sample } = step;
      const old = estimate;
      const first = Number.isNaN(old);
      estimate = first ? sample : (1 - alpha) * old + alpha * sample;
      const reference = name === "report" ? estimate : old;
      deviation = first ? sample / 2 : (1 - beta) * deviation + beta * Math.abs(sample - reference);
      fresh = clamp(estimate + Math.max(g, k * deviation));
      timeout = fresh;
    }
  }
  return timeout;
}

describe("options that make no sense", () => {
  test.each<[Partial<RtoOptions>, keyof RtoOptions, RegExp]>([
    [{ estimator: "tahoe" as EstimatorName }, "estimator", /one of report, rfc6298, fixed, not tahoe/],
    [{ minMs: 0 }, "minMs", /above 0 ms, not 0/],
    [{ minMs: Number.NaN }, "minMs", /not NaN/],
    [{ minMs: 500, maxMs: 100 }, "maxMs", /at least minMs \(500 ms\), not 100/],
    [{ maxMs: Number.POSITIVE_INFINITY }, "maxMs", /not Infinity/],
    [{ initialMs: 0 }, "initialMs", /not 0/],
    [{ initialMs: 60_001 }, "initialMs", /up to maxMs \(60000 ms\), not 60001/],
    [{ backoff: 0.5 }, "backoff", /at least 1 .*not 0.5/],
    [{ karn: "yes" as unknown as boolean }, "karn", /true or false, not yes/],
    [{ alpha: 0 }, "alpha", /not 0/],
    [{ alpha: 1.1 }, "alpha", /not 1.1/],
    [{ beta: 0 }, "beta", /not 0/],
    [{ beta: 2 }, "beta", /not 2/],
    [{ k: -1 }, "k", /not -1/],
    [{ granularityMs: -1 }, "granularityMs", /not -1/],
  ])("%o", (options, option, message) => {
    const validate = () => validateRtoOptions({ ...defaultRtoOptions, ...options });
    expect(validate).toThrow(message);
    expect(validate).toThrow(RangeError);
    try {
      validate();
    } catch (error) {
      expect(error).toBeInstanceOf(RtoOptionError);
      expect(error).toMatchObject({ name: "RtoOptionError", option });
    }
  });

  test("the defaults and the ends of the ranges are fine", () => {
    validateRtoOptions(defaultRtoOptions);
    validateRtoOptions({ ...defaultRtoOptions, alpha: 1, beta: 1, backoff: 1, k: 0, minMs: 1000, maxMs: 1000 });
  });
});
