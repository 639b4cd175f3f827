/**
 * The RTT estimator's life as series of points, one series per sender and remote end: what the charts are drawn from.
 *
 * Memory is bounded. A point stands for up to `stride` observations in a row (samples, timeouts, retransmissions);
 * stride is 1 until a series is full, then neighbours are merged two by two and the stride doubles. Merging keeps
 * minima, maxima and counts, so that no spike and no mark is ever lost, only their exact times: a chart of 200,000
 * packets shows the envelope of all of them.
 */

import { LabelClasses, NoteClass, PacketClass } from "../scenario/expect/metrics/label-classes.ts";
import { EventCode, type RttRow, type TraceEvent, type TraceSink } from "../trace/events.ts";

const SEND = EventCode.send;

export interface SeriesLimits {
  /** Points of one series; an even number. */
  readonly maxPoints: number;
  /** Series kept; those that begin later are only counted. */
  readonly maxSeries: number;
}

export const defaultSeriesLimits: SeriesLimits = { maxPoints: 4000, maxSeries: 64 };

/** One observation, or a run of them. Times and durations in ms; NaN where no observation had the value. */
export interface SeriesPoint {
  /** The time of the first observation. */
  timeMs: number;
  /** The time of the last one. */
  untilMs: number;
  /** Observations in it. */
  observations: number;
  sampleMinMs: number;
  sampleMaxMs: number;
  /** EstimatedRTT and DevRTT after the last observation. */
  estimatedRttMs: number;
  devRttMs: number;
  timeoutIntervalMinMs: number;
  timeoutIntervalMaxMs: number;
  /** Timers that ran out. */
  timeouts: number;
  /** Samples that Karn's rule refused. */
  ambiguous: number;
  /** Retransmissions, whatever the reason. */
  retransmissions: number;
  /** Those that were needed, and those that were not; a real network does not say which of the rest were. */
  necessary: number;
  spurious: number;
}

export interface RttSeries {
  readonly node: string;
  readonly peer: string;
  /** Observations per point. */
  readonly stride: number;
  readonly points: readonly Readonly<SeriesPoint>[];
}

class GrowingSeries implements RttSeries {
  readonly node: string;
  readonly peer: string;
  stride = 1;
  readonly points: SeriesPoint[] = [];
  private readonly maxPoints: number;
  private current: SeriesPoint | undefined;

  constructor(node: string, peer: string, maxPoints: number) {
    this.node = node;
    this.peer = peer;
    this.maxPoints = maxPoints;
  }

  /** The point that an observation at this time belongs to, with the observation counted. */
  observe(timeMs: number): SeriesPoint {
    let { current } = this;
    if (current === undefined || current.observations === this.stride) {
      if (this.points.length === this.maxPoints) this.halve();
      current = emptyPoint(timeMs, this.points.at(-1));
      this.points.push(current);
      this.current = current;
    }
    current.observations++;
    current.untilMs = timeMs;
    return current;
  }

  /** Merges neighbours. All points are full when this is called, and their number is even: none is left over. */
  private halve(): void {
    const { points } = this;
    const half = points.length / 2;
    for (let i = 0; i < half; i++) points[i] = merge(points[2 * i] as SeriesPoint, points[2 * i + 1] as SeriesPoint);
    points.length = half;
    this.stride *= 2;
  }
}

/** A point without a sample yet; the estimates go on from the point before. */
function emptyPoint(timeMs: number, before: SeriesPoint | undefined): SeriesPoint {
  return {
    timeMs,
    untilMs: timeMs,
    observations: 0,
    sampleMinMs: Number.NaN,
    sampleMaxMs: Number.NaN,
    estimatedRttMs: before?.estimatedRttMs ?? Number.NaN,
    devRttMs: before?.devRttMs ?? Number.NaN,
    timeoutIntervalMinMs: Number.NaN,
    timeoutIntervalMaxMs: Number.NaN,
    timeouts: 0,
    ambiguous: 0,
    retransmissions: 0,
    necessary: 0,
    spurious: 0,
  };
}

