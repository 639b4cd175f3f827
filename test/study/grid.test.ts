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
    ["the seed in quotes", { vary: [{ path: '"seed"', values: ["1", "2"] }] }, "seed cannot be varied"],
    ["no path", { vary: [{ path: "network..loss", values: ["1"] }] }, "network..loss is no path: expected keys"],
    ["the name", { compare: { path: "name", values: ["a", "b"] } }, "name cannot be varied"],
  ])("%s", (_what, options, message) => {
    expect(refusal(options)).toContain(message);
  });

  const rto = { path: "protocol.rto", values: ["{ estimator: fixed }", "{ estimator: rfc6298 }"] };
  const quoted = { path: '"network".loss', values: ["0.5"] };

  test.each<[string, Partial<GridOptions>, string]>([
    ["a part, then the whole", { vary: [min], compare: rto }, "protocol.rto and protocol.rto.min overlap"],
    ["the whole, then a part", { vary: [rto, min] }, "protocol.rto and protocol.rto.min overlap"],
    ["two spellings of one path", { vary: [loss, quoted] }, '"network".loss is varied twice'],
    [
      "two spellings of one item",
      { vary: [{ path: "timeline.0.at", values: ["1s"] }], compare: { path: "timeline.00.at", values: ["1s", "2s"] } },
      "timeline.00.at is varied twice",
    ],
    ["set in another spelling", { vary: [loss], set: ['network."loss"=0.3'] }, "both varied and set to one value"],
    [
      "a setting below what is varied",
      { vary: [rto], set: ["protocol.rto.max=9s"] },
      "--set protocol.rto.max=9s has no effect, for each value of protocol.rto replaces it",
    ],
    [
      "a setting above it that has a value of it",
      { vary: [min], set: ["protocol.rto={ estimator: fixed, min: 1s }"] },
      "has a value of protocol.rto.min, which is varied: leave that out of it",
    ],
    [
      "a setting above it that leaves no room for it",
      { vary: [{ path: "network.loss.gilbertElliott.p", values: ["0.1"] }], set: ["network.loss=0.3"] },
      "--set network.loss=0.3 has a value of network.loss.gilbertElliott.p",
    ],
  ])("paths that get in each other's way: %s", (_what, options, message) => {
    expect(refusal(options)).toContain(message);
  });

  test("but not a setting above the path that leaves it alone, nor a path that only begins alike", () => {
    expect(points({ vary: [min], set: ["protocol.rto={ estimator: fixed }"] })).toHaveLength(2);
    const max = { path: "protocol.rto.minimum", values: ["1", "2"] };
    expect(points({ vary: [min, max], set: ["network.lossy=1"] })).toHaveLength(4);
  });

  test("names that every object has are no exception", () => {
    expect(points({ vary: [{ path: "constructor", values: ["1", "2"] }] })).toHaveLength(2);
  });

  test("as many cells as there may be, and more", () => {
    const many = (path: string, count: number) => ({ path, values: Array.from({ length: count }, (_, i) => `${i}`) });
    expect(points({ vary: [many("a", MAX_CELLS / 2)], compare: backoff })).toHaveLength(MAX_CELLS);
    const message = refusal({ vary: [many("a", MAX_CELLS / 2), many("b", 3)] });
    expect(message).toContain(`${(MAX_CELLS / 2) * 3} cells are more than the ${MAX_CELLS}`);
  });
});
