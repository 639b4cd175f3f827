/** trace.chrome.json: a file that keeps the format's rules, and says what the trace says. */

import { describe, expect, test } from "vitest";
import { ChromeSink } from "../../../src/report/export/chrome.ts";
import { chromeJson, microseconds } from "../../../src/report/export/chrome-json.ts";
import { transmissionsOf } from "../../../src/report/model/packets.ts";
import { timersOf } from "../../../src/report/model/timers.ts";
import { EventCode, type TraceSink } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";
import { type ChromeFile, readChrome } from "./chrome-file.ts";
import { runInto, Written, writtenBy } from "./support.ts";

function chrome(tell: (sink: TraceSink) => void, options = {}): ChromeFile {
  return readChrome(writtenBy((onChunk) => new ChromeSink(onChunk, options), tell));
}

const story = (tell: (story: TraceStory) => void, options = {}): ChromeFile =>
  chrome((sink) => tell(new TraceStory(sink)), options);

/** `name from to at`, of each packet's way. */
function ways({ events, hosts }: ChromeFile): string[] {
  return events
    .filter(({ ph }) => ph === "b")
    .map((begin) => {
      const end = events.find(({ ph, id }) => ph === "e" && id === begin.id)!;
      const { arrivedAt, lost, lostAt, fate } = end.args;
      const what = arrivedAt ?? (lost === undefined ? fate : `lost at ${lostAt}: ${lost}`);
      return `${hosts.get(begin.pid)} ${begin.ts} ${begin.name} ${end.ts} ${what}`;
    });
}

const LOSSY = bare("{ match: { kind: data, seq: 1, attempt: 1 }, do: drop }", 2);

