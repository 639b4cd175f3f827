import { expect, test } from "vitest";
import { equation } from "../../../src/report/model/equation.ts";

const sum = (a: number, b: number, result = a + 4 * b) =>
  equation(
    [a, b],
    (first, second) => `${first} + 4 x ${second}`,
    (first, second) => first + 4 * second,
    result,
  );

test("three decimals where the line holds with them, more of the terms where it does not", () => {
  expect(sum(100, 50)).toBe("100 + 4 x 50 = 300 ms");
  expect(sum(6.7570001, 1.9)).toBe("6.757 + 4 x 1.9 = 14.357 ms");
  // With three decimals: 6.757 + 4 x 1.9 = 14.359, which is not so.
  expect(sum(6.75742, 1.90047)).toBe("6.7574 + 4 x 1.9005 = 14.359 ms");
});

test("more of the result where rounding falls between two digits", () => {
  expect(sum(0.0000024999, 0.0006244)).toBe("0.000002 + 4 x 0.000624 = 0.0025 ms");
});

test("where no number of digits makes it hold, it is about", () => {
  expect(sum(1, 1, 7)).toBe("1 + 4 x 1 is about 7 ms");
});
