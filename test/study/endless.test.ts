import { describe, expect, test } from "vitest";
import { startRun } from "../../src/scenario/run.ts";
import { neverEnds } from "../../src/study/endless.ts";
import { BrokenRunError, CellRunner } from "../../src/study/run-cell.ts";
import { parsed, SHARING } from "../scenario/support.ts";
import { type Bulk, bulkText } from "./support.ts";

const EVENTS = 200_000;

const endless = (settings: readonly string[], bulk?: Bulk) => neverEnds(parsed(bulkText(bulk), ...settings));

/** Is the run still going on after many more events than it needs? */
function goesOn(settings: readonly string[], bulk?: Bulk): boolean {
  return startRun(parsed(bulkText(bulk), ...settings)).step(EVENTS);
}

const faults = (match: string, action = "drop") => `network.faults=[{ match: { ${match} }, do: ${action} }]`;
const burst = (options: string) => `network.loss={ gilbertElliott: { ${options} } }`;
const cut = (options: string) => `network.partitions=[{ ${options} }]`;

describe("a packet never gets through and nobody gives up: such a run has no end", () => {
  test.each([
    [["network.loss=1"]],
    [["network.loss=1", "protocol.rto.estimator=report", "protocol.rto.initial=1s"]],
    [["network.links=[{ from: receiver, to: sender, loss: 1 }]"]],
    [[burst("p: 1, r: 0, lossBad: 1")]],
    [[burst("p: 0.001, r: 0, lossBad: 1")]],
    [[burst("p: 0.1, r: 0.1, lossGood: 1, lossBad: 1")]],
    [[burst("p: 0, r: 0.5, lossGood: 1, lossBad: 0")]],
    [[cut("between: [[sender], [receiver]]")]],
    [[cut("from: receiver, to: sender")]],
    [["network.maxDatagram=64B", "timeline.0.do.send.bytes=100B"]],
    [["network.rate=1Mbit/s", "network.queue=20B"]],
    [[faults("kind: data")]],
    [[faults("kind: data, seq: 100")]],
    [[faults("from: sender")]],
    [[faults("kind: ack")]],
    [["network.loss=1", faults("attempt: 3")]],
  ])("%s", (settings) => {
    expect(endless(settings)).toBe(true);
    expect(goesOn(settings)).toBe(true);
  });
});

describe("what may have an end is not refused", () => {
  const heals =
    "timeline=[{ at: 0s, host: sender, do: { send: { to: receiver, bytes: 64B } } }, { at: 9s, network: { loss: 0 } }]";
  const dies =
    "timeline=[{ at: 0s, host: sender, do: { send: { to: receiver, bytes: 64B } } }, { at: 9s, host: sender, do: crash }]";

  test.each<[string[], Bulk?]>([
    [["network.loss=0.9"], { packets: 20 }],
    [["network.loss=1"], { attempts: 5 }],
    [["network.loss=1", "duration=10s"]],
    [["network.loss=1", faults("attempt: 3", "deliver")], { packets: 1 }],
    [["network.loss=1", heals]],
    [["network.loss=1", dies]],
    [["network.loss=1", "timeline=[]"]],
    [[burst("p: 1, r: 0.1, lossBad: 1")], { packets: 20 }],
    [[burst("p: 0, r: 0, lossBad: 1")]],
    [[burst("p: 1, r: 0, lossBad: 0.5")], { packets: 20 }],
    [[cut("between: [[sender], [receiver]], end: 5s")]],
    [[cut("between: [[sender], [receiver]], start: 1h")]],
    [[faults("kind: data, seq: 101")]],
    [[faults("kind: data, nth: [1, 2]")]],
    [[faults("kind: data, attempt: 1")]],
    [[faults("kind: ack, seq: 1")]],
    [[faults("kind: data, before: 1s")]],
    [[faults("kind: data, after: 1h")]],
    [[faults("type: UPDATE")]],
  ])("%s", (settings, bulk) => {
    expect(endless(settings, bulk)).toBe(false);
  });

  test("nor file sharing, which has a duration", () => {
    expect(neverEnds(parsed(SHARING, "network.loss=1"))).toBe(false);
  });
});

test("a run that nobody could foresee to be endless ends at its limit of events, and says what to do", () => {
  // The partition begins in the middle of the transfer, and stays.
  const scenario = parsed(bulkText(), cut("between: [[sender], [receiver]], start: 1s"));
  expect(neverEnds(scenario)).toBe(false);
  const run = () => new CellRunner(scenario, EVENTS).run("7", 1, 1);
  expect(run).toThrow(BrokenRunError);
  expect(run).toThrow(
    /^the run with --seed 7-1 was still going on at 200,000 events, after .* give it a duration or a limit of protocol\.attempts/,
  );
});
