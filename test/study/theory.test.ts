import { describe, expect, test } from "vitest";
import { type Analysis, bareTransfer } from "../../src/study/bare-transfer.ts";
import { theoryOf } from "../../src/study/theory.ts";
import { parsed } from "../scenario/support.ts";
import { type Bulk, bulkText } from "./support.ts";

const analysed = (bulk: Bulk, ...settings: string[]): Analysis => bareTransfer(parsed(bulkText(bulk), ...settings));

function value(metric: string, analysis: Analysis, runs = 10): number {
  const theory = theoryOf(metric, analysis, runs);
  if (!theory.applies) throw new Error(theory.reason);
  return theory.value;
}

function refusal(metric: string, analysis: Analysis, runs = 10): string {
  const theory = theoryOf(metric, analysis, runs);
  return theory.applies ? "" : theory.reason;
}

describe("p = q = 0.1, R = 100 ms, T = 200 ms, without a limit", () => {
  const analysis = analysed({ packets: 100 });

  test.each([
    ["transmissionsPerPacket", 1 / 0.81],
    ["retransmissions", (100 * 0.19) / 0.81],
    ["timePerPacket", 100 + (200 * 0.19) / 0.81],
    ["meanMessageTime", 100 * (100 + (200 * 0.19) / 0.81)],
    ["giveUpRate", 0],
    ["messagesGivenUp", 0],
    ["duplicatesPerPacket", 0.1 / 0.9],
    ["duplicatesReceived", 10 / 0.9],
    ["goodput", (54 * 8 * 1000) / (100 + (200 * 0.19) / 0.81)],
  ])("%s", (metric, expected) => {
    expect(value(metric, analysis)).toBeCloseTo(expected, 9);
  });
});

describe("a limit of attempts", () => {
  const limited = analysed({ messages: 50, packets: 3, attempts: 2 }, "network.loss=0.5");

  test("makes quotients over messages of several packets random below the line", () => {
    for (const metric of ["transmissionsPerPacket", "timePerPacket", "duplicatesPerPacket"]) {
      expect(refusal(metric, limited)).toContain("the number of packets random");
    }
    expect(refusal("goodput", limited)).toContain("goodput counts those delivered");
  });

  test("leaves what is counted for each message", () => {
    // f = 3/4: a packet is given up with 9/16, a message with 1 - (7/16)^3.
    const share = 1 - (7 / 16) ** 3;
    expect(value("giveUpRate", limited)).toBeCloseTo(share, 12);
    expect(value("messagesGivenUp", limited)).toBeCloseTo(50 * share, 9);
    const attempted = share / (9 / 16);
    expect(value("retransmissions", limited)).toBeCloseTo(50 * attempted * 0.75, 9);
    expect(value("meanMessageTime", limited)).toBeCloseTo(attempted * (100 * (7 / 16) + 200 * (0.75 + 9 / 16)), 9);
  });

  test("is fine with messages of one packet", () => {
    const single = analysed({ messages: 50, packets: 1, attempts: 2 }, "network.loss=0.5");
    expect(value("transmissionsPerPacket", single)).toBeCloseTo(1.75, 12);
  });

  test("that no run is expected to reach is none", () => {
    // f = 0.19: 0.19^10 of a thousand packets is one in sixteen thousand runs.
    const far = analysed({ packets: 1000, attempts: 10 });
    expect(value("transmissionsPerPacket", far, 10)).toBeCloseTo(1 / 0.81, 6);
    expect(value("goodput", far, 10)).toBeGreaterThan(0);
    expect(refusal("transmissionsPerPacket", far, 1000)).not.toBe("");
  });
});

describe("utilisation", () => {
  test("is goodput over the rate: without loss L/R over RTT + L/R", () => {
    const analysis = analysed({ packets: 1 }, "network.loss=0", "network.rate=64kbit/s");
    // 64 bytes take 8 ms, there and back; 58 of them are payload.
    expect(value("utilisation", analysis)).toBeCloseTo((58 * 8) / 64 / 116, 9);
  });

  test("is nothing without a rate", () => {
    expect(refusal("utilisation", analysed({}))).toBe("the link has no rate");
  });
});

