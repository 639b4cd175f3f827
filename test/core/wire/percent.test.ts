import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeName, encodeName, MAX_NAME_BYTES, nameProblem } from "../../../src/core/wire/percent.ts";

const nameArbitrary = fc.string({ unit: "binary", minLength: 1, maxLength: 60, size: "max" });

describe("names as tokens", () => {
  test.each([
    ["new.txt", "new.txt"],
    ["my file.txt", "my%20file.txt"],
    ["100%", "100%25"],
    ["100%25", "100%2525"],
    ["Übung.txt", "%C3%9Cbung.txt"],
    ["a\tb\nc\x7f", "a%09b%0Ac%7F"],
    ["\u{1F600}", "%F0%9F%98%80"],
    ["\uFEFFx", "%EF%BB%BFx"],
    ["..", ".."],
    ["a/b?c#d~!", "a/b?c#d~!"],
  ])("%j <-> %s", (name, token) => {
    expect(encodeName(name)).toBe(token);
    expect(decodeName(token)).toEqual({ ok: true, name });
  });

  test("property: every name comes back, from a token of visible ASCII", () => {
    fc.assert(
      fc.property(nameArbitrary, (name) => {
        const token = encodeName(name);
        expect(token).toMatch(/^[!-~]+$/);
        expect(decodeName(token)).toEqual({ ok: true, name });
        expect(decodeName(token.replace(/%../g, (hex) => hex.toLowerCase()))).toEqual({ ok: true, name });
      }),
    );
  });

  test("an escape that was not needed means the same character", () => {
    expect(decodeName("%6Eew.txt")).toEqual({ ok: true, name: "new.txt" });
  });
});

describe("what is not a name", () => {
  test("misuse is a RangeError, and can be asked about before", () => {
    for (const [name, problem] of [
      ["", /at least one character/],
      ["\uD800", /surrogate/],
      ["x".repeat(256), /at most 255 bytes, not 256/],
      ["Ü".repeat(128), /at most 255 bytes, not 256/],
    ] as const) {
      expect(nameProblem(name)).toMatch(problem);
      expect(() => encodeName(name)).toThrow(problem);
      expect(() => encodeName(name)).toThrow(RangeError);
    }
    expect(nameProblem("x".repeat(255))).toBeUndefined();
    expect(nameProblem("Ü".repeat(127))).toBeUndefined();
  });

  test.each([
    ["", "empty-name", 0],
    ["a b", "bad-name-character", 1],
    ["ab\n", "bad-name-character", 2],
    ["Ü", "bad-name-character", 0],
    ["a%", "bad-escape", 1],
    ["a%2", "bad-escape", 1],
    ["a%G0", "bad-escape", 1],
    ["a%0G", "bad-escape", 1],
    ["%20%%20", "bad-escape", 3],
    ["%C3", "bad-utf8", 0],
    ["%C0%AF", "bad-utf8", 0],
    ["%ED%A0%80", "bad-utf8", 0],
    ["x".repeat(256), "name-too-long", 256],
    ["%20".repeat(256), "name-too-long", 765],
  ])("token %j: %s at %i", (token, reason, offset) => {
    expect(decodeName(token)).toEqual({ ok: false, reason, offset });
  });

  test("the longest name, all of it escaped", () => {
    const name = " ".repeat(MAX_NAME_BYTES);
    expect(decodeName(encodeName(name))).toEqual({ ok: true, name });
  });

  test("property: no token throws, and a name that it gives can travel", () => {
    const token = fc.string({
      unit: fc.constantFrom("%", "2", "0", "C", "3", "a", "f", "G", " ", "é"),
      maxLength: 20,
      size: "max",
    });
    fc.assert(
      fc.property(token, (text) => {
        const decoded = decodeName(text);
        if (decoded.ok) expect(decodeName(encodeName(decoded.name))).toEqual(decoded);
      }),
    );
  });
});
