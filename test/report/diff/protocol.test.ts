import { describe, expect, test } from "vitest";
import { compareProtocol, type ProtocolDiff } from "../../../src/report/diff/protocol.ts";
import { protocolText } from "../../../src/report/diff/protocol-text.ts";
import type { ComparedRun } from "../../../src/report/diff/sides.ts";
import { BULK, dropping, finish, type Row, run, scenarioRun } from "./traces.ts";

const diff = (a: ComparedRun, b: ComparedRun, toleranceMs = 100): ProtocolDiff =>
  finish(compareProtocol({ a, b }, { toleranceMs, context: 2 }));

let ids = 0;
const send = (time_ms: number, node: string, peer: string, type: string, more: Row = {}): Row => {
  const packet = { seq: 1, total: 1, attempt: 1, bytes: 10, packet_id: ++ids };
  return { time_ms, event: "send", node, peer, type, ...packet, ...more };
};
const deliver = (sent: Row, time_ms: number): Row => {
  const { node, peer } = sent as { node: string; peer: string };
  return { ...sent, event: "deliver", node: peer, peer: node, time_ms };
};

describe("the same, where the protocol fixes the order", () => {
  test("times, packet ids, sizes and notes do not count, nor how flows interleave", () => {
    const a = [send(0, "H2", "H1", "UPDATE"), send(5, "H3", "H1", "UPDATE"), send(7000, "H2", "H1", "UPDATE")];
    const b = [
      send(1, "H3", "H1", "UPDATE", { bytes: 99 }),
      send(3, "H2", "H1", "UPDATE"),
      send(7100, "H2", "H1", "UPDATE"),
    ];
    const { isEqual, flows } = diff(run(a), run(b));
    expect(isEqual).toBe(true);
    expect(flows.map(({ flow, items, same }) => [flow, items.a, items.b, same])).toEqual([
      ["H2 -> H1 UPDATE", 2, 2, 2],
      ["H3 -> H1 UPDATE", 1, 1, 1],
    ]);
  });

  test("segments of byte streams, HTTP lines and states of hosts do not count", () => {
    const a = [send(0, "H2", "H1", "UPDATE")];
    const more = [send(1, "H4", "H2", "SYN"), send(2, "H4", "H2", "SEGMENT-ACK")];
    const said = ["http", "state", "action"].map((event): Row => ({ time_ms: 3, event, node: "H2", note: "x" }));
    expect(diff(run(a), run([...a, ...more, ...said])).isEqual).toBe(true);
  });

  test("two runs of one scenario over other delays, even with another transmission of nothing", () => {
    const delays = ["network.delay={ distribution: uniform, min: 1ms, max: 80ms }"];
    expect(diff(scenarioRun(BULK), scenarioRun(BULK, delays)).isEqual).toBe(true);
  });

  test("what one run alone has so shortly before the end was cut off: at the tolerance it counts as cut off", () => {
    const facts = { isReal: false, durationMs: 1000 };
    const both = send(10, "a", "b", "DATA");
    const late = (time_ms: number) => diff(run([both], facts), run([both, send(time_ms, "a", "b", "DATA")], facts));
    expect(late(900)).toMatchObject({ isEqual: true, flows: [{ isCutOff: true, same: 1 }] });
    expect(late(899.999)).toMatchObject({ isEqual: false, flows: [{ isCutOff: false }] });
    const unknown = diff(run([both]), run([both, send(999, "a", "b", "DATA")]));
    expect(unknown.isEqual).toBe(false);
  });
});

describe("not the same", () => {
  test("two packets of a flow in the other order, with the equal ones before them", () => {
    const packets = (...seqs: number[]) => seqs.map((seq, i) => send(i, "a", "b", "DATA", { seq, total: 5 }));
    const { first } = diff(run(packets(1, 2, 3, 4, 5)), run(packets(1, 2, 3, 5, 4)));
    expect(first).toMatchObject({ flow: "a -> b DATA", same: 3, parting: { index: 4 } });
    expect(first?.parting?.before.map(({ event }) => event.seq)).toEqual([2, 3]);
    expect([first?.parting?.a?.event.seq, first?.parting?.b?.event.seq]).toEqual([4, 5]);
  });

  test("the flow that differs first by time is named, not the one that began first", () => {
    const a = [
      send(0, "a", "b", "DATA"),
      send(1, "c", "b", "DATA"),
      send(20, "c", "b", "DATA"),
      send(30, "a", "b", "DATA"),
    ];
    expect(diff(run(a), run(a.slice(0, 2))).first?.flow).toBe("c -> b DATA");
  });

  test("a retransmission that only one run has", () => {
    const b = scenarioRun(BULK, [dropping("{ kind: data, message: 2, seq: 3, attempt: 1 }")]);
    const { first, flows } = diff(scenarioRun(BULK), b);
    expect(first?.flow).toBe("sender -> receiver DATA");
    expect(first?.parting).toMatchObject({
      a: { packet: { message: 2, seq: 4, attempt: 1 } },
      b: { packet: { message: 2, seq: 3, attempt: 2 } },
    });
    expect(flows.map(({ of, parting }) => [of, parting?.index])).toEqual([
      ["packet", 9],
      ["packet", undefined],
      ["outcome", 2],
    ]);
  });

  test("an ACK of another message", () => {
    const [one, two] = [send(0, "a", "b", "DATA"), send(100, "a", "b", "DATA")];
    const ack = (time_ms: number) => send(time_ms, "b", "a", "DATA-ACK", { seq: 2 });
    const timely = [one, deliver(one, 50), ack(50), two, deliver(two, 150), ack(150)];
    const late = [one, two, deliver(two, 150), ack(150), deliver(one, 160), ack(160)];
    expect(diff(run(timely), run(late)).first).toMatchObject({
      flow: "b -> a DATA-ACK",
      parting: { index: 1, a: { packet: { message: 1 } }, b: { packet: { message: 2 } } },
    });
  });

  test("another outcome of a message", () => {
    const outcome = (note: string): Row => ({ ...send(9, "a", "b", "DATA", { note }), event: "state" });
    const { first } = diff(run([outcome("delivered 9 ms")]), run([outcome("given up 9 ms")]));
    expect(first).toMatchObject({ flow: "a -> b DATA", of: "outcome" });
    expect(diff(run([outcome("delivered 9 ms")]), run([outcome("delivered 8 ms")])).isEqual).toBe(true);
  });
});

describe("in words", () => {
  const style = { columns: 100, color: false };

  test("the same", () => {
    const text = protocolText(diff(scenarioRun(BULK), scenarioRun(BULK)), style);
    expect(text).toMatch(
      /^the same packets came in the same order, where the protocol fixes it: 20 packets in 2 flows\n/,
    );
    expect(text).toMatch(/^ {2}sender -> receiver DATA {6}packets +A 10 +B 10 +same$/m);
  });

  test("the flow, the packet before, and both sides", () => {
    const other = scenarioRun(BULK, [dropping("{ kind: data, message: 1, seq: 3, attempt: 1 }")]);
    const text = protocolText(diff(scenarioRun(BULK), other), style);
    expect(text).toMatch(/^not the same: sender -> receiver DATA differs at packet 4\n/);
    expect(text).toContain("=  DATA 3/5 of message 1, attempt 1, sender -> receiver, at 200 ms\n");
    expect(text).toContain("A  DATA 4/5 of message 1, attempt 1, sender -> receiver, at 300 ms\n");
    expect(text).toContain("B  DATA 3/5 of message 1, attempt 2, sender -> receiver, at 400 ms\n");
  });
});
