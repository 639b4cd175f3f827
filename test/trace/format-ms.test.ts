import { expect, test } from "vitest";
import { formatMs, noteDuration } from "../../src/trace/format-ms.ts";

test("six decimals, rounded, without trailing zeros", () => {
  expect(formatMs(7020)).toBe("7020");
  expect(formatMs(102.5)).toBe("102.5");
  expect(formatMs(0.1 + 0.2)).toBe("0.3");
  expect(formatMs(0.0000005)).toBe("0.000001");
  expect(formatMs(0.0000004)).toBe("0");
  expect(formatMs(-0)).toBe("0");
  expect(formatMs(-12.25)).toBe("-12.25");
});

test("never in exponent notation below 2^32, as JavaScript writes it from there on", () => {
  expect(formatMs(1e-7)).toBe("0");
  expect(formatMs(4_294_967_295.999999)).toBe("4294967295.999999");
  expect(formatMs(1e21)).toBe("1e+21");
  expect(formatMs(Number.POSITIVE_INFINITY)).toBe("Infinity");
});

test("a value that does not exist is nothing", () => {
  expect(formatMs(Number.NaN)).toBe("");
  expect(noteDuration("given up", Number.NaN)).toBe("");
});

test("a note's duration stands behind its text, or alone", () => {
  expect(noteDuration("delivered", 204.5)).toBe(" 204.5 ms");
  expect(noteDuration("", 204.5)).toBe("204.5 ms");
});
