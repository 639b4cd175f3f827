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

  test("what failed comes first; four and more that passed are one fold, open in the file", () => {
    const one = (name: string, passed: boolean) => ({ expectation: name, passed, expected: "0", found: "0" });
    const many = [one("a", true), one("b", true), one("c", true), one("bad", false), one("d", true)];
    const text = html({ run: { ...run, passed: false, expectations: many } });
    expect(text).toContain('<details class="passed-verdicts" open><summary>4 expectations passed</summary>');
    expect(text.indexOf("<code>bad</code>")).toBeLessThan(text.indexOf("<details"));
    expect(text.indexOf("<code>a</code>")).toBeGreaterThan(text.indexOf("<details"));
    const few = html({ run: { ...run, expectations: many.slice(0, 3) } });
    expect(few).not.toContain("<details");
    expect(html({ run: { ...run, expectations: many.filter(({ passed }) => passed) } })).toContain(
      "all 4 expectations passed",
    );
  });

  test("the ladder diagram is in windows that fit on a page; together they have the packets of one", () => {
    const text = reportOf("scenarios/lessons/loss.yaml");
    const pictures = text.split("<figure>").filter((part) => part.includes(">Ladder diagram, "));
    expect(pictures.length).toBeGreaterThan(2);
    for (const picture of pictures) {
      const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(picture)!;
      expect(Number(height) / Number(width)).toBeLessThan(1.4);
    }
    const idsOf = (part: string) =>
      [...part.matchAll(/class="packet" data-packet="(\d+)"/g)].map(([, id]) => Number(id));
    const ids = new Set(pictures.flatMap(idsOf));
    for (let id = 1; id <= 80; id++) expect(ids.has(id)).toBe(true);
    expect(text).toContain("Not in these diagrams: 157 later packets.");
    // What is sent in one window is not sent in another: only packets that are on their way are in two.
    const counted = pictures.flatMap(idsOf).length;
    expect(counted - ids.size).toBeLessThan(2 * pictures.length);
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
      /the first \d+ of 1,000,000 events, until 100 ms; trace\.csv has all of them/,
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
    expect(large).toContain("the first 100,000 of ");
    expect(large.length).toBeLessThan(15 << 20);
  });
});
