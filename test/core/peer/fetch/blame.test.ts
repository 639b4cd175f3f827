/** Wrong bytes among several sources: who delivered them is found and named, and the file is right or not there. */

import { describe, expect, test } from "vitest";
import { Bench, damaged, digestHeader, FILE, hashOf } from "./bench.ts";

const EXPECTED = { sizeBytes: FILE.length, sha256: hashOf(FILE) };
/** Differs in every part of it. */
const BAD = FILE.map((byte) => byte ^ 0x55);

describe("several sources, and the SHA-256 is known", () => {
  test.each([
    ["the second", [FILE, BAD], ["3 bad-bytes"]],
    ["the first", [BAD, FILE], ["2 bad-bytes"]],
    ["one of three", [FILE, BAD, FILE], ["3 bad-bytes"]],
    ["two of three", [BAD, FILE, BAD], ["2 bad-bytes", "5 bad-bytes"]],
  ])("%s lies: named, and the file is right", (_what, contents, named) => {
    const bench = new Bench();
    contents.forEach((content, i) => void bench.server([2, 3, 5][i]!, { content }));
    bench.fetch([2, 3, 5].slice(0, contents.length), { expect: EXPECTED });
    expect(bench.run()).toMatchObject({ status: "fetched", sha256: hashOf(FILE) });
    expect(bench.drops.toSorted()).toEqual(named);
    expect(bench.holds(FILE)).toBe(true);
    expect(bench.notes[0]).toMatch(/^the SHA-256 is [0-9a-f]{64} and should be [0-9a-f]{64}/);
    expect(bench.host.runningTimers).toBe(0);
  });

  test("one wrong byte in a million is enough, and only who delivered it is named", () => {
    for (const at of [0, 333_333, 333_334, 999_999]) {
      const bench = new Bench();
      bench.server(2);
      bench.server(3, { content: damaged(FILE, at) });
      bench.server(5);
      bench.fetch([2, 3, 5], { expect: EXPECTED });
      expect(bench.run()).toMatchObject({ status: "fetched" });
      // Where another delivered that byte, nobody can tell.
      expect(bench.drops.filter((drop) => drop !== "3 bad-bytes")).toEqual([]);
      expect(bench.holds(FILE)).toBe(true);
    }
  });

  test("the liar that is trusted first is found out, and an honest one proves the third guilty from its testimony", () => {
    const bench = new Bench();
    // By far the most bytes, so trusted first; the third delivers a little and is wrong, too.
    bench.server(2, { content: BAD, bytesPerMs: 4000 });
    bench.server(3, { bytesPerMs: 1000 });
    bench.server(5, { content: FILE.map((byte) => byte ^ 0x0f), bytesPerMs: 1000 });
    bench.fetch([2, 3, 5], { expect: EXPECTED, minRequestBytes: 10_000 });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops.toSorted()).toEqual(["2 bad-bytes", "5 bad-bytes"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("all lie: failed, all named, nothing under the name and nothing kept", () => {
    const bench = new Bench();
    for (const n of [2, 3, 5]) bench.server(n, { content: FILE.map((byte) => byte ^ n) });
    bench.fetch([2, 3, 5], { expect: EXPECTED });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "bad-bytes", isKept: false });
    expect(bench.drops.toSorted()).toEqual(["2 bad-bytes", "3 bad-bytes", "5 bad-bytes"]);
    expect(bench.store.has("file")).toBe(false);
    expect(bench.store.heldBytes).toBe(0);
  });

  test("the one that is trusted dies before it has proved itself: the others prove it", () => {
    const bench = new Bench();
    const first = bench.server(2, { bytesPerMs: 3000 });
    bench.server(3, { content: BAD });
    bench.server(5);
    bench.fetch([2, 3, 5], { expect: EXPECTED });
    while (bench.notes.length === 0) bench.network.run(bench.network.nowMs + 1);
    first.script.answer = () => ({ status: 404 });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops.toSorted()).toEqual(["2 refused", "3 bad-bytes"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("wrong bytes of an earlier fetch are replaced, and nobody is blamed for them", () => {
    const bench = new Bench();
    bench.server(2);
    bench.server(3);
    bench.leave(BAD, [{ from: 0, to: 300_000 }], EXPECTED);
    bench.fetch([2, 3], { expect: EXPECTED });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops).toEqual([]);
    expect(bench.notes.at(-1)).toContain("bytes of the earlier fetch were not the file's");
    expect(bench.holds(FILE)).toBe(true);
  });

  test("so are those of an earlier fetch that had all of it", () => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.leave(BAD, [{ from: 0, to: FILE.length }], EXPECTED);
    bench.fetch([2], { expect: EXPECTED });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(server.asked).toEqual(["GET"]);
    expect(bench.holds(FILE)).toBe(true);
  });
});

describe("the SHA-256 is a source's own claim", () => {
  test("whose bytes do not have it is tried first, and its claim goes with it", () => {
    const bench = new Bench();
    bench.server(2, { content: BAD, headers: { "repr-digest": digestHeader(damaged(FILE, 1)) } });
    bench.server(3, { bytesPerMs: 4000 });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.outcomes[0]).not.toHaveProperty("sha256");
    expect(bench.drops).toEqual(["2 bad-bytes"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("a true one finds out who delivers something else", () => {
    const bench = new Bench();
    bench.server(2, { content: BAD });
    bench.server(3, { headers: { "repr-digest": digestHeader(FILE) } });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched", sha256: hashOf(FILE) });
    expect(bench.drops).toEqual(["2 bad-bytes"]);
    expect(bench.holds(FILE)).toBe(true);
  });
});
