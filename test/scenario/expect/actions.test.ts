import { describe, expect, test } from "vitest";
import type { ActionResult } from "../../../src/scenario/expect/facts.ts";
import { verdictOn } from "./tape.ts";

function action(name: string, more: Partial<ActionResult> = {}): ActionResult {
  return { atMs: 1000, finishedMs: 1010, host: "H4", action: name, argument: "", outcome: "done", text: "", ...more };
}

const judged = (expectation: unknown, ...actions: ActionResult[]) => verdictOn(expectation, undefined, { actions });

describe("list", () => {
  const shown = action("list", { list: "1 10.0.0.3 80 new.txt\n2 10.0.0.3 80 f1.txt\n" });

  test("exactly these lines", () => {
    expect(
      judged({ list: { host: "H4", shows: ["1 10.0.0.3 80 new.txt", "2 10.0.0.3 80 f1.txt"] } }, shown).passed,
    ).toBe(true);
    expect(judged({ list: { host: "H4", shows: "1 10.0.0.3 80 new.txt\n2 10.0.0.3 80 f1.txt" } }, shown).passed).toBe(
      true,
    );
    expect(judged({ list: { host: "H4", shows: "1 10.0.0.3 80 new.txt" } }, shown)).toMatchObject({
      passed: false,
      found: "[1 10.0.0.3 80 new.txt, 2 10.0.0.3 80 f1.txt]",
      atMs: 1010,
    });
  });

  test("the latest of that host, in the window", () => {
    const actions = [
      shown,
      action("list", { atMs: 2000, list: "" }),
      action("list", { atMs: 3000, host: "H3", list: "x" }),
    ];
    expect(judged({ list: { host: "H4", shows: [] } }, ...actions).passed).toBe(true);
    expect(judged({ list: { host: "H4", shows: [] }, before: "2s" }, ...actions).passed).toBe(false);
    expect(judged({ list: { host: "H4", shows: [] }, before: "2001ms" }, ...actions).passed).toBe(true);
    expect(judged({ list: { host: "H2", shows: [] } }, ...actions).found).toBe(
      "no such action: H2 did no list that fits",
    );
  });
});

describe("lookup", () => {
  const source = (host: string) => ({ host, address: "10.0.0.9", httpPort: 80 });
  const offered = action("lookup", { argument: "new.txt", sources: [source("H2"), source("H3")] });
  const refused = action("lookup", { argument: "gone.txt", outcome: "failed", error: "404 file not found" });

  test("the peers offered, in the order of the choices", () => {
    expect(judged({ lookup: { host: "H4", file: "new.txt", offers: ["H2", "H3"] } }, offered).passed).toBe(true);
    expect(judged({ lookup: { host: "H4", offers: ["H3", "H2"] } }, offered).passed).toBe(false);
    expect(judged({ lookup: { host: "H4", offers: ["H2"] } }, offered).found).toBe("offers [H2, H3]");
  });

  test("an error instead", () => {
    expect(judged({ lookup: { host: "H4", answers: "404 file not found" } }, refused).passed).toBe(true);
    expect(judged({ lookup: { host: "H4", answers: "404 file not found" } }, offered).passed).toBe(false);
    expect(judged({ lookup: { host: "H4", offers: ["H2"] } }, refused).found).toBe("404 file not found");
  });

  test("of that file", () => {
    expect(judged({ lookup: { host: "H4", file: "new.txt", offers: ["H2", "H3"] } }, offered, refused).passed).toBe(
      true,
    );
    expect(judged({ lookup: { host: "H4", file: "other", offers: [] } }, offered).found).toContain("no such action");
  });

  test("no answer yet is no answer", () => {
    const pending = action("lookup", { argument: "new.txt", outcome: "pending", finishedMs: undefined });
    expect(judged({ lookup: { host: "H4", answers: "404 file not found" } }, pending)).toMatchObject({
      passed: false,
      found: "no answer when the run ended",
    });
  });
});

describe("view", () => {
  const entry = (host: string, ...files: string[]) => ({
    host,
    address: "10.0.0.9",
    httpPort: 80,
    files,
    lastUpdateMs: 0,
  });
  const viewed = (...entries: ReturnType<typeof entry>[]) => action("view", { entries });
  const shows = { H2: ["new.txt", "file1.txt"], H3: [] };

  test("the order of peers is free, that of files is not", () => {
    expect(
      judged({ view: { host: "H4", shows } }, viewed(entry("H3"), entry("H2", "new.txt", "file1.txt"))).passed,
    ).toBe(true);
    expect(
      judged({ view: { host: "H4", shows } }, viewed(entry("H3"), entry("H2", "file1.txt", "new.txt"))).passed,
    ).toBe(false);
  });

  test("no peer more, none less, none twice", () => {
    const h2 = entry("H2", "new.txt", "file1.txt");
    expect(judged({ view: { host: "H4", shows } }, viewed(h2, entry("H3"), entry("H4"))).passed).toBe(false);
    expect(judged({ view: { host: "H4", shows } }, viewed(h2)).passed).toBe(false);
    expect(judged({ view: { host: "H4", shows } }, viewed(h2, h2)).passed).toBe(false);
    expect(judged({ view: { host: "H4", shows: {} } }, viewed()).passed).toBe(true);
  });

  test("file names that could be taken for two", () => {
    expect(judged({ view: { host: "H4", shows: { H2: ["a, b"] } } }, viewed(entry("H2", "a", "b"))).passed).toBe(false);
  });

  test("a view without an answer", () => {
    const failed = action("view", { outcome: "failed", error: "no answer" });
    expect(judged({ view: { host: "H4", shows: {} } }, failed)).toMatchObject({ passed: false, found: "no answer" });
  });
});

