/** A fetch from one source: the plain request, breaks, retries, refusals, stalls, the rate limit, cancelling. */

import { describe, expect, test } from "vitest";
import { Bench, bytesOf, damaged, digestHeader, FILE, hashOf } from "./bench.ts";

describe("a fresh file", () => {
  test("is asked for with the report's plain request: no range", () => {
    const bench = new Bench();
    const server = bench.server(2);
    expect(bench.fetch([2]) && bench.run()).toMatchObject({ status: "fetched", bytes: FILE.length, resumedBytes: 0 });
    expect(server.asked).toEqual(["GET"]);
    expect(bench.holds(FILE)).toBe(true);
    expect(bench.outcomes).toHaveLength(1);
    expect(bench.host.runningTimers).toBe(0);
  });

  test("so it is where its size and SHA-256 are known", () => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.fetch([2], { expect: { sizeBytes: FILE.length, sha256: hashOf(FILE) } });
    expect(bench.run()).toMatchObject({ status: "fetched", sha256: hashOf(FILE) });
    expect(server.asked).toEqual(["GET"]);
  });

  test.each([[{}], [{ sizeBytes: 0 }]])("an empty file is asked for, too (expected %j)", (expected) => {
    const bench = new Bench();
    const server = bench.server(2, { content: new Uint8Array(0) });
    bench.fetch([2], { expect: expected });
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: 0 });
    expect(server.asked).toEqual(["GET"]);
    expect(bench.store.has("file")).toBe(true);
  });

  test("a body that only the connection's end ends", () => {
    const bench = new Bench();
    bench.server(2, { untilClose: true });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: FILE.length });
    expect(bench.holds(FILE)).toBe(true);
  });

  test("such a body that is shorter than it should be is not taken for whole, and not asked for without end", () => {
    const bench = new Bench();
    const server = bench.server(2, { untilClose: true, ranges: false, content: FILE.slice(0, 999_999) });
    bench.fetch([2], { expect: { sizeBytes: FILE.length } });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source" });
    expect(bench.outcomes[0]!.sources[0]!.dropped?.text).toBe(
      "it ended after 999999 bytes, and the file has 1000000, 5 times in a row",
    );
    expect(server.asked).toHaveLength(5);
  });

  test("a server that ignores ranges still works, after a break from the start", () => {
    const bench = new Bench();
    const server = bench.server(2, { ranges: false, breaksAfterBytes: 400_000 });
    bench.fetch([2]);
    bench.network.at(1000, () => {
      server.script.breaksAfterBytes = Number.POSITIVE_INFINITY;
    });
    bench.network.run(800);
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: FILE.length });
    expect(bench.holds(FILE)).toBe(true);
    expect(server.asked.slice(0, 2)).toEqual(["GET", "GET 400000-999999"]);
  });

  test("an existing file is not overwritten unless asked; nobody is asked for it then", () => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.fetch([2]);
    bench.run(5000);
    bench.fetch([2]);
    expect(bench.outcomes[1]).toMatchObject({ status: "failed", reason: "not-stored" });
    expect(bench.outcomes[1]).toHaveProperty("detail", expect.stringContaining("exists already"));
    expect(server.asked).toHaveLength(1);
    bench.fetch([2], { overwrite: true });
    bench.run(10_000);
    expect(bench.outcomes[2]).toMatchObject({ status: "fetched" });
  });
});

