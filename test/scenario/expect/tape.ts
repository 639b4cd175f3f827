/** A hand-made trace: says events to sinks in the words of a scenario, through the real recorder. */

import { ExpectationJudge } from "../../../src/scenario/expect/evaluate.ts";
import type { RunFacts, Verdict } from "../../../src/scenario/expect/facts.ts";
import { MetricsSink } from "../../../src/scenario/expect/metrics/metrics-sink.ts";
import { expectationSchema } from "../../../src/scenario/expect/schema.ts";
import { EventCode, type EventKind, type RttKind, type TraceSink } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/recorder.ts";

export interface Said {
  at?: number;
  node?: string;
  peer?: string;
  packet?: number;
  type?: string;
  seq?: number;
  total?: number;
  attempt?: number;
  bytes?: number;
  note?: string;
  duration?: number;
}

export interface Measured {
  at?: number;
  node?: string;
  peer?: string;
  packet?: number;
  kind?: RttKind;
  sample?: number;
  estimated?: number;
  dev?: number;
  interval?: number;
}

export class Tape {
  private readonly recorder: Recorder;
  private nowMs = 0;

  constructor(sinks: readonly TraceSink[]) {
    this.recorder = new Recorder(sinks);
  }

  say(event: EventKind, said: Said = {}): this {
    this.nowMs = said.at ?? this.nowMs;
    const { labels } = this.recorder;
    this.recorder.clock.nowNs = this.nowMs * 1e6;
    this.recorder.emit(
      EventCode[event],
      labels.id(said.node ?? "H2"),
      labels.id(said.peer ?? "H1"),
      said.packet ?? 0,
      labels.id(said.type ?? ""),
      said.seq ?? -1,
      said.total ?? -1,
      said.attempt ?? -1,
      said.bytes ?? -1,
      labels.id(said.note ?? ""),
      said.duration ?? Number.NaN,
    );
    return this;
  }

  /** A data packet is sent. */
  send(said: Said = {}): this {
    return this.say("send", { type: "UPDATE", seq: 1, total: 1, attempt: 1, bytes: 18, ...said });
  }

  /** A row of rtt.csv. */
  rtt(measured: Measured = {}): this {
    this.nowMs = measured.at ?? this.nowMs;
    const { labels } = this.recorder;
    this.recorder.clock.nowNs = this.nowMs * 1e6;
    this.recorder.rtt(
      labels.id(measured.node ?? "H2"),
      labels.id(measured.peer ?? "H1"),
      measured.packet ?? 0,
      measured.kind ?? "sample",
      {
        sampleRttMs: measured.sample ?? 100,
        estimatedRttMs: measured.estimated ?? 100,
        devRttMs: measured.dev ?? 50,
        timeoutIntervalMs: measured.interval ?? 300,
      },
    );
    return this;
  }
}

/** The verdict on one expectation (as YAML gives it) over a tape and the rest of the facts. */
export function verdictOn(
  expectation: unknown,
  tell: (tape: Tape) => void = () => {},
  facts: Partial<RunFacts> = {},
): Verdict {
  const judge = new ExpectationJudge([expectationSchema.parse(expectation)]);
  const metrics = new MetricsSink();
  tell(new Tape([metrics, ...judge.sinks]));
  const verdicts = judge.judge({
    actions: [],
    metrics,
    directories: [],
    liveness: undefined,
    durationMs: 60_000,
    ...facts,
  });
  return verdicts[0] as Verdict;
}
