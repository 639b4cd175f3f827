/** trace.shiviz: read with the expression in its own first line, its clocks tell what happened before what. */

import { describe, expect, test } from "vitest";
import { ShivizSink } from "../../../src/report/export/shiviz.ts";
import type { TraceSink } from "../../../src/trace/events.ts";
import { Tape } from "../../support/tape.ts";
import { bare, TraceStory } from "../../support/trace-story.ts";
import { runInto, writtenBy } from "./support.ts";

interface Entry {
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
  readonly timeMs: number;
  readonly event: string;
}

/** Reads a log as ShiViz does: its first line is the expression, its second the delimiter. */
function read(log: string): Entry[] {
  const [expression = "", delimiter = "", ...rest] = log.split("\n");
  expect(delimiter).toBe("");
  // ShiViz turns every other bracket into a group without a name, even behind a backslash.
  expect(expression.replaceAll(/\(\?<\w+>/g, "")).not.toContain("(");
  const text = rest.join("\n");
  const entries = [...text.matchAll(new RegExp(expression, "gm"))];
  // Nothing is passed over: ShiViz would do so silently.
  expect(text.replaceAll(new RegExp(expression, "gm"), "").trim()).toBe("");
  return entries.map(({ groups }) => ({
    host: groups!.host!,
    clock: JSON.parse(groups!.clock!),
    timeMs: Number(groups!.time),
    event: groups!.event!,
  }));
}

/** Did `a` happen before `b`? By their clocks alone. */
function isBefore(a: Entry, b: Entry): boolean {
  const hosts = new Set([...Object.keys(a.clock), ...Object.keys(b.clock)]);
  const pairs = [...hosts].map((host) => [a.clock[host] ?? 0, b.clock[host] ?? 0] as const);
  return pairs.every(([x, y]) => x <= y) && pairs.some(([x, y]) => x < y);
}

function log(tell: (sink: TraceSink) => void, limits = {}): string {
  return writtenBy((onChunk) => new ShivizSink(onChunk, limits), tell);
}

/** The log and the trace of the same run. */
function both(tell: (sink: TraceSink) => void): { entries: Entry[]; tape: Tape } {
  const tape = new Tape();
  tell(tape);
  return { entries: read(log(tell)), tape };
}

const STORIES: readonly (readonly [string, string])[] = [
  ["nothing lost", bare("", 3)],
  [
    "data and an ACK lost",
    bare(
      "{ match: { kind: data, seq: 2, attempt: 1 }, do: drop }, { match: { kind: ack, seq: 4, attempt: 1 }, do: drop }",
      5,
    ),
  ],
  ["a late duplicate", bare("{ match: { kind: data, seq: 1, attempt: 1 }, do: { duplicate: 330ms } }", 5)],
  [
    "two pairs that know nothing of each other",
    `
network: { delay: 50ms, loss: 0.2 }
hosts:
  s1: { role: arq-sender }
  r1: { role: arq-receiver }
  s2: { role: arq-sender }
  r2: { role: arq-receiver }
protocol: { rto: { estimator: fixed, initial: 200ms, backoff: 1 } }
timeline:
  - { at: 0s, host: s1, do: { send: { to: r1, packets: 5, bytes: 64B } } }
  - { at: 0s, host: s2, do: { send: { to: r2, packets: 5, bytes: 64B } } }
`,
  ],
];

describe("trace.shiviz", () => {
  test.each(STORIES)("%s: the clocks are those of the happened-before relation", (_, yaml) => {
    const { entries, tape } = both(runInto(yaml));
    expect(entries).toHaveLength(tape.rows.length);
    // The relation, from the trace alone: the order at each host, and from each sending to its deliveries.
    const { rows } = tape;
    const before = rows.map(() => new Set<number>());
    const lastOf = new Map<string, number>();
    const sentBy = new Map<number, number>();
    for (const [i, { event, node, packetId }] of rows.entries()) {
      const causes = [lastOf.get(node), event === "deliver" ? sentBy.get(packetId) : undefined];
      for (const cause of causes) {
        if (cause === undefined) continue;
        before[i]!.add(cause);
        for (const earlier of before[cause]!) before[i]!.add(earlier);
      }
      lastOf.set(node, i);
      if (event === "send") sentBy.set(packetId, i);
    }
    for (const [i, entry] of entries.entries()) {
      expect(entry.host).toBe(rows[i]!.node);
      expect(entry.timeMs).toBe(rows[i]!.timeMs);
      for (const [j, other] of entries.entries()) {
        const says = `${j}: ${other.event} | ${i}: ${entry.event}`;
        expect([says, isBefore(other, entry)]).toEqual([says, before[i]!.has(j)]);
      }
    }
  });

  test("each host counts its own events 1, 2, 3, and has itself in its clock", () => {
    const { entries } = both(runInto(STORIES[1]![1]));
    const counts = new Map<string, number>();
    for (const { host, clock } of entries) {
      counts.set(host, (counts.get(host) ?? 0) + 1);
      expect(clock[host]).toBe(counts.get(host));
    }
    expect([...counts.keys()]).toEqual(["sender", "receiver"]);
  });

  test("nobody learns anything from a packet that was dropped, also where its receiver was down", () => {
    const entries = read(
      log((sink) => {
        new TraceStory(sink)
          .packet(0, "send", "a", "b", { id: 1 })
          .packet(5, "drop", "b", "a", { id: 1, note: "host down" })
          .note(6, "state", "b", "started");
      }),
    );
    expect(entries.map(({ clock }) => clock)).toEqual([{ a: 1 }, { b: 1 }, { b: 2 }]);
    expect(entries[1]!.event).toBe("b -x a: DATA 1 of 1, 64 bytes (host down)");
  });

  test("of two copies one is lost: from the other its receiver learns, and from nothing that comes behind it", () => {
    const entries = read(
      log((sink) => {
        new TraceStory(sink)
          .packet(0, "send", "a", "b", { id: 1 })
          .packet(0, "duplicate", "a", "b", { id: 1, note: "fault 1" })
          .packet(5, "drop", "b", "a", { id: 1, note: "host down" })
          .packet(9, "deliver", "b", "a", { id: 1 })
          .packet(10, "send", "a", "c", { id: 2 })
          .packet(11, "drop", "a", "c", { id: 2, note: "loss" })
          .packet(12, "deliver", "c", "a", { id: 2 });
      }),
    );
    expect(entries.map(({ clock }) => clock)).toEqual([
      { a: 1 },
      { a: 2 },
      { b: 1 },
      { a: 1, b: 2 },
      { a: 3 },
      { a: 4 },
      { c: 1 },
    ]);
  });

  test("a packet that nobody of the trace sent is an event of its receiver alone", () => {
    const entries = read(log((sink) => void new TraceStory(sink).packet(5, "deliver", "b", "outside", { id: 1 })));
    expect(entries).toEqual([{ host: "b", clock: { b: 1 }, timeMs: 5, event: "b <- outside: DATA 1 of 1, 64 bytes" }]);
  });

  test("times are exact to the nanosecond", () => {
    const entries = log((sink) => void new TraceStory(sink).note(1234567.000001, "state", "b", "x"));
    expect(entries).toContain("\n1234567.000001 ms b: x\n");
  });

  test("hosts whose names are alike but for blanks stay apart; quotes, braces and line ends do no harm", () => {
    const names = ["a b", "a_b", "a\tb", 'q"{}', "__proto__", "", " "];
    const entries = read(
      log((sink) => {
        const story = new TraceStory(sink);
        for (const [i, name] of names.entries())
          story.packet(i, "send", name, "x", { id: i + 1, note: "one\ntwo\u2028three" });
        for (const [i, name] of names.entries())
          story.packet(10 + i, "deliver", names[(i + 1) % 7]!, name, { id: i + 1 });
      }),
    );
    expect(entries.map(({ host }) => host).slice(0, 7)).toEqual([
      "a_b",
      "a_b_2",
      "a_b_3",
      'q"{}',
      "__proto__",
      "_",
      "__2",
    ]);
    expect(entries[0]!.event).toBe("a b -> x: DATA 1 of 1, 64 bytes (one two three)");
    expect(entries[7]).toMatchObject({ host: "a_b_2", clock: { a_b: 1, a_b_2: 2 } });
  });

  test("an empty run is a log without events", () => {
    expect(read(log(() => {}))).toEqual([]);
  });

  test.each([
    [{ maxEvents: 20_000 }, 100_000],
    [{ maxLength: 10_000 }, 100_000],
  ])("with %j a run of %i events is cut, and a last event says so", (limits, count) => {
    const text = log((sink) => {
      const story = new TraceStory(sink);
      for (let i = 1; i <= count; i++)
        story.packet(i, i % 2 ? "send" : "deliver", i % 2 ? "a" : "b", i % 2 ? "b" : "a", { id: (i + 1) >> 1 });
    }, limits);
    const entries = read(text);
    const shown = entries.length - 1;
    if ("maxEvents" in limits) expect(shown).toBe(20_000);
    else expect(text.length).toBeLessThan(10_300);
    expect(entries.at(-1)!.event).toBe(`the log ends here: the first ${shown} of 100,000 events`);
    const { host, clock } = entries.at(-1)!;
    expect(clock[host]).toBe(entries.filter((one) => one.host === host).length);
  });

  test("exactly as many events as the limit are all there", () => {
    const entries = read(
      log((sink) => void new TraceStory(sink).note(0, "state", "a", "x").note(1, "state", "a", "y"), { maxEvents: 2 }),
    );
    expect(entries.map(({ event }) => event)).toEqual(["a: x", "a: y"]);
  });

  test("a limit that is none is refused", () => {
    expect(() => new ShivizSink(() => {}, { maxEvents: 0.5 })).toThrow("maxEvents is a whole number from 1, not 0.5");
  });
});
