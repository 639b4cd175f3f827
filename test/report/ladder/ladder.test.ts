import { describe, expect, test } from "vitest";
import { ladder, ladderSvg } from "../../../src/report/ladder/ladder.ts";
import { LadderOptionError, type LadderOptions, ladderSource } from "../../../src/report/ladder/options.ts";
import type { TraceModel } from "../../../src/report/model/trace-model.ts";
import { TraceModelSink } from "../../../src/report/model/trace-model.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";
import { byClass, findAll, parseXml, type XmlElement } from "../../support/xml.ts";

const draw = (model: TraceModel, options: LadderOptions = {}): XmlElement => parseXml(ladderSvg(model, options));
/** The packets without the legend. */
const packets = (svg: XmlElement) => byClass(svg, "packet");
const titles = (svg: XmlElement, className: string) => byClass(svg, className).map(({ children }) => children[0]!.text);
const remarks = (svg: XmlElement) =>
  byClass(svg, "remark")
    .map(({ text }) => text)
    .join(" ");
const number = (element: XmlElement, name: string) => Number(element.attributes[name]);
const drawn = (svg: XmlElement) => svg.children.filter(({ attributes }) => attributes.class !== "legend");
const has = (svg: XmlElement, className: string) => drawn(svg).some((part) => byClass(part, className).length > 0);

const LOST = "{ match: { kind: data, attempt: 1 }, do: drop }";

describe("a ladder diagram", () => {
  test("one arrow for each packet, from its sender's line down to its receiver's", () => {
    const { lanes, scale } = ladder(ladderSource(modelOf(bare(""))));
    const svg = draw(modelOf(bare("")));
    const [data, ack] = packets(svg).map((packet) => byClass(packet, "line").at(-1)!);
    expect(packets(svg)).toHaveLength(2);
    expect(number(data!, "x1")).toBe(lanes.get("sender"));
    expect(number(data!, "x2")).toBe(lanes.get("receiver"));
    expect([number(ack!, "x1"), number(ack!, "x2")]).toEqual([lanes.get("receiver"), lanes.get("sender")]);
    expect([number(data!, "y1"), number(data!, "y2"), number(ack!, "y2")]).toEqual(
      [0, 50, 100].map((ms) => scale.y(ms)),
    );
    expect(scale.y(100) - scale.y(50)).toBeCloseTo(scale.y(50) - scale.y(0));
  });

  test("each arrow says what it is and what became of it, to a mouse and to a screen reader", () => {
    const [data, ack] = packets(draw(modelOf(bare(""))));
    expect(data!.attributes).toMatchObject({ role: "img", "data-packet": "1" });
    expect(data!.attributes["aria-label"]).toBe("DATA from sender to receiver, sent at 0 ms");
    expect(data!.children[0]).toMatchObject({ name: "title", text: "DATA from sender to receiver, sent at 0 ms" });
    expect(data!.children[1]).toMatchObject({
      name: "desc",
      text: "packet 1, 64 bytes; arrived at 50 ms, 50 ms after it was sent",
    });
    expect(ack!.children[0]!.text).toBe("DATA-ACK, next expected is 2 from receiver to sender, sent at 50 ms");
    const svg = draw(modelOf(bare("")));
    expect(svg.attributes).toMatchObject({ role: "img", "aria-labelledby": "ladder-title ladder-desc" });
    expect(svg.children[1]!.text).toBe(
      "2 packets between sender, receiver from 0 ms to 100 ms; 0 lost, 0 sent again. Time runs downwards.",
    );
  });

  test("a lost packet ends on its way in a cross, with the rule that dropped it", () => {
    const svg = draw(modelOf(bare(LOST)));
    const [lost] = packets(svg);
    const line = byClass(lost!, "is-lost")[0]!;
    const { lanes } = ladder(ladderSource(modelOf(bare(LOST))));
    expect(number(line, "x2")).toBeGreaterThan(lanes.get("sender")!);
    expect(number(line, "x2")).toBeLessThan(lanes.get("receiver")!);
    expect(byClass(lost!, "cross")).toHaveLength(1);
    expect(byClass(lost!, "head")).toHaveLength(0);
    expect(byClass(lost!, "label").map(({ text }) => text)).toContain("fault 1");
  });

  test("one that dies at its receiver ends at the receiver's line", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1 })
      .packet(5, "drop", "B", "A", { id: 1, note: "host down" });
    const { lanes, scale } = ladder(ladderSource(model));
    const line = byClass(packets(draw(model))[0]!, "is-lost")[0]!;
    expect([number(line, "x2"), number(line, "y2")]).toEqual([lanes.get("B"), scale.y(5)]);
  });

  test("what was sent again is marked: necessary filled, spurious hollow", () => {
    const necessary = draw(modelOf(bare(LOST)));
    expect(has(necessary, "necessary")).toBe(true);
    expect(byClass(packets(necessary)[1]!, "badge-letter").map(({ text }) => text)).toEqual(["R"]);
    const spurious = draw(modelOf(bare("{ match: { kind: ack, attempt: 1 }, do: drop }")));
    expect(byClass(packets(spurious)[2]!, "badge-letter").map(({ text }) => text)).toEqual(["s"]);
    expect(has(spurious, "necessary")).toBe(false);
  });

  test("a duplicate is a second arrow, damage a mark, an overtaken packet a ring", () => {
    const twice = draw(modelOf(bare("{ match: { kind: data, attempt: 1 }, do: { duplicate: 20ms } }")));
    expect(byClass(packets(twice)[0]!, "head")).toHaveLength(2);
    expect(byClass(packets(twice)[0]!, "copy").length).toBeGreaterThan(1);
    const damaged = draw(modelOf(bare("{ match: { kind: data, attempt: 1 }, do: { corrupt: 0 } }")));
    expect(byClass(packets(damaged)[0]!, "damage")).toHaveLength(1);
    const late = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1 })
      .packet(1, "send", "A", "B", { id: 2 })
      .packet(2, "deliver", "B", "A", { id: 2 })
      .packet(3, "deliver", "B", "A", { id: 1 });
    expect(packets(draw(late.model)).map((packet) => byClass(packet, "overtaken").length)).toEqual([1, 0]);
  });

  test("a packet whose end the trace does not show ends in a question mark", () => {
    const { model } = new TraceStory().packet(0, "send", "A", "B", { id: 1 }).note(5, "action", "B", "list");
    const [packet] = packets(draw(model));
    expect(byClass(packet!, "is-unknown")).toHaveLength(1);
    expect(packet!.children[1]!.text).toContain("what became of it is not in the trace");
  });

  test("what is neither data nor an ACK has a dash of its own", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1, type: "CHALLENGE", seq: -1, total: -1 })
      .packet(1, "deliver", "B", "A", { id: 1, type: "CHALLENGE", seq: -1, total: -1 });
    const svg = draw(model);
    expect(byClass(packets(svg)[0]!, "other")).toHaveLength(2);
    expect(byClass(svg, "legend-words").map(({ text }) => text)).toEqual(["another packet"]);
  });

  test("the timer is a bar from the sending to its expiry, and to its cancellation", () => {
    const svg = draw(modelOf(bare(LOST)));
    const { scale } = ladder(ladderSource(modelOf(bare(LOST))));
    const [expired, cancelled] = byClass(svg, "timer");
    const bar = byClass(expired!, "bar")[0]!;
    expect(number(bar, "y") - 1).toBeCloseTo(scale.y(0));
    expect(number(bar, "y") + number(bar, "height") + 1).toBeCloseTo(scale.y(200), 1);
    expect(byClass(expired!, "expiry")).toHaveLength(1);
    expect(byClass(cancelled!, "cancelled-end")).toHaveLength(1);
    expect(titles(svg, "timer")).toEqual([
      "retransmission timer of sender for DATA 1 to receiver: set at 0 ms; it ran out after 200 ms",
      "retransmission timer of sender for DATA 1, attempt 2, to receiver: set at 200 ms; it was cancelled after 100 ms",
    ]);
    expect(byClass(expired!, "label").map(({ text }) => text)).toEqual(["timeout 200 ms"]);
  });

  test("a packet that is sent again with a cookie has a badge of its own, and says so", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1, type: "UPDATE" })
      .packet(1, "deliver", "B", "A", { id: 1, type: "UPDATE" })
      .packet(1, "send", "B", "A", { id: 2, type: "CHALLENGE" })
      .packet(2, "deliver", "A", "B", { id: 2, type: "CHALLENGE" })
      .packet(2, "send", "A", "B", { id: 3, type: "UPDATE", attempt: 2 })
      .packet(3, "deliver", "B", "A", { id: 3, type: "UPDATE", attempt: 2 });
    const svg = draw(model);
    const again = packets(svg)[2]!;
    expect(again.attributes["aria-label"]).toBe("UPDATE from A to B, attempt 2 with the cookie, sent at 2 ms");
    expect(again.children[1]!.text).toContain("sent again with the cookie of a challenge, and not after a timeout");
    expect(byClass(again, "cookie").map(({ text }) => text)).toEqual(["C"]);
    expect(byClass(svg, "legend-words").map(({ text }) => text)).toContain("sent again with the cookie");
  });

  test("the legend speaks of a crash only where one is drawn", () => {
    const words = (story: TraceStory) => byClass(draw(story.model), "legend-words").map(({ text }) => text);
    const late = () => new TraceStory().note(0, "state", "A", "started").note(5, "state", "B", "started");
    expect(words(late())).toContain("host not started, or down");
    expect(words(late())).not.toContain("host crashed");
    expect(words(late().note(9, "state", "A", "crashed"))).toContain("host crashed");
  });

  test("crash, restart and pause stand on their host's line, which is broken meanwhile", () => {
    const { model } = new TraceStory()
      .note(0, "state", "A", "started")
      .note(1, "state", "A", "crashed")
      .note(2, "state", "A", "restarted")
      .note(3, "state", "A", "paused")
      .note(4, "state", "A", "resumed");
    const svg = draw(model);
    expect(byClass(svg, "mark").map(({ attributes }) => attributes.class)).toEqual(
      ["start", "crash", "restart", "pause", "resume"].map((kind) => `mark ${kind}`),
    );
    expect(drawn(svg).flatMap((part) => titles(part, "absence"))).toEqual([
      "A is down from 1 ms to 2 ms",
      "A is paused from 3 ms to 4 ms",
    ]);
  });

  test("texts from outside stay texts", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "<b>", "&H", { id: 1, type: '"]]>' })
      .note(1, "action", "<b>", "</svg>");
    expect(byClass(draw(model, { title: "<i>" }), "heading")[0]!.text).toBe("<i>");
  });

  test("an empty trace is an empty picture", () => {
    const svg = draw(new TraceModelSink().model());
    expect(packets(svg)).toEqual([]);
    expect(svg.children[1]!.text).toContain("0 packets between no hosts");
  });
});

