import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RttSeriesSink } from "../../src/report/series.ts";
import { Tape } from "../scenario/expect/tape.ts";

describe("a series of the RTT estimator", () => {
  test("has a point for each sample, timeout and retransmission, while there are few", () => {
    const sink = new RttSeriesSink();
    new Tape([sink])
      .rtt({ at: 100, sample: 100, estimated: 100, dev: 50, interval: 300 })
      .rtt({ at: 400, kind: "timeout", estimated: 100, dev: 50, interval: 600 })
      .send({ at: 400, attempt: 2, note: "necessary: data lost" })
      .send({ at: 500, attempt: 3, note: "spurious: ACK lost" })
      .send({ at: 600, attempt: 4, note: "" })
      .rtt({ at: 700, kind: "ambiguous", sample: 250, estimated: 100, dev: 50, interval: 600 });
    const [series, ...others] = sink.series;
    expect(others).toEqual([]);
    expect(series).toMatchObject({ node: "H2", peer: "H1", stride: 1 });
    expect(series?.points).toMatchObject([
      { timeMs: 100, sampleMinMs: 100, sampleMaxMs: 100, estimatedRttMs: 100, devRttMs: 50, timeoutIntervalMaxMs: 300 },
      { timeMs: 400, timeouts: 1, sampleMaxMs: Number.NaN, timeoutIntervalMinMs: 600 },
      { timeMs: 400, retransmissions: 1, necessary: 1, spurious: 0, estimatedRttMs: 100 },
      { timeMs: 500, retransmissions: 1, necessary: 0, spurious: 1 },
      { timeMs: 600, retransmissions: 1, necessary: 0, spurious: 0 },
      { timeMs: 700, ambiguous: 1, sampleMaxMs: Number.NaN },
    ]);
  });

  test("is one for each sender and remote end", () => {
    const sink = new RttSeriesSink();
    new Tape([sink]).rtt().rtt({ node: "H3" }).rtt({ peer: "H3" }).rtt();
    expect(sink.series.map(({ node, peer, points }) => [node, peer, points.length])).toEqual([
      ["H2", "H1", 2],
      ["H3", "H1", 1],
      ["H2", "H3", 1],
    ]);
  });

  test("does not take repeated acknowledgements and segments for retransmissions", () => {
    const sink = new RttSeriesSink();
    new Tape([sink])
      .rtt()
      .send({ type: "UPDATE-ACK", attempt: 2 })
      .send({ type: "SEGMENT", attempt: 2 })
      .send({ type: "UPDATE", attempt: 1 });
    expect(sink.series[0]?.points).toHaveLength(1);
  });
});

describe("memory is bounded", () => {
  test("a full series halves its points and doubles its stride: at the bound nothing, one more and it is half", () => {
    const sink = new RttSeriesSink({ maxPoints: 4 });
    const tape = new Tape([sink]);
    for (let i = 1; i <= 4; i++) tape.rtt({ at: i, sample: i });
    expect(sink.series[0]).toMatchObject({ stride: 1, points: { length: 4 } });
    tape.rtt({ at: 5, sample: 5 });
    expect(sink.series[0]).toMatchObject({ stride: 2, points: { length: 3 } });
    expect(sink.series[0]?.points.map(({ timeMs, untilMs }) => [timeMs, untilMs])).toEqual([
      [1, 2],
      [3, 4],
      [5, 5],
    ]);
  });

  test("no spike and no mark is ever lost", () => {
    const observation = fc.record({
      what: fc.constantFrom("sample", "timeout", "ambiguous", "retransmission"),
      value: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (stream, pairs) => {
        const sink = new RttSeriesSink({ maxPoints: 2 * pairs });
        const tape = new Tape([sink]).rtt({ at: 0, sample: 500, interval: 500 });
        stream.forEach(({ what, value }, i) => {
          if (what === "retransmission") tape.send({ at: i + 1, attempt: 2 });
          else tape.rtt({ at: i + 1, kind: what, sample: value, interval: value });
        });
        const points = sink.series[0]?.points ?? [];
        const values = (...kinds: string[]) =>
          stream.filter(({ what }) => kinds.includes(what)).map(({ value }) => value);
        const total = (count: (point: (typeof points)[number]) => number) =>
          points.reduce((sum, p) => sum + count(p), 0);
        const numbers = (of: (point: (typeof points)[number]) => number) =>
          points.map(of).filter((n) => !Number.isNaN(n));

        expect(points.length).toBeLessThanOrEqual(2 * pairs);
        expect(total((point) => point.observations)).toBe(stream.length + 1);
        expect(total((point) => point.retransmissions)).toBe(values("retransmission").length);
        expect(total((point) => point.timeouts)).toBe(values("timeout").length);
        expect(Math.max(...numbers((point) => point.sampleMaxMs))).toBe(Math.max(500, ...values("sample")));
        expect(Math.min(...numbers((point) => point.sampleMinMs))).toBe(Math.min(500, ...values("sample")));
        const intervals = values("sample", "timeout", "ambiguous");
        expect(Math.max(...numbers((point) => point.timeoutIntervalMaxMs))).toBe(Math.max(500, ...intervals));
        expect(Math.min(...numbers((point) => point.timeoutIntervalMinMs))).toBe(Math.min(500, ...intervals));
        expect(points.at(-1)?.untilMs).toBe(stream.length);
        for (let i = 1; i < points.length; i++) expect(points[i]?.timeMs).toBeGreaterThan(points[i - 1]?.untilMs ?? 0);
      }),
    );
  });

  test("series beyond the limit are not kept; their rows are counted", () => {
    const sink = new RttSeriesSink({ maxSeries: 1 });
    new Tape([sink]).rtt().rtt({ node: "H3" }).rtt({ node: "H3" }).send({ node: "H3", attempt: 2 }).rtt();
    expect(sink.series).toHaveLength(1);
    expect(sink.series[0]?.points).toHaveLength(2);
    expect(sink.omittedRows).toBe(2);
  });

  test("impossible limits are refused", () => {
    for (const limits of [{ maxPoints: 3 }, { maxPoints: 0 }, { maxSeries: 0 }]) {
      expect(() => new RttSeriesSink(limits)).toThrow(RangeError);
    }
  });
});
