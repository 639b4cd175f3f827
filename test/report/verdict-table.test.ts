import { describe, expect, test } from "vitest";
import { type JudgedRun, type VerdictStyle, verdictSummary, verdictTable } from "../../src/report/verdict-table.ts";
import type { ActionResult, Verdict } from "../../src/scenario/expect/facts.ts";

const plain: VerdictStyle = { columns: 80, color: false, symbols: false };

const holds: Verdict = {
  expectation: "transmissionsPerPacket",
  passed: true,
  expected: "within 1 % of 1.2346",
  found: "1.2351",
};
const breaks: Verdict = {
  expectation: "lookup H4 new.txt",
  passed: false,
  expected: "offers H2, H3",
  found: "offers H2",
  because: "both hosts share it",
  atMs: 22_100.25,
  packetId: 61,
  event: 387,
};

function run(...expectations: Verdict[]): JudgedRun {
  return {
    name: "bulk",
    file: "scenarios/lessons/bulk.yaml",
    description: "Stop-and-wait over a long, lossy link.",
    seed: "42",
    traceHash: "8f3a90c2d4e5f601",
    durationMs: 60_000,
    events: 12_345,
    passed: expectations.every((verdict) => verdict.passed),
    expectations,
  };
}

describe("the verdict table", () => {
  test("shows mark, expectation, expected and found, under the seed and the trace hash", () => {
    expect(verdictTable(run(holds), plain)).toBe(
      [
        "PASS bulk  seed 42, trace 8f3a90c2d4e5f601, 12,345 events in 60 s of virtual time",
        "  Stop-and-wait over a long, lossy link.",
        "        expectation             expected              found",
        "  PASS  transmissionsPerPacket  within 1 % of 1.2346  1.2351",
        "",
      ].join("\n"),
    );
  });

  test("a failure says why, when, which event and packet, and how to see it again", () => {
    const table = verdictTable(run(holds, breaks), plain);
    expect(table).toMatch(/^FAIL bulk/);
    expect(table).toContain("  FAIL  lookup H4 new.txt       offers H2, H3         offers H2\n");
    expect(table).toContain("          because both hosts share it\n");
    expect(table).toContain("          at 22100.25 ms, event 387, packet 61\n");
    expect(table).toContain(
      "          replay: npx peerlab run scenarios/lessons/bulk.yaml --seed 42 --until-event 387\n",
    );
  });

  test("the replay command repeats --set, and quotes what a shell would take apart", () => {
    const odd = { ...run(breaks), file: "my lessons/it's.yaml" };
    const table = verdictTable(odd, { ...plain, set: ["network.loss=0.3", "description=a b"] });
    expect(table).toContain(
      "run 'my lessons/it'\\''s.yaml' --seed 42 --set network.loss=0.3 --set 'description=a b' --until-event 387\n",
    );
  });

  test("a scenario without a file has no replay command; a failure without an event is replayed to the last one", () => {
    expect(verdictTable({ ...run(breaks), file: undefined }, plain)).not.toContain("replay");
    const { event: _, ...nowhere } = breaks;
    expect(verdictTable(run(nowhere), plain)).toMatch(/--seed 42 --until-event 12345\n/);
  });

  test("an expectation that should fail says so, whether it does or not", () => {
    const shouldFail = "the wire has no message numbers";
    expect(verdictTable(run({ ...holds, shouldFail }), plain)).toContain(
      "fails, as expected: the wire has no message numbers\n",
    );
    expect(verdictTable(run({ ...breaks, shouldFail }), plain)).toContain(
      "holds, but was expected to fail: the wire has no message numbers\n",
    );
  });

  test("keeps to the width: long cells are wrapped in their column", () => {
    const long = { ...holds, expectation: "events ".repeat(20).trim(), found: "x".repeat(90) };
    const lines = verdictTable(run(long), { ...plain, columns: 60 }).split("\n");
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(60);
    const text = lines.join("");
    expect(text.match(/events/g)).toHaveLength(20 + 1);
    expect(text.match(/x/g)).toHaveLength(90 + 2);
  });

  test("words stay whole where there is room for them", () => {
    const expectation = "necessaryRetransmissions: { between: [100, 200] }";
    const wide = { ...holds, expectation, expected: "between 100 and 200 ".repeat(3), found: "150 of them ".repeat(4) };
    expect(verdictTable(run(wide), plain)).toContain("necessaryRetransmissions:");
  });

  test("only failures where asked; a run without expectations says that", () => {
    const table = verdictTable(run(holds, breaks), { ...plain, failuresOnly: true });
    expect(table).not.toContain("transmissionsPerPacket");
    expect(table).toContain("lookup H4");
    expect(verdictTable(run(), plain)).toContain("nothing is expected of it");
  });

  test("what nothing is expected of ran, and passed nothing", () => {
    for (const style of [plain, { ...plain, symbols: true, color: true }]) {
      expect(verdictTable(run(), style)).toMatch(/^RAN /);
    }
    expect(verdictSummary([run()], true)).not.toContain("\u001b[32m");
  });

  test("actions that failed unnoticed are named below, a few of them", () => {
    const crash = (host: string): ActionResult => ({
      atMs: 8000,
      finishedMs: 8000,
      host,
      action: "crash",
      argument: "",
      outcome: "failed",
      text: `${host} is down`,
    });
    const wide = { ...plain, columns: 160 };
    expect(verdictTable({ ...run(holds), unspokenFailures: [crash("H1")] }, wide)).toMatch(
      /\n {2}actions that failed: H1 crash at 8 s: H1 is down\n$/,
    );
    const lookup = { ...crash("H4"), action: "lookup", argument: "a.txt", text: "404 file not found" };
    const many = [lookup, ...Array.from({ length: 1204 }, (_, i) => crash(`P${i}`))];
    const table = verdictTable({ ...run(holds), unspokenFailures: many }, wide).replace(/\n */g, " ");
    expect(table).toContain("actions that failed: H4 lookup a.txt at 8 s: 404 file not found; P0 crash");
    expect(table).toMatch(/P3 is down; and 1,200 more $/);
    expect(verdictTable(run(holds), wide)).not.toContain("actions that failed");
  });

  test("colour and symbols only where asked", () => {
    expect(verdictTable(run(holds, breaks), { ...plain, symbols: true })).toMatch(/^✘ bulk[\s\S]*\n {2}✔ {2}trans/);
    expect(verdictTable(run(holds, breaks), plain)).not.toContain("\u001b");
    const coloured = verdictTable(run(holds, breaks), { ...plain, color: true });
    expect(coloured).toContain("\u001b[32mPASS\u001b[39m");
    expect(coloured).toContain("\u001b[31mFAIL\u001b[39m");
  });
});

