/** Continuing what an earlier fetch has left: on whose word, and what happens when it does not hold. */

import { describe, expect, test } from "vitest";
import { Bench, bytesOf, digestHeader, FILE, hashOf } from "./bench.ts";

const HALF = [{ from: 0, to: 500_000 }];
const ETAG = { value: '"1"', source: "10.0.0.2:80" };
const SIZE = { sizeBytes: FILE.length };
const HASHED = { ...SIZE, sha256: hashOf(FILE) };

describe("the SHA-256 is expected", () => {
  test.each([
    ["the part has the same", HASHED],
    ["the part has none", SIZE],
  ])("%s: continues from any source, and the whole is checked", (_what, version) => {
    const bench = new Bench();
    const server = bench.server(7);
    bench.leave(FILE, HALF, version);
    bench.fetch([7], { expect: HASHED });
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: 500_000, sha256: hashOf(FILE) });
    expect(server.asked).toEqual(["GET 500000-999999"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test.each([
    ["another SHA-256", { ...SIZE, sha256: hashOf(FILE.slice(1)) }, "of a file with another SHA-256"],
    ["another size", { sizeBytes: FILE.length + 1 }, "of a file of 1000001 bytes, and now it has 1000000"],
  ])("the part has %s: starts again", (_what, version, why) => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.leave(FILE, HALF, version);
    bench.fetch([2], { expect: HASHED });
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: 0 });
    expect(server.asked).toEqual(["GET"]);
    expect(bench.notes[0]).toContain(why);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("holes are filled, and nothing else is asked for", () => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.leave(
      FILE,
      [
        { from: 10, to: 400_000 },
        { from: 600_000, to: 999_999 },
      ],
      HASHED,
    );
    bench.fetch([2], { expect: HASHED });
    bench.run();
    expect(server.asked).toEqual(["GET 0-9", "GET 400000-599999", "GET 999999-999999"]);
    expect(server.sentBytes).toBe(200_011);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("where nothing is missing nobody is asked", () => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.leave(FILE, [{ from: 0, to: FILE.length }], HASHED);
    bench.fetch([2], { expect: HASHED });
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: FILE.length });
    expect(server.asked).toEqual([]);
  });
});

describe("nobody says what to expect", () => {
  test("a part with a source's claim goes on, checked against that", () => {
    const bench = new Bench();
    bench.server(3);
    bench.leave(FILE, HALF, HASHED);
    bench.fetch([3]);
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: 500_000, sha256: hashOf(FILE) });
  });

  test("unless the source now claims something else, or has another size: starts again", () => {
    const other = bytesOf("other", FILE.length);
    for (const [content, headers] of [
      [other, { "repr-digest": digestHeader(other) }],
      [other.slice(0, 999), {}],
    ] as const) {
      const bench = new Bench();
      const server = bench.server(3, { content, headers });
      bench.leave(FILE, [{ from: 0, to: 500 }], HASHED);
      bench.fetch([3]);
      expect(bench.run()).toMatchObject({ status: "fetched", bytes: content.length });
      expect(bench.holds(content)).toBe(true);
      expect(server.asked.length).toBeLessThanOrEqual(3);
      expect(bench.notes[1]).toBe("starts again: it has changed at its source since the earlier fetch");
    }
  });

  test("a strong ETag: If-Range, and 206 continues", () => {
    const bench = new Bench();
    const server = bench.server(2, { headers: { etag: '"1"' } });
    const other = bench.server(3);
    bench.leave(FILE, HALF, { ...SIZE, etag: ETAG });
    bench.fetch([3, 2]);
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: 500_000 });
    expect(server.asked[0]).toMatch(/^GET 500000-\d+ if-range "1"$/);
    // The other is asked when the first has confirmed.
    expect(other.askedMs[0]).toBe(5);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("200: it has changed; starts again with that answer, and says so", () => {
    const other = bytesOf("other", 700_000);
    const bench = new Bench();
    const server = bench.server(2, { content: other, headers: { etag: '"2"' } });
    bench.leave(FILE, HALF, { ...SIZE, etag: ETAG });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: 700_000, resumedBytes: 0 });
    expect(server.asked).toEqual(['GET 500000-999999 if-range "1"']);
    expect(bench.notes.at(-1)).toBe("starts again: it has changed at its source since the earlier fetch");
    expect(bench.holds(other)).toBe(true);
  });

  test("416: it has shrunk", () => {
    const other = bytesOf("other", 70_000);
    const bench = new Bench();
    bench.server(2, { content: other, answer: (_, n) => (n === 0 ? { status: 416 } : undefined) });
    bench.leave(FILE, HALF, { ...SIZE, etag: ETAG });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: 70_000 });
    expect(bench.holds(other)).toBe(true);
  });

  test("its source is gone: starts again with another", () => {
    const bench = new Bench();
    bench.server(2, { answer: () => ({ status: 404 }) });
    bench.server(3);
    bench.leave(FILE, HALF, { ...SIZE, etag: ETAG });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: 0 });
    expect(bench.notes.at(-1)).toContain("its source cannot say any more");
    expect(bench.holds(FILE)).toBe(true);
  });

  test("all of it was there: the last byte is asked for, under the ETag", () => {
    const bench = new Bench();
    const server = bench.server(2, { headers: { etag: '"1"' } });
    bench.leave(FILE, [{ from: 0, to: FILE.length }], { ...SIZE, etag: ETAG });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(server.asked).toEqual(['GET 999999-999999 if-range "1"']);
    expect(bench.holds(FILE)).toBe(true);
  });

  test.each([
    ["no validator", SIZE, "no SHA-256, no strong ETag"],
    [
      "an ETag of a source that is not asked",
      { ...SIZE, etag: { value: '"1"', source: "10.0.0.9:80" } },
      "10.0.0.9:80",
    ],
  ])("%s: starts again, and says why", (_what, version, why) => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.leave(FILE, HALF, version);
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched", resumedBytes: 0 });
    expect(server.asked).toEqual(["GET"]);
    expect(bench.notes[0]).toContain(why);
    expect(bench.holds(FILE)).toBe(true);
  });
});

test("a crash in mid-fetch leaves the part, and the name free for the next fetch", () => {
  const bench = new Bench();
  bench.server(2);
  const fetch = bench.fetch([2], { expect: HASHED });
  bench.run(204);
  bench.store.onCrash();
  bench.fetch([2], { expect: HASHED });
  fetch.cancel(); // the old one's last word changes nothing
  bench.run();
  expect(bench.outcomes.at(-1)).toMatchObject({ status: "fetched", resumedBytes: 200_000 });
  expect(bench.holds(FILE)).toBe(true);
});