describe("folds", () => {
  const late = () => new TraceStory().packet(0, "send", "A", "B", { id: 1 }).packet(10, "deliver", "B", "A", { id: 1 });

  test("a long stretch without an event is folded, and says how long it is", () => {
    const { model } = late().note(60_000, "action", "A", "list");
    const { scale } = ladder(ladderSource(model));
    expect(scale.folds).toHaveLength(1);
    expect(scale.folds[0]).toMatchObject({ fromMs: 10, toMs: 60_000 });
    expect(titlesOfFolds(draw(model))).toEqual(["60 s folded"]);
    expect(scale.bottomPx - scale.topPx).toBeLessThan(200);
    const unfolded = ladder(ladderSource(model), { fold: false }).scale;
    expect(unfolded.folds).toEqual([]);
    expect(unfolded.bottomPx - unfolded.topPx).toBeCloseTo(60_000 * unfolded.pxPerMs);
  });

  test("the same stretch on both sides of the limit", () => {
    // A flight of 10 ms is 38 px, and 120 px are 31.58 ms.
    const folds = (afterMs: number) =>
      ladder(ladderSource(late().note(10 + afterMs, "action", "A", "list").model)).scale.folds.length;
    expect([folds(31.5), folds(31.6)]).toEqual([0, 1]);
  });

  test("time goes on downwards through a fold, and back", () => {
    const { scale } = ladder(
      ladderSource(late().note(60_000, "action", "A", "list").note(60_005, "action", "A", "x").model),
    );
    const times = [0, 5, 10, 100, 30_000, 59_999, 60_000, 60_005];
    const ys = times.map(scale.y);
    expect(ys).toEqual(ys.toSorted((a, b) => a - b));
    for (const ms of times) expect(scale.timeAt(scale.y(ms))).toBeCloseTo(ms, 6);
  });
});