describe("breaks and retries", () => {
  test("goes on behind what is there, after the back-off: 500 ms to 1 s to 2 s, half of it by chance", () => {
    const bench = new Bench();
    const server = bench.server(2, { breaksAfterBytes: 10_000 });
    bench.fetch([2]);
    bench.run(20_000);
    expect(server.asked.slice(0, 3)).toEqual(["GET", "GET 10000-999999", "GET 20000-999999"]);
    // Latency 5 ms, then a piece at once, and half of the back-off.
    expect(server.askedMs).toEqual([0, 255, 760, 1765, 3770]);
    expect(bench.outcomes[0]).toMatchObject({ status: "failed", reason: "no-source", bytes: 50_000, isKept: true });
    expect(bench.outcomes[0]).toHaveProperty(
      "detail",
      expect.stringContaining("the connection broke, 5 times in a row"),
    );
    expect(bench.drops).toEqual(["2 unreachable"]);
  });

  test("with chance at its other end, all of the back-off", () => {
    const bench = new Bench();
    bench.random = 1;
    const server = bench.server(2, { answer: () => "timeout" });
    bench.fetch([2], { maxAttempts: 3, maxRetryMs: 800 });
    bench.run();
    expect(server.askedMs).toEqual([0, 505, 1310]);
  });

  test("a source that delivers `minRequestBytes` in an exchange begins a new row of failures", () => {
    const bench = new Bench();
    const server = bench.server(2, { breaksAfterBytes: 100_000 });
    bench.fetch([2], { minRequestBytes: 100_000, maxAttempts: 2 });
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: FILE.length });
    expect(server.asked).toHaveLength(10);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("one byte less does not", () => {
    const bench = new Bench();
    const server = bench.server(2, { breaksAfterBytes: 99_999 });
    bench.fetch([2], { minRequestBytes: 100_000, maxAttempts: 2 });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source" });
    expect(server.asked).toHaveLength(2);
  });

  test.each([404, 403, 410, 401, 405, 301])("%d is final", (status) => {
    const bench = new Bench();
    const server = bench.server(2, { answer: () => ({ status, reason: "no" }) });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source", isKept: false });
    expect(bench.outcomes[0]!.sources[0]!.dropped).toEqual({
      reason: "refused",
      text: `it says ${status} no`,
      http: { status, reason: "no" },
    });
    expect(server.asked).toHaveLength(1);
    expect(bench.store.heldBytes).toBe(0);
  });

  test.each([500, 502, 504, 408])("%d is tried again", (status) => {
    const bench = new Bench();
    const server = bench.server(2, { answer: (_, number) => (number === 0 ? { status } : undefined) });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(server.askedMs).toEqual([0, 255]);
  });

  test.each([
    ["120", 120_005],
    ["Wed, 04 Mar 2015 23:49:20 GMT", 60_000],
    ["soon", 255],
  ])("Retry-After: %s", (value, secondMs) => {
    const bench = new Bench();
    const busy = { status: 503, headers: { "retry-after": value } };
    const server = bench.server(2, { answer: (_, number) => (number === 0 ? busy : undefined) });
    bench.fetch([2]);
    bench.run();
    expect(server.askedMs).toEqual([0, secondMs]);
  });

  test("one second more than the longest wait: dropped as busy", () => {
    const bench = new Bench();
    const server = bench.server(2, { answer: () => ({ status: 503, headers: { "retry-after": "121" } }) });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source" });
    expect(server.asked).toHaveLength(1);
    expect(bench.drops).toEqual(["2 busy"]);
  });

  test("an exchange without a byte for `stallMs` has failed, not a millisecond earlier", () => {
    const bench = new Bench();
    const server = bench.server(2, { silentAfterBytes: 20_000 });
    bench.fetch([2], { stallMs: 1000 });
    bench.run(1014); // the second piece came at 15 ms
    expect(server.open).toBe(1);
    bench.run(1015);
    expect(server.open).toBe(0);
    bench.run(1265);
    expect(server.asked[1]).toBe("GET 20000-999999");
  });

  test("so has one whose head does not come", () => {
    const bench = new Bench();
    const server = bench.server(2, { answer: (_, number) => (number === 0 ? "silence" : undefined) });
    bench.fetch([2], { stallMs: 1000 });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(server.askedMs).toEqual([0, 1250]);
  });
});

