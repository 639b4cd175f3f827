import { describe, expect, test } from "vitest";
import { type IndexedRun, indexHtml } from "../../../src/report/html/index-html.ts";
import type { ReportRun } from "../../../src/report/html/report-html.ts";

const holds = { expectation: "rejects: 0", passed: true, expected: "0", found: "0" };
const breaks = { expectation: "retransmissions: 0", passed: false, expected: "0", found: "3" };
const unjudged = { ...holds, passed: false, found: "not judged", notJudged: "needs the simulated network" };

const run = (changes: Partial<ReportRun> = {}): ReportRun => ({
  name: "story",
  description: "What happens.",
  seed: "42",
  passed: true,
  traceHash: "0123456789abcdef",
  durationMs: 1500,
  events: 8,
  expectations: [holds],
  ...changes,
});
const page = (...runs: (Partial<IndexedRun> | undefined)[]): string =>
  indexHtml(
    runs.map((changes) => ({ run: run(), files: ["trace.csv", "report.html", "ladder.svg"], ...changes })),
    "2 scenarios, 3 expectations: 2 passed, 1 failed",
    "body{}",
  );

describe("the page in front of several reports", () => {
  test("says how all went, and of each run what it shows and where its report is", () => {
    const text = page({}, { run: run({ name: "other" }), replay: "npx peerlab run other.yaml --seed 42" });
    expect(text).toContain("<title>2 scenarios, 3 expectations: 2 passed, 1 failed</title>");
    expect(text).toContain('<span class="verdict passed">PASS</span> <a href="story/report.html">story</a>');
    expect(text).toContain('<a href="other/report.html">other</a>');
    expect(text).toContain("<p>What happens.</p>");
    expect(text).toContain("1 expectation: 1 passed, 0 failed");
    expect(text).toContain("trace <code>0123456789abcdef</code>, 8 events in 1.5 s of virtual time");
    expect(text).toContain("<code>npx peerlab run other.yaml --seed 42</code>");
    expect(text).toContain('<a href="other/trace.csv">trace.csv</a>');
  });

  test("what failed is on it, with what was found", () => {
    const text = page({ run: run({ passed: false, expectations: [holds, breaks] }) });
    expect(text).toContain('<span class="verdict failed">FAIL</span>');
    expect(text).toContain("2 expectations: 1 passed, 1 failed");
    expect(text).toContain("<code>retransmissions: 0</code>: found 3");
    expect(text).not.toContain("<code>rejects: 0</code>");
  });

  test("what could not be judged has neither passed nor failed", () => {
    const real = { world: "real" as const, expectations: [holds, unjudged] };
    const text = page({ run: run(real) });
    expect(text).toContain("2 expectations: 1 passed, 0 failed, 1 not judged");
    expect(text).toContain("real sockets, 8 events in 1.5 s of real time");
    expect(text).not.toContain("0123456789abcdef");
    expect(page({ run: run({ ...real, expectations: [unjudged] }) })).toContain('<span class="verdict ran">RAN</span>');
    expect(page({ run: run({ expectations: [] }) })).toContain("It expects nothing.");
  });

  test("what came from outside stays text, and a name with odd characters is still a link to its folder", () => {
    const evil = '"><script>alert(1)</script>';
    const text = page({ run: run({ name: "a b#c", description: evil, seed: evil }), replay: evil });
    expect(text).not.toContain("<script");
    expect(text).toContain('href="a%20b%23c/report.html"');
  });
});
