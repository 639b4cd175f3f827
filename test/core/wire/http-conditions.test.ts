/** Conditional requests: the tables of RFC 9110, 8.8.3.2, 13.1 and 13.2.2. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Validators } from "../../../src/core/transport.ts";
import { evaluateConditions, formatHttpDate, ifRangeHolds } from "../../../src/core/wire/http.ts";
import { parseEntityTags } from "../../../src/core/wire/http-conditions.ts";

const MODIFIED_MS = 784_111_777_000;
/** Half a second past what a date of HTTP can say. */
const file: Validators = { etag: '"v2"', formerEtags: ['"v2-before"'], lastModifiedMs: MODIFIED_MS + 500 };
const [before, same, after] = [-1000, 0, 1000].map((ms) => formatHttpDate(MODIFIED_MS + ms)) as [
  string,
  string,
  string,
];

describe("entity tags (8.8.3)", () => {
  test.each([
    ['"xyzzy"', [{ isWeak: false, opaque: '"xyzzy"' }]],
    ['W/"xyzzy"', [{ isWeak: true, opaque: '"xyzzy"' }]],
    ['""', [{ isWeak: false, opaque: '""' }]],
    [
      ' "a,b" ,, W/"c"\t',
      [
        { isWeak: false, opaque: '"a,b"' },
        { isWeak: true, opaque: '"c"' },
      ],
    ],
    ["*", "*"],
    [" * ", "*"],
  ])("%j", (header, tags) => {
    expect(parseEntityTags(header)).toEqual(tags);
  });

  test.each(["", ",", "xyzzy", 'w/"a"', '"a" "b"', '"a', '"a"b', '*, "a"', '"a b"'])(
    "%j is no list of tags",
    (header) => {
      expect(parseEntityTags(header)).toBeUndefined();
    },
  );

  test("property: no header throws, or takes long", () => {
    const text = fc.string({ unit: fc.constantFrom('"', "W/", ",", " ", "*", "a"), maxLength: 40, size: "max" });
    fc.assert(fc.property(text, (header) => void parseEntityTags(header)));
    expect(parseEntityTags(`${" ".repeat(16_000)}x`)).toBeUndefined();
    expect(parseEntityTags(",".repeat(16_000))).toBeUndefined();
  });
});

describe("the outcome (13.2.2)", () => {
  test.each([
    // If-Match: strong comparison (13.1.1).
    [{ "if-match": '"v2"' }, "fulfilled"],
    [{ "if-match": '"v1", "v2"' }, "fulfilled"],
    [{ "if-match": '"v2-before"' }, "fulfilled"],
    [{ "if-match": "*" }, "fulfilled"],
    [{ "if-match": '"v1"' }, "failed"],
    [{ "if-match": 'W/"v2"' }, "failed"],
    [{ "if-match": "v2" }, "failed"],
    // If-Unmodified-Since (13.1.4).
    [{ "if-unmodified-since": same }, "fulfilled"],
    [{ "if-unmodified-since": after }, "fulfilled"],
    [{ "if-unmodified-since": before }, "failed"],
    [{ "if-unmodified-since": "yesterday" }, "fulfilled"],
    // ... which If-Match overrules.
    [{ "if-match": '"v2"', "if-unmodified-since": before }, "fulfilled"],
    [{ "if-match": '"v1"', "if-unmodified-since": after }, "failed"],
    // If-None-Match: weak comparison (13.1.2).
    [{ "if-none-match": '"v2"' }, "not-modified"],
    [{ "if-none-match": 'W/"v2"' }, "not-modified"],
    [{ "if-none-match": '"v1", "v2-before"' }, "not-modified"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-none-match": '"v1"' }, "fulfilled"],
    [{ "if-none-match": "v2" }, "fulfilled"],
    // If-Modified-Since (13.1.3).
    [{ "if-modified-since": same }, "not-modified"],
    [{ "if-modified-since": after }, "not-modified"],
    [{ "if-modified-since": before }, "fulfilled"],
    [{ "if-modified-since": "yesterday" }, "fulfilled"],
    // ... which If-None-Match overrules.
    [{ "if-none-match": '"v1"', "if-modified-since": same }, "fulfilled"],
    [{ "if-none-match": '"v2"', "if-modified-since": before }, "not-modified"],
    // The first that is false decides.
    [{ "if-match": '"v1"', "if-none-match": '"v2"' }, "failed"],
    [{ "if-match": '"v2"', "if-none-match": '"v2"' }, "not-modified"],
    [{ "if-unmodified-since": before, "if-modified-since": same }, "failed"],
    [{ "if-unmodified-since": same, "if-modified-since": same }, "not-modified"],
    [{}, "fulfilled"],
  ])("%j: %s", (headers, outcome) => {
    expect(evaluateConditions(headers, file)).toBe(outcome);
  });

  test.each([
    [{ "if-match": '"v2"' }, "failed"],
    [{ "if-match": "*" }, "fulfilled"],
    [{ "if-none-match": '"v2"' }, "fulfilled"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-modified-since": after }, "fulfilled"],
    [{ "if-unmodified-since": before }, "fulfilled"],
  ])("of a file without validators, %j: %s", (headers, outcome) => {
    expect(evaluateConditions(headers, undefined)).toBe(outcome);
  });
});

describe("If-Range (13.1.5)", () => {
  test.each([
    [undefined, true],
    ['"v2"', true],
    ['"v2-before"', true],
    ['"v1"', false],
    ['W/"v2"', false],
    ['"v1", "v2"', false],
    ["*", false],
    [same, true],
    // Not "no later than", but "the same".
    [after, false],
    [before, false],
    ["v2", false],
    ["", false],
  ])("%j: %s", (header, holds) => {
    expect(ifRangeHolds(header, file)).toBe(holds);
  });

  test("never holds for a file without validators", () => {
    for (const header of ['"v2"', same, "*"]) expect(ifRangeHolds(header, undefined)).toBe(false);
  });
});