const titlesOfFolds = (svg: XmlElement) => byClass(svg, "fold-words").map(({ text }) => text);

describe("what is shown", () => {
  const three = modelOf(bare("", 3));

  test("a window of time: what was under way in it", () => {
    const svg = draw(three, { fromMs: 120, toMs: 160 });
    expect(packets(svg).map(({ attributes }) => attributes["data-packet"])).toEqual(["3", "4"]);
    // Both edges count: packet 2 arrives, and packet 3 is sent, at 100 ms.
    expect(packets(draw(three, { fromMs: 100, toMs: 120 }))).toHaveLength(2);
    expect(packets(draw(three, { fromMs: 100.001, toMs: 120 }))).toHaveLength(1);
  });

  test.each<[LadderOptions, RegExp]>([
    [{ fromMs: 100, toMs: 100 }, /the window ends after it begins \(100 ms\), not at 100 ms/],
    [{ fromMs: -1 }, /begins at a time of 0 ms or more, not -1/],
    [{ fromMs: Number.NaN }, /not NaN/],
    [{ hosts: ["sender", "nobody"] }, /no host is called nobody: this trace has sender, receiver/],
    [{ message: { type: "UPDATE" } }, /no packet is of type UPDATE: this trace has DATA/],
    [{ message: { type: "DATA", number: 2 } }, /there is no DATA message 2: they are numbered from 1 to 1/],
  ])("%j is refused in words", (options, message) => {
    expect(() => ladderSvg(three, options)).toThrow(LadderOptionError);
    expect(() => ladderSvg(three, options)).toThrow(message);
  });

  test("upper and lower case of a message are one; what is nearly one is suggested", () => {
    expect(packets(draw(three, { message: { type: "data" } }))).toHaveLength(6);
    expect(() => ladderSvg(three, { message: { type: "DATE" } })).toThrow(
      /no packet is of type DATE: this trace has DATA; do you mean DATA\?$/,
    );
  });

  test("a window with nothing in it: a file is refused, with what there is; in a page it says so", () => {
    const asked = { fromMs: 1000, toMs: 2000 };
    expect(() => ladderSvg(three, asked)).toThrow(LadderOptionError);
    expect(() => ladderSvg(three, asked)).toThrow(
      /^nothing is there to draw from 1000 ms to 2000 ms: this trace runs from 0 ms to 300 ms, with DATA$/,
    );
    expect(() => ladderSvg(three, { ...asked, message: { type: "DATA" } })).toThrow(
      /DATA packets are from 0 ms to 300 ms$/,
    );
    const { svg, isEmpty } = ladder(ladderSource(three), asked);
    expect(isEmpty).toBe(true);
    expect(remarks(parseXml(svg))).toBe("nothing in this window");
    expect(byClass(parseXml(svg), "tick")).toEqual([]);
    expect(ladder(ladderSource(three), { fromMs: 200 }).isEmpty).toBe(false);
  });

  const crowd = () => {
    const story = new TraceStory();
    for (let i = 0; i < 30; i++) {
      const host = `P${i % 10}`;
      story.packet(10 * i, "send", host, "H1", { id: i + 1, type: i < 15 ? "UPDATE" : "LOOKUP" });
      story.packet(10 * i + 5, "deliver", "H1", host, { id: i + 1, type: i < 15 ? "UPDATE" : "LOOKUP" });
    }
    return story.model;
  };

  test("hosts in the order asked for, and the packets between them", () => {
    const svg = draw(crowd(), { hosts: ["H1", "P3"] });
    expect(byClass(svg, "host").map(({ children }) => children[0]!.text)).toEqual(["H1", "P3"]);
    expect(packets(svg)).toHaveLength(3);
  });

  test("of many hosts the busiest, and it says how many are not there", () => {
    const svg = draw(crowd(), { maxHosts: 4 });
    expect(byClass(svg, "host")).toHaveLength(4);
    expect(byClass(svg, "host").some(({ children }) => children[0]!.text === "H1")).toBe(true);
    expect(remarks(svg)).toContain("7 quieter hosts and their packets");
  });

  test("one type of message, or one message", () => {
    expect(packets(draw(crowd(), { message: { type: "LOOKUP" }, maxHosts: 20 }))).toHaveLength(15);
    expect(packets(draw(crowd(), { message: { type: "UPDATE", number: 2 }, maxHosts: 20 }))).toHaveLength(5);
  });

  test("of many packets the first, and it says how many are not there", () => {
    const svg = draw(crowd(), { maxPackets: 10, maxHosts: 20 });
    expect(packets(svg)).toHaveLength(10);
    expect(remarks(svg)).toContain("20 later packets");
    expect(svg.children[1]!.text).toContain("from 0 ms to 95 ms");
  });

  test("a trace that was cut says where", () => {
    const sink = new TraceModelSink({ maxEvents: 4 });
    const story = new TraceStory(sink);
    for (let i = 0; i < 5; i++) story.packet(i, "send", "A", "B", { id: i + 1 });
    expect(remarks(draw(sink.model()))).toContain("all but the first 4 of 5 events, until 3 ms");
  });

  test("labels that find no room are counted", () => {
    const story = new TraceStory();
    for (let i = 0; i < 30; i++)
      story.packet(0, "send", "A", "B", { id: i + 1 }).packet(1, "deliver", "B", "A", { id: i + 1 });
    expect(remarks(draw(story.model))).toMatch(/\d+ labels for lack of room/);
    expect(remarks(draw(three))).not.toContain("labels");
  });

  test("the legend has what is drawn, and nothing else", () => {
    const words = (model: TraceModel) => byClass(draw(model), "legend-words").map(({ text }) => text);
    expect(words(modelOf(bare("")))).toEqual([
      "data",
      "ACK",
      "retransmission timer, cancelled",
      "what happened at a host",
    ]);
    expect(words(modelOf(bare(LOST)))).toEqual(
      expect.arrayContaining(["lost", "sent again: necessary", "timer ran out", "folded, not to scale"]),
    );
  });
});

