import { describe, expect, test } from "vitest";
import { runScenario } from "../../src/scenario/run.ts";
import { bareTransfer } from "../../src/study/bare-transfer.ts";
import { parsed, SHARING } from "../scenario/support.ts";
import { type Bulk, bulkText } from "./support.ts";

const analysed = (settings: string[] = [], bulk: Bulk = {}) => bareTransfer(parsed(bulkText(bulk), ...settings));

function reason(settings: string[], bulk?: Bulk): string {
  const analysis = analysed(settings, bulk);
  return analysis.ok ? "" : analysis.reason;
}

describe("a bare transfer", () => {
  test("losses, times, attempts and the order, as the closed forms take them", () => {
    expect(analysed([], { messages: 3, packets: 20, attempts: 7 })).toEqual({
      ok: true,
      transfer: {
        losses: { p: 0.1, q: 0.1 },
        timing: { rttMs: 100, timeoutMs: 200, backoff: 1, maxTimeoutMs: 60_000 },
        sameRtt: true,
        attempts: 7,
        messages: 3,
        packets: 20,
        // 64 bytes less the type's digit, SEQ and TOTAL of up to two digits, and three spaces.
        payloadBytesPerPacket: 56,
        rateBitsPerSecond: Number.POSITIVE_INFINITY,
        rememberedMs: 3000,
      },
    });
  });

  test("each direction has its own link", () => {
    const links = "network.links=[{ from: receiver, to: sender, loss: 0.3, delay: 20ms }]";
    const analysis = analysed([links]);
    expect(analysis.ok && analysis.transfer).toMatchObject({
      losses: { p: 0.1, q: 0.3 },
      timing: { rttMs: 70 },
    });
  });

  test("an RTT as long as the timeout is in time, one a nanosecond longer is not", () => {
    expect(reason(["network.delay=100ms"])).toBe("");
    expect(reason(["network.links=[{ from: sender, to: receiver, delay: 150000001ns }]"])).toBe(
      "the RTT (200.000001 ms) is above the timeout (200 ms)",
    );
  });
});

describe("on a link with a rate", () => {
  const rate = "network.rate=64kbit/s";

  test.each([1, 9, 10, 12, 99, 100, 123])("the RTT of a message of %d packets is what a run measures", (packets) => {
    const scenario = parsed(bulkText({ packets }), rate, "network.loss=0");
    const analysis = bareTransfer(scenario);
    if (!analysis.ok) throw new Error(analysis.reason);
    expect(analysis.transfer.timing.rttMs).toBeCloseTo(runScenario(scenario).metrics.meanSampleRtt!, 9);
    expect(analysis.transfer.sameRtt).toBe(packets < 9);
  });

  test.each([1, 10, 123])("on the hardened wire, too, where headers are all of one size: %d packets", (packets) => {
    const scenario = parsed(bulkText({ packets }), rate, "network.loss=0", "protocol.wire=hardened");
    const analysis = bareTransfer(scenario);
    if (!analysis.ok) throw new Error(analysis.reason);
    const { metrics } = runScenario(scenario);
    expect(analysis.transfer.timing.rttMs).toBeCloseTo(metrics.meanSampleRtt!, 9);
    expect(analysis.transfer).toMatchObject({ sameRtt: true, rememberedMs: 247_000 });
    const { payloadBytesPerPacket, timing } = analysis.transfer;
    expect((payloadBytesPerPacket * 8000) / timing.rttMs).toBeCloseTo(metrics.goodput!, 6);
  });

  test("counts against the timeout", () => {
    // 64 bytes at 8 kbit/s are 64 ms, there and back.
    expect(reason(["network.rate=8kbit/s"])).toContain("is above the timeout (200 ms)");
  });
});

describe("what the closed forms do not speak of, and why", () => {
  test.each<[string[], string]>([
    [["protocol.rto.estimator=rfc6298", "protocol.rto.initial=1s"], "the timeout is adaptive (rto.estimator: rfc6298)"],
    [["protocol.rto.estimator=report"], "the timeout is adaptive (rto.estimator: report)"],
    [["network.delay={ distribution: uniform, min: 1ms, max: 2ms }"], "the delay is not constant (uniform)"],
    [["network.loss={ gilbertElliott: { p: 0.1, r: 0.5 } }"], "loss comes in bursts"],
    [["network.duplicate=0.1"], "the network duplicates packets"],
    [["network.corrupt=0.1"], "the network corrupts packets"],
    [["network.links=[{ from: receiver, to: sender, corrupt: 0.1 }]"], "the network corrupts packets"],
    [
      ["timeline.0.do.send.bytes=100B", "network.maxDatagram=64B"],
      "the packets are larger than the link's maxDatagram",
    ],
    [["network.rate=1Mbit/s", "network.queue=10B"], "the packets are larger than the link's queue"],
    [["network.partitions=[{ between: [sender, receiver], start: 1s, end: 2s }]"], "there is a partition"],
    [["network.faults=[{ match: { seq: 1 }, do: drop }]"], "there are scripted faults"],
    [["duration=10s"], "the run may be cut off by its `duration`"],
    [["hosts.receiver.start=1s"], "receiver does not run from the start"],
    [["hosts.sender.clockDrift=50ppm"], "the clock of sender drifts"],
    [["timeline=[]"], "the timeline is not one `send` and nothing else"],
    [
      [
        "timeline=[{ at: 0s, host: sender, do: { send: { to: receiver, bytes: 64B } } }, { at: 1s, host: receiver, do: crash }]",
      ],
      "the timeline is not one `send` and nothing else",
    ],
  ])("%s", (settings, expected) => {
    expect(reason(settings)).toContain(expected);
  });

  test("file sharing", () => {
    expect(bareTransfer(parsed(SHARING))).toEqual({
      ok: false,
      reason: "the scenario is more than a bare sender and receiver",
    });
  });

  test("a queue of packets holds the one that is under way", () => {
    expect(reason(["network.rate=1Mbit/s", "network.queue=1"])).toBe("");
  });
});
