import { describe, expect, test } from "vitest";
import { buildGrid, type GridOptions, MAX_CELLS } from "../../src/study/grid.ts";

const loss = { path: "network.loss", values: ["0", "0.1", "0.2"] };
const min = { path: "protocol.rto.min", values: ["100ms", "1s"] };
const backoff = { path: "protocol.rto.backoff", values: ["1", "2"] };

function points(options: Partial<GridOptions>): string[] {
  const built = buildGrid({ vary: [], paired: false, set: [], ...options });
  if (!built.ok) throw new Error(built.message);
  return built.grid.cells.map(({ values }) => values.join(" "));
}

function refusal(options: Partial<GridOptions>): string {
  const built = buildGrid({ vary: [], paired: false, set: [], ...options });
  return built.ok ? "" : built.message;
}

test("a full grid: each with each, the first path slowest", () => {
  expect(points({ vary: [loss, min] })).toEqual(["0 100ms", "0 1s", "0.1 100ms", "0.1 1s", "0.2 100ms", "0.2 1s"]);
});

test("a paired one: the n-th values together", () => {
  expect(points({ vary: [min, backoff], paired: true })).toEqual(["100ms 1", "1s 2"]);
});

test("a comparison makes two variants of every cell, side by side", () => {
  expect(points({ vary: [min], compare: backoff })).toEqual(["100ms 1", "100ms 2", "1s 1", "1s 2"]);
  expect(points({ compare: backoff })).toEqual(["1", "2"]);
});

test("with nothing varied there is one cell", () => {
  expect(points({})).toEqual([""]);
});

test("a cell's settings: those of all cells first, then its own", () => {
  const built = buildGrid({ vary: [min], paired: false, compare: backoff, set: ["network.loss=0.3"] });
  expect(built.ok && built.grid.cells[1]?.settings).toEqual([
    "network.loss=0.3",
    "protocol.rto.min=100ms",
    "protocol.rto.backoff=2",
  ]);
});

describe("a grid that makes no sense", () => {
  test.each<[string, Partial<GridOptions>, string]>([
    ["a path twice", { vary: [loss, loss] }, "network.loss is varied twice"],
    ["varied and compared", { vary: [backoff], compare: backoff }, "protocol.rto.backoff is varied twice"],
    [
      "varied and set",
      { vary: [loss], set: ["network.loss=0.3"] },
      "both varied and set to one value (--set network.loss=0.3)",
    ],
    ["lists of two lengths", { vary: [loss, min], paired: true }, "network.loss has 3 values, protocol.rto.min 2"],
    ["three variants", { compare: loss }, "a comparison is of two values, such as protocol.rto.backoff=1,2: found 3"],
    ["the seed", { vary: [{ path: "seed", values: ["1", "2"] }] }, "seed cannot be varied: every run has its own seed"],
    ["the name", { compare: { path: "name", values: ["a", "b"] } }, "name cannot be varied"],
  ])("%s", (_what, options, message) => {
    expect(refusal(options)).toContain(message);
  });

  test("as many cells as there may be, and more", () => {
    const many = (path: string, count: number) => ({ path, values: Array.from({ length: count }, (_, i) => `${i}`) });
    expect(points({ vary: [many("a", MAX_CELLS / 2)], compare: backoff })).toHaveLength(MAX_CELLS);
    const message = refusal({ vary: [many("a", MAX_CELLS / 2), many("b", 3)] });
    expect(message).toContain(`${(MAX_CELLS / 2) * 3} cells are more than the ${MAX_CELLS}`);
  });
});