describe("what crosses an edge of the window", () => {
  const flight = new TraceStory()
    .packet(0, "send", "A", "B", { id: 1 })
    .packet(60, "send", "A", "B", { id: 2 })
    .packet(100, "deliver", "B", "A", { id: 1 })
    .packet(160, "deliver", "B", "A", { id: 2 }).model;
  const lineOf = (packet: XmlElement) => {
    const [line] = findAll(packet, ({ attributes }) => attributes.class === "line data");
    return ["x1", "y1", "x2", "y2"].map((name) => number(line!, name));
  };

  test("a packet is cut there: it enters and leaves where it was at that moment, and arrives at no wrong one", () => {
    const options = { fromMs: 25, toMs: 120 };
    const { scale, lanes } = ladder(ladderSource(flight), options);
    const [a, b] = [lanes.get("A")!, lanes.get("B")!];
    expect([scale.topPx, scale.bottomPx]).toEqual([scale.y(25), scale.y(120)]);
    const [enters, leaves] = packets(draw(flight, options));
    const expected = [
      [a + (b - a) * 0.25, scale.y(25), b, scale.y(100)],
      [a, scale.y(60), a + (b - a) * 0.6, scale.y(120)],
    ];
    for (const [i, packet] of [enters!, leaves!].entries()) {
      for (const [j, value] of lineOf(packet).entries()) expect(value).toBeCloseTo(expected[i]![j]!, 1);
    }
    expect([enters, leaves].map((packet) => byClass(packet!, "head").length)).toEqual([1, 0]);
  });

  test("a dotted rest and the legend say that it goes on; a picture of all has neither", () => {
    const svg = draw(flight, { fromMs: 25, toMs: 120 });
    const rests = packets(svg).flatMap((packet) => byClass(packet, "is-rest"));
    // Flat ones are short: they would cross the picture.
    expect(rests).toHaveLength(2);
    const { topPx, bottomPx } = ladder(ladderSource(flight), { fromMs: 25, toMs: 120 }).scale;
    expect(number(rests[0]!, "y1")).toBeLessThan(topPx);
    expect(number(rests[0]!, "y2")).toBeCloseTo(topPx, 1);
    expect(number(rests[1]!, "y1")).toBeCloseTo(bottomPx, 1);
    expect(number(rests[1]!, "y2")).toBeGreaterThan(bottomPx);
    for (const rest of rests) expect(Math.abs(number(rest, "x2") - number(rest, "x1"))).toBeLessThanOrEqual(44);
    expect(byClass(svg, "legend-words").map(({ text }) => text)).toContain("goes on beyond the picture");
    expect(packets(draw(flight)).flatMap((packet) => byClass(packet, "is-rest"))).toEqual([]);
    expect(byClass(draw(flight), "legend-words").map(({ text }) => text)).not.toContain("goes on beyond the picture");
  });

  test("of a packet that arrives as the window begins there is its head, and no label that is missed", () => {
    const svg = draw(flight, { fromMs: 100, toMs: 200 });
    const [first] = packets(svg);
    expect([byClass(first!, "head"), byClass(first!, "label")].map(({ length }) => length)).toEqual([1, 0]);
    expect(remarks(svg)).toBe("");
  });

  test("a timer that runs out later is cut, without a cap and without a ring", () => {
    const timerOf = (options: LadderOptions) => byClass(draw(modelOf(bare(LOST)), options), "timer");
    const [cut] = timerOf({ toMs: 100 });
    expect(["expiry", "cancelled-end", "label"].flatMap((name) => byClass(cut!, name))).toEqual([]);
    expect(byClass(cut!, "bar-rest")).toHaveLength(1);
    expect(cut!.children[0]!.text).toContain("it ran out after 200 ms");
    const { scale } = ladder(ladderSource(modelOf(bare(LOST))), { toMs: 100 });
    const bar = byClass(cut!, "bar")[0]!;
    expect(number(bar, "y") + number(bar, "height") + 1).toBeCloseTo(scale.y(100), 1);
  });

  test("a timer that was set before enters from the top, also when its packet is gone", () => {
    const [entering] = byClass(draw(modelOf(bare(LOST)), { fromMs: 150, toMs: 400 }), "timer");
    expect(entering!.children[0]!.text).toContain("set at 0 ms; it ran out after 200 ms");
    expect([byClass(entering!, "bar-rest"), byClass(entering!, "expiry")].map(({ length }) => length)).toEqual([1, 1]);
  });

  test("a number of packets: all of them arrive, and the last one's timer goes on", () => {
    const svg = draw(modelOf(bare("", 3)), { maxPackets: 3 });
    expect(packets(svg).flatMap((packet) => byClass(packet, "head"))).toHaveLength(3);
    const [done, running] = byClass(svg, "timer");
    expect([byClass(done!, "cancelled-end"), byClass(running!, "cancelled-end")].map(({ length }) => length)).toEqual([
      1, 0,
    ]);
    expect(byClass(running!, "bar-rest")).toHaveLength(1);
  });

  test("a number of packets: one that is under way for very long does not draw the picture out", () => {
    const story = new TraceStory().packet(0, "send", "A", "B", { id: 1 });
    for (let id = 2; id < 9; id++) {
      story.packet(id * 10, "send", "A", "B", { id }).packet(id * 10 + 10, "deliver", "B", "A", { id });
    }
    const { model } = story.packet(5000, "deliver", "B", "A", { id: 1 });
    expect(ladder(ladderSource(model), { maxPackets: 2 }).toMs).toBe(70);
    expect(packets(draw(model, { maxPackets: 2 })).map((packet) => byClass(packet, "head").length)).toEqual([0, 1]);
  });

  test("an answer is cut as well", () => {
    const { model } = new TraceStory()
      .note(1, "http", "C", "GET a HTTP/1.1", "S")
      .note(2, "http", "S", "GET a HTTP/1.1", "C")
      .note(3, "http", "S", "200 OK", "C")
      .note(4, "http", "C", "200 OK", "S")
      .note(40, "http", "C", "complete 9 bytes", "S");
    const options = { streams: "summary", fromMs: 3.5, toMs: 20 } as const;
    const { scale } = ladder(ladderSource(model), options);
    const bands = byClass(byClass(draw(model, options), "exchange")[0]!, "answer");
    const heights = bands.map(({ attributes }) => attributes.points!.split(" ").map((at) => Number(at.split(",")[1])));
    expect(heights.flatMap((ys) => [Math.min(...ys), Math.max(...ys)])).toEqual(
      [scale.topPx, scale.bottomPx, scale.y(3.5) - 0.5 * scale.pxPerMs, scale.topPx]
        .concat([scale.bottomPx, scale.bottomPx + 14])
        .map((y) => expect.closeTo(y, 1) as number),
    );
    expect(byClass(draw(model, { streams: "summary" }), "answer")).toHaveLength(2);
  });
});

