import { describe, expect, test } from "vitest";
import { type ReportInput, type ReportRun, reportHtml } from "../../../src/report/html/report-html.ts";
import { unpackModel } from "../../../src/report/model/pack.ts";
import { reportOf } from "../../support/report-files.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";

const ASSETS = { script: "void 0;", style: "body{}" };
const run: ReportRun = {
  name: "story",
  description: "What happens.",
  seed: "42",
  passed: true,
  traceHash: "0123456789abcdef",
  durationMs: 100,
  events: 8,
  expectations: [],
};
const model = modelOf(bare(""));
const html = (input: Partial<ReportInput> = {}) => reportHtml({ run, model, ...input }, ASSETS);
const between = (text: string, from: string, to: string) => text.slice(text.indexOf(from) + from.length).split(to)[0]!;
const dataOf = (text: string) => JSON.parse(between(text, '<script type="application/json" id="trace">', "</script>"));

describe("report.html", () => {
  test("seed, hash, length and the command to run it again", () => {
    const text = html({ replay: "npx peerlab run 'my lesson.yaml' --seed 42" });
    expect(text).toContain("<dt>Seed</dt><dd><code>42</code>");
    expect(text).toContain("<code>0123456789abcdef</code>");
    expect(text).toContain("8 events in 100 ms of virtual time");
    expect(text).toContain("npx peerlab run &#39;my lesson.yaml&#39; --seed 42");
    expect(html()).not.toContain("Run it again");
  });

  test("verdicts with their reasons; a broken one with its moment and its replay", () => {
    const text = html({
      run: {
        ...run,
        passed: false,
        expectations: [
          { expectation: "rejects: 0", because: "nothing is damaged", passed: true, expected: "0", found: "0" },
          {
            expectation: "retransmissions: 0",
            passed: false,
            expected: "0",
            found: "3",
            atMs: 200,
            event: 12,
            replay: "npx peerlab run x --until-event 12",
          },
          { expectation: "x: 1", passed: true, expected: "1", found: "2", shouldFail: "Karn's rule is off" },
        ],
      },
    });
    expect(text).toContain('<span class="verdict failed">FAIL</span> story');
    expect(text).toContain("because nothing is damaged");
    expect(text).toContain('at 200 ms, <span data-event="11">event 12</span>');
    expect(text).toContain("npx peerlab run x --until-event 12");
    expect(text).toContain("meant to fail: Karn&#39;s rule is off");
    expect(html()).toContain('<span class="verdict ran">RAN</span>');
    expect(html()).toContain("expects nothing: it ran");
  });

  test("of a real run: no hash that nobody will see again, and what was not judged has not failed", () => {
    const notJudged = { expectation: "necessary: 3", passed: false, expected: "", found: "not judged" };
    const real = { ...run, world: "real" as const, expectations: [{ ...notJudged, notJudged: "only it knows" }] };
    const text = html({ run: real });
    expect(text).toContain("8 events in 100 ms of real time");
    expect(text).toContain("no two runs are the same");
    expect(text).not.toContain("0123456789abcdef");
    expect(text).toContain('<td><span class="verdict ran">-</span></td>');
    expect(text).toContain("not judged: only it knows");
    expect(text).toContain('<span class="verdict ran">RAN</span> story');
    expect(text).not.toContain("FAIL");
  });

  test("can be read without its script: charts, ladder diagram and scenario are in the page itself", () => {
    const text = html({ scenarioText: "name: story\n" });
    expect(text).toContain('class="charts"');
    expect(text).toContain('class="ladder"');
    expect(text).toContain("<pre>name: story\n</pre>");
    // Nothing of it is hidden unless the script says that it runs.
    expect(text.indexOf('<section class="still"')).toBeGreaterThan(0);
    expect(text).not.toContain("<noscript");
  });

  test("fetches nothing: a policy forbids it, and nothing refers to another file", () => {
    const text = reportOf("scenarios/report-2015/1-add-a-file.yaml");
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/<(?:link|img|iframe|script[^>]*\ssrc)\b/);
    expect(text).not.toMatch(/url\((?!#)|@import/);
  });

  test("what came from outside cannot leave its place", () => {
    const evil = "</script><script>alert(1)</script><!--";
    const story = new TraceStory().packet(0, "send", evil, "B", { id: 1, type: evil }).note(1, "action", "B", evil);
    const text = reportHtml(
      {
        run: { ...run, name: evil, description: evil, seed: evil },
        model: story.model,
        replay: evil,
        scenarioText: evil,
      },
      ASSETS,
    );
    expect(text).not.toContain("alert(1)</script>");
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(unpackModel(dataOf(text).model).texts).toContain(evil);
  });

  test("the data are the model", () => {
    expect(unpackModel(dataOf(html()).model)).toEqual({ ...model, rtt: expect.anything() });
  });

  test("a trace that was cut says so at the top", () => {
    expect(html({ model: { ...model, eventsSeen: 1_000_000 } })).toMatch(
      /the first \d+ of 1000000 events, until 100 ms; trace\.csv has all of them/,
    );
  });

  test("a run without events has a report too", () => {
    expect(html({ model: new TraceStory().model })).toContain("RAN");
  });

  test("the same run gives the same bytes", () => {
    expect(html()).toBe(html());
  });

  test("of a report test it is below 1 MiB; of 100,000 events below 15 MiB", () => {
    expect(reportOf("scenarios/report-2015/3-download.yaml").length).toBeLessThan(1 << 20);
    const large = reportOf("scenarios/lessons/independent-loss.yaml");
    expect(large).toContain("the first 100000 of ");
    expect(large.length).toBeLessThan(15 << 20);
  });
});