describe("answers that make no sense are final", () => {
  test.each([
    ["encoded", { status: 200, headers: { "content-encoding": "gzip" } }, "encoded (gzip)"],
    ["a part where the whole was asked for", { status: 206, headers: { "content-range": "bytes 0-9/100" } }, "a part"],
    [
      "longer than expected",
      { status: 200, headers: { "content-length": "1000001" } },
      "has 1000001 bytes, not 1000000",
    ],
  ])("%s", (_what, answer, text) => {
    const bench = new Bench();
    const server = bench.server(2, { answer: () => answer });
    bench.fetch([2], { expect: { sizeBytes: FILE.length } });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source", isKept: false });
    expect(bench.outcomes[0]!.sources[0]!.dropped?.text).toContain(text);
    expect(server.asked).toHaveLength(1);
    expect(bench.store.has("file")).toBe(false);
  });

  test.each([
    ["another part", "bytes 0-9/1000000"],
    ["more than asked for", "bytes 10000-1000000/1000001"],
    ["no part at all", "rubbish"],
  ])("%s instead of the rest", (_what, contentRange) => {
    const bench = new Bench();
    bench.server(2, {
      breaksAfterBytes: 10_000,
      answer: (_, number) => (number === 0 ? undefined : { status: 206, headers: { "content-range": contentRange } }),
    });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source" });
    expect(bench.outcomes[0]!.sources[0]!.dropped?.reason).toMatch(/bad-answer|other-version/);
    expect(bench.store.has("file")).toBe(false);
  });

  test("416 for what should be there: its file is shorter", () => {
    const bench = new Bench();
    bench.server(2, {
      breaksAfterBytes: 10_000,
      answer: (_, number) => (number === 0 ? undefined : { status: 416, headers: { "content-range": "bytes */900" } }),
    });
    bench.fetch([2]);
    bench.run();
    expect(bench.outcomes[0]!.sources[0]!.dropped?.text).toBe("it has no bytes from 10000 on: its file has 900 bytes");
  });
});

test("answers in crumbs: dropped, and not asked without end", () => {
  const bench = new Bench();
  const server = bench.server(2, { breaksAfterBytes: 10_000 });
  bench.fetch([2], { minRequestBytes: 5000 });
  bench.run(200);
  let at = 10_000;
  server.script.answer = () => {
    at += 1000;
    const headers = { "content-range": `bytes ${at - 1000}-${at - 1}/1000000`, "content-length": "1000" };
    server.script.content = FILE.slice(0, at);
    return { status: 206, headers };
  };
  expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source", bytes: 14_000, isKept: true });
  expect(bench.outcomes[0]!.sources[0]!.dropped?.text).toBe(
    "it gave bytes 13000 to 13999 of 13000 to 999999, 5 times in a row",
  );
});

