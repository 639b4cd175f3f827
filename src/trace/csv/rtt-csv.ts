/** rtt.csv: one row per RTT sample or timeout, written as the run goes. */

import { RTT_COLUMNS, RTT_KINDS, type RttRow, type TraceSink } from "../events.ts";
import { ChunkBuffer, type ChunkHandler } from "./chunk-buffer.ts";
import { NUMBER_BYTES, putMs, putNanosecondsAsMs, putUnsigned } from "./digits.ts";
import { encodeField, encodeRow, FieldCache, putField } from "./field.ts";

const COMMA = 44;

/** Room for the six numbers of a row, its kind and commas. */
const FIXED_BYTES = 6 * NUMBER_BYTES + 32;

/**
 * Writes the rows of rtt.csv through `onChunk`, about 64 KiB at a time; each chunk is valid only during its call.
 * One sink serves one run: label ids mean something within a run only. Call `end` for the last rows.
 */
export class RttCsvSink implements TraceSink {
  private readonly out: ChunkBuffer;
  private readonly labels = new FieldCache((text) => encodeField(text, "", ","));
  private readonly kinds = RTT_KINDS.map((kind) => encodeField(kind, ",", "\n"));

  constructor(onChunk: ChunkHandler) {
    this.out = new ChunkBuffer(onChunk);
    this.out.end = putField(this.out.view, 0, encodeRow(RTT_COLUMNS));
  }

  onRtt(row: RttRow): void {
    const { out, labels } = this;
    const node = labels.get(row.nodeId) ?? labels.add(row.nodeId, row.node);
    const peer = labels.get(row.peerId) ?? labels.add(row.peerId, row.peer);
    out.reserve(FIXED_BYTES + node.byteLength + peer.byteLength);

    const view = out.view;
    let at = putNanosecondsAsMs(view, out.end, row.timeNs);
    view.setUint8(at++, COMMA);
    at = putField(view, at, node);
    at = putField(view, at, peer);
    if (row.packetId !== 0) at = putUnsigned(view, at, row.packetId);
    view.setUint8(at++, COMMA);
    at = putMs(view, at, row.sampleRttMs);
    view.setUint8(at++, COMMA);
    at = putMs(view, at, row.estimatedRttMs);
    view.setUint8(at++, COMMA);
    at = putMs(view, at, row.devRttMs);
    view.setUint8(at++, COMMA);
    at = putMs(view, at, row.timeoutIntervalMs);
    out.end = putField(view, at, this.kinds[RTT_KINDS.indexOf(row.kind)]!);
  }

  /** Hands on the last rows. */
  end(): void {
    this.out.flush();
  }
}