describe("download", () => {
  const download = {
    file: "new.txt",
    from: ["H2"],
    status: 200,
    reason: "OK",
    bytes: 58_710,
    intact: true,
    elapsedMs: 250,
  };
  const done = action("download", { argument: "new.txt", download });

  test("who was dropped, and why: exactly these", () => {
    const fetched = action("download", { argument: "new.txt", download: { ...download, dropped: { H3: "slow" } } });
    const dropped = (one: object) => ({ download: { host: "H4", dropped: one } });
    expect(judged(dropped({ H3: "slow" }), fetched).passed).toBe(true);
    expect(judged(dropped({}), done).passed).toBe(true);
    expect(judged(dropped({ H3: "bad-bytes" }), fetched)).toMatchObject({
      passed: false,
      expected: "dropped H3: bad-bytes",
      found: "dropped H3: slow",
    });
    expect(judged(dropped({}), fetched).found).toBe("dropped H3: slow");
    expect(judged(dropped({ H3: "slow" }), done).found).toBe("nobody dropped");
  });

  test("status, bytes, intact, elapsed", () => {
    const asked = {
      host: "H4",
      file: "new.txt",
      from: "H2",
      status: 200,
      bytes: "58710B",
      intact: true,
      elapsed: { atMost: "250ms" },
    };
    expect(judged({ download: asked }, done).passed).toBe(true);
    for (const wrong of [
      { status: 404 },
      { bytes: 58_709 },
      { intact: false },
      { elapsed: { below: "250ms" } },
      { error: "x" },
    ]) {
      expect(judged({ download: { ...asked, ...wrong } }, done).passed, JSON.stringify(wrong)).toBe(false);
    }
  });

  test("says what was wrong with it", () => {
    expect(judged({ download: { host: "H4", status: 404, bytes: 58_710 } }, done)).toMatchObject({
      expected: "status 404; bytes 58710 bytes",
      found: "status 200",
    });
  });

  test("the one from that peer", () => {
    const other = action("download", {
      atMs: 2000,
      argument: "new.txt",
      outcome: "failed",
      error: "404 file not found",
      download: { ...download, from: ["H3"], status: 404, bytes: 0, intact: false },
    });
    expect(judged({ download: { host: "H4", from: "H2", status: 200 } }, done, other).passed).toBe(true);
    expect(judged({ download: { host: "H4", status: 404, error: "404 file not found" } }, done, other).passed).toBe(
      true,
    );
    expect(judged({ download: { host: "H4", from: "H1", status: 200 } }, done, other).found).toContain(
      "no such action",
    );
  });

  test("one that broke off has no status", () => {
    const reset = action("download", { argument: "new.txt", outcome: "failed", error: "reset" });
    expect(judged({ download: { host: "H4", from: "H2", status: 200, intact: true } }, reset)).toMatchObject({
      passed: false,
      found: "no status: reset; reset",
    });
    expect(judged({ download: { host: "H4", error: "reset" } }, reset).passed).toBe(true);
  });
});

test("send: the messages of a bare sender, added up", () => {
  const send = { messages: 3, delivered: 2, givenUp: 1, packets: 30, transmissions: 36, elapsedMs: 9000 };
  const sent = action("send", { host: "sender", send });
  expect(judged({ send: { host: "sender", delivered: 2, givenUp: { atMost: 1 }, elapsed: "9s" } }, sent).passed).toBe(
    true,
  );
  expect(judged({ send: { host: "sender", delivered: 3 } }, sent)).toMatchObject({
    passed: false,
    found: "delivered 2",
  });
  const pending = action("send", { host: "sender", outcome: "pending", finishedMs: undefined });
  expect(judged({ send: { host: "sender", delivered: 3 } }, pending)).toMatchObject({
    passed: false,
    found: "no delivered: no answer when the run ended",
  });
});

describe("directory", () => {
  const directories = [{ host: "H1", entries: [{ host: "H2", files: ["a"] }] }];

  test("its own table at the end of the run", () => {
    expect(verdictOn({ directory: { lists: { H2: ["a"] } } }, undefined, { directories }).passed).toBe(true);
    expect(verdictOn({ directory: { host: "H1", lists: { H2: [] } } }, undefined, { directories })).toMatchObject({
      passed: false,
      found: "{ H2: [a] }",
    });
  });

  test("no such table, or not the only one", () => {
    const asked = { directory: { lists: {} }, shouldFail: "nothing is there" };
    expect(verdictOn(asked).found).toBe("no directory");
    expect(verdictOn(asked, undefined, { directories: [...directories, ...directories] }).passed).toBe(false);
    expect(verdictOn({ directory: { host: "H2", lists: {} } }, undefined, { directories }).passed).toBe(false);
  });
});