describe("a file that changes during the fetch", () => {
  const OTHER = bytesOf("other", FILE.length);
  const SHORTER = bytesOf("other", 500_000);

  test.each([
    ["its strong ETag", { etag: '"1"' }, { etag: '"2"' }, OTHER],
    ["its date", { "last-modified": "a" }, { "last-modified": "b" }, OTHER],
    ["its claim", { "repr-digest": digestHeader(FILE) }, { "repr-digest": digestHeader(OTHER) }, OTHER],
    ["its size", {}, {}, SHORTER],
  ])("%s says so: starts again, and says so", (_what, before, after, content) => {
    const bench = new Bench();
    const server = bench.server(2, { headers: before, breaksAfterBytes: 300_000 });
    bench.fetch([2]);
    bench.network.run(400);
    Object.assign(server.script, { content, headers: after, breaksAfterBytes: Number.POSITIVE_INFINITY });
    expect(bench.run()).toMatchObject({ status: "fetched", bytes: content.length });
    expect(bench.holds(content)).toBe(true);
    expect(bench.notes[0]).toBe("starts again: it changed at its source during the fetch");
  });

  test("under a strong ETag the rest is asked for with If-Range", () => {
    const bench = new Bench();
    const server = bench.server(2, { headers: { etag: '"1"' }, breaksAfterBytes: 300_000 });
    bench.fetch([2]);
    bench.run();
    expect(server.asked[1]).toBe('GET 300000-999999 if-range "1"');
    expect(bench.holds(FILE)).toBe(true);
  });

  test("a weak one is no validator for that", () => {
    const bench = new Bench();
    const server = bench.server(2, { headers: { etag: 'W/"1"' }, breaksAfterBytes: 300_000 });
    bench.fetch([2]);
    bench.run();
    expect(server.asked[1]).toBe("GET 300000-999999");
  });

  test("too often: given up, nothing kept", () => {
    const bench = new Bench();
    const server = bench.server(2, { breaksAfterBytes: 300_000, headers: { etag: '"0"' } });
    for (let i = 1; i < 9; i++) {
      bench.network.at(i * 300, () => {
        server.script.headers = { etag: `"${i}"` };
      });
    }
    bench.fetch([2], { maxAttempts: 20, firstRetryMs: 600, maxRetryMs: 600 });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "changing", isKept: false });
    expect(bench.notes).toHaveLength(3);
    expect(bench.store.heldBytes).toBe(0);
  });
});

describe("the whole is checked", () => {
  test("against what is expected: with one source, that source is bad", () => {
    const bench = new Bench();
    bench.server(2, { content: damaged(FILE, 999_999) });
    bench.fetch([2], { expect: { sha256: hashOf(FILE) } });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "bad-bytes", isKept: false });
    expect(bench.drops).toEqual(["2 bad-bytes"]);
    expect(bench.store.has("file")).toBe(false);
    expect(bench.store.heldBytes).toBe(0);
  });

  test("against what the source claims (Repr-Digest)", () => {
    const bench = new Bench();
    bench.server(2, { headers: { "repr-digest": digestHeader(FILE) } });
    bench.fetch([2]);
    expect(bench.run()).toMatchObject({ status: "fetched", sha256: hashOf(FILE) });
    const other = new Bench();
    other.server(2, { content: damaged(FILE, 0), headers: { "repr-digest": `md5=:x:, ${digestHeader(FILE)}` } });
    other.fetch([2]);
    expect(other.run()).toMatchObject({ status: "failed", reason: "bad-bytes" });
  });

  test("a claim of another hash than the expected: dropped before a byte is taken", () => {
    const bench = new Bench();
    const server = bench.server(2, {
      content: damaged(FILE, 0),
      headers: { "repr-digest": digestHeader(damaged(FILE, 0)) },
    });
    bench.fetch([2], { expect: { sha256: hashOf(FILE) } });
    expect(bench.run()).toMatchObject({ status: "failed", reason: "no-source", bytes: 0 });
    expect(bench.drops).toEqual(["2 other-version"]);
    expect(server.sentBytes).toBe(0);
  });
});

