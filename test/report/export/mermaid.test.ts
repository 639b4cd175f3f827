/** trace.mmd: every line is Mermaid, and says what the trace says. */

import { describe, expect, test } from "vitest";
import { MermaidSink } from "../../../src/report/export/mermaid.ts";
import { EventCode } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { bare, TraceStory } from "../../support/trace-story.ts";
import { parseMermaid } from "./mermaid-grammar.ts";
import { exported, Written, writtenBy } from "./support.ts";

const diagram = (yaml: string) => parseMermaid(exported("mermaid", yaml));
const messages = (yaml: string) => diagram(yaml).filter(({ kind }) => kind === "message");
/** A story told by hand. */
function told(tell: (story: TraceStory) => void, options = {}): string {
  return writtenBy(
    (onChunk) => new MermaidSink(onChunk, options),
    (sink) => tell(new TraceStory(sink)),
  );
}

describe("trace.mmd", () => {
  test("data is a solid arrow, an ACK a dotted one; what was lost ends in a cross and says by which rule", () => {
    const faults =
      "{ match: { kind: data, seq: 1, attempt: 1 }, do: drop }, { match: { kind: ack, seq: 3, attempt: 1 }, do: drop }";
    const shown = diagram(bare(faults, 2)).map(({ kind, arrow, ids, text }) =>
      kind === "message" ? `${ids[0]}${arrow}${ids[1]} ${text}` : `${kind} ${ids.join(",")} ${text}`,
    );
    expect(shown).toEqual([
      "title  story",
      "participant p1 sender",
      "participant p2 receiver",
      "p1-xp2 0 ms DATA 1/2 (lost: fault 1)",
      "note p1 200 ms timeout of DATA 1/2 after 200 ms",
      "p1->>p2 200 ms DATA 1/2, attempt 2 (necessary: data lost)",
      "p2-->>p1 250 ms DATA-ACK 2",
      "p1->>p2 300 ms DATA 2/2",
      "p2--xp1 350 ms DATA-ACK 3 (lost: fault 2)",
      "note p1 500 ms timeout of DATA 2/2 after 200 ms",
      "p1->>p2 500 ms DATA 2/2, attempt 2 (spurious: ACK lost)",
      "p2-->>p1 550 ms DATA-ACK 3, attempt 2",
    ]);
  });

  test("a duplicate is one message that tells of both arrivals", () => {
    const [first] = messages(bare("{ match: { kind: data, seq: 1 }, do: { duplicate: 2s } }"));
    expect(first).toMatchObject({ arrow: "->>" });
    expect(first?.text).toBe("0 ms DATA 1/1 (a copy follows: fault 1, arrives at 50 ms, 2050 ms)");
  });

  test("what is under way where the trace ends has an open arrow", () => {
    const text = told((story) => story.packet(0, "send", "a", "b", { id: 1 }));
    expect(text).toContain("p1-)p2: 0 ms DATA 1/1 (what became of it is not in the trace)\n");
  });

  test("a packet that nobody of the trace sent is there when it arrives; one that is known is not there twice", () => {
    const text = told((story) =>
      story
        .packet(0, "send", "a", "b", { id: 1 })
        .packet(5, "deliver", "b", "outside", { id: 2 })
        .packet(6, "drop", "b", "outside", { id: 3, note: "port closed" })
        .packet(7, "deliver", "b", "a", { id: 1 }),
    );
    expect(parseMermaid(text).filter(({ kind }) => kind === "message")).toMatchObject([
      { ids: ["p1", "p2"], arrow: "->>" },
      { ids: ["p3", "p2"], arrow: "->>" },
      { ids: ["p3", "p2"], arrow: "-x", text: "6 ms DATA 1/1 (lost: port closed)" },
    ]);
  });

  test.each([
    [60, undefined],
    [61, "the first 60 of 61 messages, until 59 ms (left out: 1 message)"],
    [1061, "the first 60 of 1,061 messages, until 59 ms (left out: 1,001 messages)"],
  ])("of %i messages 60 are shown, and a note says what was cut", (count, cut) => {
    const text = told((story) => {
      for (let id = 1; id <= count; id++) {
        story.packet(id - 1, "send", "a", "b", { id, seq: id, total: count });
        story.packet(id - 1, "deliver", "b", "a", { id });
      }
    });
    const statements = parseMermaid(text);
    expect(statements.filter(({ kind }) => kind === "message")).toHaveLength(60);
    expect(statements.every(({ kind, arrow }) => kind !== "message" || arrow === "->>")).toBe(true);
    const notes = statements.filter(({ kind }) => kind === "note");
    expect(notes).toEqual(cut === undefined ? [] : [{ kind: "note", arrow: "", ids: ["p1", "p2"], text: cut }]);
    expect(text.endsWith(cut === undefined ? "DATA 60/60\n" : `${cut}\n`)).toBe(true);
  });

  test("what becomes of a message that is shown is told although it comes behind the cut", () => {
    const text = told(
      (story) =>
        story
          .packet(0, "send", "a", "b", { id: 1 })
          .packet(1, "send", "a", "b", { id: 2 })
          .packet(2, "timeout", "a", "b", { id: 1 }, 2)
          .packet(9, "drop", "b", "a", { id: 1, note: "host down" }),
      { maxMessages: 1 },
    );
    expect(text).toContain("p1-xp2: 0 ms DATA 1/1 (lost: host down)\n");
    expect(text).toContain(" (left out: 1 message and 1 timeout)\n");
    expect(text).not.toContain("timeout of");
  });

  test("timeouts without messages in between are cut as well", () => {
    const text = told((story) => {
      story.packet(0, "send", "a", "b", { id: 1 });
      for (let at = 1; at <= 100; at++) story.packet(at, "timeout", "a", "b", { id: 1 }, 1);
    });
    expect(text.match(/timeout of/g)).toHaveLength(60);
    expect(text).toContain("left out: 40 timeouts");
  });

  test("participants have the scenario's order; those without a part are not there; others follow", () => {
    const text = told((story) => story.packet(0, "send", "c", "x", { id: 1 }).packet(1, "send", "b", "c", { id: 2 }), {
      hosts: ["a", "b", "c"],
    });
    const participants = parseMermaid(text).filter(({ kind }) => kind === "participant");
    expect(participants.map(({ text }) => text)).toEqual(["b", "c", "x"]);
  });

  test("segments of byte streams are messages too", () => {
    const text = told((story) =>
      story
        .packet(0, "send", "a", "b", { id: 1, type: "SYN", bytes: 0, seq: 0 })
        .packet(1, "send", "b", "a", { id: 2, type: "SYN-ACK", bytes: 0, seq: 0 })
        .packet(2, "send", "a", "b", { id: 3, type: "SEGMENT", bytes: 69, seq: 1 })
        .packet(3, "send", "b", "a", { id: 4, type: "SEGMENT-ACK", bytes: 0, seq: 1, total: 70 })
        .packet(4, "send", "b", "a", { id: 5, type: "", bytes: 7, seq: -1 }),
    );
    const shown = parseMermaid(text).filter(({ kind }) => kind === "message");
    expect(shown.map((one) => `${one.arrow} ${one.text.split(" (")[0]}`)).toEqual([
      "-) 0 ms SYN",
      "-) 1 ms SYN-ACK",
      "-) 2 ms 69 bytes from 1",
      "--) 3 ms SEGMENT-ACK 70",
      "-) 4 ms 7 bytes",
    ]);
  });

  test.each([
    "two words",
    "a;b#c%%d",
    "%%{init: {}}%%",
    "line\nend",
    "carriage\r\nreturn\u2028and\u0007more",
    "end",
    "p1->>p2: hello",
    "<br/> & <script>",
    '$$x$$ "quoted" `code` \\',
    "wrap: me",
    "nowrap: me",
    "style a:#fff;",
    "classDef a:#fff;",
    "Übung 名前 🙂",
    "as b",
    "",
    "   ",
  ])("a host called %j, a rule and a type of that name do no harm", (name) => {
    const text = told(
      (story) =>
        story
          .packet(0, "send", name, "b", { id: 1, type: name, note: name })
          .packet(1, "drop", name, "b", { id: 1, type: name, note: name })
          .packet(2, "timeout", name, "b", { id: 1, type: name }, 2),
      { title: name },
    );
    const statements = parseMermaid(text);
    expect(statements.map(({ kind }) => kind).join(" ")).toMatch(/^(title )?participant participant message note$/);
    const shown = statements.find(({ kind }) => kind === "participant")!.text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
    expect(shown).toBe(name.replace(/[\u0000-\u001f\u2028]+/g, " ").trim() || "?");
  });

  test("a name without end is cut", () => {
    const text = told((story) => story.packet(0, "send", "x".repeat(5000), "b", { id: 1 }));
    expect(parseMermaid(text)[0]!.text).toBe(`${"x".repeat(239)}…`);
  });

  test("of an empty run the title says so", () => {
    expect(told(() => {}, { title: "nothing" })).toBe("sequenceDiagram\n    title nothing: no packet was sent\n");
    expect(told(() => {})).toBe("sequenceDiagram\n    title no packet was sent\n");
  });

  test("100,000 events leave a small file", () => {
    const written = new Written();
    const sink = new MermaidSink(written.onChunk);
    const recorder = new Recorder([sink]);
    const [a, b, data, rule] = ["a", "b", "DATA", "loss"].map((label) => recorder.labels.id(label)) as [
      number,
      number,
      number,
      number,
    ];
    for (let i = 1; i <= 50_000; i++) {
      recorder.clock.nowNs = i * 1000;
      // The first packet is duplicated again and again.
      recorder.emit(EventCode.send, a, b, i, data, i, 50_000, 1, 64, 0, Number.NaN);
      recorder.emit(i % 2 ? EventCode.duplicate : EventCode.deliver, a, b, 1, data, 1, 1, 1, 64, rule, Number.NaN);
    }
    sink.end();
    expect(written.text.length).toBeLessThan(5000);
    expect(parseMermaid(written.text).at(-1)!.text).toBe(
      "the first 60 of 50,000 messages, until 0.06 ms (left out: 49,940 messages)",
    );
    expect(written.text).toMatch(
      /a copy follows: loss, arrives at 0.002 ms, 0.004 ms, 0.006 ms, 0.008 ms and 24996 times more/,
    );
  });

  test("a limit that is none is refused", () => {
    expect(() => new MermaidSink(() => {}, { maxMessages: 0 })).toThrow("maxMessages is a whole number from 1, not 0");
  });
});
