/**
 * A run's trace in memory, as columns: what every picture is drawn from. It does not matter where the events came from
 * (a simulated run, a real one, a file): whatever feeds a TraceSink can be drawn.
 *
 * Memory is bounded. The first `maxEvents` events are kept, and the estimator's rows up to the same moment; the rest is
 * only counted, and every picture says how much it does not show.
 */

import { RTT_KINDS, type RttRow, type TraceEvent, type TraceSink } from "../../trace/events.ts";
import { noteDuration } from "../../trace/format-ms.ts";
import { countOf, groupDigits, readableDuration } from "../text.ts";
import { bytes, doubles, finishAll, integers } from "./columns.ts";

export interface ModelLimits {
  /** Events kept; later ones are counted. */
  readonly maxEvents: number;
  /** UTF-16 units of all distinct texts together; the texts of later events become `TEXT_LEFT_OUT`. */
  readonly maxTextLength: number;
}

export const defaultModelLimits: ModelLimits = { maxEvents: 100_000, maxTextLength: 4_000_000 };

/** What stands for a text that there was no room for. */
export const TEXT_LEFT_OUT = "(text left out)";

/** The events kept, one number per event in each column. Texts are indices into `texts`; -1 and NaN stand for "none". */
export interface EventColumns {
  readonly timeNs: Float64Array;
  /** See EventCode. */
  readonly code: Uint8Array;
  readonly node: Int32Array;
  readonly peer: Int32Array;
  readonly packetId: Float64Array;
  readonly type: Int32Array;
  readonly seq: Float64Array;
  readonly total: Float64Array;
  readonly attempt: Int32Array;
  readonly bytes: Float64Array;
  /** The fixed part of the note. */
  readonly note: Int32Array;
  readonly valueMs: Float64Array;
}

/** The rows of rtt.csv that were kept. `kind` is an index into RTT_KINDS. */
export interface RttColumns {
  readonly timeNs: Float64Array;
  readonly node: Int32Array;
  readonly peer: Int32Array;
  readonly packetId: Float64Array;
  readonly kind: Uint8Array;
  readonly sampleRttMs: Float64Array;
  readonly estimatedRttMs: Float64Array;
  readonly devRttMs: Float64Array;
  readonly timeoutIntervalMs: Float64Array;
}

export interface TraceModel {
  /** Distinct texts; the first is "". */
  readonly texts: readonly string[];
  /** Events kept. */
  readonly count: number;
  readonly events: EventColumns;
  readonly rttCount: number;
  readonly rtt: RttColumns;
  /** Events of the run, kept or not. */
  readonly eventsSeen: number;
  /** The run's end as far as it is known: the time of its last event, or what the caller says. In ms. */
  readonly endMs: number;
}

export class TraceModelSink implements TraceSink {
  private readonly limits: ModelLimits;
  private readonly ids = new Map<string, number>([["", 0]]);
  private readonly texts: string[] = [""];
  private textLength = 0;
  private eventsSeen = 0;
  private lastNs = 0;
  private readonly events = {
    timeNs: doubles(),
    code: bytes(),
    node: integers(),
    peer: integers(),
    packetId: doubles(),
    type: integers(),
    seq: doubles(),
    total: doubles(),
    attempt: integers(),
    bytes: doubles(),
    note: integers(),
    valueMs: doubles(),
  };
  private readonly rtt = {
    timeNs: doubles(),
    node: integers(),
    peer: integers(),
    packetId: doubles(),
    kind: bytes(),
    sampleRttMs: doubles(),
    estimatedRttMs: doubles(),
    devRttMs: doubles(),
    timeoutIntervalMs: doubles(),
  };
  private kept = 0;
  private rttKept = 0;
  private rttOpen = true;

  /** RangeError where a limit is impossible. */
  constructor(limits: Partial<ModelLimits> = {}) {
    this.limits = { ...defaultModelLimits, ...limits };
    for (const [name, value] of Object.entries(this.limits)) {
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is a whole number from 1, not ${value}`);
    }
  }

  onEvent(event: TraceEvent): void {
    this.eventsSeen++;
    this.lastNs = event.timeNs;
    if (this.kept === this.limits.maxEvents) {
      this.rttOpen = false;
      return;
    }
    this.kept++;
    const { events } = this;
    events.timeNs.push(event.timeNs);
    events.code.push(event.code);
    events.node.push(this.idOf(event.node));
    events.peer.push(this.idOf(event.peer));
    events.packetId.push(event.packetId);
    events.type.push(this.idOf(event.type));
    events.seq.push(event.seq);
    events.total.push(event.total);
    events.attempt.push(event.attempt);
    events.bytes.push(event.bytes);
    events.note.push(this.idOf(fixedPart(event)));
    events.valueMs.push(event.valueMs);
  }

  onRtt(row: RttRow): void {
    if (!this.rttOpen) return;
    this.rttKept++;
    const { rtt } = this;
    rtt.timeNs.push(row.timeNs);
    rtt.node.push(this.idOf(row.node));
    rtt.peer.push(this.idOf(row.peer));
    rtt.packetId.push(row.packetId);
    rtt.kind.push(RTT_KINDS.indexOf(row.kind));
    rtt.sampleRttMs.push(row.sampleRttMs);
    rtt.estimatedRttMs.push(row.estimatedRttMs);
    rtt.devRttMs.push(row.devRttMs);
    rtt.timeoutIntervalMs.push(row.timeoutIntervalMs);
  }

  /** The model of what has been seen so far. `endMs`: where the run ended, if that is after its last event. */
  model(endMs = 0): TraceModel {
    return {
      texts: [...this.texts],
      count: this.kept,
      events: finishAll(this.events),
      rttCount: this.rttKept,
      rtt: finishAll(this.rtt),
      eventsSeen: this.eventsSeen,
      endMs: Math.max(endMs, this.lastNs / 1e6),
    };
  }

  private idOf(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    if (this.textLength + text.length > this.limits.maxTextLength && text !== TEXT_LEFT_OUT) {
      return this.idOf(TEXT_LEFT_OUT);
    }
    this.textLength += text.length;
    const id = this.texts.length;
    this.ids.set(text, id);
    this.texts.push(text);
    return id;
  }
}

/** The note without the duration behind it. */
function fixedPart({ note, valueMs }: TraceEvent): string {
  if (Number.isNaN(valueMs)) return note;
  const duration = noteDuration("label", valueMs);
  if (note.endsWith(duration)) return note.slice(0, note.length - duration.length);
  return note === duration.trimStart() ? "" : note;
}

/** The whole note of event `i`, its duration included. */
export function noteOf(model: TraceModel, i: number): string {
  const text = model.texts[model.events.note[i]!]!;
  return text + noteDuration(text, model.events.valueMs[i]!);
}

/** The time up to which the model has every event, in ms: the run's end unless the limit was reached. */
export function keptUntilMs({ count, eventsSeen, events, endMs }: TraceModel): number {
  return count < eventsSeen ? events.timeNs[count - 1]! / 1e6 : endMs;
}

/** What a picture says where the model does not have the whole run; "" where it has. */
export function omission(model: TraceModel): string {
  const { count, eventsSeen } = model;
  if (count === eventsSeen) return "";
  const until = readableDuration(keptUntilMs(model));
  return `the first ${groupDigits(count)} of ${countOf(eventsSeen, "event")}, until ${until}`;
}

/** The first event at or after a time, or the number of events where there is none. Events are in order of time. */
export function firstEventAt(model: TraceModel, timeNs: number): number {
  let [low, high] = [0, model.count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.events.timeNs[middle]! < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
