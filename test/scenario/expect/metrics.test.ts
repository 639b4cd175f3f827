import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRIC_NAMES, METRICS, metricValues } from "../../../src/scenario/expect/metrics/catalogue.ts";
import { MetricsSink } from "../../../src/scenario/expect/metrics/metrics-sink.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { EVENT_KINDS, type RttRow } from "../../../src/trace/events.ts";
import { type Measured, type Said, Tape } from "./tape.ts";

function metricsOf(tell: (tape: Tape) => void): Record<string, number> {
  const sink = new MetricsSink();
  tell(new Tape([sink]));
  return metricValues({ sink, actions: [], durationMs: 60_000 });
}

describe("what was sent", () => {
  test("data, acknowledgements and segments are told apart by their types", () => {
    const metrics = metricsOf((tape) => {
      tape.send({ type: "UPDATE", bytes: 26 }).send({ type: "UPDATE-ACK", bytes: 26 });
      for (const type of ["SYN", "SYN-ACK", "SEGMENT", "SEGMENT-ACK", "FIN", "RST"]) tape.send({ type, bytes: 0 });
    });
    expect(metrics).toMatchObject({
      transmissions: 8,
      dataTransmissions: 1,
      ackTransmissions: 1,
      segmentTransmissions: 6,
      bytesSent: 52,
    });
  });

  test("a retransmission is a data packet sent again, for the reason in its note", () => {
    const metrics = metricsOf((tape) =>
      tape
        .send()
        .send({ attempt: 2, note: "necessary: data lost" })
        .send({ attempt: 3, note: "spurious: ACK lost" })
        .send({ attempt: 4, note: "spurious: late" })
        .send({ attempt: 5, note: "retransmission" })
        .send({ type: "UPDATE-ACK", attempt: 2 })
        .send({ type: "SEGMENT", attempt: 2, note: "necessary: data lost" }),
    );
    expect(metrics).toMatchObject({
      retransmissions: 4,
      necessaryRetransmissions: 1,
      spuriousRetransmissions: 2,
      spuriousAckLost: 1,
      spuriousLate: 1,
      segmentRetransmissions: 1,
      maxAttempt: 5,
    });
  });

  test("loss rates: of everything, of data, of acknowledgements", () => {
    const metrics = metricsOf((tape) =>
      tape
        .send()
        .say("drop", { type: "UPDATE", note: "loss" })
        .send()
        .send({ type: "UPDATE-ACK" })
        .send({ type: "UPDATE-ACK" })
        .send({ type: "UPDATE-ACK" })
        .send({ type: "UPDATE-ACK" })
        .say("drop", { type: "UPDATE-ACK", note: "fault 1" })
        .send({ type: "SYN" })
        .send({ type: "SYN" }),
    );
    expect(metrics).toMatchObject({ lossRate: 2 / 8, dataLossRate: 1 / 2, ackLossRate: 1 / 4, drops: 2 });
  });
});

describe("duplicates at the receiver", () => {
  const ack = { node: "H1", peer: "H2", type: "UPDATE-ACK" };
  const received = { node: "H1", peer: "H2", type: "UPDATE", note: "received" };

  test("in a message of several packets: an acknowledgement sent again", () => {
    const metrics = metricsOf((tape) =>
      tape
        .send({ ...ack, total: 2, seq: 2, attempt: 1 })
        .send({ ...ack, total: 2, seq: 2, attempt: 2 })
        .send({ ...ack, total: 2, seq: 3, attempt: 1 })
        .say("state", { ...received, total: 2 }),
    );
    expect(metrics.duplicatesReceived).toBe(1);
  });

  test("of a message of one packet: acknowledged, and not received again", () => {
    const metrics = metricsOf((tape) =>
      tape
        .send({ ...ack, total: 1, seq: 2, attempt: 1 })
        .say("state", { ...received, total: 1 })
        .send({ ...ack, total: 1, seq: 2, attempt: 1 }),
    );
    expect(metrics.duplicatesReceived).toBe(1);
  });
});

