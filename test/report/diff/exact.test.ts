import { describe, expect, test } from "vitest";
import { compareExactly, type ExactDiff } from "../../../src/report/diff/exact.ts";
import { exactText } from "../../../src/report/diff/exact-text.ts";
import { packetText } from "../../../src/report/diff/packet-names.ts";
import type { ComparedRun } from "../../../src/report/diff/sides.ts";
import { BULK, dropping, finish, type Row, run, scenarioRun } from "./traces.ts";

const diff = (a: ComparedRun, b: ComparedRun, toleranceMs = 0): ExactDiff =>
  finish(compareExactly({ a, b }, { toleranceMs, context: 2, maxShown: 3 }));
const diffRows = (a: readonly Row[], b: readonly Row[], toleranceMs = 0): ExactDiff =>
  diff(run(a), run(b), toleranceMs);

const packet = { node: "a", peer: "b", type: "DATA", seq: 1, total: 1, attempt: 1, bytes: 10 };
const sent = (time_ms: number, packet_id: number, more: Row = {}): Row => ({
  time_ms,
  event: "send",
  ...packet,
  packet_id,
  ...more,
});
const arrived = (time_ms: number, packet_id: number, more: Row = {}): Row => ({
  ...sent(time_ms, packet_id, more),
  event: "deliver",
  node: "b",
  peer: "a",
});
const lost = (time_ms: number, packet_id: number, note: string): Row => ({
  ...sent(time_ms, packet_id),
  event: "drop",
  note,
});
const state = (time_ms: number, node: string, note = "started"): Row => ({ time_ms, event: "state", node, note });

describe("the first difference", () => {
  test("none: the same events are equal, and nothing followed", () => {
    const rows = [state(0, "a"), sent(1, 1), arrived(51, 1)];
    expect(diffRows(rows, rows)).toMatchObject({ isEqual: true, events: { a: 3, b: 3 }, first: undefined });
    expect(diffRows([], [])).toMatchObject({ isEqual: true, events: { a: 0, b: 0 } });
  });

  test("is named with its number, its columns, the equal events before it and both runs from it on", () => {
    const before = [state(0, "a"), state(1, "b"), state(2, "c")];
    const { first } = diffRows([...before, sent(3, 1), arrived(4, 1)], [...before, sent(3, 1, { bytes: 11 })]);
    expect(first).toMatchObject({ number: 4, columns: ["bytes"] });
    expect(first?.before.map(({ number, event }) => [number, event.node])).toEqual([
      [2, "b"],
      [3, "c"],
    ]);
    expect(first?.from.a.map(({ number }) => number)).toEqual([4, 5]);
    expect(first?.from.b.map(({ number }) => number)).toEqual([4]);
  });

  test.each<[column: string, value: string | number]>([
    ["time_ms", 4],
    ["event", "deliver"],
    ["node", "c"],
    ["peer", "c"],
    ["packet_id", 9],
    ["type", "ERROR"],
    ["seq", 2],
    ["total", 2],
    ["attempt", 2],
    ["bytes", 0],
    ["note", "a word"],
  ])("sees %s", (column, value) => {
    expect(diffRows([sent(3, 1)], [sent(3, 1, { [column]: value })]).first?.columns).toEqual([column]);
  });

  test("a run that is over where the other goes on", () => {
    const { first, isEqual } = diffRows([sent(1, 1)], [sent(1, 1), arrived(51, 1)]);
    expect(isEqual).toBe(false);
    expect(first).toMatchObject({ number: 2, columns: [], from: { a: [] } });
    expect(first?.from.b).toHaveLength(1);
  });

  test("times may differ by the tolerance and no nanosecond more, durations in notes likewise", () => {
    const timeout = (time_ms: number, ms: number): Row => ({ ...sent(time_ms, 1), event: "timeout", note: `${ms} ms` });
    expect(diffRows([timeout(200, 200)], [timeout(201, 199)], 1).isEqual).toBe(true);
    expect(diffRows([timeout(200, 200)], [timeout(201.000001, 200)], 1).first?.columns).toEqual(["time_ms"]);
    expect(diffRows([timeout(200, 200)], [timeout(200, 201.000001)], 1).first?.columns).toEqual(["note"]);
    expect(diffRows([timeout(200, 200)], [timeout(200, 200.000001)]).first?.columns).toEqual(["note"]);
    expect(diffRows([state(0, "a", "x 1 ms")], [state(0, "a", "x 2 ms")], 9).first?.columns).toEqual(["note"]);
  });
});

