/** trace.csv: one row per event, written as the run goes. */

import { EVENT_KINDS, TRACE_COLUMNS, type TraceEvent, type TraceSink } from "../events.ts";
import { noteLabel } from "../note.ts";
import { ChunkBuffer, type ChunkHandler } from "./chunk-buffer.ts";
import { NUMBER_BYTES, putMs, putNanosecondsAsMs, putUnsigned } from "./digits.ts";
import { encodeField, encodeRow, type Field, FieldCache, putField } from "./field.ts";

const COMMA = 44;
const NEWLINE = 10;
const QUOTE = 34;
const SPACE = 32;
const LETTER_M = 109;
const LETTER_S = 115;

/** Room for the seven numbers of a row, its kind, commas, and the end of the note. */
const FIXED_BYTES = 7 * NUMBER_BYTES + 64;

/**
 * Writes the rows of trace.csv through `onChunk`, about 64 KiB at a time; each chunk is valid only during its call.
 * One sink serves one run: label ids mean something within a run only. Call `end` for the last rows.
 */
export class TraceCsvSink implements TraceSink {
  private readonly out: ChunkBuffer;
  private readonly labels = new FieldCache((text) => encodeField(text, "", ","));
  private readonly notes = new FieldCache(encodeField);
  private readonly kinds = EVENT_KINDS.map((kind) => encodeField(kind, ",", ","));

  constructor(onChunk: ChunkHandler) {
    this.out = new ChunkBuffer(onChunk);
    this.out.end = putField(this.out.view, 0, encodeRow(TRACE_COLUMNS));
  }

  onEvent(event: TraceEvent): void {
    const { out, labels, notes } = this;
    const noteId = event.noteId;
    const node = labels.get(event.nodeId) ?? labels.add(event.nodeId, event.node);
    const peer = labels.get(event.peerId) ?? labels.add(event.peerId, event.peer);
    const type = labels.get(event.typeId) ?? labels.add(event.typeId, event.type);
    const note = noteId < 0 ? encodeField(event.note) : (notes.get(noteId) ?? notes.add(noteId, noteLabel(event)));
    out.reserve(FIXED_BYTES + node.byteLength + peer.byteLength + type.byteLength + note.byteLength);

    const view = out.view;
    let at = putNanosecondsAsMs(view, out.end, event.timeNs);
    at = putField(view, at, this.kinds[event.code]!);
    at = putField(view, at, node);
    at = putField(view, at, peer);
    if (event.packetId !== 0) at = putUnsigned(view, at, event.packetId);
    view.setUint8(at++, COMMA);
    at = putField(view, at, type);
    if (event.seq >= 0) at = putUnsigned(view, at, event.seq);
    view.setUint8(at++, COMMA);
    if (event.total >= 0) at = putUnsigned(view, at, event.total);
    view.setUint8(at++, COMMA);
    if (event.attempt >= 0) at = putUnsigned(view, at, event.attempt);
    view.setUint8(at++, COMMA);
    if (event.bytes >= 0) at = putUnsigned(view, at, event.bytes);
    view.setUint8(at++, COMMA);
    at = putField(view, at, note);
    if (noteId >= 0 && !Number.isNaN(event.valueMs)) at = putDuration(view, at, note, event.valueMs);
    view.setUint8(at++, NEWLINE);
    out.end = at;
  }

  /** Hands on the last rows. */
  end(): void {
    this.out.flush();
  }
}

/** The duration behind a note that was just written: inside its quotes, where it has them. */
function putDuration(view: DataView, end: number, note: Field, valueMs: number): number {
  let at = note.isQuoted ? end - 1 : end;
  if (note.byteLength > 0) view.setUint8(at++, SPACE);
  at = putMs(view, at, valueMs);
  view.setUint8(at++, SPACE);
  view.setUint8(at++, LETTER_M);
  view.setUint8(at++, LETTER_S);
  if (note.isQuoted) view.setUint8(at++, QUOTE);
  return at;
}