describe("the summary", () => {
  test("counts scenarios and expectations", () => {
    expect(verdictSummary([run(holds, breaks), run(holds)], false)).toBe(
      "2 scenarios, 3 expectations: 2 passed, 1 failed",
    );
    expect(verdictSummary([run(holds)], false)).toBe("1 scenario, 1 expectation: 1 passed, 0 failed");
  });
});

describe("the verdict table of a real run", () => {
  const unjudged: Verdict = {
    expectation: "segmentTransmissions",
    passed: false,
    expected: "",
    found: "not judged",
    notJudged: "needs the simulated network",
  };
  const realRun = (...expectations: Verdict[]): JudgedRun => ({
    ...run(...expectations),
    world: "real",
    durationMs: 1234.5678,
    passed: expectations.every(({ passed, notJudged }) => passed || notJudged !== undefined),
  });

  test("says that no two are the same, and why an expectation was not judged", () => {
    const table = verdictTable(realRun(holds, unjudged), plain);
    expect(table).toMatch(
      /^PASS bulk {2}seed 42, real sockets \(no two runs have the same trace\), 12,345 events in 1\.235 s of real time\n/,
    );
    expect(table).toContain("\n  ----  segmentTransmissions ");
    expect(table).toContain("\n          not judged: needs the simulated network\n");
    expect(table).not.toContain("replay");
    expect(verdictTable(realRun(unjudged), plain)).toMatch(/^RAN bulk/);
    expect(verdictTable(realRun(holds, unjudged), { ...plain, failuresOnly: true })).not.toContain("segment");
  });

  test("a failure's replay is a real run, to its end", () => {
    const table = verdictTable(realRun(breaks), plain);
    expect(table).toContain("replay: npx peerlab run --real scenarios/lessons/bulk.yaml --seed 42\n");
  });

  test("the summary counts what was not judged apart", () => {
    const runs = [realRun(holds, unjudged), realRun(breaks)];
    expect(verdictSummary(runs, false)).toBe("2 scenarios, 3 expectations: 1 passed, 1 failed, 1 not judged");
    expect(verdictSummary([run(holds)], false)).toBe("1 scenario, 1 expectation: 1 passed, 0 failed");
  });
});
