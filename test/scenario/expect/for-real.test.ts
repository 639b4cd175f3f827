import { describe, expect, test } from "vitest";
import { type Comparator, holds } from "../../../src/scenario/expect/comparator.ts";
import type {
  EventsExpectation,
  Expectation,
  MetricExpectation,
  SendExpectation,
} from "../../../src/scenario/expect/expectation.ts";
import { forReal } from "../../../src/scenario/expect/for-real.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import type { Scenario } from "../../../src/scenario/schema.ts";

const DOWNLOADING = "{ at: 1s, host: b, do: { download: { file: f, from: a } } }";

const SENDING = "{ at: 1s, host: sender, do: { send: { to: receiver, packets: 3, bytes: 100B } } }";

function scenario(expectation: string, timeline = ""): Scenario {
  const text = `name: x
description: For the tests of real runs.
seed: 1
duration: 10s
hosts:
  d: { role: directory }
  a: { role: peer, files: { f: 1kB }, shares: [f] }
  b: { role: peer }
  sender: { role: arq-sender }
  receiver: { role: arq-receiver }
timeline: [${timeline}]
expect: [${expectation}]
`;
  const parsed = parseScenario(text, "x.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

function judged<T extends Expectation>(expectation: string, timeline?: string): T {
  const one = scenario(expectation, timeline);
  const result = forReal(one.expect[0]!, one, 50);
  if (!("judged" in result)) throw new Error(result.notJudged);
  return result.judged as T;
}

function reason(expectation: string, timeline?: string): string {
  const one = scenario(expectation, timeline);
  const result = forReal(one.expect[0]!, one, 50);
  return "judged" in result ? "judged" : result.notJudged;
}

describe("a real machine is late, never early", () => {
  const firstAt = (text: string) =>
    judged<EventsExpectation>(`{ events: { event: send, node: a, firstAt: ${text} } }`).firstAt as Comparator;

  test("an exact time holds up to the allowance, and not before its time", () => {
    const comparator = firstAt("5s");
    expect([4999.999, 5000, 5050, 5050.001].map((ms) => holds(comparator, ms))).toEqual([false, true, true, false]);
    expect(comparator.text).toBe("5000 ms (+50 ms: real)");
  });

  test("an upper bound is further out, a lower one stays", () => {
    const comparator = firstAt("{ between: [1s, 2s] }");
    expect([999.999, 1000, 2050, 2050.001].map((ms) => holds(comparator, ms))).toEqual([false, true, true, false]);
    const atLeast = firstAt("{ atLeast: 1s }");
    expect(atLeast.text).toBe("at least 1000 ms");
    expect(holds(atLeast, 999)).toBe(false);
  });

  test("an interval may be shorter as well: either of its events may be late", () => {
    const { interval } = judged<EventsExpectation>("{ events: { event: send, interval: { within: 15ms, of: 7s } } }");
    const at = [6934.999, 6935, 7065, 7065.001].map((ms) => holds(interval as Comparator, ms));
    expect(at).toEqual([false, true, true, false]);
    expect(interval?.text).toContain("(-50 ms, +50 ms: real)");
  });

  test("metrics that are times have the allowance, others are as they were", () => {
    const rtt = judged<MetricExpectation>("{ maxSampleRtt: { atMost: 6.8ms } }").comparator;
    expect([holds(rtt, 56.8), holds(rtt, 56.9)]).toEqual([true, false]);
    const least = judged<MetricExpectation>("{ minSampleRtt: { atLeast: 0.6ms } }").comparator;
    expect([holds(least, 0.59), holds(least, 0.6)]).toEqual([false, true]);
    const count = judged<MetricExpectation>("{ retransmissions: 0 }").comparator;
    expect([holds(count, 0), holds(count, 1)]).toEqual([true, false]);
  });

  test("so have the time of a download, of a send, and of the return to the directory", () => {
    const send = judged<SendExpectation>("{ send: { host: sender, elapsed: 1s, packets: 3 } }", SENDING).figures;
    expect([holds(send.elapsed!, 1050), holds(send.elapsed!, 1051), holds(send.packets!, 4)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(judged("{ download: { host: b, elapsed: { below: 1s } } }", DOWNLOADING)).toMatchObject({
      elapsed: { high: 1050, highOpen: true },
    });
    expect(judged("{ converges: { within: 1s } }")).toMatchObject({ withinMs: 1050 });
  });

  test("durations of events have it too, what is not a time has not", () => {
    const events = judged<EventsExpectation>(
      "{ events: { event: timeout, duration: 200ms, each: { duration: 200ms, seq: 1 } } }",
    );
    expect(holds(events.match.numbers.duration!, 250)).toBe(true);
    expect(holds(events.each?.duration as Comparator, 250.1)).toBe(false);
    expect(holds(events.each?.seq as Comparator, 2)).toBe(false);
  });
});

describe("what only the simulator can see is not judged, and the reason is said", () => {
  test.each([
    ["{ events: { event: send, node: a, type: SEGMENT } }", "", "byte streams show no segments"],
    ["{ events: { event: send, node: a } }", DOWNLOADING, "byte streams show no segments"],
    ["{ events: { event: send, node: a } }", "", "judged"],
    ["{ events: { event: send, type: UPDATE } }", DOWNLOADING, "judged"],
    ["{ events: { event: http, node: a } }", DOWNLOADING, "judged"],
    ["{ events: { event: send, note: 'spurious: late' } }", "", "only it knows whether a retransmission was needed"],
    ["{ events: { event: drop, note: host down } }", "", "what a real host's system does with a packet is not seen"],
    ["{ events: { event: drop, note: loss } }", "", "judged"],
    ["{ segmentTransmissions: 0 }", "", "byte streams show no segments"],
    ["{ drops: 0, type: SYN }", "", "byte streams show no segments"],
    ["{ transmissions: 3 }", DOWNLOADING, "byte streams show no segments"],
    ["{ transmissions: 3 }", "", "judged"],
    ["{ transmissions: 3, type: UPDATE }", DOWNLOADING, "judged"],
    ["{ retransmissions: 0 }", DOWNLOADING, "judged"],
    ["{ necessaryRetransmissions: 0 }", "", "only it knows whether a retransmission was needed"],
    ["{ spuriousRetransmissions: 0 }", "", "only it knows whether a retransmission was needed"],
    ["{ directory: { host: d, lists: {} } }", DOWNLOADING, "judged"],
  ])("%s %s", (expectation, timeline, expected) => {
    expect(reason(expectation, timeline)).toContain(expected);
  });
});
