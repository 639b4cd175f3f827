import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Box, LabelPlaces } from "../../../src/report/svg/labels.ts";
import { element, escapeText, px, textElement, textWidthPx } from "../../../src/report/svg/svg.ts";

describe("SVG as text", () => {
  test("coordinates have at most two decimals, and no minus zero", () => {
    expect([1, 1.005, 2 / 3, -0.001, 1e-9, 1234.5].map(px)).toEqual(["1", "1", "0.67", "0", "0", "1234.5"]);
  });

  test("what came from outside cannot leave its place", () => {
    expect(escapeText(`<b a='1' b="2">&</b>`)).toBe("&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;&lt;/b&gt;");
    expect(textElement("</text><script>", { class: 'x" onload="y' })).toBe(
      '<text class="x&quot; onload=&quot;y">&lt;/text&gt;&lt;script&gt;</text>',
    );
  });

  test("characters that XML cannot carry become the replacement character; others stay", () => {
    expect(escapeText("a\u0000b\u001bc\ud800d\uffffe")).toBe("a\ufffdb\ufffdc\ufffdd\ufffde");
    expect(escapeText("tab\tline\nÄ→😀")).toBe("tab\tline\nÄ→😀");
  });

  test("absent attributes are left out", () => {
    expect(element("g", { class: undefined, x: 1.239 })).toBe('<g x="1.24"/>');
  });

  test("wider texts are estimated wider", () => {
    expect(textWidthPx("MMM", 11)).toBeGreaterThan(textWidthPx("iii", 11));
    expect(textWidthPx("ab", 22)).toBeCloseTo(2 * textWidthPx("ab", 11));
  });
});

describe("places for labels", () => {
  const box = (x: number, y: number): Box => ({ x, y, width: 50, height: 12 });

  test("the first free candidate is taken; where none is free the label is counted", () => {
    const places = new LabelPlaces();
    expect(places.place([box(0, 0), box(60, 0)])).toEqual(box(0, 0));
    expect(places.place([box(10, 5), box(60, 0)])).toEqual(box(60, 0));
    expect(places.place([box(10, 5), box(70, 2)])).toBeUndefined();
    expect(places.leftOut).toBe(1);
  });

  test("touching is not overlapping", () => {
    const places = new LabelPlaces();
    places.reserve(box(0, 0));
    expect(places.place([box(50, 0)])).toEqual(box(50, 0));
    expect(places.place([box(0, 12)])).toEqual(box(0, 12));
  });

  test("a line is kept off where there is room elsewhere, and written over where there is none", () => {
    const places = new LabelPlaces();
    places.avoidLine(0, 0, 100, 10);
    expect(places.place([box(20, 0), box(20, 40)])).toEqual(box(20, 40));
    expect(places.place([box(20, 0)])).toEqual(box(20, 0));
    expect(places.leftOut).toBe(0);
  });

  test("no two labels overlap, whatever they ask for", () => {
    const coordinates = fc.integer({ min: -100, max: 400 });
    const candidates = fc.array(
      fc.record({
        x: coordinates,
        y: coordinates,
        width: fc.integer({ min: 1, max: 90 }),
        height: fc.integer({ min: 1, max: 90 }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(candidates, { maxLength: 40 }), (labels) => {
        const places = new LabelPlaces();
        const taken = labels.map((one) => places.place(one)).filter((one) => one !== undefined);
        expect(taken.length + places.leftOut).toBe(labels.length);
        for (const [i, a] of taken.entries()) {
          for (const b of taken.slice(i + 1)) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });
});