/** Takes the second point into the first. */
function merge(first: SeriesPoint, second: SeriesPoint): SeriesPoint {
  first.untilMs = second.untilMs;
  first.observations += second.observations;
  first.sampleMinMs = smaller(first.sampleMinMs, second.sampleMinMs);
  first.sampleMaxMs = larger(first.sampleMaxMs, second.sampleMaxMs);
  first.estimatedRttMs = second.estimatedRttMs;
  first.devRttMs = second.devRttMs;
  first.timeoutIntervalMinMs = smaller(first.timeoutIntervalMinMs, second.timeoutIntervalMinMs);
  first.timeoutIntervalMaxMs = larger(first.timeoutIntervalMaxMs, second.timeoutIntervalMaxMs);
  first.timeouts += second.timeouts;
  first.ambiguous += second.ambiguous;
  first.retransmissions += second.retransmissions;
  first.necessary += second.necessary;
  first.spurious += second.spurious;
  return first;
}

/** The smaller of two numbers, of which either may be NaN for "none". */
function smaller(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

function larger(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}

export class RttSeriesSink implements TraceSink {
  /** Rows of series that are not kept, because `maxSeries` others began before them. */
  omittedRows = 0;
  private readonly limits: SeriesLimits;
  /** By node id, then by peer id. */
  private readonly byNode: (Map<number, GrowingSeries> | undefined)[] = [];
  private readonly kept: GrowingSeries[] = [];
  private readonly labels = new LabelClasses();

  /** RangeError where a limit is impossible. */
  constructor(limits: Partial<SeriesLimits> = {}) {
    this.limits = { ...defaultSeriesLimits, ...limits };
    const { maxPoints, maxSeries } = this.limits;
    if (!Number.isInteger(maxPoints) || maxPoints < 2 || maxPoints % 2 !== 0) {
      throw new RangeError(`maxPoints is an even number, not ${maxPoints}: points are merged two by two`);
    }
    if (!Number.isInteger(maxSeries) || maxSeries < 1) throw new RangeError(`maxSeries is 1 or more, not ${maxSeries}`);
  }

  /** The series, in the order in which they began. */
  get series(): readonly RttSeries[] {
    return this.kept;
  }

  onRtt(row: RttRow): void {
    const series = this.byNode[row.nodeId]?.get(row.peerId) ?? this.begin(row);
    if (series === undefined) {
      this.omittedRows++;
      return;
    }
    const point = series.observe(row.timeMs);
    point.estimatedRttMs = row.estimatedRttMs;
    point.devRttMs = row.devRttMs;
    point.timeoutIntervalMinMs = smaller(point.timeoutIntervalMinMs, row.timeoutIntervalMs);
    point.timeoutIntervalMaxMs = larger(point.timeoutIntervalMaxMs, row.timeoutIntervalMs);
    if (row.kind === "sample") {
      point.sampleMinMs = smaller(point.sampleMinMs, row.sampleRttMs);
      point.sampleMaxMs = larger(point.sampleMaxMs, row.sampleRttMs);
    } else if (row.kind === "timeout") point.timeouts++;
    else point.ambiguous++;
  }

  /** Marks retransmissions of data packets. The timeout before the first of them has begun the series. */
  onEvent(event: TraceEvent): void {
    if (event.code !== SEND || event.attempt <= 1 || this.labels.packet(event) !== PacketClass.data) return;
    const series = this.byNode[event.nodeId]?.get(event.peerId);
    if (series === undefined) return;
    const point = series.observe(event.timeMs);
    point.retransmissions++;
    const note = this.labels.note(event);
    if (note === NoteClass.necessary) point.necessary++;
    else if (note === NoteClass.spuriousAckLost || note === NoteClass.spuriousLate) point.spurious++;
  }

  /** Begins a series where there is room (and both ends have names that last). */
  private begin({ nodeId, node, peerId, peer }: RttRow): GrowingSeries | undefined {
    if (this.kept.length >= this.limits.maxSeries || nodeId < 0 || peerId < 0) return undefined;
    const series = new GrowingSeries(node, peer, this.limits.maxPoints);
    let byPeer = this.byNode[nodeId];
    if (byPeer === undefined) {
      byPeer = new Map();
      this.byNode[nodeId] = byPeer;
    }
    byPeer.set(peerId, series);
    this.kept.push(series);
    return series;
  }
}
