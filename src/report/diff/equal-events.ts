/** Are two events the same, and if not, in which columns of trace.csv? */

import { TRACE_COLUMNS, type TraceEvent } from "../../trace/events.ts";
import { noteLabel } from "../../trace/note.ts";

export type TraceColumn = (typeof TRACE_COLUMNS)[number];

export interface Equality {
  /** Times, and durations behind notes, may differ by so much. */
  readonly toleranceNs: number;
  /** Packet ids count the packets of a run: one packet more changes all ids behind it. */
  readonly ignorePacketIds: boolean;
}

const NS_PER_MS = 1e6;

/** The columns of trace.csv in which two events differ; none: they are the same. */
export function differingColumns(a: TraceEvent, b: TraceEvent, equality: Equality): readonly TraceColumn[] {
  // Most events are the same: no list is made of them.
  const isSame =
    isNear(a.timeNs, b.timeNs, equality.toleranceNs) &&
    a.code === b.code &&
    a.node === b.node &&
    a.peer === b.peer &&
    (a.packetId === b.packetId || equality.ignorePacketIds) &&
    a.type === b.type &&
    a.seq === b.seq &&
    a.total === b.total &&
    a.attempt === b.attempt &&
    a.bytes === b.bytes &&
    isSameNote(a, b, equality.toleranceNs);
  return isSame ? [] : TRACE_COLUMNS.filter((column) => differsIn(column, a, b, equality));
}

function differsIn(column: TraceColumn, a: TraceEvent, b: TraceEvent, equality: Equality): boolean {
  switch (column) {
    case "time_ms":
      return !isNear(a.timeNs, b.timeNs, equality.toleranceNs);
    case "packet_id":
      return a.packetId !== b.packetId && !equality.ignorePacketIds;
    case "note":
      return !isSameNote(a, b, equality.toleranceNs);
    default:
      return a[column] !== b[column];
  }
}

function isSameNote(a: TraceEvent, b: TraceEvent, toleranceNs: number): boolean {
  if (toleranceNs === 0 || Number.isNaN(a.valueMs) || Number.isNaN(b.valueMs)) return a.note === b.note;
  const isNearDuration = isNear(Math.round(a.valueMs * NS_PER_MS), Math.round(b.valueMs * NS_PER_MS), toleranceNs);
  return isNearDuration && noteLabel(a) === noteLabel(b);
}

function isNear(a: number, b: number, toleranceNs: number): boolean {
  return Math.abs(a - b) <= toleranceNs;
}
