import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadScenarios } from "../../src/scenario/files.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { resolvedText } from "../../src/scenario/resolved-text.ts";

test("the text of a scenario has every default, and is YAML", () => {
  const parsed = parseScenario("name: a\ndescription: b\nhosts: { s: { role: arq-sender } }\n", "a.yaml");
  if (!parsed.ok) throw new Error("no scenario");
  const back = parse(resolvedText(parsed.scenario));
  expect(back).toMatchObject({
    name: "a",
    seed: "1",
    network: { link: { loss: 0, rateBitsPerSecond: Number.POSITIVE_INFINITY } },
  });
  expect(back.protocol.arq.rto).toMatchObject({ estimator: "report", initialMs: 1000 });
  expect(back.hosts).toMatchObject([{ name: "s", role: "arq-sender" }]);
});

test("every committed scenario has one, of bounded length", () => {
  const loaded = loadScenarios(["scenarios"]);
  if (!loaded.ok) throw new Error("no scenarios");
  for (const scenario of loaded.scenarios) {
    const text = resolvedText(scenario);
    expect(parse(text).name).toBe(scenario.name);
    expect(text.length).toBeLessThan(200_000);
  }
});

test("very many hosts are cut, and counted", () => {
  const parsed = parseScenario("name: a\ndescription: b\nhosts: { s: { role: arq-sender, count: 250 } }\n", "a.yaml");
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join());
  expect(resolvedText(parsed.scenario)).toMatch(/# 50 more hosts are left out here\n$/);
});
