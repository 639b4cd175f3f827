import { describe, expect, test } from "vitest";
import { cutLine, cutPolygon, outsideStrips } from "../../../src/report/ladder/cut.ts";

const at = (x: number, y: number) => ({ x, y });

describe("a line that runs down", () => {
  test("inside it is left alone; outside nothing is left of it", () => {
    expect(cutLine(at(0, 10), at(5, 20), 10, 20)).toEqual({
      inside: [at(0, 10), at(5, 20)],
      startsInside: true,
      endsInside: true,
      rests: [],
    });
    for (const [start, end] of [
      [at(0, 1), at(5, 9)],
      [at(0, 21), at(5, 30)],
    ] as const) {
      expect(cutLine(start, end, 10, 20)).toMatchObject({ inside: undefined, rests: [] });
    }
  });

  test("across both edges it keeps its slope, and has a rest beyond each", () => {
    const cut = cutLine(at(0, 0), at(100, 200), 50, 150);
    expect(cut.inside).toEqual([at(25, 50), at(75, 150)]);
    expect([cut.startsInside, cut.endsInside]).toEqual([false, false]);
    expect(cut.rests).toEqual([
      [at(18, 36), at(25, 50)],
      [at(75, 150), at(82, 164)],
    ]);
  });

  test("a rest is not longer than what is left of the line, nor very long where the line is flat", () => {
    expect(cutLine(at(0, 48), at(10, 58), 50, 100).rests).toEqual([[at(0, 48), at(2, 50)]]);
    const [from, to] = cutLine(at(0, 90), at(2000, 110), 50, 100).rests[0]!;
    expect(to.x - from.x).toBeCloseTo(44, 1);
  });

  test("one that begins at the very edge has a point there", () => {
    expect(cutLine(at(0, 100), at(10, 110), 50, 100).inside).toEqual([at(0, 100), at(0, 100)]);
  });
});

test("a polygon between two levels", () => {
  const square = [at(0, 0), at(10, 0), at(10, 10), at(0, 10)];
  expect(cutPolygon(square, -5, 15)).toHaveLength(4);
  expect(cutPolygon(square, 20, 30)).toEqual([]);
  const ys = cutPolygon(square, 2, 7).map(({ y }) => y);
  expect([Math.min(...ys), Math.max(...ys), ys.length]).toEqual([2, 7, 4]);
});

test("a line that crosses strips is in pieces between them", () => {
  const strips = [
    { topPx: 20, bottomPx: 40 },
    { topPx: 120, bottomPx: 140 },
  ];
  expect(outsideStrips([at(0, 0), at(100, 100)], strips)).toEqual([
    [at(0, 0), at(20, 20)],
    [at(40, 40), at(100, 100)],
  ]);
  expect(outsideStrips([at(0, 50), at(10, 60)], strips)).toHaveLength(1);
});