describe("duplicates that come too late to be known", () => {
  const singles = { messages: 1000, packets: 1 };

  test("are none where the window outlasts the losses", () => {
    expect(refusal("duplicatesReceived", analysed(singles))).toBe("");
    // One lost ACK, and 200 ms later its repetition: inside a window of 200 ms, outside of one of 199 ms.
    expect(
      refusal("duplicatesReceived", analysed(singles, "network.loss=0.01", "protocol.duplicateWindow=199ms")),
    ).toContain("protocol.duplicateWindow");
    const oneWay = ["network.loss=0", "network.links=[{ from: receiver, to: sender, loss: 0.5 }]"];
    expect(refusal("duplicatesReceived", analysed(singles, ...oneWay, "protocol.duplicateWindow=200ms"))).toBe("");
  });

  test("come with a back-off", () => {
    const rto = "{ estimator: fixed, initial: 200ms, backoff: 2 }";
    expect(refusal("duplicatesPerPacket", analysed({ ...singles, rto }, "network.loss=0.3"))).toContain(
      "duplicateWindow",
    );
  });
});

describe("no closed form", () => {
  test("of a metric that has none, whatever the scenario", () => {
    expect(refusal("maxAttempt", analysed({}))).toBe("there is no closed form of this metric");
    expect(refusal("toString", analysed({}))).toBe("there is no closed form of this metric");
  });

  test("where the scenario is not theirs: its own reason", () => {
    expect(refusal("timePerPacket", analysed({}, "network.delay=101ms"))).toContain("is above the timeout");
  });

  test("for the time of packets that differ in their RTT and are not all sent", () => {
    const analysis = analysed({ packets: 20, messages: 5, attempts: 2 }, "network.rate=64kbit/s", "network.loss=0.5");
    expect(refusal("meanMessageTime", analysis)).toContain("packets differ in their RTT");
  });
});

describe("the events that a figure lives on", () => {
  const events = (metric: string, analysis: Analysis, runs: number) => {
    const theory = theoryOf(metric, analysis, runs);
    return theory.applies ? theory.events : Number.NaN;
  };

  test("grow with the runs", () => {
    const analysis = analysed({ packets: 100 });
    expect(events("timePerPacket", analysis, 10)).toBeCloseTo(1000 * (0.19 / 0.81), 9);
    expect(events("timePerPacket", analysis, 20)).toBeCloseTo(2000 * (0.19 / 0.81), 9);
    expect(events("timePerPacket", analysed({}, "network.loss=0"), 10)).toBe(0);
  });

  test("from backoff^2 f = 1 on are the longest back-offs alone", () => {
    const rto = "{ estimator: fixed, initial: 200ms, backoff: 2, max: 800ms }";
    // f = 0.75: 200, 400, then 800 ms; the third expiry is the first at the maximum.
    expect(events("timePerPacket", analysed({ rto }, "network.loss=0.5"), 10)).toBeCloseTo(1000 * 0.75 ** 3, 9);
    // 3,000 retransmissions, but a thousand packets alone.
    expect(events("transmissionsPerPacket", analysed({ rto }, "network.loss=0.5"), 10)).toBeCloseTo(1000, 9);
  });

  test("with a single attempt are the timeouts: nothing is ever sent again", () => {
    const single = (loss: number) => analysed({ messages: 1000, packets: 1, attempts: 1 }, `network.loss=${loss}`);
    expect(events("transmissionsPerPacket", single(0.1), 1)).toBe(0);
    expect(events("timePerPacket", single(0.1), 1)).toBeCloseTo(190, 9);
    expect(events("timePerPacket", single(0.9), 1)).toBeCloseTo(10, 9);
    expect(events("timePerPacket", single(1), 1)).toBe(0);
  });

  test("of giving up are those on the rarer side", () => {
    const analysis = analysed({ messages: 1000, packets: 1, attempts: 1 }, "network.loss=0.1");
    expect(events("giveUpRate", analysis, 1)).toBeCloseTo(190, 9);
    const mostly = analysed({ messages: 1000, packets: 1, attempts: 1 }, "network.loss=0.9");
    expect(events("giveUpRate", mostly, 1)).toBeCloseTo(10, 9);
  });
});