describe("what followed", () => {
  test("a packet's fate: lost, duplicated, corrupted, still under way", () => {
    const whole = [sent(0, 1), arrived(50, 1), sent(100, 2), arrived(150, 2), sent(200, 3), arrived(250, 3)];
    const copied = { ...sent(100, 2), event: "duplicate", note: "duplication" };
    const damaged = { ...sent(200, 3), event: "corrupt", note: "corruption: byte 3" };
    const other = [
      sent(0, 1),
      lost(0, 1, "loss"),
      sent(100, 2),
      copied,
      arrived(150, 2),
      arrived(151, 2),
      sent(200, 3),
      damaged,
    ];
    const { count, first } = diffRows(whole, other).consequences!.packets.others;
    expect(count).toBe(3);
    expect(first.map(({ a, b }) => [a.packetId, a.fate, b.fate])).toEqual([
      [1, "delivered", "dropped: loss"],
      [2, "delivered", "duplicated: duplication, delivered, delivered"],
      [3, "delivered", "corrupted: corruption: byte 3, still under way"],
    ]);
  });

  test("a packet is the same packet whatever its id and its time; one that only one run sent is named", () => {
    const again = { attempt: 2 };
    const a = [
      sent(0, 1),
      lost(0, 1, "loss"),
      sent(200, 2, again),
      arrived(250, 2, again),
      sent(300, 3),
      arrived(350, 3),
    ];
    const b = [sent(0, 1), arrived(50, 1), sent(100, 2), lost(100, 2, "burst loss")];
    const { packets } = diffRows(a, b).consequences!;
    const fates = packets.others.first.map(({ a, b }) => [packetText(a.name), a.packetId, a.fate, b.packetId, b.fate]);
    expect(fates).toEqual([
      ["DATA 1/1 of message 1, attempt 1, a -> b", 1, "dropped: loss", 1, "delivered"],
      ["DATA 1/1 of message 2, attempt 1, a -> b", 3, "delivered", 2, "dropped: burst loss"],
    ]);
    expect(packets.only.a).toMatchObject({ count: 1, first: [{ name: { attempt: 2 }, fate: "delivered" }] });
    expect(packets.only.b.count).toBe(0);
  });

  test("the packet that was sent first comes first, also where its end comes last", () => {
    const damaged = (id: number): Row => ({ ...sent(0, id), event: "corrupt", note: "corruption" });
    const a = [sent(0, 1), sent(1, 2, { type: "UPDATE" }), arrived(40, 2), arrived(50, 1)];
    const b = [sent(0, 1), damaged(1), sent(1, 2, { type: "UPDATE" }), damaged(2), arrived(40, 2), arrived(50, 1)];
    const { first } = diffRows(a, b).consequences!.packets.others;
    expect(first.map(({ a }) => a.packetId)).toEqual([1, 2]);
  });

  test("an ACK belongs to the message that it answers", () => {
    const ack = { node: "b", peer: "a", type: "DATA-ACK", seq: 2 };
    const exchange = (ms: number, id: number): Row[] => [
      sent(ms, id),
      arrived(ms + 50, id),
      sent(ms + 50, id + 1, ack),
    ];
    const lostAck = { ...sent(150, 4, ack), event: "drop", note: "fault 1" };
    const a = [...exchange(0, 1), ...exchange(100, 3)];
    const [difference] = diffRows(a, [...a, lostAck]).consequences!.packets.others.first;
    expect(packetText(difference!.b.name)).toBe("DATA-ACK 2/1 of message 2, attempt 1, b -> a");
    expect([difference?.a.fate, difference?.b.fate]).toEqual(["still under way", "dropped: fault 1"]);
  });

  test("messages with another outcome, and with other numbers of transmissions", () => {
    const outcome = (note: string, message: number, attempt: number): Row => ({
      ...{ time_ms: 900, event: "state", ...packet, note: `${note} 900 ms` },
      ...{ seq: message, attempt },
    });
    const a = [outcome("delivered", 1, 2), outcome("given up", 2, 3), outcome("delivered", 3, 2)];
    const b = [outcome("delivered", 1, 2), outcome("delivered", 2, 3), outcome("delivered", 3, 1)];
    const { messages } = diffRows(a, b).consequences!;
    expect(messages).toMatchObject({ count: 1, otherTransmissions: 1 });
    expect(messages.first).toMatchObject([{ a: { message: 2, outcome: "given up" }, b: { outcome: "delivered" } }]);
  });

  test("for each host the first event that differs, in the order of time; packet ids are no difference", () => {
    const a = [state(0, "a"), state(0, "b"), state(0, "c"), sent(1, 1), state(5, "b"), state(9, "a")];
    const b = [state(0, "a"), state(0, "b"), state(0, "c"), sent(1, 7), state(6, "b")];
    const { hosts, equalHosts, figures } = diffRows(a, b).consequences!;
    expect(hosts.map(({ name, index, a, b }) => [name, index, a?.number, b?.number])).toEqual([
      ["b", 2, 5, 5],
      ["a", 3, 6, undefined],
    ]);
    expect(equalHosts).toBe(1);
    expect(figures).toEqual([]);
  });

  test("a summary's figures and verdicts where both runs have one; else the trace's own figures", () => {
    const verdict = (expectation: string, passed: boolean, found: string) => ({ expectation, passed, found });
    const facts = (duration: number, ...expectations: ReturnType<typeof verdict>[]) => ({
      ...{ isReal: false, metrics: { duration, timeouts: 3 }, expectations },
    });
    const a = run(
      [sent(0, 1)],
      facts(30, verdict("one", true, "1"), verdict("two", true, "5"), verdict("three", true, "0")),
    );
    const b = run(
      [sent(1, 1)],
      facts(31, verdict("two", false, "6"), verdict("one", true, "2"), verdict("three", true, "0")),
    );
    const { figures, verdicts } = diff(a, b).consequences!;
    expect(figures).toEqual([{ metric: "duration", unit: "ms", a: 30, b: 31 }]);
    expect(verdicts.map(({ expectation, a, b }) => [expectation, a.found, b.found])).toEqual([
      ["two", "5", "6"],
      ["one", "1", "2"],
    ]);
    const traceAlone = diff(run([sent(0, 1)], facts(30)), run([sent(1, 1), sent(2, 2)])).consequences!;
    expect(traceAlone.figures).toContainEqual({ metric: "transmissions", unit: "count", a: 1, b: 2 });
    expect(traceAlone.verdicts).toEqual([]);
  });
});