describe("messages with an outcome", () => {
  const delivered: Said = { type: "DATA", note: "delivered", seq: 1, total: 4, attempt: 5, bytes: 2000, duration: 600 };
  const givenUp: Said = { type: "DATA", note: "given up", seq: 2, total: 4, attempt: 7, bytes: 2000, duration: 1400 };

  test("transmissions and time per packet, over delivered messages", () => {
    const metrics = metricsOf((tape) => tape.say("state", delivered).say("state", delivered));
    expect(metrics).toMatchObject({
      messagesDelivered: 2,
      packetsAcknowledged: 8,
      transmissionsPerPacket: 10 / 8,
      timePerPacket: 1200 / 8,
      meanMessageTime: 600,
      maxMessageTime: 600,
      goodput: (4000 * 8) / 1.2,
    });
  });

  test("of a message that is given up, only the packets that were tried count", () => {
    // Packet 1 took 2 transmissions, packet 2 all of 5; packets 3 and 4 were never sent.
    const metrics = metricsOf((tape) =>
      tape.say("timeout", { type: "DATA", seq: 2, total: 4, attempt: 5, duration: 200 }).say("state", givenUp),
    );
    expect(metrics).toMatchObject({
      messagesGivenUp: 1,
      packetsAcknowledged: 1,
      transmissionsPerPacket: 7 / 2,
      timePerPacket: 1400 / 2,
      goodput: 0,
    });
  });

  test("the timeout of another message says nothing about this one", () => {
    const metrics = metricsOf((tape) =>
      tape.say("timeout", { type: "DATA", peer: "H3", seq: 2, total: 4, duration: 200 }).say("state", givenUp),
    );
    expect(metrics.transmissionsPerPacket).toBe(7 / 4);
  });

  test("cancelled and refused messages are counted, and are not in the means", () => {
    const metrics = metricsOf((tape) =>
      tape
        .say("state", { ...delivered, note: "cancelled" })
        .say("state", { ...delivered, note: "refused" })
        .say("state", { type: "DATA", note: "received", total: 4, bytes: 2000 }),
    );
    expect(metrics).toMatchObject({ messagesCancelled: 1, messagesRefused: 1, messagesReceived: 1 });
    expect(metrics).not.toHaveProperty("transmissionsPerPacket");
  });

  test("a participant's own state that reads like an outcome is not one", () => {
    expect(metricsOf((tape) => tape.say("state", { note: "delivered" })).messagesDelivered).toBe(0);
  });

  test("E[transmissions per packet] = (1 - f^M)/s, with packets given up and messages of several packets", () => {
    const p = 0.5;
    const maxAttempts = 3;
    const packets = 3;
    let state = 12345;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const metrics = metricsOf((tape) => {
      for (let message = 1; message <= 40_000; message++) {
        let transmissions = 0;
        let lost = false;
        let seq = 0;
        while (seq < packets && !lost) {
          seq++;
          let attempt = 1;
          while (random() < p && !lost) lost = attempt++ === maxAttempts;
          transmissions += lost ? maxAttempts : attempt;
        }
        if (lost) tape.say("timeout", { type: "DATA", seq, total: packets, attempt: maxAttempts, duration: 1 });
        const note = lost ? "given up" : "delivered";
        tape.say("state", {
          type: "DATA",
          note,
          seq: message,
          total: packets,
          attempt: transmissions,
          bytes: 1,
          duration: 1,
        });
      }
    });
    const expected = (1 - p ** maxAttempts) / (1 - p);
    expect(Math.abs((metrics.transmissionsPerPacket ?? 0) / expected - 1)).toBeLessThan(0.01);
  });
});

describe("the RTT estimator", () => {
  test("samples, refused samples and timeouts", () => {
    const metrics = metricsOf((tape) =>
      tape
        .rtt({ sample: 100, estimated: 100, dev: 50, interval: 300 })
        .rtt({ kind: "timeout", estimated: 100, dev: 50, interval: 600 })
        .rtt({ kind: "ambiguous", sample: 900, estimated: 100, dev: 50, interval: 600 })
        .rtt({ sample: 200, estimated: 112.5, dev: 59.375, interval: 350 }),
    );
    expect(metrics).toMatchObject({
      rttSamples: 2,
      ambiguousSamples: 1,
      meanSampleRtt: 150,
      minSampleRtt: 100,
      maxSampleRtt: 200,
      lastSampleRtt: 200,
      lastEstimatedRtt: 112.5,
      lastDevRtt: 59.375,
      lastTimeoutInterval: 350,
      minTimeoutInterval: 300,
      maxTimeoutInterval: 600,
    });
  });

  test("an estimator that has seen only a timeout has an interval and no estimate", () => {
    const metrics = metricsOf((tape) =>
      tape.rtt({ kind: "timeout", estimated: Number.NaN, dev: Number.NaN, interval: 2000 }),
    );
    expect(metrics.lastTimeoutInterval).toBe(2000);
    expect(metrics).not.toHaveProperty("lastEstimatedRtt");
    expect(metrics).not.toHaveProperty("meanSampleRtt");
  });
});

test("over nothing, counts are 0 and everything else has no value", () => {
  const metrics = metricsOf(() => {});
  for (const name of METRIC_NAMES) {
    const { unit, source, value } = METRICS[name];
    const isSum = unit === "count" || unit === "bytes";
    if (source === "run") continue;
    if (name === "maxAttempt") expect(metrics).not.toHaveProperty(name);
    else if (isSum) expect(metrics[name], name).toBe(0);
    else expect(value({ sink: new MetricsSink(), actions: [], durationMs: 0 }), name).toBeUndefined();
  }
});

test("every metric has a description that is a sentence", () => {
  for (const name of METRIC_NAMES) expect(METRICS[name].description, name).toMatch(/^[A-Z].*\.$/s);
});

