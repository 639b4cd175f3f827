import { describe, expect, test } from "vitest";
import { colorAllowed, columnsOf, isFancyTerminal, writeJson } from "../../src/cli/output.ts";
import { fakeConsole } from "./fake-console.ts";

const terminal = fakeConsole({ terminal: { columns: 100 } }).stdout;
const pipe = fakeConsole().stdout;

describe("colour", () => {
  test("only on a terminal that is not dumb", () => {
    expect(colorAllowed(terminal, { TERM: "xterm" })).toBe(true);
    expect(colorAllowed(terminal, { TERM: "dumb" })).toBe(false);
    expect(colorAllowed(pipe, { TERM: "xterm" })).toBe(false);
  });

  test("NO_COLOR forbids it, FORCE_COLOR asks for it, and NO_COLOR has the last word", () => {
    expect(colorAllowed(terminal, { NO_COLOR: "1" })).toBe(false);
    expect(colorAllowed(terminal, { NO_COLOR: "" })).toBe(true);
    expect(colorAllowed(pipe, { FORCE_COLOR: "1" })).toBe(true);
    expect(colorAllowed(terminal, { FORCE_COLOR: "0" })).toBe(false);
    expect(colorAllowed(pipe, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });

  test("FORCE_COLOR does not make a pipe a terminal", () => {
    expect(isFancyTerminal(pipe, { FORCE_COLOR: "1" })).toBe(false);
    expect(isFancyTerminal(terminal, {})).toBe(true);
  });
});

test("the width is the terminal's, COLUMNS without one, 80 without both; within reason", () => {
  expect(columnsOf(terminal, {})).toBe(100);
  expect(columnsOf(pipe, { COLUMNS: "120" })).toBe(120);
  expect(columnsOf(pipe, {})).toBe(80);
  expect(columnsOf(pipe, { COLUMNS: "wide" })).toBe(80);
  expect(columnsOf(pipe, { COLUMNS: "10" })).toBe(40);
  expect(columnsOf(pipe, { COLUMNS: "1000" })).toBe(160);
});

test("a JSON document ends with a line end, and a number that does not exist is null", () => {
  const console = fakeConsole();
  writeJson(console.stdout, { a: Number.NaN });
  expect(console.out()).toBe('{\n  "a": null\n}\n');
});
