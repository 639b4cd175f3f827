/** How long packets travel: distributions of a link's delay. */

import { z } from "zod";
import type { DelayOptions } from "../../faults/options.ts";
import { issueText } from "../issue-text.ts";
import { DURATION, formatDuration } from "../units.ts";
import { duration, expectsQuantity, number } from "./values.ts";

const distribution = z
  .discriminatedUnion("distribution", [
    z.strictObject({
      distribution: z.literal("constant"),
      value: duration.describe("The delay of every packet."),
    }),
    z
      .strictObject({
        distribution: z.literal("uniform"),
        min: duration.describe("The shortest delay."),
        max: duration.describe("The longest delay."),
      })
      .superRefine(({ min, max }, context) => {
        if (min > max)
          context.addIssue({
            code: "custom",
            path: ["min"],
            message: issueText({ expected: `at most max (${formatDuration(max)})` }),
          });
      }),
    z.strictObject({
      distribution: z.literal("normal"),
      mean: duration.describe("The mean of the bell curve."),
      stddev: duration.describe("Its standard deviation."),
      min: duration.prefault("0s").describe("No delay is shorter: shorter draws become this."),
    }),
    z
      .strictObject({
        distribution: z.literal("exponential"),
        mean: duration.describe("The mean of the whole delay, `min` included."),
        min: duration.prefault("0s").describe("No delay is shorter: an exponential part comes on top."),
      })
      .superRefine(({ min, mean }, context) => {
        if (min > mean)
          context.addIssue({
            code: "custom",
            path: ["min"],
            message: issueText({ expected: `at most mean (${formatDuration(mean)})` }),
          });
      }),
    z.strictObject({
      distribution: z.literal("pareto"),
      scale: duration.describe("The shortest delay."),
      shape: number({ above: 0 }, "a number above 0").describe(
        "The tail: the smaller, the heavier. P(delay > x) = (scale / x)^shape; the mean is finite above 1.",
      ),
    }),
  ])
  .transform((delay): DelayOptions => {
    switch (delay.distribution) {
      case "constant":
        return { distribution: "constant", valueMs: delay.value };
      case "uniform":
        return { distribution: "uniform", minMs: delay.min, maxMs: delay.max };
      case "normal":
        return { distribution: "normal", meanMs: delay.mean, stddevMs: delay.stddev, minMs: delay.min };
      case "exponential":
        return { distribution: "exponential", meanMs: delay.mean, minMs: delay.min };
      case "pareto":
        return { distribution: "pareto", scaleMs: delay.scale, shape: delay.shape };
    }
  });

/** A delay as a scenario writes it: a duration, or a distribution. */
export const delay = z
  .union([duration.transform((valueMs): DelayOptions => ({ distribution: "constant", valueMs })), distribution], {
    error: expectsQuantity(
      DURATION,
      "a duration such as 50ms, or a distribution such as { distribution: uniform, min: 10ms, max: 100ms }",
    ),
  })
  .meta({ id: "Delay" });
