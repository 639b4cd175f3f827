import { describe, expect, test } from "vitest";
import { Progress } from "../../src/cli/progress.ts";
import { type FakeConsoleOptions, fakeConsole } from "./fake-console.ts";

/** Follows a run that reports once a second of real time, and is 1 % further each time. */
function follow(
  seconds: number,
  options: FakeConsoleOptions = {},
  quiet = false,
  endMs: number | undefined = 60_000,
): string {
  let nowMs = 5000;
  const console = fakeConsole({ ...options, nowMs: () => nowMs });
  const progress = new Progress(console, "bulk", quiet);
  for (let second = 1; second <= seconds; second++) {
    nowMs += 1000;
    progress.update({ virtualMs: 600 * second, endMs, events: 1000 * second });
  }
  progress.end();
  return console.err();
}

const SHOW_CURSOR = "\u001b[?25h";
const ERASE_LINE = "\u001b[2K";

describe("progress", () => {
  test("without a terminal: a line every ten seconds", () => {
    expect(follow(9)).toBe("");
    expect(follow(10)).toBe("bulk: 6 s of 60 s, 10,000 events\n");
    expect(follow(35).match(/\n/g)).toHaveLength(3);
  });

  test("a run without an end says how far it is, not how far it has to go", () => {
    let nowMs = 0;
    const console = fakeConsole({ nowMs: () => nowMs });
    const progress = new Progress(console, "bulk", false);
    nowMs = 10_000;
    progress.update({ virtualMs: 1_234_567, endMs: undefined, events: 1 });
    expect(console.err()).toBe("bulk: 1,234.567 s, 1 event\n");
  });

  const terminal = { terminal: { columns: 80 }, env: { TERM: "xterm" } };

  test("on a terminal: a bar after a second, gone at the end", () => {
    const shown = follow(3, terminal);
    expect(shown).toContain("bulk");
    expect(shown).toContain("1.8 s of 60 s, 3,000 events");
    expect(shown).not.toContain("\n");
    expect(shown).toContain(SHOW_CURSOR);
    expect(shown.endsWith(ERASE_LINE)).toBe(true);
    let nowMs = 0;
    const console = fakeConsole({ ...terminal, nowMs: () => nowMs });
    const progress = new Progress(console, "bulk", false);
    nowMs = 999;
    progress.update({ virtualMs: 1, endMs: 2, events: 3 });
    progress.end();
    expect(console.err()).toBe("");
  });

  test("none with --quiet or in CI; lines on a dumb terminal", () => {
    expect(follow(60, terminal, true)).toBe("");
    expect(follow(60, { ...terminal, env: { TERM: "xterm", CI: "true" } })).toBe("");
    expect(follow(60, { env: { CI: "1" } })).toBe("");
    expect(follow(10, { ...terminal, env: { TERM: "dumb" } })).toBe("bulk: 6 s of 60 s, 10,000 events\n");
  });
});