describe("slopes", () => {
  /** Ten quick packets of 1 ms, and a slow one. */
  const slow = (ms: number) => {
    const story = new TraceStory();
    for (let id = 1; id <= 10; id++) {
      story.packet(id, "send", "A", "B", { id }).packet(id + 1, "deliver", "B", "A", { id });
    }
    return story.packet(20, "send", "A", "B", { id: 11 }).packet(20 + ms, "deliver", "B", "A", { id: 11 }).model;
  };

  test("a way that is ten times as long is ten times as steep: no fold is in it", () => {
    const { scale } = ladder(ladderSource(slow(10)));
    expect(scale.y(30) - scale.y(20)).toBeCloseTo(10 * (scale.y(2) - scale.y(1)));
    // Slow ones make the scale smaller, down to a limit.
    expect(scale.pxPerMs).toBe(16);
    expect(ladder(ladderSource(slow(5))).scale.pxPerMs).toBe(32);
    expect(ladder(ladderSource(slow(2))).scale.pxPerMs).toBe(38);
    expect(byClass(draw(slow(10)), "break")).toEqual([]);
  });

  test("a way that is very long is broken at the fold, and the legend says what that means", () => {
    const svg = draw(slow(5000));
    // The pause before it is folded as well.
    const [, fold] = ladder(ladderSource(slow(5000))).scale.folds;
    expect(fold).toMatchObject({ fromMs: 20, toMs: 5020 });
    const lines = findAll(packets(svg).at(-1)!, ({ attributes }) => attributes.class === "line data");
    expect([number(lines[0]!, "y2"), number(lines[1]!, "y1")]).toEqual([fold!.topPx, fold!.bottomPx]);
    expect(byClass(packets(svg).at(-1)!, "break")).toHaveLength(2);
    expect(byClass(svg, "legend-words").map(({ text }) => text)).toContain("under way for longer than drawn");
  });
});

describe("a trace that was recorded at one place", () => {
  /** An UPDATE every second, and its ACK `ackMs` later; both arrive when they are sent. */
  const captured = (ackMs: readonly number[]) => {
    const story = new TraceStory();
    for (const [i, ms] of ackMs.entries()) {
      const [at, id] = [i * 1000, 2 * i + 1];
      const ack = { id: id + 1, type: "UPDATE-ACK", seq: 2 };
      story.packet(at, "send", "A", "B", { id, type: "UPDATE" });
      story.packet(at, "deliver", "B", "A", { id, type: "UPDATE" });
      story.packet(at + ms, "send", "B", "A", ack).packet(at + ms, "deliver", "A", "B", ack);
    }
    return story.model;
  };

  test("the gaps between packets give the scale, and the long ones are folded", () => {
    const { scale } = ladder(ladderSource(captured([0.5, 0.5, 0.5])));
    expect(scale.pxPerMs).toBeCloseTo(24 / 0.5);
    expect(scale.folds.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0.5, 1000],
      [1000.5, 2000],
    ]);
    const labels = byClass(draw(captured([0.5, 0.5, 0.5])), "label").map(({ text }) => text);
    expect(labels.filter((text) => text.startsWith("UPDATE"))).toHaveLength(6);
  });

  test("the closest packets of all do not stretch the others apart", () => {
    expect(ladder(ladderSource(captured([0.5, 0.001, 0.5, 0.5, 0.5]))).scale.pxPerMs).toBeCloseTo(24 / 0.5);
  });

  test("a single packet needs no scale", () => {
    const one = new TraceStory().packet(3, "send", "A", "B", { id: 1 }).packet(3, "deliver", "B", "A", { id: 1 });
    expect(packets(draw(one.model))).toHaveLength(1);
  });
});