describe("trace.chrome.json", () => {
  test("a process for each host; packets go from send to deliver, and lost ones end where a rule dropped them", () => {
    const file = chrome(runInto(LOSSY));
    expect([...file.hosts.values()]).toEqual(["sender", "receiver"]);
    expect(ways(file)).toEqual([
      "sender 0 DATA 1/2 to receiver 0 lost at sender: fault 1",
      "sender 200000 DATA 1/2, attempt 2 to receiver 250000 receiver",
      "receiver 250000 DATA-ACK 2 to sender 300000 sender",
      "sender 300000 DATA 2/2 to receiver 350000 receiver",
      "receiver 350000 DATA-ACK 3 to sender 400000 sender",
    ]);
    expect(file.events.find(({ name }) => name.startsWith("lost:"))).toMatchObject({
      name: "lost: DATA 1/2 (fault 1)",
      ph: "i",
      pid: 1,
    });
    const again = file.events.find(({ name, ph }) => ph === "b" && name.includes("attempt 2"));
    expect(again?.args).toMatchObject({ packet: 2, to: "receiver", reason: "necessary: data lost" });
  });

  test.each([
    ["a loss", LOSSY],
    ["many losses", bare("", 40).replace("delay: 50ms", "delay: 50ms, loss: 0.3")],
    ["given up", bare("{ match: { kind: ack }, do: drop }").replace("protocol: {", "protocol: { attempts: 2,")],
  ])("timers are those of the ladder: %s", (_, yaml) => {
    const file = chrome(runInto(yaml));
    const model = modelOf(yaml);
    const timers = file.events
      .filter(({ ph }) => ph === "X")
      .map(({ name, pid, ts, dur, args }) => [name, file.hosts.get(pid), ts, dur, args.attempt, args.end]);
    expect(timers.length).toBeGreaterThan(1);
    expect(timers).toEqual(
      timersOf(model, transmissionsOf(model)).map(({ host, type, seq, attempt, startNs, endNs, end }) => [
        `${type} ${seq}`,
        host,
        startNs / 1000,
        (endNs - startNs) / 1000,
        attempt,
        end,
      ]),
    );
  });

  test("the estimator's values are counters, one for each; timeouts and states are instants", () => {
    const yaml = bare("{ match: { kind: data, seq: 2, attempt: 1 }, do: drop }", 2, "{ estimator: report }");
    const { events } = chrome(runInto(yaml));
    const counters = events.filter(({ ph }) => ph === "C").map(({ ts, name, args }) => [ts, name, args.ms]);
    expect(counters.slice(0, 2)).toEqual([
      [100_000, "EstimatedRTT to receiver (ms)", 100],
      [100_000, "TimeoutInterval to receiver (ms)", 300],
    ]);
    const instants = events.filter(({ ph, s }) => ph === "i" && s === "t").map(({ cat, name }) => `${cat}: ${name}`);
    expect(instants).toContain("timeout: the timer of DATA 2 of 2 runs out after 300 ms");
    expect(instants).toContain("state: started");
    expect(instants).toContainEqual(expect.stringMatching(/^state: DATA is whole: 2 packets, \d+ bytes$/));
  });

  test("each copy of a packet has a way of its own", () => {
    const file = chrome(runInto(bare("{ match: { kind: data, seq: 1, attempt: 1 }, do: { duplicate: 2s } }")));
    expect(ways(file).slice(0, 2)).toEqual([
      "sender 0 DATA 1/1 to receiver 50000 receiver",
      "sender 0 copy of DATA 1/1 to receiver 2050000 receiver",
    ]);
  });

  test("what is open where the trace ends is closed, and said to be", () => {
    const file = story((told) =>
      told
        .packet(0, "send", "a", "b", { id: 1 })
        .packet(1, "timeout", "a", "b", { id: 1 }, 1)
        .packet(1, "send", "a", "b", { id: 2, attempt: 2 })
        .note(3, "action", "b", "looks"),
    );
    expect(ways(file)).toEqual([
      "a 0 DATA 1/1 to b 3000 not in the trace",
      "a 1000 DATA 1/1, attempt 2 to b 3000 not in the trace",
    ]);
    const timers = file.events.filter(({ ph }) => ph === "X").map(({ ts, dur, args }) => [ts, dur, args.end]);
    expect(timers).toEqual([
      [0, 1000, "expired"],
      [1000, 2000, "open"],
    ]);
  });

  test("a timer whose host crashes before any ACK is there once the host was seen to wait for one", () => {
    const tell = (isAnswered: boolean) => (told: TraceStory) => {
      told.packet(0, "send", "A", "B", { id: 1 }).note(20, "state", "A", "crashed");
      told.packet(50, "send", "A", "B", { id: 2 });
      if (isAnswered) told.packet(90, "timeout", "A", "B", { id: 2 }, 40);
    };
    const bars = (file: ChromeFile) =>
      file.events.filter(({ cat }) => cat === "timer").map(({ ts, dur, args }) => [ts, dur, args.end]);
    expect(bars(story(tell(true)))).toEqual([
      [0, 20_000, "crashed"],
      [50_000, 40_000, "expired"],
    ]);
    expect(bars(story(tell(false)))).toEqual([]);
  });

  test("timers that run side by side have threads of their own; there are sixteen", () => {
    const file = story((told) => {
      for (let i = 0; i < 20; i++) told.packet(i, "send", "a", `b${i}`, { id: i + 1 });
      for (let i = 0; i < 20; i++) told.packet(100 + i, "timeout", "a", `b${i}`, { id: i + 1 }, 100);
      told.packet(200, "send", "a", "b0", { id: 21 }).packet(300, "timeout", "a", "b0", { id: 21 }, 100);
    });
    const threads = file.events.filter(({ ph }) => ph === "X").map(({ tid }) => tid);
    expect(threads).toEqual([...Array.from({ length: 16 }, (_, i) => i + 2), 2]);
    expect(file.other.leftOut).toBe("4 timers");
    expect(file.events.at(-1)).toMatchObject({ ph: "i", s: "g", name: "left out: 4 timers" });
  });

  test.each([
    [0, "0"],
    [1, "0.001"],
    [10, "0.01"],
    [999, "0.999"],
    [1000, "1"],
    [1_234_567_890, "1234567.89"],
    [Number.MAX_SAFE_INTEGER, "9007199254740.991"],
    [Number.MAX_SAFE_INTEGER - 1000, "9007199254739.991"],
  ])("%i ns are exactly %s microseconds", (ns, digits) => {
    expect(microseconds(ns)).toEqual({ digits });
  });

  test("texts are JSON whatever is in them", () => {
    const name = '"\\\n\u2028\ud800 {}';
    const file = story((told) => told.packet(0, "send", name, name, { id: 1, type: name, note: name }), {
      title: name,
    });
    expect([...file.hosts.values()]).toEqual([name]);
    expect(file.other.title).toBe(name);
    expect(chromeJson({ digits: "1", a: undefined, b: { c: 1 } })).toBe('{"digits":"1","b":{"c":1}}');
  });

  test("an empty run is a file without events", () => {
    expect(chrome(() => {}, { title: "nothing" })).toEqual({
      events: [],
      other: { title: "nothing", events: 0 },
      hosts: new Map(),
    });
  });

  test("100,000 events go out in chunks as they come", () => {
    const written = new Written();
    const sink = new ChromeSink(written.onChunk);
    tellMany(sink, 50_000);
    expect(written.chunks).toBeGreaterThan(100);
    sink.end();
    const { events, other } = readChrome(written.text);
    expect(other).toEqual({ events: 100_000 });
    expect(events.filter(({ ph }) => ph === "e")).toHaveLength(50_000);
  });

  test("behind its limit it counts, and says where it was cut", () => {
    const text = writtenBy(
      (onChunk) => new ChromeSink(onChunk, { maxLength: 100_000 }),
      (sink) => tellMany(sink, 50_000),
    );
    expect(text.length).toBeLessThan(102_000);
    const { events, other } = readChrome(text);
    const [, left, shown] = /^([\d,]+) events behind the first (\d+)$/.exec(other.leftOut!)!;
    expect(Number(left!.replaceAll(",", "")) + Number(shown)).toBe(100_000);
    expect(events.at(-1)!.name).toBe(`left out: ${other.leftOut}`);
  });

  test("where too many packets are under way the oldest is not followed further", () => {
    const file = story(
      (told) => {
        for (let id = 1; id <= 4; id++) told.packet(id, "send", "a", "b", { id });
        for (let id = 1; id <= 4; id++) told.packet(10 + id, "deliver", "b", "a", { id });
      },
      { maxOpen: 3 },
    );
    expect(ways(file)).toEqual([
      "a 1000 DATA 1/1 to b 4000 not followed: too many packets were under way",
      "a 2000 DATA 1/1 to b 12000 b",
      "a 3000 DATA 1/1 to b 13000 b",
      "a 4000 DATA 1/1 to b 14000 b",
    ]);
    expect(file.other.leftOut).toBe("the ways of 1 packet");
  });

  test("a limit that is none is refused", () => {
    expect(() => new ChromeSink(() => {}, { maxOpen: -1 })).toThrow("maxOpen is a whole number from 1, not -1");
  });
});

/** Packets from a to b, each of which arrives. */
function tellMany(sink: TraceSink, packets: number): void {
  const recorder = new Recorder([sink]);
  const [a, b, data] = ["a", "b", "DATA"].map((label) => recorder.labels.id(label)) as [number, number, number];
  for (let i = 1; i <= packets; i++) {
    recorder.clock.nowNs = i * 1001;
    recorder.emit(EventCode.send, a, b, i, data, i, packets, 1, 64, 0, Number.NaN);
    recorder.emit(EventCode.deliver, b, a, i, data, i, packets, 1, 64, 0, Number.NaN);
    recorder.rtt(a, b, i, "timeout", { sampleRttMs: 1, estimatedRttMs: 1, devRttMs: 1, timeoutIntervalMs: 1 });
  }
}
