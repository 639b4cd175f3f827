import { describe, expect, test } from "vitest";
import { ladderSvg } from "../../../src/report/ladder/ladder.ts";
import type { LadderOptions } from "../../../src/report/ladder/options.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";
import { byClass, parseXml } from "../../support/xml.ts";

const hintOf = (model: Parameters<typeof ladderSvg>[0], options: LadderOptions) => {
  const texts = byClass(parseXml(ladderSvg(model, { hint: true, ...options })), "remark").map(({ text }) => text);
  return texts.filter((text) => !text.startsWith("Left out")).join(" ");
};
/** Twenty packets, 100 ms apart; one of them is lost. */
const lossy = modelOf(bare("{ match: { kind: data, seq: 15, attempt: 1 }, do: drop }", 20));

describe("a picture that ends before anything goes wrong", () => {
  test("says when the first thing does, and the option that it names shows it", () => {
    expect(hintOf(lossy, { maxPackets: 20 })).toBe("The first loss is at 1400 ms: --ladder from=1000ms shows it.");
    const svg = parseXml(ladderSvg(lossy, { fromMs: 1000, maxPackets: 20 }));
    expect(byClass(svg, "packet").some((packet) => byClass(packet, "cross").length > 0)).toBe(true);
  });

  test("the fewer packets there are in a picture, the nearer to it", () => {
    expect(hintOf(lossy, { maxPackets: 4 })).toContain("--ladder from=1400ms shows it");
    expect(hintOf(lossy, { maxPackets: 10 })).toContain("--ladder from=1400ms shows it");
  });

  test.each<[string, LadderOptions]>([
    ["something goes wrong in it", { maxPackets: 29 }],
    ["it shows all", { maxPackets: 500 }],
    ["it ends where it was asked to", { toMs: 500 }],
    ["nobody asked for a hint", { maxPackets: 20, hint: false }],
  ])("says nothing where %s", (_, options) => {
    expect(hintOf(lossy, options)).toBe("");
  });

  test("nor where nothing ever goes wrong", () => {
    expect(hintOf(modelOf(bare("", 20)), { maxPackets: 4 })).toBe("");
  });

  test.each([
    ["{ match: { kind: data, seq: 15 }, do: { duplicate: 20ms } }", "duplicate"],
    ["{ match: { kind: data, seq: 15, attempt: 1 }, do: { corrupt: 0 } }", "damaged packet"],
    ["{ match: { kind: data, seq: 15, attempt: 1 }, do: { delay: 500ms } }", "timeout"],
  ])("%s is a %s", (fault, what) => {
    expect(hintOf(modelOf(bare(fault, 20)), { maxPackets: 20 })).toMatch(
      new RegExp(`^The first ${what} is at 1[46]00 ms`),
    );
  });

  test("a segment that is lost is shown by message=SEGMENT", () => {
    const story = new TraceStory();
    for (let id = 1; id < 6; id++)
      story.packet(id, "send", "A", "B", { id }).packet(id + 0.5, "deliver", "B", "A", { id });
    const { model } = story
      .packet(7000, "send", "A", "B", { id: 9, type: "SEGMENT" })
      .packet(7000, "drop", "A", "B", { id: 9, type: "SEGMENT", note: "loss" });
    expect(hintOf(model, { maxPackets: 2 })).toBe(
      "The first loss is at 7 s: --ladder message=SEGMENT --ladder from=7s shows it.",
    );
  });
});
