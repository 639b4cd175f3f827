/** A fetch from several sources: who does how much, the end, who is dropped and why, and the start without an answer. */

import { describe, expect, test } from "vitest";
import { Bench, damaged, digestHeader, FILE, hashOf } from "./bench.ts";

const bytesFrom = (bench: Bench): number[] =>
  bench.outcomes[0]!.sources.map(({ receivedBytes, duplicateBytes }) => receivedBytes - duplicateBytes);

describe("sharing the work", () => {
  test("the first is asked for the whole, and when its head is there the other takes half", () => {
    const bench = new Bench();
    const [first, second] = [bench.server(2), bench.server(3)];
    bench.fetch([2, 3]);
    bench.run();
    expect(first.asked[0]).toBe("GET");
    expect(second.asked[0]).toBe("GET 500000-999999");
    expect(second.askedMs[0]).toBe(5);
    expect(bench.holds(FILE)).toBe(true);
    expect(bench.outcomes[0]!.elapsedMs).toBeLessThan(530);
    expect(bench.outcomes[0]!.notes).toEqual([expect.stringContaining("nobody says what the SHA-256 should be")]);
  });

  test("where the size is known, all are asked at once, each for its share of what is left", () => {
    const bench = new Bench();
    const servers = [2, 3, 5].map((n) => bench.server(n));
    bench.fetch([2, 3, 5], { expect: { sizeBytes: FILE.length, sha256: hashOf(FILE) } });
    bench.run();
    expect(servers.map(({ asked }) => asked[0])).toEqual(["GET 0-333333", "GET 333334-555555", "GET 555556-703703"]);
    expect(bench.holds(FILE)).toBe(true);
    expect(bench.outcomes[0]).toMatchObject({ status: "fetched", sha256: hashOf(FILE) });
  });

  test("fast sources do more: rates of 4 to 1 give shares of about 4 to 1, and none waits long for the other", () => {
    const bench = new Bench();
    bench.server(2, { bytesPerMs: 100 });
    bench.server(3, { bytesPerMs: 400 });
    bench.fetch([2, 3]);
    const outcome = bench.run()!;
    const [slow = 0, fast = 0] = bytesFrom(bench);
    expect(slow + fast).toBe(FILE.length);
    expect(fast / slow).toBeGreaterThan(3);
    expect(fast / slow).toBeLessThan(5);
    expect(outcome.elapsedMs).toBeLessThan((FILE.length / 500) * 1.1);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("the last bytes are fetched twice, and the first to bring them wins", () => {
    const bench = new Bench();
    bench.server(2, { bytesPerMs: 1 }); // 64 KiB would take it a minute
    bench.server(3, { bytesPerMs: 1000 });
    bench.fetch([2, 3], { expect: { sizeBytes: FILE.length } });
    expect(bench.run()!.elapsedMs).toBeLessThan(1500);
    expect(bench.holds(FILE)).toBe(true);
    expect([...bench.servers.values()].map(({ open }) => open)).toEqual([0, 0]);
  });

  test("a source that dies is replaced by the others", () => {
    const bench = new Bench();
    bench.server(2, { breaksAfterBytes: 100_000, answer: (_, number) => (number > 0 ? "refused" : undefined) });
    bench.server(3);
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bytesFrom(bench)[0]).toBe(100_000);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("sixteen sources", () => {
    const bench = new Bench();
    const all = Array.from({ length: 16 }, (_, i) => i + 10);
    for (const n of all) bench.server(n, { bytesPerMs: 10 + n });
    bench.fetch(all, { minRequestBytes: 10_000 });
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: FILE.length });
    expect(bytesFrom(bench).every((bytes) => bytes > 0)).toBe(true);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one source given twice is one source", () => {
    const bench = new Bench();
    bench.server(2);
    bench.fetch([2, 2]);
    expect(bench.run()!.sources).toHaveLength(1);
  });

  test("the rate limit is for all together", () => {
    const bench = new Bench();
    bench.server(2);
    bench.server(3);
    bench.fetch([2, 3], { bytesPerSecond: 100_000 });
    expect(bench.run()!.elapsedMs).toBeGreaterThan(9500);
    expect(bench.drops).toEqual([]);
    expect(bench.holds(FILE)).toBe(true);
  });
});

describe("while nobody has answered", () => {
  test("the next source is asked after `nextSourceMs`, for the whole", () => {
    const bench = new Bench();
    bench.server(2, { latencyMs: 10_000 });
    const second = bench.server(3);
    const third = bench.server(5);
    bench.fetch([2, 3, 5]);
    bench.run(249);
    expect(second.asked).toEqual([]);
    bench.run(250);
    expect(second.asked).toEqual(["GET"]);
    expect(third.asked).toEqual([]);
    bench.run();
    expect(third.askedMs[0]).toBe(255); // as soon as the second has answered
    expect(bench.holds(FILE)).toBe(true);
    expect(bench.outcomes[0]!.elapsedMs).toBeLessThan(1000);
  });

  test("a refusal makes the next one be asked at once", () => {
    const bench = new Bench();
    bench.server(2, { answer: () => ({ status: 404, reason: "file not found" }) });
    const second = bench.server(3);
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(second.askedMs[0]).toBe(5);
    expect(bench.drops).toEqual(["2 refused"]);
  });

  test("where none says how large it is, the first to answer delivers, and the others wait in case it breaks", () => {
    const bench = new Bench();
    const servers = [2, 3, 5].map((n, i) => bench.server(n, { untilClose: true, latencyMs: 300 + 100 * i }));
    bench.fetch([2, 3, 5]);
    bench.run(1000);
    expect(servers.map(({ open }) => open)).toEqual([1, 0, 0]);
    servers[0]!.script.breaksAfterBytes = 0;
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: FILE.length });
    expect(servers[2]!.asked).toHaveLength(1);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("two answer for the whole: the later one is asked for a part instead", () => {
    const bench = new Bench();
    bench.server(2, { latencyMs: 300 });
    bench.server(3, { latencyMs: 100 });
    bench.fetch([2, 3]);
    bench.run();
    expect(bench.servers.get("10.0.0.2:80")!.asked[1]).toMatch(/^GET \d+-999999$/);
    expect(bench.holds(FILE)).toBe(true);
  });
});

describe("who is dropped, and named", () => {
  const slowly = (slowRate: number) => {
    const bench = new Bench();
    bench.server(2, { bytesPerMs: 100, latencyMs: 0 });
    bench.server(3, { bytesPerMs: slowRate, latencyMs: 0 });
    bench.fetch([2, 3], { minRequestBytes: 1000, slowMs: 2000, progressMs: 500 });
    return bench;
  };

  test("a source under a tenth of the fastest's pace for `slowMs`", () => {
    const bench = slowly(9.9);
    // First measured at 500 ms.
    bench.run(2499);
    expect(bench.drops).toEqual([]);
    bench.run(2500);
    expect(bench.drops).toEqual(["3 slow"]);
    bench.run();
    expect(bench.outcomes[0]!.sources[1]!.dropped?.text).toMatch(
      /^9\.\d kB\/s for 2 s, while another gives \d+\.\d kB\/s$/,
    );
    expect(bench.holds(FILE)).toBe(true);
  });

  test("not one that is a little faster than that", () => {
    const bench = slowly(10.5);
    bench.run();
    expect(bench.drops).toEqual([]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("who was only slow is taken back when nobody else is left", () => {
    const bench = slowly(5);
    bench.network.at(5000, () => {
      bench.servers.get("10.0.0.2:80")!.script.answer = () => ({ status: 404 });
      bench.servers.get("10.0.0.2:80")!.script.breaksAfterBytes = 0;
    });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops).toEqual(["3 slow", "2 refused"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one with another size", () => {
    const bench = new Bench();
    bench.server(2);
    bench.server(3, { content: FILE.slice(0, 999_999) });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops).toEqual(["3 other-version"]);
    expect(bench.outcomes[0]!.sources[1]!.dropped?.text).toBe("its file has 999999 bytes, not 1000000");
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one that claims another SHA-256 than the first", () => {
    const bench = new Bench();
    const other = damaged(FILE, 700_000);
    bench.server(2, { headers: { "repr-digest": digestHeader(FILE) } });
    bench.server(3, { content: other, headers: { "repr-digest": digestHeader(other) } });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched", sha256: hashOf(FILE) });
    expect(bench.drops).toEqual(["3 other-version"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one that ignores ranges, where the other does not", () => {
    const bench = new Bench();
    bench.server(2);
    bench.server(3, { ranges: false });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops).toEqual(["3 no-ranges"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("where none gives ranges, the first is asked again and again, then the second", () => {
    const bench = new Bench();
    bench.server(2, { ranges: false, breaksAfterBytes: 300_000 });
    bench.server(3, { ranges: false });
    bench.fetch([2, 3]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one that sends more than it was asked for", () => {
    const bench = new Bench();
    bench.server(2);
    bench.server(3, {
      answer: () => ({ status: 206, headers: { "content-range": "bytes 500000-1000000/1000000" } }),
    });
    const more = bench.server(5, {
      answer: ({ range }) => {
        const { first } = range as { first: number };
        const headers = { "content-range": `bytes ${first}-999999/1000000`, "content-length": `${1_000_000 - first}` };
        return { status: 206, headers };
      },
    });
    bench.fetch([2, 3, 5], { expect: { sizeBytes: FILE.length } });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops.toSorted()).toEqual(["3 bad-answer", "5 bad-answer"]);
    expect(more.sentBytes).toBe(0);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one whose file changes, where others still have it: what it delivered is fetched from them", () => {
    const bench = new Bench();
    bench.server(2);
    const second = bench.server(3, { headers: { etag: '"1"' }, breaksAfterBytes: 200_000 });
    bench.network.at(210, () =>
      Object.assign(second.script, { content: damaged(FILE, 999_000), headers: { etag: '"2"' } }),
    );
    bench.fetch([2, 3], { firstRetryMs: 10 });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.drops).toEqual(["3 changed"]);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("all of them: failed, with each one's reason, and what is there is kept", () => {
    const bench = new Bench();
    bench.server(2, { answer: () => ({ status: 403, reason: "Forbidden" }) });
    bench.server(3, { breaksAfterBytes: 100_000, answer: (_, number) => (number > 0 ? "refused" : undefined) });
    bench.fetch([2, 3, 9]);
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source", bytes: 100_000, isKept: true });
    expect(bench.outcomes[0]).toHaveProperty(
      "detail",
      "no source is left (10.0.0.2:80: it says 403 Forbidden; 10.0.0.3:80: nobody answers there, 5 times in a row; 10.0.0.9:80: nobody answers there, 5 times in a row)",
    );
    expect(bench.host.noted("state")).toContain("fetch: dropped as refused, it says 403 Forbidden");
    expect(bench.store.has("file")).toBe(false);
  });
});
