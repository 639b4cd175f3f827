/** Texts of the trace as small integers. */

import { describe, expect, test } from "vitest";
import { hashText, Labels, ONE_OFF } from "../../src/trace/labels.ts";

describe("labels", () => {
  test("the same text has the same id, different texts different ones, and the empty one is 0", () => {
    const labels = new Labels();
    const ids = ["", "H1", "H2", "UPDATE"].map((text) => labels.id(text));
    expect(ids).toEqual([0, 1, 2, 3]);
    expect(labels.id("H2")).toBe(2);
    expect(ids.map((id) => labels.text(id))).toEqual(["", "H1", "H2", "UPDATE"]);
  });

  test("a hash depends on the text alone, not on the id", () => {
    const [one, two] = [new Labels(), new Labels()];
    two.id("another first");
    expect(one.hash(one.id("H1"))).toBe(two.hash(two.id("H1")));
    expect(one.hash(one.id("H1"))).toBe(hashText("H1"));
    for (let i = 0; i < 200; i++) one.id(`${i}`); // makes room for more on the way
    for (let i = 0; i < 200; i++) expect(one.hash(one.id(`${i}`))).toBe(hashText(`${i}`));
  });

  test("hashText is FNV-1a, 32 bits (its published vectors)", () => {
    expect(hashText("") >>> 0).toBe(0x811c9dc5);
    expect(hashText("a") >>> 0).toBe(0xe40c292c);
    expect(hashText("foobar") >>> 0).toBe(0xbf9cf968);
  });

  test("a one-off text is good until the next, and a known one keeps its id", () => {
    const labels = new Labels();
    const known = labels.id("known");
    expect(labels.oneOff("known")).toBe(known);
    const id = labels.oneOff("once");
    expect([id, labels.text(id), labels.hash(id)]).toEqual([ONE_OFF, "once", hashText("once")]);
    expect(labels.text(labels.oneOff("twice"))).toBe("twice");
    expect(labels.text(known)).toBe("known");
  });

  test("a long run does not grow memory: past the limit, new texts are one-off", () => {
    const labels = new Labels();
    let kept = 1; // ""
    while (labels.id(`text ${kept}`) === kept) kept++;
    expect(kept).toBe(1 << 17);
    const id = labels.id("one more");
    expect([id, labels.text(id)]).toEqual([ONE_OFF, "one more"]);
    expect(labels.text(labels.id("text 1"))).toBe("text 1");
  });
});
