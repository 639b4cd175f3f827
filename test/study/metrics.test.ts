import { expect, test } from "vitest";
import { METRIC_NAMES } from "../../src/scenario/expect/metrics/catalogue.ts";
import { chooseMetrics, DEFAULT_METRICS, SWEEP_METRIC_NAMES } from "../../src/study/metrics.ts";

test("every metric of a run, and three more", () => {
  expect(SWEEP_METRIC_NAMES).toEqual([...METRIC_NAMES, "giveUpRate", "duplicatesPerPacket", "utilisation"]);
  expect(chooseMetrics(DEFAULT_METRICS).ok).toBe(true);
});

test("a metric that is named twice is shown once", () => {
  const chosen = chooseMetrics(["goodput", "drops", "goodput"]);
  expect(chosen.ok && chosen.metrics.map(({ name }) => name)).toEqual(["goodput", "drops"]);
});

test("an unknown one comes back with what was meant, with those that are alike, or with some; never with all", () => {
  const messageOf = (name: string) => {
    const chosen = chooseMetrics([name]);
    return chosen.ok ? "" : chosen.message;
  };
  expect(messageOf("goodputt")).toBe('there is no metric "goodputt": did you mean goodput?');
  const where = "All 59 are in docs/scenario-reference.md (expect) and docs/sweeps.md (metrics)".replace(
    "59",
    String(SWEEP_METRIC_NAMES.length),
  );
  expect(messageOf("downloadDuration")).toMatch(
    /: did you mean \w*[dD]ownload\w*(, \w*[dD]ownload\w*)* or \w*[dD]ownload/,
  );
  expect(messageOf("happiness")).toBe(
    `there is no metric "happiness": expected one such as transmissionsPerPacket, timePerPacket, goodput or giveUpRate. ${where}`,
  );
});
