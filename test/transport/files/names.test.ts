/** Names from the network: none leaves the folder, and none collides with a download under way. */

import { describe, expect, test } from "vitest";
import { fileNameNotice, fileNameProblem, partNames } from "../../../src/transport/files/names.ts";

describe("names that no download gets", () => {
  test.each([
    ["", "at least one character"],
    [".", "is a folder"],
    ["..", "is a folder"],
    ["../x", '"/"'],
    ["/etc/passwd", '"/"'],
    ["a/b", '"/"'],
    ["a\\b", '"\\"'],
    ["a\0b", "NUL"],
    ["a\nb", "control characters"],
    ["a\x7f", "control characters"],
    ["\ud800", "surrogate"],
    ["x".repeat(256), "at most 255 bytes"],
    ["ö".repeat(128), "at most 255 bytes, not 256"],
    ["x.peerlab-part", ".peerlab-part"],
    [".x.peerlab-part.json", ".peerlab-part"],
    [".x.peerlab-part.lock", ".peerlab-part"],
  ])("%j: %s", (name, says) => {
    expect(fileNameProblem(name)).toContain(says);
  });
});

test.each(["new.txt", ".profile", "...", "a b", "%2e%2e%2f", "ö", "日本語.txt", "-rf", "x".repeat(255), "a:b", "CON"])(
  "%j is a name",
  (name) => {
    expect(fileNameProblem(name)).toBeUndefined();
  },
);

test("a hidden file is one to speak of", () => {
  expect(fileNameNotice(".profile")).toBe(".profile is a hidden file: its name begins with a dot");
  expect(fileNameNotice("profile")).toBeUndefined();
});

test("the files of a download under way fit into a folder, whatever the name, and differ where names do", () => {
  const names = [
    "a",
    "a.peer",
    ...Array.from({ length: 60 }, (_, i) => "x".repeat(196 + i)),
    "ö".repeat(127),
    "é".repeat(127),
  ];
  const all = names.flatMap((name) => Object.values(partNames(name)));
  expect(new Set(all).size).toBe(all.length);
  for (const one of all) {
    expect(one).toMatch(/^\./);
    expect(Buffer.byteLength(one)).toBeLessThanOrEqual(255 - 30); // room for the endings of files that are put beside
    expect(fileNameProblem(one)).toBeDefined();
  }
});
