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

test("an unknown one comes back with what was meant, or with all there are", () => {
  expect(chooseMetrics(["goodputt"])).toEqual({
    ok: false,
    message: 'there is no metric "goodputt": did you mean goodput?',
  });
  const far = chooseMetrics(["happiness"]);
  expect(far.ok ? "" : far.message).toMatch(
    /^there is no metric "happiness": expected transmissions, .* or utilisation$/,
  );
});
