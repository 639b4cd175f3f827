import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatHttpDate, parseHttpDate } from "../../../src/core/wire/http.ts";

const RFC_EXAMPLE_MS = 784_111_777_000;

describe("dates of HTTP (RFC 9110, 5.6.7)", () => {
  test.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "the RFC's own example: %s",
    (text) => {
      expect(parseHttpDate(text)).toBe(RFC_EXAMPLE_MS);
    },
  );

  test("are written in the preferred form", () => {
    expect(formatHttpDate(RFC_EXAMPLE_MS)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(formatHttpDate(0)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
    expect(formatHttpDate(951_782_400_000)).toBe("Tue, 29 Feb 2000 00:00:00 GMT");
  });

  test("fractions of a second are dropped, and times without such a date become the nearest that has one", () => {
    expect(formatHttpDate(RFC_EXAMPLE_MS + 999.9)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(formatHttpDate(-1)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
    expect(formatHttpDate(Number.MAX_SAFE_INTEGER)).toBe("Fri, 31 Dec 9999 23:59:59 GMT");
  });

  test.each([
    "",
    "now",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1969 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
  ])("%j is none", (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  test("a year of two digits is one from 1970 to 2069; a leap second is the next", () => {
    expect(parseHttpDate("Thursday, 01-Jan-70 00:00:00 GMT")).toBe(0);
    expect(parseHttpDate("Monday, 01-Jan-35 00:00:00 GMT")).toBe(Date.UTC(2035, 0, 1));
    expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT")).toBe(Date.UTC(2017, 0, 1));
  });

  test("property: as the engine's own dates have it, and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        const text = formatHttpDate(seconds * 1000);
        expect(text).toBe(new Date(seconds * 1000).toUTCString());
        expect(parseHttpDate(text)).toBe(seconds * 1000);
      }),
      { numRuns: 1000 },
    );
  });
});
