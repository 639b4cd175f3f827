import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bytesToLatin1,
  decodeText,
  decodeTextStrictly,
  encodeText,
  isWellFormed,
} from "../../../src/core/wire/text.ts";

test("property: text comes back from its bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(decodeText(encodeText(text))).toBe(text);
      expect(decodeTextStrictly(encodeText(text))).toBe(text);
    }),
  );
});

test("a byte order mark is a character like any other", () => {
  expect(decodeText(encodeText("\uFEFFnew.txt"))).toBe("\uFEFFnew.txt");
  expect(decodeTextStrictly(encodeText("\uFEFFnew.txt"))).toBe("\uFEFFnew.txt");
});

test("what is not UTF-8 becomes U+FFFD, or nothing where that is asked for", () => {
  const overlong = Uint8Array.from([0x61, 0xc0, 0xaf]);
  expect(decodeText(overlong)).toBe("a\uFFFD\uFFFD");
  expect(decodeTextStrictly(overlong)).toBeUndefined();
});

test("half of a surrogate pair is no text", () => {
  expect(isWellFormed("a\u{1F600}b")).toBe(true);
  expect(isWellFormed("a\uD83Db")).toBe(false);
  expect(isWellFormed("a\uDE00")).toBe(false);
});

test("bytes as characters of ISO 8859-1", () => {
  expect(bytesToLatin1(Uint8Array.from([0x61, 0x62, 0xe9, 0x63]), 1, 3)).toBe("b\u00e9");
});