describe("byte streams", () => {
  const DOWNLOAD = modelOf(`
duration: 5s
network: { delay: 5ms }
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { big.bin: 58710B }, shares: [big.bin] }
  H3: { role: peer }
timeline:
  - { at: 1s, host: H3, do: { lookup: big.bin } }
  - { at: 2s, host: H3, do: { download: { file: big.bin, choice: 0 } } }
`);

  test("many segments are one shape, which counts them; or all are there", () => {
    const svg = draw(DOWNLOAD);
    expect(byClass(svg, "exchange")).toHaveLength(1);
    expect(titles(svg, "exchange")[0]).toMatch(
      /^GET big\.bin HTTP\/1\.1 from H3 to H2 at 2010 ms: 200 OK, complete 58710 bytes at [\d.]+ ms; \d+ segments, 0 lost$/,
    );
    expect(has(svg, "segment")).toBe(false);
    const all = draw(DOWNLOAD, { streams: "segments", maxPackets: 500 });
    expect(byClass(all, "exchange")).toHaveLength(0);
    expect(findAll(all, ({ attributes }) => attributes.class === "head segment").length).toBeGreaterThan(41);
  });

  test("packets that queue up are drawn apart: the scale stretches until their arrows can be told apart", () => {
    // One in 100 ms, and the line takes 1 s for each: like a queue that only grows.
    const queue = (gapMs: number) => {
      const story = new TraceStory();
      for (let i = 0; i < 20; i++) story.packet(gapMs * i, "send", "S", "R", { id: i + 1, seq: i + 1, total: 20 });
      for (let i = 0; i < 20; i++) {
        story.packet(20 * gapMs + 1000 * i, "deliver", "R", "S", { id: i + 1, seq: i + 1, total: 20 });
      }
      return ladder(ladderSource(story.model), {}).scale;
    };
    const scale = queue(100);
    expect(100 * scale.pxPerMs).toBeGreaterThan(2.5);
    expect(scale.bottomPx - scale.topPx).toBeLessThan(1200);
    // The typical flight is kept to a picture's height, however short the gaps.
    expect(11_000 * queue(1).pxPerMs).toBeLessThan(360);
  });

  test("a long title is cut where the picture ends, and is whole for who asks", () => {
    const title =
      "a scenario with a name as long as names may be, which is longer than any picture of two hosts is wide, and so on";
    const svg = draw(new TraceStory().packet(1, "send", "S", "R", { id: 1 }).model, { title });
    const [heading] = byClass(svg, "heading");
    expect(heading!.text).toMatch(/^a scenario with a name.*…$/);
    expect(heading!.text.length).toBeLessThan(90);
    expect(JSON.stringify(svg)).toContain("and so on");
  });

  test("a client in another process has a line", () => {
    const story = new TraceStory()
      .note(2, "http", "S", "GET a HTTP/1.1", "10.0.0.9:40268")
      .note(3, "http", "S", "200 OK", "10.0.0.9:40268");
    const svg = draw(story.model);
    expect(titles(svg, "host")).toEqual(["S", "10.0.0.9:40268"]);
    expect(byClass(svg, "exchange")).toHaveLength(1);
  });

  test("windows one after the other have every packet between them, whatever the last bits of a time are", () => {
    const story = new TraceStory();
    const count = 400;
    for (let i = 0; i < count; i++) {
      const atMs = 0.1 * i + 0.0123 * (i % 7);
      story.packet(atMs, "send", "S", "R", { id: i + 1 }).packet(atMs, "drop", "S", "R", { id: i + 1, note: "loss" });
    }
    const source = ladderSource(story.model);
    const starts = source.transmissions.map(({ sentNs }) => sentNs / 1e6).toSorted((a, b) => a - b);
    const seen = new Set<number>();
    for (let first = 0; first < count; first += 3) {
      const window = { fromMs: starts[first]!, ...(starts[first + 3] !== undefined && { toMs: starts[first + 3] }) };
      for (const id of ladder(source, window).packetIds) seen.add(id);
    }
    expect(seen.size).toBe(count);
  });

  test("few segments are drawn one by one", () => {
    const small = draw(DOWNLOAD, { fromMs: 2000, toMs: 2012, hosts: ["H2", "H3"] });
    expect(byClass(small, "exchange")).toHaveLength(0);
    expect(packets(small).length).toBeGreaterThan(2);
  });

  test("message SEGMENT is every segment, however many there are; they have no numbers", () => {
    const svg = draw(DOWNLOAD, { message: { type: "segment" }, maxPackets: 500 });
    expect(byClass(svg, "exchange")).toHaveLength(0);
    const kinds = new Set(byClass(svg, "head").map(({ attributes }) => attributes.class));
    expect([...kinds].filter((kind) => kind !== "head segment")).toEqual([]);
    expect(packets(svg).length).toBeGreaterThan(41);
    expect(packets(svg)[0]!.children[0]!.text).toMatch(/^SYN from H3 to H2/);
    expect(() => ladderSvg(DOWNLOAD, { message: { type: "SEGMENT", number: 2 } })).toThrow(
      /segments are not numbered: leave out the :2/,
    );
    expect(() => ladderSvg(DOWNLOAD, { message: { type: "SEGMEND" } })).toThrow(/do you mean SEGMENT\?/);
  });

  test("a real run has no segments in its trace, and its exchanges are drawn all the same", () => {
    const story = new TraceStory()
      .note(1, "http", "C", "GET a HTTP/1.1", "S")
      .note(2, "http", "S", "GET a HTTP/1.1", "C")
      .note(3, "http", "S", "200 OK", "C")
      .note(4, "http", "C", "200 OK", "S")
      .note(9, "http", "C", "complete 10 bytes", "S");
    const svg = draw(story.model);
    expect(titles(svg, "exchange")).toEqual(["GET a HTTP/1.1 from C to S at 1 ms: 200 OK, complete 10 bytes at 9 ms"]);
  });

  test("of very many exchanges the first are drawn, up to where the next begins, and the others are counted", () => {
    const story = new TraceStory();
    for (let i = 0; i < 41; i++) {
      story.packet(10 * i, "send", "C", "S", { id: i + 1 }).packet(10 * i + 1, "deliver", "S", "C", { id: i + 1 });
      story
        .note(10 * i + 2, "http", "C", `GET f${i} HTTP/1.1`, "S")
        .note(10 * i + 8, "http", "C", "complete 1 bytes", "S");
    }
    const all = story.model;
    const svg = draw(all, { maxPackets: 1000 });
    expect(byClass(svg, "exchange")).toHaveLength(40);
    expect(byClass(svg, "packet")).toHaveLength(41);
    expect(JSON.stringify(svg)).toContain("1 later HTTP exchange");
    const few = draw(all, { maxPackets: 1000, toMs: 395 });
    expect(byClass(few, "exchange")).toHaveLength(40);
    expect(JSON.stringify(few)).not.toContain("later HTTP");
  });

  test("an exchange that failed, or that the trace does not see the end of, is drawn as far as it went", () => {
    const { model } = new TraceStory()
      .note(1, "http", "C", "GET a HTTP/1.1", "S")
      .note(2, "http", "S", "GET a HTTP/1.1", "C")
      .note(3, "http", "S", "200 OK", "C")
      .note(4, "http", "C", "200 OK", "S")
      .note(9, "http", "C", "failed: reset", "S")
      .note(10, "http", "C", "GET b HTTP/1.1", "S");
    const svg = draw(model, { streams: "summary" });
    expect(byClass(svg, "is-failed")).toHaveLength(1);
    expect(titles(svg, "exchange")[1]).toBe("GET b HTTP/1.1 from C to S at 10 ms: no answer");
  });
});

