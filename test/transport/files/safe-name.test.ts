import { describe, expect, test } from "vitest";
import { unsafeNameProblem } from "../../../src/transport/files/safe-name.ts";

describe("names that are safe everywhere", () => {
  test.each([
    "new.txt",
    "my file (1).txt",
    "\u00dcbung \u{1f600}",
    "a..b",
    "...",
    "~",
    "-rf",
    ".hidden",
    "con",
    "x".repeat(255),
  ])("%j", (name) => {
    expect(unsafeNameProblem(name, "linux")).toBeUndefined();
  });
});

describe("names that no file has", () => {
  test.each([
    ["", "at least one character"],
    ["x".repeat(256), "at most 255 bytes"],
    ["\u00fc".repeat(128), "at most 255 bytes"],
    ["\ud800", "surrogate"],
    ["a/b", "no slash"],
    ["/", "no slash"],
    ["a\\b", "no backslash"],
    ["a\0", "control characters"],
    ["a\r\n", "control characters"],
    ["\u007f", "control characters"],
    ["\u0085", "control characters"],
    [".", "is a folder"],
    ["..", "is a folder"],
  ])("%j: %s, on every system", (name, says) => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      expect(unsafeNameProblem(name, platform)).toContain(says);
    }
  });

  test.each([
    ["c:", "< > :"],
    ["new.txt::$DATA", "< > :"],
    ["what?", "< > :"],
    ['"a"', "< > :"],
    ["new.txt.", "dot or a space"],
    ["new.txt ", "dot or a space"],
    ["...", "dot or a space"],
    ["CON", "a device"],
    ["nul.txt", "a device"],
    ["Aux .tar.gz", "a device"],
    ["com1", "a device"],
    ["LPT\u00b2.log", "a device"],
  ])("%j: %s, on Windows", (name, says) => {
    expect(unsafeNameProblem(name, "win32")).toContain(says);
    expect(unsafeNameProblem(name, "linux")).toBeUndefined();
  });

  test("what only looks like a device is none", () => {
    for (const name of ["console", "com10", "com", "nulls.txt", "my con"]) {
      expect(unsafeNameProblem(name, "win32"), name).toBeUndefined();
    }
  });
});
