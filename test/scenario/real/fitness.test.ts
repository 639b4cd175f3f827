import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { realProblems, realWarnings } from "../../../src/scenario/real/fitness.ts";
import { NotForReal, runReal } from "../../../src/scenario/real/run.ts";
import type { Scenario } from "../../../src/scenario/schema.ts";

function scenario(lines: { hosts?: string; network?: string; duration?: string; timeline?: string } = {}): Scenario {
  const { hosts = "a: { role: peer }, b: { role: peer }", network = "{}", duration = "10s", timeline = "" } = lines;
  const text = `name: x
description: For the tests of real runs.
seed: 1
duration: ${duration}
network: ${network}
hosts: { d: { role: directory }, ${hosts} }
timeline: [${timeline}]
`;
  const parsed = parseScenario(text, "x.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

const download = "{ at: 1s, host: b, do: { download: { file: f, from: a } } }";

describe("what cannot be run for real is refused with the reason", () => {
  test.each([
    [{}, []],
    [{ hosts: "p: { role: peer, count: 199 }" }, []],
    [{ hosts: "p: { role: peer, count: 200 }" }, ["it has 201 hosts, and a real run has sockets for 200 at most"]],
    [{ duration: "1h" }, []],
    [{ duration: "2h" }, ["it takes 7200 s, and a real run one hour at most: it goes on in real time"]],
    [
      { network: "{ faults: [{ match: { kind: data }, do: drop }, { match: { type: SYN }, do: drop }] }" },
      ["network.faults[1] is about segments of byte streams, which only the simulated network has"],
    ],
    [
      { network: "{ faults: [{ match: { kind: segment }, do: drop }] }" },
      ["network.faults[0] is about segments of byte streams, which only the simulated network has"],
    ],
  ])("%j", (lines, problems) => {
    expect(realProblems(scenario(lines))).toEqual(problems);
  });

  test("the run itself refuses, before it opens anything", async () => {
    const error = await runReal(scenario({ duration: "2h" })).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NotForReal);
    expect((error as Error).message).toBe(
      "x cannot be run with real sockets: it takes 7200 s, and a real run one hour at most: it goes on in real time",
    );
  });
});

test.each([
  [{}, 0],
  [{ timeline: download }, 0],
  [{ network: "{ loss: 0.1 }" }, 0],
  [{ timeline: download, network: "{ loss: 0.1 }" }, 1],
  [
    {
      timeline: download.replace("download: { file: f, from: a }", "fetch: { file: f, from: [a] }"),
      network: "{ delay: 10ms }",
    },
    1,
  ],
  [{ timeline: download, network: "{ links: [{ between: [a, b], rate: 1Mbit/s }] }" }, 1],
])("a network that does not apply to downloads is warned of: %j", (lines, count) => {
  expect(realWarnings(scenario(lines))).toHaveLength(count);
});