test("downloads and actions are counted from the actions' results", () => {
  const sink = new MetricsSink();
  const download = { file: "a", from: ["H2"], status: 200, reason: "OK", bytes: 10, intact: true, elapsedMs: 300 };
  const action = { atMs: 0, finishedMs: 1, host: "H4", action: "download", argument: "a", text: "" };
  const metrics = metricValues({
    sink,
    durationMs: 5000,
    actions: [
      { ...action, outcome: "done", download },
      { ...action, outcome: "done", download: { ...download, bytes: 5, elapsedMs: 500 } },
      { ...action, outcome: "failed", download: { ...download, status: 404, bytes: 0 }, error: "404 file not found" },
      { ...action, outcome: "failed", action: "lookup" },
      { ...action, outcome: "pending" },
    ],
  });
  expect(metrics).toMatchObject({
    downloadsCompleted: 2,
    downloadsFailed: 1,
    bytesDownloaded: 15,
    meanDownloadTime: 400,
    maxDownloadTime: 500,
    actionsFailed: 2,
    actionsPending: 1,
    duration: 5000,
  });
});

test("the metrics of any stream of events are those of a plain recount", () => {
  const said = fc.record({
    kind: fc.constantFrom(...EVENT_KINDS),
    type: fc.constantFrom("", "UPDATE", "UPDATE-ACK", "LOOKUP", "SYN", "SEGMENT-ACK", "FIN"),
    note: fc.constantFrom(
      "",
      "loss",
      "necessary: data lost",
      "spurious: late",
      "spurious: ACK lost",
      "delivered",
      "received",
    ),
    total: fc.integer({ min: 1, max: 3 }),
    attempt: fc.integer({ min: 1, max: 4 }),
    bytes: fc.nat(600),
    duration: fc.oneof(fc.constant(Number.NaN), fc.nat(1000)),
  });
  const measured = fc.record({
    kind: fc.constantFrom("sample", "ambiguous", "timeout"),
    sample: fc.nat(1000),
    interval: fc.nat(5000),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: said }, measured), { maxLength: 60 }), (stream) => {
      const events: Record<string, unknown>[] = [];
      const rows: Record<string, unknown>[] = [];
      const keep = {
        onEvent: ({ event, type, total, attempt, bytes, note, valueMs }: TraceEvent) =>
          void events.push({ event, type, total, attempt, bytes, note, valueMs }),
        onRtt: ({ kind, sampleRttMs, timeoutIntervalMs }: RttRow) =>
          void rows.push({ kind, sampleRttMs, timeoutIntervalMs }),
      };
      const sink = new MetricsSink();
      const tape = new Tape([sink, keep]);
      for (const item of stream) {
        if ("interval" in item) tape.rtt(item as Measured);
        else tape.say(item.kind, item);
      }

      const sends = events.filter(({ event }) => event === "send");
      const segment = ({ type }: Record<string, unknown>): boolean => /^(SYN|SEGMENT|FIN|RST)/.test(String(type));
      const data = sends.filter((one) => one.type !== "" && !segment(one) && !String(one.type).endsWith("-ACK"));
      const again = data.filter(({ attempt }) => Number(attempt) > 1);
      const noted = (note: string): number => again.filter((one) => String(one.note).startsWith(note)).length;
      const outcomes = events.filter(
        ({ event, type, note }) => event === "state" && type !== "" && String(note).startsWith("delivered"),
      );
      const samples = rows.filter(({ kind }) => kind === "sample").map(({ sampleRttMs }) => Number(sampleRttMs));
      const total = (numbers: readonly unknown[]): number => numbers.reduce<number>((sum, n) => sum + Number(n), 0);

      const metrics = metricValues({ sink, actions: [], durationMs: 0 });
      expect(metrics).toMatchObject({
        transmissions: sends.length,
        dataTransmissions: data.length,
        segmentTransmissions: sends.filter(segment).length,
        bytesSent: total(sends.map(({ bytes }) => bytes)),
        retransmissions: again.length,
        necessaryRetransmissions: noted("necessary"),
        spuriousRetransmissions: noted("spurious"),
        drops: events.filter(({ event }) => event === "drop").length,
        timeouts: events.filter(({ event }) => event === "timeout").length,
        messagesDelivered: outcomes.length,
        packetsAcknowledged: total(outcomes.map((outcome) => outcome.total)),
        rttSamples: samples.length,
      });
      expect(metrics.meanSampleRtt).toBe(samples.length === 0 ? undefined : total(samples) / samples.length);
      expect(metrics.maxSampleRtt).toBe(samples.length === 0 ? undefined : Math.max(...samples));
      const intervals = rows.map(({ timeoutIntervalMs }) => Number(timeoutIntervalMs));
      expect(metrics.maxTimeoutInterval).toBe(intervals.length === 0 ? undefined : Math.max(...intervals));
      const packets = total(outcomes.map((outcome) => outcome.total));
      expect(metrics.transmissionsPerPacket).toBe(
        packets === 0 ? undefined : total(outcomes.map(({ attempt }) => attempt)) / packets,
      );
    }),
  );
});