describe("limits and the user", () => {
  test("bytesPerSecond holds from the first second on, and is used", () => {
    const bench = new Bench();
    const server = bench.server(2);
    bench.fetch([2], { bytesPerSecond: 100_000 });
    const at: number[] = [];
    for (let second = 1; second <= 5; second++) bench.network.at(second * 1000, () => at.push(server.sentBytes));
    const outcome = bench.run();
    // A burst of 200 ms and at most one piece ahead.
    for (const [i, bytes] of at.entries()) {
      expect(bytes).toBeLessThanOrEqual((i + 1) * 100_000 + 20_000 + 10_000);
      expect(bytes).toBeGreaterThan((i + 1) * 100_000 - 10_000);
    }
    expect(outcome).toMatchObject({ status: "fetched" });
    expect(outcome!.elapsedMs).toBeGreaterThan(9700);
    expect(outcome!.elapsedMs).toBeLessThan(10_000);
    expect(bench.host.runningTimers).toBe(0);
  });

  test("a pause by the limit is no stall", () => {
    const bench = new Bench();
    bench.server(2, { bytesPerMs: 10_000 });
    bench.fetch([2], { bytesPerSecond: 50_000, stallMs: 1000 });
    expect(bench.run()).toMatchObject({ status: "fetched" });
    expect(bench.outcomes[0]!.sources[0]).toMatchObject({ requests: 1, failures: 0 });
  });

  test("progress comes at most every `progressMs`, with rate and ETA, and once at the last byte", () => {
    const bench = new Bench();
    bench.server(2, { bytesPerMs: 100 });
    bench.fetch([2], { progressMs: 1000 });
    bench.run();
    expect(bench.progress.map(({ atMs }) => atMs).slice(0, 9)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((s) => s * 1000),
    );
    const { progress } = bench.progress[4]!;
    expect(progress).toMatchObject({ phase: "fetching", totalBytes: FILE.length });
    expect(progress.bytesPerSecond).toBeGreaterThan(95_000);
    expect(progress.bytesPerSecond).toBeLessThan(105_000);
    expect(progress.etaMs).toBeGreaterThan(4_500);
    expect(progress.etaMs).toBeLessThan(5_500);
    expect(bench.progress.at(-1)!.progress).toMatchObject({ phase: "checking", bytes: FILE.length });
  });

  test("cancel keeps what is there; the next fetch goes on with it", () => {
    const bench = new Bench();
    const server = bench.server(2, { headers: { etag: '"1"' } });
    const fetch = bench.fetch([2]);
    bench.run(204);
    fetch.cancel();
    fetch.cancel();
    expect(bench.outcomes).toMatchObject([{ status: "failed", reason: "cancelled", bytes: 200_000, isKept: true }]);
    expect(server.open).toBe(0);
    expect(bench.host.runningTimers).toBe(0);
    bench.fetch([2]);
    bench.run();
    expect(bench.outcomes[1]).toMatchObject({ status: "fetched", resumedBytes: 200_000 });
    expect(server.asked[1]).toBe('GET 200000-999999 if-range "1"');
    expect(server.sentBytes).toBe(FILE.length);
    expect(bench.holds(FILE)).toBe(true);
  });

  test("a store without room", () => {
    const bench = new Bench();
    bench.server(2);
    bench.store.put("big", { sizeBytes: 1, read: () => new Uint8Array(1) });
    bench.server(3, {
      content: new Uint8Array(0),
      headers: {},
      answer: () => ({ status: 200, headers: { "content-length": "999999999" } }),
    });
    bench.fetch([3]);
    expect(bench.run()).toMatchObject({ status: "failed", reason: "not-stored" });
    expect(bench.outcomes[0]).toHaveProperty("detail", expect.stringContaining("no room for file"));
    expect(bench.store.heldBytes).toBe(0);
  });

  test("two at once of one name: the second is refused", () => {
    const bench = new Bench();
    bench.server(2);
    bench.fetch([2]);
    bench.fetch([2]);
    expect(bench.outcomes).toMatchObject([{ status: "failed", reason: "not-stored" }]);
    bench.run();
    expect(bench.outcomes[1]).toMatchObject({ status: "fetched" });
  });

  test.each([
    [[], {}, "at least one source"],
    [[2, 3, 5], { maxSources: 2 }, "at most 2 sources, not 3"],
    [[2], { bytesPerSecond: 0 }, "bytesPerSecond"],
    [[2], { stallMs: Number.NaN }, "stallMs"],
    [[2], { expect: { sizeBytes: -1 } }, "size"],
    [[2], { expect: { sha256: new Uint8Array(31) } }, "32 bytes, not 31"],
  ])("sources %j with %j make no sense", (sources, options, text) => {
    expect(() => new Bench().fetch(sources, options)).toThrow(text);
  });
});