describe("one packet's fate is pinned", () => {
  const without = () => scenarioRun(BULK);

  test.each([
    ["{ kind: data, message: 1, seq: 3, attempt: 1 }", "DATA 3/5 of message 1, attempt 1, sender -> receiver"],
    ["{ kind: ack, message: 2, seq: 2 , attempt: 1 }", "DATA-ACK 2/5 of message 2, attempt 1, receiver -> sender"],
    ["{ kind: data, message: 2, seq: 5, attempt: 1 }", "DATA 5/5 of message 2, attempt 1, sender -> receiver"],
  ])("%s is the first with another fate", (match, name) => {
    const { consequences } = diff(without(), scenarioRun(BULK, [dropping(match)]));
    const [first] = consequences!.packets.others.first;
    expect([packetText(first!.a.name), first?.a.fate, first?.b.fate]).toEqual([name, "delivered", "dropped: fault 1"]);
    expect(consequences?.packets.others.count).toBe(1);
    expect(consequences?.packets.only.b.first[0]?.name).toMatchObject({ attempt: 2 });
    expect(consequences?.figures).toContainEqual({ metric: "timeouts", unit: "count", a: 0, b: 1 });
    expect(consequences?.figures).toContainEqual({ metric: "duration", unit: "ms", a: 1000, b: 1200 });
    expect(consequences?.verdicts).toMatchObject([{ a: { passed: true }, b: { passed: false, found: "1" } }]);
  });

  test("with loss all around it, every other packet keeps its fate", () => {
    const lossy = [`network.loss=0.2`, `timeline.0.do.send.packets=200`];
    const pinned = [...lossy, "network.faults=[{ match: { kind: data, message: 1, seq: 3, attempt: 1 }, do: drop }]"];
    const { packets } = diff(scenarioRun(BULK, lossy), scenarioRun(BULK, pinned)).consequences!;
    expect(packets.others.first.map(({ a }) => packetText(a.name))).toEqual([
      "DATA 3/200 of message 1, attempt 1, sender -> receiver",
    ]);
  });

  test("the text names the packet, marks what was equal, A and B, and says what followed", () => {
    const text = exactText(
      diff(without(), scenarioRun(BULK, [dropping("{ kind: data, seq: 3, attempt: 1, message: 1 }")])),
      {
        columns: 100,
        color: false,
      },
    );
    expect(text).toMatch(
      /^the first difference is event \d+, at 250 ms in A, 200 ms in B: time_ms, event, node, peer, note differ\n/,
    );
    expect(text).toMatch(/^= {2}\d+ {2}200 ms {2}send +sender - receiver {2}packet 5 {2}DATA 3\/5 /m);
    expect(text).toMatch(/^A {2}\d+ {2}250 ms {2}deliver {2}receiver - sender {2}packet 5 /m);
    expect(text).toMatch(/^B {2}\d+ {2}200 ms {2}drop .* fault 1$/m);
    expect(text).toContain(
      "the first packet with another fate: DATA 3/5 of message 1, attempt 1, sender -> receiver, sent at 200 ms (packet 5)\nA  delivered\nB  dropped: fault 1\n",
    );
    expect(text).toMatch(/^ {2}packets that only B sent: 2\n {4}DATA 3\/5 of message 1, attempt 2,/m);
    expect(text).toMatch(/^ {4}timeouts +A 0 +B 1 +\+1$/m);
    expect(text).toContain("    timeouts: 0\n      A PASS  0\n      B FAIL  1\n");
    expect(exactText(diff(without(), without()), { columns: 100, color: false })).toMatch(/^equal: \d+ events\n$/);
  });

  test("another seed gives another run, and the same seed the same", () => {
    const lossy = ["network.loss=0.2"];
    expect(diff(scenarioRun(BULK, lossy, "1"), scenarioRun(BULK, lossy, "1")).isEqual).toBe(true);
    expect(diff(scenarioRun(BULK, lossy, "1"), scenarioRun(BULK, lossy, "2")).isEqual).toBe(false);
  });
});
