/** Copies of a run's events: the run's own are used again from event to event. */

import type { RttRow, TraceEvent } from "./events.ts";

/** The event as it is now, to keep. Its texts are copied, so that they outlive one-off labels. */
export function keptEvent(event: TraceEvent): TraceEvent {
  const { timeNs, timeMs, code, nodeId, node, peerId, peer, packetId, typeId, type } = event;
  const { seq, total, attempt, bytes, valueMs, noteId, note, event: kind } = event;
  const packet = { packetId, typeId, type, seq, total, attempt, bytes };
  return { timeNs, timeMs, code, event: kind, nodeId, node, peerId, peer, ...packet, valueMs, noteId, note };
}

/** The row as it is now, to keep. */
export function keptRow(row: RttRow): RttRow {
  const { timeNs, timeMs, nodeId, node, peerId, peer, packetId, kind } = row;
  const { sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs } = row;
  const rtt = { sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs };
  return { timeNs, timeMs, nodeId, node, peerId, peer, packetId, ...rtt, kind };
}

/** An event by the columns of trace.csv, as trace.jsonl has it: what is absent is left out. */
export function eventColumns(event: TraceEvent): Record<string, string | number> {
  const { timeMs, event: kind, node, peer, packetId, type, seq, total, attempt, bytes, note } = event;
  return {
    time_ms: timeMs,
    event: kind,
    node,
    ...(peer !== "" && { peer }),
    ...(packetId !== 0 && { packet_id: packetId }),
    ...(type !== "" && { type }),
    ...(seq >= 0 && { seq }),
    ...(total >= 0 && { total }),
    ...(attempt >= 0 && { attempt }),
    ...(bytes >= 0 && { bytes }),
    ...(note !== "" && { note }),
  };
}
