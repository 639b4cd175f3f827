import { describe, expect, test } from "vitest";
import { parseFilter } from "../../../src/report/model/filter.ts";
import { eventWords } from "../../../src/report/model/words.ts";
import { TraceStory } from "../../support/trace-story.ts";

const { model } = new TraceStory()
  .packet(1, "send", "H2", "H1", { id: 1, type: "UPDATE", seq: 1, total: 2 })
  .packet(2, "drop", "H2", "H1", { id: 1, type: "UPDATE", seq: 1, total: 2, note: "loss" })
  .packet(3, "timeout", "H2", "H1", { id: 1, type: "UPDATE", seq: 1, total: 2 }, 200)
  .packet(4, "send", "H2", "H1", { id: 2, type: "UPDATE", attempt: 2, note: "necessary: data lost" })
  .packet(5, "send", "H1", "H22", { id: 3, type: "UPDATE-ACK", seq: 2, attempt: 1 })
  .message(6, "H2", "H1", "given up", 2, "UPDATE")
  .note(7, "action", "H3", "lookup new.txt -> 404 file not found");

function matching(text: string): number[] {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.error);
  return Array.from({ length: model.count }, (_, i) => i).filter((i) => filter.matches(model, i));
}

describe("the filter box", () => {
  test.each<[string, number[]]>([
    ["", [0, 1, 2, 3, 4, 5, 6]],
    ["   ", [0, 1, 2, 3, 4, 5, 6]],
    ["drop", [1]],
    ["LOSS", [1]],
    ["event:send", [0, 3, 4]],
    ["event:send -type:update", [4]],
    ["host:h2", [0, 1, 2, 3, 5]],
    ["-host:h2", [4, 6]],
    ["packet:1", [0, 1, 2]],
    ["attempt:>1 event:send", [3]],
    ["seq:<2", [0, 1, 2, 3, 5]],
    ['note:"given up"', [5]],
    ['"file not found"', [6]],
    ["host:H2 lost necessary", [3]],
    ["nothing like it", []],
    ["time:2ms..4ms", [1, 2, 3]],
    ["time:>5ms", [5, 6]],
    ["time:<0.002s", [0]],
    ["time:3ms", [2]],
    ["-time:2ms..6ms", [0, 6]],
    ["time:4ms..2ms", []],
    ["event:2", [1]],
    ["event:>5", [5, 6]],
    ["event:2..3 event:drop", [1]],
    ["packet:1..2 event:send", [0, 3]],
    ['"H2 -x"', [1]],
    ["-drop -timeout -send", [5, 6]],
    ["lookup  new.txt ", [6]],
  ])("%s", (text, events) => {
    expect(matching(text)).toEqual(events);
  });

  test.each([
    [
      "colour:red",
      'there is no field "colour": use event, time, host, type, packet, seq, attempt, note, or words alone',
    ],
    ["event:sent", 'there is no event "sent": it is one of send, deliver,'],
    ["packet:one", 'packet: takes a number, such as packet:2, packet:>1 or packet:2..5, not "one"'],
    ["constructor:1", 'there is no field "constructor"'],
    ["kind-of:drop", 'there is no field "kind-of"'],
    ["time:2", 'time: takes a time with its unit, such as time:>2s, time:<500ms or time:2s..4s, not "2"'],
    ["time:2s..", 'not "2s.."'],
    ["time:>2s..4s", 'not ">2s..4s"'],
    ["host:", "host: needs a value behind it"],
    ["host: H2", "host: needs a value behind it"],
    ['note:"given up', 'a quote is not closed: note:"given up'],
    ['drop "loss', 'a quote is not closed: "loss'],
    ['drop"loss"', "a quote stands alone"],
    ["-", "nothing to look for"],
    ["x".repeat(501), "longer than 500 characters"],
  ])("%s is refused in words", (text, error) => {
    const filter = parseFilter(text);
    expect(filter.ok).toBe(false);
    expect(!filter.ok && filter.error).toContain(error);
  });
});

test("events in words", () => {
  const words = Array.from({ length: model.count }, (_, i) => eventWords(model, i));
  expect(words.map(({ place, words }) => `${place}: ${words}`)).toEqual([
    "H2 -> H1: UPDATE 1 of 2, 64 bytes",
    "H2 -x H1: UPDATE 1 of 2, 64 bytes (loss)",
    "H2 (H1): the timer of UPDATE 1 of 2, 64 bytes runs out after 200 ms",
    "H2 -> H1: UPDATE 1 of 1, attempt 2, 64 bytes (necessary: data lost)",
    "H1 -> H22: ACK of UPDATE, next is 2, 64 bytes",
    "H2 (H1): UPDATE number 1: given up (1 packet, 2 transmissions)",
    "H3: lookup new.txt -> 404 file not found",
  ]);
});
