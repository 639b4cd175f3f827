import { describe, expect, test } from "vitest";
import { bytesText, rateText } from "../../../src/cli/real/amounts.ts";
import { DownloadProgress, type DownloadState } from "../../../src/cli/real/download-progress.ts";
import { type FakeConsoleOptions, fakeConsole } from "../fake-console.ts";

const state = (bytes: number, rest: Partial<DownloadState> = {}): DownloadState => ({
  bytes,
  totalBytes: 100e6,
  bytesPerSecond: 1e6,
  etaMs: (100e6 - bytes) / 1000,
  sources: 1,
  ...rest,
});

/** A download of 1 MB a second that is reported every second. */
function follow(seconds: number, options: FakeConsoleOptions = {}, quiet = false, rest: Partial<DownloadState> = {}) {
  let nowMs = 1000;
  const console = fakeConsole({ ...options, nowMs: () => nowMs });
  const progress = new DownloadProgress(console, "new.txt", quiet);
  for (let second = 1; second <= seconds; second++) {
    nowMs += 1000;
    progress.update(state(second * 1e6, rest));
  }
  progress.end();
  return console.err();
}

describe("a download's progress", () => {
  test("without a terminal: a line every ten seconds, with rate and time left", () => {
    expect(follow(9)).toBe("");
    expect(follow(10)).toBe("new.txt: 10%, 10.0 MB of 100 MB, 1.00 MB/s, 90 s left\n");
    expect(follow(35).match(/\n/g)).toHaveLength(3);
  });

  test("of a length that nobody said", () => {
    const unknown = { totalBytes: undefined, etaMs: undefined };
    expect(follow(10, {}, false, unknown)).toBe("new.txt: 10.0 MB, 1.00 MB/s\n");
  });

  test("from several sources", () => {
    expect(follow(10, {}, false, { sources: 3 })).toContain("90 s left, 3 sources\n");
  });

  const terminal = { terminal: { columns: 100 }, env: { TERM: "xterm" } };

  test("on a terminal: a bar, gone at the end", () => {
    const shown = follow(3, terminal);
    expect(shown).toContain("3%");
    expect(shown).toContain("3.00 MB of 100 MB, 1.00 MB/s, 97 s left");
    expect(shown).not.toContain("\n");
    expect(shown.endsWith("\u001b[2K")).toBe(true);
  });

  test("none with --quiet or in CI, no bar on a dumb terminal, nothing of what is over at once", () => {
    expect(follow(60, terminal, true)).toBe("");
    expect(follow(60, { ...terminal, env: { TERM: "xterm", CI: "true" } })).toBe("");
    expect(follow(10, { ...terminal, env: { TERM: "dumb" } })).toMatch(/^new\.txt: 10%, .*\n$/);
    let nowMs = 0;
    const console = fakeConsole({ ...terminal, nowMs: () => nowMs });
    const progress = new DownloadProgress(console, "new.txt", false);
    nowMs = 499;
    progress.update(state(1));
    progress.end();
    expect(console.err()).toBe("");
  });

  test("a note is a line of its own, and the bar goes on below it", () => {
    let nowMs = 0;
    const console = fakeConsole({ ...terminal, nowMs: () => nowMs });
    const progress = new DownloadProgress(console, "new.txt", false);
    nowMs = 1000;
    progress.update(state(1e6));
    progress.note("10.0.0.3 80 is dropped: too slow");
    progress.update(state(2e6));
    progress.end();
    const [before = "", after = ""] = console.err().split("10.0.0.3 80 is dropped: too slow\n");
    expect(before).toContain("1.00 MB of");
    expect(after).toContain("2.00 MB of");
  });
});

describe("amounts", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [9994, "9.99 kB"],
    [9995, "10.0 kB"],
    [58_710, "58.7 kB"],
    [99_950, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [2 ** 30, "1.07 GB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  test("a rate is an amount per second", () => {
    expect(rateText(12_345_678)).toBe("12.3 MB/s");
  });
});
