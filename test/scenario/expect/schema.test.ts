import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { METRIC_NAMES } from "../../../src/scenario/expect/metrics/catalogue.ts";
import { expectationSchema } from "../../../src/scenario/expect/schema.ts";
import { schemaFindings } from "../../../src/scenario/schema-findings.ts";

const findings = (input: unknown) => schemaFindings(expectationSchema, input);

describe("what is refused, where, and what was meant", () => {
  test.each<[string, unknown, object]>([
    [
      "a metric that does not exist",
      { transmisionsPerPacket: 1 },
      { path: ["transmisionsPerPacket"], suggestion: "transmissionsPerPacket" },
    ],
    ["an event that does not exist", { events: { event: "snd" } }, { path: ["events", "event"], suggestion: "send" }],
    [
      "a comparator that does not exist",
      { drops: { atLest: 3 } },
      { path: ["drops", "atLest"], at: "key", suggestion: "atLeast" },
    ],
    [
      "a duration for a count",
      { drops: "5ms" },
      { path: ["drops"], message: 'found "5ms", expected a number without a unit' },
    ],
    [
      "a number for a duration",
      { meanSampleRtt: { below: 50 } },
      { path: ["meanSampleRtt", "below"], suggestion: "50ms" },
    ],
    ["nothing asked", { host: "H2" }, { message: expect.stringContaining("nothing is asked") }],
    [
      "two things asked",
      { drops: 1, timeouts: 2 },
      { message: expect.stringContaining("make two items of drops and timeouts") },
    ],
    [
      "a scope beside events",
      { events: { event: "send" }, host: "H2" },
      { path: ["host"], message: expect.stringContaining('"node"') },
    ],
    ["a type for an RTT metric", { meanSampleRtt: "1ms", type: "UPDATE" }, { path: ["type"] }],
    ["a window for the end of the run", { directory: { lists: {} }, before: "1s" }, { path: ["before"] }],
    ["a host for the whole run", { duration: "1s", host: "H2" }, { path: ["host"] }],
    ["an empty window", { drops: 1, after: "5s", before: "5s" }, { path: ["before"] }],
    ["a look-up with neither", { lookup: { host: "H4" } }, { path: ["lookup"] }],
    ["a look-up with both", { lookup: { host: "H4", offers: [], answers: "x" } }, { path: ["lookup"] }],
    ["a download with no question", { download: { host: "H4", file: "a" } }, { path: ["download"] }],
    ["a send with no question", { send: { host: "H4" } }, { path: ["send"] }],
    ["no question about each event", { events: { event: "send", each: {} } }, { path: ["events"] }],
    ["a broken pattern", { events: { event: "send", note: "/(/" } }, { path: ["events", "note"] }],
    ["a pattern with memory", { events: { event: "send", note: "/a/g" } }, { path: ["events", "note"] }],
    ["an empty reason", { drops: 0, shouldFail: "" }, { path: ["shouldFail"] }],
    ["no mapping", 7, { path: [] }],
  ])("%s", (_, input, finding) => {
    const found = findings(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject(finding);
  });
});

describe("an expectation on one line reads as in the file", () => {
  test.each([
    "transmissionsPerPacket: { within: 1%, of: 1.2346 }, host: H2",
    "events: { event: send, node: H3, bytes: 26, interval: { within: 1%, of: 7.02s } }, after: 10s, before: 1min",
    "view: { host: H4, shows: { H2: [new.txt, file1.txt], H3: [] } }",
    "list: { host: H3, shows: 1 10.0.0.3 80 new.txt }",
    "lookup: { host: H4, file: new.txt, offers: [H2, H3] }",
    "converges: { within: 8.02s }",
    'events: { event: send, note: "spurious: late" }',
    'events: { event: action, note: "404" }',
  ])("%s", (line) => {
    const parsed = expectationSchema.parse({ ...(parseYaml(`{${line}}`) as object), because: "of this" });
    expect(parsed.text).toBe(line);
    expect(parsed.because).toBe("of this");
  });

  test("whatever the texts are, YAML reads them back", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (text) => {
        fc.pre(!text.startsWith("/"));
        const asked = { events: { event: "action", note: text } };
        expect(parseYaml(`{${expectationSchema.parse(asked).text}}`)).toEqual(asked);
      }),
    );
  });
});

test("JSON Schema: every metric and form is there, and every key has a description", () => {
  const schema = z.toJSONSchema(expectationSchema, { io: "input", target: "draft-7" }) as Record<string, unknown>;
  const names = Object.keys(schema.properties as object);
  expect(names).toEqual(expect.arrayContaining([...METRIC_NAMES, "events", "converges", "because", "shouldFail"]));
  const undescribed: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties") {
        for (const [name, property] of Object.entries(value as Record<string, object>)) {
          if (!("description" in property)) undescribed.push(`${path}.${name}`);
        }
      }
      visit(value, `${path}.${key}`);
    }
  };
  visit(schema, "");
  expect(undescribed).toEqual([]);
});
