/**
 * trace.jsonl: one JSON object a line, written as the run goes. A line with the key `event` is a row of trace.csv, one
 * with the key `kind` a row of rtt.csv, in the order of the run; keys are the columns' names, and what is absent is
 * left out.
 */

import { ChunkBuffer, type ChunkHandler } from "../csv/chunk-buffer.ts";
import { NUMBER_BYTES, putMs, putNanosecondsAsMs, putUnsigned } from "../csv/digits.ts";
import { type Field, FieldCache, fieldOf, putField } from "../csv/field.ts";
import { EVENT_KINDS, RTT_KINDS, type RttRow, type TraceEvent, type TraceSink } from "../events.ts";
import { noteLabel } from "../note.ts";

/** Room for the seven numbers of a line, its keys, its kind, and the end of the note. */
const FIXED_BYTES = 7 * NUMBER_BYTES + 192;

const START = fieldOf('{"time_ms":');
const NODE = fieldOf(',"node":');
const PACKET_ID = fieldOf(',"packet_id":');
const SEQ = fieldOf(',"seq":');
const TOTAL = fieldOf(',"total":');
const ATTEMPT = fieldOf(',"attempt":');
const BYTES = fieldOf(',"bytes":');
const SAMPLE_RTT = fieldOf(',"sample_rtt_ms":');
const ESTIMATED_RTT = fieldOf(',"estimated_rtt_ms":');
const DEV_RTT = fieldOf(',"dev_rtt_ms":');
const TIMEOUT_INTERVAL = fieldOf(',"timeout_interval_ms":');
const MILLISECONDS = fieldOf(" ms");
const END_OF_NOTE = fieldOf('"');
const END = fieldOf("}\n");
const NOTHING = fieldOf("");
const ONLY_DURATION = fieldOf(',"note":"');
const SPACE = 32;

/**
 * Writes the lines of trace.jsonl through `onChunk`, about 64 KiB at a time; each chunk is valid only during its call.
 * One sink serves one run: label ids mean something within a run only. Call `end` for the last lines.
 */
export class TraceJsonlSink implements TraceSink {
  private readonly out: ChunkBuffer;
  private readonly nodes = new FieldCache((text) => fieldOf(JSON.stringify(text)));
  private readonly peers = new FieldCache((text) => member("peer", text));
  private readonly types = new FieldCache((text) => member("type", text));
  private readonly notes = new FieldCache(openNote);
  private readonly eventKinds = EVENT_KINDS.map((kind) => member("event", kind));
  private readonly rttKinds = RTT_KINDS.map((kind) => member("kind", kind));

  constructor(onChunk: ChunkHandler) {
    this.out = new ChunkBuffer(onChunk);
  }

  onEvent(event: TraceEvent): void {
    const { out, nodes, peers, types, notes } = this;
    const { noteId, packetId, valueMs } = event;
    const node = nodes.get(event.nodeId) ?? nodes.add(event.nodeId, event.node);
    const peer = peers.get(event.peerId) ?? peers.add(event.peerId, event.peer);
    const type = types.get(event.typeId) ?? types.add(event.typeId, event.type);
    const note = noteId < 0 ? openNote(event.note) : (notes.get(noteId) ?? notes.add(noteId, noteLabel(event)));
    out.reserve(FIXED_BYTES + node.byteLength + peer.byteLength + type.byteLength + note.byteLength);

    const view = out.view;
    let at = putField(view, out.end, START);
    at = putNanosecondsAsMs(view, at, event.timeNs);
    at = putField(view, at, this.eventKinds[event.code]!);
    at = putField(view, at, NODE);
    at = putField(view, at, node);
    at = putField(view, at, peer);
    if (packetId !== 0) at = putUnsigned(view, putField(view, at, PACKET_ID), packetId);
    at = putField(view, at, type);
    if (event.seq >= 0) at = putUnsigned(view, putField(view, at, SEQ), event.seq);
    if (event.total >= 0) at = putUnsigned(view, putField(view, at, TOTAL), event.total);
    if (event.attempt >= 0) at = putUnsigned(view, putField(view, at, ATTEMPT), event.attempt);
    if (event.bytes >= 0) at = putUnsigned(view, putField(view, at, BYTES), event.bytes);
    at = putNote(view, at, note, noteId < 0 ? Number.NaN : valueMs);
    out.end = putField(view, at, END);
  }

  onRtt(row: RttRow): void {
    const { out, nodes, peers } = this;
    const node = nodes.get(row.nodeId) ?? nodes.add(row.nodeId, row.node);
    const peer = peers.get(row.peerId) ?? peers.add(row.peerId, row.peer);
    out.reserve(FIXED_BYTES + node.byteLength + peer.byteLength);

    const view = out.view;
    let at = putField(view, out.end, START);
    at = putNanosecondsAsMs(view, at, row.timeNs);
    at = putField(view, at, NODE);
    at = putField(view, at, node);
    at = putField(view, at, peer);
    if (row.packetId !== 0) at = putUnsigned(view, putField(view, at, PACKET_ID), row.packetId);
    at = putDuration(view, at, SAMPLE_RTT, row.sampleRttMs);
    at = putDuration(view, at, ESTIMATED_RTT, row.estimatedRttMs);
    at = putDuration(view, at, DEV_RTT, row.devRttMs);
    at = putDuration(view, at, TIMEOUT_INTERVAL, row.timeoutIntervalMs);
    at = putField(view, at, this.rttKinds[RTT_KINDS.indexOf(row.kind)]!);
    out.end = putField(view, at, END);
  }

  /** Hands on the last lines. */
  end(): void {
    this.out.flush();
  }
}

/** `,"peer":"H1"`; nothing for a text that is absent. */
function member(key: string, text: string): Field {
  return text === "" ? NOTHING : fieldOf(`,"${key}":${JSON.stringify(text)}`);
}

/** A note without its closing quote: a duration may follow. */
function openNote(label: string): Field {
  return label === "" ? NOTHING : fieldOf(`,"note":${JSON.stringify(label).slice(0, -1)}`);
}

function putNote(view: DataView, start: number, note: Field, valueMs: number): number {
  const hasDuration = !Number.isNaN(valueMs);
  if (note === NOTHING && !hasDuration) return start;
  let at = putField(view, start, note === NOTHING ? ONLY_DURATION : note);
  if (hasDuration) {
    if (note !== NOTHING) view.setUint8(at++, SPACE);
    at = putField(view, putMs(view, at, valueMs), MILLISECONDS);
  }
  return putField(view, at, END_OF_NOTE);
}

function putDuration(view: DataView, at: number, key: Field, valueMs: number): number {
  return Number.isNaN(valueMs) ? at : putMs(view, putField(view, at, key), valueMs);
}
