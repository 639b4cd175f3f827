import { expect, test } from "vitest";
import { LabelMemo, LabelTest } from "../../../src/scenario/expect/label-memo.ts";

test("what was put stays, however many labels come after it", () => {
  const memo = new LabelMemo();
  for (let id = 0; id < 1000; id++) memo.put(id, 1 + (id % 255));
  for (let id = 0; id < 1000; id++) expect(memo.get(id)).toBe(1 + (id % 255));
  expect(memo.get(100_000)).toBe(0);
});

test("a text is looked at once per label, a label that comes once each time", () => {
  const asked: string[] = [];
  const isLoss = new LabelTest((text) => {
    asked.push(text);
    return text === "loss";
  });
  const ask = (id: number, text: string): boolean => isLoss.known(id) ?? isLoss.learn(id, text);
  expect([ask(7, "loss"), ask(7, "loss"), ask(8, "delay"), ask(8, "delay")]).toEqual([true, true, false, false]);
  expect(asked).toEqual(["loss", "delay"]);
  expect([ask(-1, "loss"), ask(-1, "delay")]).toEqual([true, false]);
});
