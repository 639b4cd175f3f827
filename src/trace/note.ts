/** A note and the duration that may stand behind it, apart: `given up 1000 ms` is `given up` and 1000. */

import { EventCode, type TraceEvent } from "./events.ts";
import { noteDuration } from "./format-ms.ts";

/** The note without the duration behind it. */
export function noteLabel(event: TraceEvent): string {
  if (event.noteId === 0) return "";
  const duration = noteDuration("label", event.valueMs);
  return event.note.slice(0, event.note.length - duration.length);
}

export interface NoteParts {
  readonly label: string;
  /** NaN: no duration. */
  readonly valueMs: number;
}

/** A duration as formatMs writes it: plain, or with an exponent from 2^32 ms on. */
const DURATION = /^(?:([\s\S]*) )?(\d+(?:\.\d+)?(?:e\+\d+)?) ms$/;

/**
 * Takes a note apart that was read from a file. Only events that say how long something took have a duration: expired
 * timers, RTT samples and the outcomes of messages (which have a count of transmissions).
 */
export function splitNote(code: number, attempt: number, note: string): NoteParts {
  const mayHaveDuration =
    code === EventCode.timeout || code === EventCode.rtt || (code === EventCode.state && attempt >= 0);
  const [, label = "", digits] = (mayHaveDuration && DURATION.exec(note)) || [];
  return digits === undefined ? { label: note, valueMs: Number.NaN } : { label, valueMs: Number(digits) };
}
