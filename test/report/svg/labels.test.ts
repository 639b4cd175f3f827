import { describe, expect, test } from "vitest";
import { LabelPlaces } from "../../../src/report/svg/labels.ts";

const box = (x: number, y: number) => ({ x, y, width: 10, height: 10 });

describe("places for labels", () => {
  test("the first that is free; where none is, the label is counted", () => {
    const places = new LabelPlaces();
    expect(places.place([box(0, 0), box(20, 0)])).toEqual(box(0, 0));
    expect(places.place([box(5, 5), box(20, 0)])).toEqual(box(20, 0));
    expect(places.place([box(5, 5), box(22, 0)])).toBeUndefined();
    expect(places.leftOut).toBe(1);
  });

  test("one that is on no line is better, else the one on the fewest", () => {
    const places = new LabelPlaces();
    places.avoidLine(0, 5, 30, 5);
    expect(places.place([box(0, 0), box(0, 20)])).toEqual(box(0, 20));
    places.avoidLine(0, 3, 10, 3);
    expect(places.place([box(0, 0), box(20, 0)])).toEqual(box(20, 0));
    expect(places.leftOut).toBe(0);
  });

  test("a label need not keep off its own line", () => {
    const places = new LabelPlaces();
    const mine = {};
    places.avoidLine(0, 5, 30, 5, mine);
    expect(places.place([box(0, 0), box(0, 20)], mine)).toEqual(box(0, 0));
  });

  test("a tilted label takes no more room than its parts", () => {
    const places = new LabelPlaces();
    const tilted = { x: 0, y: 0, width: 20, height: 20, parts: [box(0, 0), box(10, 10)] };
    expect(places.place([tilted])).toBe(tilted);
    expect([places.isFree(box(10, 0)), places.isFree(box(10, 12))]).toEqual([true, false]);
  });
});