describe("host lines", () => {
  test("what came in an exchange is written between its lines, and off those of other hosts", () => {
    const story = new TraceStory();
    for (const name of ["A", "B", "C", "D", "E"]) story.note(0, "action", name, "x");
    const get = (atMs: number, client: string, server: string) =>
      story
        .note(atMs, "http", client, "GET a HTTP/1.1", server)
        .note(atMs + 4, "http", server, "206 Partial Content", client)
        .note(atMs + 8, "http", client, "206 Partial Content", server)
        .note(atMs + 30, "http", client, "complete 250000 bytes", server);
    get(1, "A", "B");
    get(101, "A", "C");
    const { lanes, svg } = ladder(ladderSource(story.model));
    const labels = byClass(parseXml(svg), "exchange").map((one) => byClass(one, "label"));
    const came = labels.map((rows) => rows.filter(({ text }) => !text.startsWith("GET")));
    expect(came[0]!.map(({ text }) => text).join(" ")).toBe("206 Partial Content, complete 250000 bytes");
    for (const row of came.flat()) {
      const [left, right] = [number(row, "x"), number(row, "x") + row.text.length * 5];
      for (const x of lanes.values()) expect(right <= x || left >= x).toBe(true);
    }
  });
});

describe("hosts' names", () => {
  const boxes = (names: readonly string[]) => {
    const story = new TraceStory();
    for (const [i, name] of names.slice(1).entries()) story.packet(i, "send", name, names[0]!, { id: i + 1 });
    return byClass(draw(story.model), "host").map((host) => {
      const rect = findAll(host, ({ name }) => name === "rect")[0]!;
      return {
        left: number(rect, "x"),
        right: number(rect, "x") + number(rect, "width"),
        text: host.children.at(-1)!.text,
      };
    });
  };

  test("do not touch, however many there are", () => {
    const names = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `127.0.0.1:1000${i}`);
    const shown = boxes(names).toSorted((a, b) => a.left - b.left);
    expect(shown).toHaveLength(8);
    for (const [i, { left }] of shown.slice(1).entries()) expect(left).toBeGreaterThan(shown[i]!.right);
  });

  test("are shortened where they are long: addresses in front, for their ends tell them apart", () => {
    const names = ["[2001:db8:85a3:1:2:8a2e:370:7334]:7777", "a-laboratory-machine-with-a-long-name"];
    expect(boxes(names).map(({ text }) => text)).toEqual(["a-laboratory-machine-…", "…2:8a2e:370:7334]:7777"]);
  });
});

describe("labels", () => {
  const labels = (element: XmlElement) => byClass(element, "label").map(({ text }) => text);

  test("an exchange says what is asked for along its request, and what came below", () => {
    const svg = draw(
      modelOf(`
duration: 5s
network: { delay: 5ms }
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { big.bin: 58710B }, shares: [big.bin] }
  H3: { role: peer }
timeline:
  - { at: 1s, host: H3, do: { lookup: big.bin } }
  - { at: 2s, host: H3, do: { download: { file: big.bin, choice: 0 } } }
`),
    );
    const [exchange] = byClass(svg, "exchange");
    expect(labels(exchange!)).toEqual([
      "GET big.bin",
      "200 OK, complete 58710 bytes",
      expect.stringMatching(/segments/),
    ]);
    // Above its own arrow, not on it.
    const [request] = byClass(exchange!, "request");
    const [label] = byClass(exchange!, "label");
    const middleY = (number(request!, "y1") + number(request!, "y2")) / 2;
    expect(number(label!, "y")).toBeLessThan(middleY);
    const marks = byClass(svg, "mark").flatMap(labels);
    expect(marks.join(" ")).toContain("added H2 with big.bin");
    expect(marks.join(" ")).toContain("download big.bin from H2 -> (200, 'OK') 58710 bytes");
    // The whole text, as the trace has it.
    expect(titles(svg, "mark").join(" ")).toContain(":80 with big.bin");
  });

  test("a long text at a mark is in rows, to its end", () => {
    const text = "lookup new.txt -> choice 0: somewhere, choice 1: elsewhere";
    const rows = labels(byClass(draw(new TraceStory().note(1, "action", "A", text).model), "mark")[0]!);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.join(" ")).toBe(text);
  });

  test("a short text stays in one row, and a very long one is no column", () => {
    const rowsOf = (text: string, peer = "B") =>
      labels(byClass(draw(new TraceStory().note(1, "action", "A", text, peer).model), "mark")[0]!);
    expect(rowsOf("share file-05-mine.txt -> ok")).toHaveLength(1);
    // The picture of one host is too narrow for it.
    expect(rowsOf("share file-05-mine.txt -> ok", "")).toEqual(["share", "file-05-mine.txt ->", "ok"]);
    const long = rowsOf(`added somebody with ${Array.from({ length: 30 }, (_, i) => `file-${i}.txt`).join(", ")}`);
    expect(long.length).toBe(3);
    expect(long.at(-1)).toMatch(/…$/);
  });

  test("a text keeps off a timer's bar", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1 })
      .packet(5, "deliver", "B", "A", { id: 1 })
      .note(5, "action", "B", "a text of some length that goes over", "A")
      .packet(20, "timeout", "A", "B", { id: 1 });
    const { lanes } = ladder(ladderSource(model), { width: 300 });
    const svg = draw(model, { hosts: ["B", "A"], width: 300 });
    const [bar, label] = [byClass(svg, "bar")[0]!, byClass(byClass(svg, "mark")[0]!, "label")[0]!];
    expect(lanes.size).toBe(2);
    const right = number(label, "x") + label.text.length * 6;
    expect(right < number(bar, "x") || number(label, "x") > number(bar, "x") + 5).toBe(true);
  });

  test("what a decoder found is in words", () => {
    const { model } = new TraceStory()
      .note(1, "reject", "A", "no-type at byte 0", "B")
      .note(1000, "reject", "A", "malformed UPDATE: bad-address at byte 12", "B")
      .note(2000, "reject", "A", "not sealed", "B");
    expect(byClass(draw(model), "mark").map((mark) => labels(mark).join(" "))).toEqual([
      "not a packet: no type (at byte 0)",
      "malformed UPDATE: bad address (at byte 12)",
      "not sealed",
    ]);
  });

  test("badges of neighbouring packets do not lie on one another", () => {
    const story = new TraceStory();
    for (const id of [1, 2]) {
      story.packet(0, "send", "A", "B", { id, attempt: 2 }).packet(0, "duplicate", "A", "B", { id, note: "fault 1" });
    }
    for (const id of [1, 2]) story.packet(50, "deliver", "B", "A", { id }).packet(60, "deliver", "B", "A", { id });
    const drawnBadges = packets(draw(story.model)).flatMap((packet) => byClass(packet, "badge"));
    const xs = drawnBadges.map((badge) => (badge.name === "rect" ? number(badge, "x") + 6 : number(badge, "cx")));
    expect(xs).toHaveLength(4);
    const sorted = xs.toSorted((a, b) => a - b);
    for (const [i, x] of sorted.slice(1).entries()) expect(x - sorted[i]!).toBeGreaterThanOrEqual(15);
  });

  test("the label of a flat arrow keeps off the arrow before it", () => {
    const story = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1, type: "UPDATE" })
      .packet(0.3, "deliver", "B", "A", { id: 1, type: "UPDATE" })
      .packet(0.3, "send", "B", "A", { id: 2, type: "UPDATE-ACK" })
      .packet(0.6, "deliver", "A", "B", { id: 2, type: "UPDATE-ACK" });
    for (let id = 3; id < 7; id++)
      story.packet(id, "send", "A", "B", { id }).packet(id + 1, "deliver", "B", "A", { id });
    const [update, ack] = packets(draw(story.model));
    const [label, line] = [byClass(ack!, "label")[0]!, byClass(update!, "line")[0]!];
    const share = (number(label, "x") - number(line, "x1")) / (number(line, "x2") - number(line, "x1"));
    const updateY = number(line, "y1") + share * (number(line, "y2") - number(line, "y1"));
    // Its baseline is well below that one, or its letters are above it.
    expect(Math.abs(number(label, "y") - 5 - updateY)).toBeGreaterThan(8);
  });

  test("at a steep arrow, its label is beside it", () => {
    const story = new TraceStory();
    for (let id = 1; id < 4; id++)
      story.packet(id, "send", "A", "B", { id }).packet(id + 1, "deliver", "B", "A", { id });
    story.packet(10, "send", "A", "B", { id: 4 }).packet(20, "deliver", "B", "A", { id: 4 });
    const packet = packets(draw(story.model, { width: 300 })).at(-1)!;
    const [label, line] = [byClass(packet, "label")[0]!, byClass(packet, "line")[0]!];
    expect(label.attributes.transform).toBeUndefined();
    const [x, y] = [number(label, "x"), number(label, "y")];
    const share = (y - number(line, "y1")) / (number(line, "y2") - number(line, "y1"));
    const lineX = number(line, "x1") + share * (number(line, "x2") - number(line, "x1"));
    expect(Math.abs(x - lineX)).toBeGreaterThan((label.text.length * 5) / 2);
  });
});

