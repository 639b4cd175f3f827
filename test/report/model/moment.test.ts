import { describe, expect, test } from "vitest";
import { type ParticipantState, Replay } from "../../../src/report/model/moment.ts";
import { firstEventAt, type TraceModel } from "../../../src/report/model/trace-model.ts";
import { bare, modelOf } from "../../support/trace-story.ts";

/** The state of a host once everything until a time has happened. */
function stateAt(replay: Replay, model: TraceModel, host: string, atMs: number): ParticipantState {
  const states = replay.at(firstEventAt(model, atMs * 1e6 + 1) - 1);
  return states.find(({ name }) => name === host)!;
}

const SHARING = modelOf(`
duration: 10s
network: { delay: 5ms }
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { a.txt: 10B }, shares: [a.txt] }
  H3: { role: peer, start: 1s }
timeline:
  - { at: 2s, host: H3, do: { lookup: a.txt } }
  - { at: 3s, host: H2, do: { unshare: a.txt } }
  - { at: 4s, host: H1, do: crash }
`);

describe("each participant's state at a moment", () => {
  test("the directory's table follows the updates, and goes with the process", () => {
    const replay = new Replay(SHARING);
    const files = (atMs: number) =>
      [...(stateAt(replay, SHARING, "H1", atMs).table ?? [])].map(([key, { files }]) => `${key} ${files}`);
    expect(files(4)).toEqual([]);
    expect(files(5)).toEqual(["10.0.0.2:80 a.txt"]);
    expect(files(1005)).toEqual(["10.0.0.2:80 a.txt", "10.0.0.3:80 no files"]);
    expect(files(3005)).toEqual(["10.0.0.2:80 no files", "10.0.0.3:80 no files"]);
    expect(files(4000)).toEqual([]);
    expect(stateAt(replay, SHARING, "H1", 4000).condition).toBe("down");
  });

  test("a peer shares what it offers, and asks until it is answered", () => {
    const replay = new Replay(SHARING);
    expect([...stateAt(replay, SHARING, "H2", 2000).shares]).toEqual(["a.txt"]);
    expect([...stateAt(replay, SHARING, "H2", 3000).shares]).toEqual([]);
    expect([...stateAt(replay, SHARING, "H3", 2000).requests]).toEqual(["lookup a.txt"]);
    expect([...stateAt(replay, SHARING, "H3", 2010).requests]).toEqual([]);
  });

  const LOSS = modelOf(
    bare("{ match: { kind: data, seq: 1, attempt: 1 }, do: drop }", 2, "{ estimator: report, initial: 1s, min: 10ms }"),
  );

  test("what a sender waits for, and its estimates", () => {
    const replay = new Replay(LOSS);
    const at = (ms: number) => stateAt(replay, LOSS, "sender", ms);
    expect([...at(0).outstanding.values()]).toMatchObject([{ seq: 1, total: 2, attempt: 1, peer: "receiver" }]);
    expect([...at(1000).outstanding.values()]).toMatchObject([{ seq: 1, attempt: 2 }]);
    expect(at(1000).estimators.get("receiver")!.timeoutIntervalMs).toBe(2000);
    expect([...at(1100).outstanding.values()]).toMatchObject([{ seq: 2, attempt: 1 }]);
    expect(at(1200)).toMatchObject({ sent: 3, retransmitted: 1, delivered: 2 });
    expect(at(1200).outstanding.size).toBe(0);
    expect(at(1200).estimators.get("receiver")).toMatchObject({
      estimatedRttMs: 100,
      devRttMs: 50,
      timeoutIntervalMs: 300,
    });
    const received = [...stateAt(replay, LOSS, "receiver", 1200).receptions.values()];
    expect(received).toMatchObject([{ messages: 1, seq: 2, total: 2, peer: "sender" }]);
  });

  test("backwards gives the same as forwards, at every event", () => {
    const text = (replay: Replay, i: number) =>
      JSON.stringify(replay.at(i), (_, value) => (value instanceof Map || value instanceof Set ? [...value] : value));
    const forwards = new Replay(LOSS);
    const seen = Array.from({ length: LOSS.count + 1 }, (_, i) => text(forwards, i - 1));
    const backwards = new Replay(LOSS);
    for (let i = LOSS.count; i >= 0; i--) expect(text(backwards, i - 1)).toBe(seen[i]);
    expect(seen[0]).toBe("[]");
    expect(backwards.at(10 ** 9)).toEqual(forwards.at(LOSS.count - 1));
  });
});
