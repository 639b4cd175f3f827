import { createSocket } from "node:dgram";
import { describe, expect, onTestFinished, test } from "vitest";
import { compareProtocol } from "../../../src/report/diff/protocol.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { type RealRunOptions, runReal } from "../../../src/scenario/real/run.ts";
import { runScenario } from "../../../src/scenario/run.ts";
import type { Scenario } from "../../../src/scenario/schema.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { keptEvent } from "../../../src/trace/kept-event.ts";
import { finish } from "../../report/diff/traces.ts";
import { Tape } from "../../support/tape.ts";

/** A machine that runs tests may be late by seconds: what is tested is not its speed. */
const LATENESS_MS = 20_000;

function scenario(text: string): Scenario {
  const parsed = parseScenario(`description: For the tests of real runs.\nseed: 7\n${text}`, "x.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

/** No timer runs out only because the machine was busy. */
const PATIENT = "protocol: { rto: { initial: 5s, min: 5s }, peer: { updatePeriod: 60s } }";

const SHARING = `name: sharing
duration: 2s
network: { delay: 1ms }
${PATIENT}
hosts:
  H1: { role: directory, address: 10.0.0.1, port: 7777 }
  H2: { role: peer, address: 10.0.0.2, port: 8888, httpPort: 80, files: { new.txt: 58710B }, shares: [new.txt] }
  H3: { role: peer, address: 10.0.0.3, port: 8888, httpPort: 80, start: 50ms }
timeline:
  - { at: 200ms, host: H3, do: { lookup: new.txt } }
  - { at: 400ms, host: H3, do: { download: { file: new.txt, choice: 0 } } }
  - { at: 500ms, host: H3, do: { download: { file: nothing.txt, from: H2 } } }
  - { at: 550ms, host: H3, do: view }
expect:
  - events: { event: send, node: H2, type: UPDATE, each: { bytes: 26 } }
  - lookup: { host: H3, file: new.txt, offers: [H2] }
  - download: { host: H3, file: new.txt, from: H2, status: 200, bytes: 58710B, intact: true }
  - download: { host: H3, file: nothing.txt, status: 404 }
  - view: { host: H3, shows: { H2: [new.txt], H3: [] } }
  - directory: { lists: { H2: [new.txt], H3: [] } }
  - events: { event: send, type: SEGMENT }
  - events: { event: http, node: H3, peer: H2, note: 200 OK }
  - retransmissions: 0
`;

const real = async (of: Scenario, options: RealRunOptions = {}) => {
  const tape = new Tape();
  const result = await runReal(of, { latenessMs: LATENESS_MS, ...options, sinks: [tape, ...(options.sinks ?? [])] });
  return { result, tape };
};

describe("a scenario on real sockets", { timeout: 60_000 }, () => {
  test("is judged by the same expectations; its packets are the simulated run's, to the byte", async () => {
    const of = scenario(SHARING);
    const events: TraceEvent[] = [];
    const { result, tape } = await real(of, { sinks: [{ onEvent: (event) => void events.push(keptEvent(event)) }] });
    const failed = result.expectations.filter(({ passed }) => !passed);
    expect(failed.map(({ expectation, notJudged }) => [expectation, notJudged])).toEqual([
      [
        "events: { event: send, type: SEGMENT }",
        "needs the simulated network: the system's byte streams show no segments",
      ],
    ]);
    expect(result).toMatchObject({ world: "real", passed: true, seed: "7", durationMs: 2000, events: events.length });
    expect(tape.rows.every(({ timeMs }) => timeMs <= 2000)).toBe(true);

    const simulated: TraceEvent[] = [];
    const inTheory = runScenario(of, { sinks: [{ onEvent: (event) => void simulated.push(keptEvent(event)) }] });
    const sent = (all: readonly TraceEvent[]) =>
      all
        .filter(({ event, type }) => event === "send" && !/SEGMENT|SYN|FIN|RST/.test(type))
        .map(({ node, peer, type, seq, total, attempt, bytes }) =>
          [node, peer, type, seq, total, attempt, bytes].join(" "),
        )
        .toSorted();
    expect(sent(events)).toEqual(sent(simulated));
    const side = (all: readonly TraceEvent[]) => ({
      lines: all.map((event, i) => ({ line: i + 1, event })),
      facts: () => ({ isReal: false, durationMs: inTheory.durationMs }),
    });
    const diff = finish(compareProtocol({ a: side(simulated), b: side(events) }, { toleranceMs: 100, context: 1 }));
    expect(diff.first).toBe(undefined);
    expect(diff.flows.length).toBeGreaterThan(6);
  });

  const LOSSY = `name: lossy
network: { delay: 1ms, loss: 0.3, duplicate: 0.1 }
protocol: { attempts: unlimited, rto: { estimator: fixed, initial: 300ms, backoff: 1 } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, packets: 12, bytes: 100B } } }]
expect: [{ send: { host: sender, delivered: 1 } }, { necessaryRetransmissions: 3 }]
`;

  test("loses the packets that the simulated run loses, and ends when nothing is left to do", async () => {
    const of = scenario(LOSSY);
    const { result, tape } = await real(of);
    const simulated = new Tape();
    runScenario(of, { sinks: [simulated] });
    const fates = ({ rows }: Tape) =>
      rows
        .filter(({ event }) => event === "drop" || event === "duplicate")
        .map((row) => [row.event, row.type, row.seq, row.note].join(" "));
    expect(fates(simulated).length).toBeGreaterThan(3);
    expect(fates(tape)).toEqual(fates(simulated));
    expect(result.passed).toBe(true);
    expect(result.expectations[1]?.notJudged).toContain("only it knows");
    expect(result.durationMs).toBe(tape.rows.at(-1)?.timeMs);
  });

  test("a crash, a restart, a pause and what comes after are the timeline's", async () => {
    const of = scenario(`name: life
duration: 2500ms
network: { delay: 1ms }
${PATIENT}
hosts:
  d: { role: directory }
  a: { role: peer, files: { f: 1kB }, shares: [f] }
  b: { role: peer, start: never }
timeline:
  - { at: 200ms, host: a, do: crash }
  - { at: 250ms, host: a, do: crash }
  - { at: 300ms, host: a, do: view }
  - { at: 400ms, host: a, do: restart }
  - { at: 500ms, host: d, do: pause }
  - { at: 550ms, host: a, do: view }
  - { at: 800ms, host: d, do: resume }
  - { at: 900ms, host: b, do: start }
expect:
  - view: { host: a, shows: { a: [f] } }
  - directory: { lists: { a: [f], b: [] } }
`);
    const { result, tape } = await real(of);
    expect(result.expectations.map(({ passed, found }) => [passed, found])).toEqual([
      [true, expect.any(String)],
      [true, expect.any(String)],
    ]);
    expect(result.actions.map(({ action, text }) => `${action}: ${text}`)).toEqual([
      "crash: crash",
      "crash: a is down already: only a running host can crash",
      "view: a is down",
      "restart: restart",
      "pause: pause",
      "view: a [f]",
      "resume: resume",
      "start: start",
    ]);
    const states = tape.rows
      .filter(({ event, node, type }) => event === "state" && node === "a" && type === "")
      .map(({ note }) => note);
    expect(states.filter((note) => /started|crashed/.test(note))).toEqual(["started", "crashed", "restarted"]);
    expect(tape.rows.some(({ type, node }) => type === "EXIT" && node === "a")).toBe(false);
    const viewed = result.actions[5];
    expect(viewed?.finishedMs).toBeGreaterThanOrEqual(800);
  });

  test("a clock that drifts has its timers earlier or later, and nobody answers for a host that never started", async () => {
    const of = scenario(`name: drift
protocol: { attempts: 2, rto: { estimator: fixed, initial: 300ms, backoff: 1 } }
hosts:
  fast: { role: arq-sender, clockDrift: 500000ppm }
  slow: { role: arq-sender, clockDrift: -500000ppm }
  nobody: { role: arq-receiver, start: never }
timeline:
  - { at: 0s, host: [fast, slow], do: { send: { to: nobody, packets: 1, bytes: 100B } } }
`);
    const { tape } = await real(of);
    const timeouts = tape.rows.filter(({ event }) => event === "timeout");
    const sentMs = (node: string) => tape.rows.find((row) => row.event === "send" && row.node === node)?.timeMs ?? 0;
    expect(timeouts.slice(0, 2).map(({ node }) => node)).toEqual(["fast", "fast"]);
    expect(timeouts[0]?.timeMs).toBeGreaterThanOrEqual(sentMs("fast") + 200);
    const slow = timeouts.find(({ node }) => node === "slow");
    expect(slow?.timeMs).toBeGreaterThanOrEqual(sentMs("slow") + 600);
    expect(tape.rows.some(({ event }) => event === "deliver")).toBe(false);
    expect(tape.rows.find(({ event }) => event === "send")).toMatchObject({ node: "fast", peer: "nobody" });
  });

  test("two runs at once do not get in each other's way, whatever ports are taken", async () => {
    const socket = createSocket("udp4");
    onTestFinished(() => void socket.close());
    await new Promise<void>((resolve) => {
      socket.once("error", () => resolve()); // somebody else has it: as good
      socket.bind(7777, "127.0.0.1", resolve);
    });
    const of = scenario(SHARING);
    const both = await Promise.all([real(of), real(of)]);
    expect(both.map(({ result }) => result.passed)).toEqual([true, true]);
  });

  test("--until-event ends it there", async () => {
    const { result, tape } = await real(scenario(SHARING), { untilEvent: 5 });
    expect([result.events, tape.rows.length]).toEqual([5, 5]);
    expect(result.durationMs).toBe(tape.rows[4]?.timeMs);
  });

  test("tells how far it is, and ends where it is told to, with its sockets closed", async () => {
    const controller = new AbortController();
    const seen: (number | undefined)[] = [];
    const onProgress: RealRunOptions["onProgress"] = ({ endMs, virtualMs }) => {
      seen.push(endMs);
      if (virtualMs > 0) controller.abort(new Error("enough"));
    };
    const of = scenario(SHARING.replace("duration: 2s", "duration: 1h"));
    await expect(runReal(of, { signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect(seen[0]).toBe(3_600_000);
  });

  test("what a sink throws ends it", async () => {
    const sink = {
      onEvent: () => {
        throw new Error("disk full");
      },
    };
    await expect(runReal(scenario(SHARING), { sinks: [sink] })).rejects.toThrow("disk full");
  });
});