test("the legend is below the lowest label; most pictures end soon after their last moment", () => {
  const ending = (asks: number) => {
    const story = new TraceStory().packet(0, "send", "A", "B", { id: 1 }).packet(5, "deliver", "B", "A", { id: 1 });
    for (let i = 1; i <= asks; i++) story.note(5, "action", "B", `asks for ${i}`);
    const svg = draw(story.model);
    const bottom = (classes: string) => Math.max(...byClass(svg, classes).map((one) => number(one, "y")));
    const legend = Math.min(...byClass(svg, "legend-words").map((one) => number(one, "y")));
    return { label: bottom("label"), legend, endPx: ladder(ladderSource(story.model)).scale.bottomPx };
  };
  const crowded = ending(11);
  expect(crowded.label).toBeGreaterThan(crowded.endPx + 24);
  expect(crowded.legend - crowded.label).toBeGreaterThan(20);
  const usual = ending(3);
  expect(usual.label).toBeLessThan(usual.endPx + 24);
  expect(usual.legend).toBe(usual.endPx + 44);
});

test("no two labels of a crowded picture lie on one another", () => {
  const svg = draw(modelOf(bare(LOST, 30)));
  const level = byClass(svg, "label").filter(
    ({ attributes }) => attributes.transform === undefined && attributes["text-anchor"] === undefined,
  );
  const boxes = level.map((one) => ({ x: number(one, "x"), y: number(one, "y"), width: one.text.length * 5 }));
  expect(boxes.length).toBeGreaterThan(10);
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      expect(Math.abs(a.y - b.y) >= 11 || a.x + a.width <= b.x || b.x + b.width <= a.x).toBe(true);
    }
  }
});

test("two packets of one moment and direction are both there to see", () => {
  const { model } = new TraceStory()
    .packet(0, "send", "A", "B", { id: 1, type: "X-ACK" })
    .packet(0, "send", "A", "B", { id: 2, type: "Y" })
    .packet(5, "deliver", "B", "A", { id: 1, type: "X-ACK" })
    .packet(5, "deliver", "B", "A", { id: 2, type: "Y" });
  const [first, second] = packets(draw(model)).map((packet) => number(byClass(packet, "line").at(-1)!, "y1"));
  expect(second! - first!).toBe(4);
});

test("a host that comes back after the window is down to its end", () => {
  const { model } = new TraceStory()
    .note(0, "state", "A", "started")
    .note(10, "state", "A", "crashed")
    .packet(20, "send", "B", "A", { id: 1 })
    .packet(30, "drop", "A", "B", { id: 1, note: "host down" })
    .note(60, "state", "A", "restarted");
  const [absence] = drawn(draw(model, { toMs: 50 })).flatMap((part) => byClass(part, "absence"));
  const [lifeline] = byClass(draw(model, { toMs: 50 }), "lifeline");
  expect(number(absence!, "y2")).toBe(number(lifeline!, "y2"));
});

test("a host that came up before the window is up in all of it", () => {
  const { model } = new TraceStory()
    .note(0, "state", "A", "started")
    .note(10, "state", "B", "started")
    .packet(100, "send", "A", "B", { id: 1 })
    .packet(110, "deliver", "B", "A", { id: 1 });
  const absences = (options: LadderOptions) => drawn(draw(model, options)).flatMap((part) => titles(part, "absence"));
  expect(absences({ fromMs: 50 })).toEqual([]);
  expect(absences({})).toEqual(["B is down from 0 ms to 10 ms"]);
});
