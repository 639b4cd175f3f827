/** What a packet's type and an event's note mean for the metrics. */

import { CONTROL_TYPE_NAMES } from "../../../core/wire/packet.ts";
import type { TraceEvent } from "../../../trace/events.ts";
import { noteDuration } from "../../../trace/format-ms.ts";
import { LabelMemo } from "../label-memo.ts";

/** Classes of packets, by their type. 0 is reserved for "not known yet" (see LabelMemo). */
export const PacketClass = { data: 1, ack: 2, segment: 3, untyped: 4, control: 5 } as const;
export type PacketClass = (typeof PacketClass)[keyof typeof PacketClass];

/** The types of a byte stream's segments, as the trace shows them. */
export const SEGMENT_TYPES = ["SYN", "SYN-ACK", "SEGMENT", "SEGMENT-ACK", "FIN", "RST"] as const;

/** The types of packets that are neither data nor an ACK: the hardened wire has them. */
export const CONTROL_TYPES: readonly string[] = Object.values(CONTROL_TYPE_NAMES);

export function packetClassOf(type: string): PacketClass {
  if (type === "") return PacketClass.untyped;
  if ((SEGMENT_TYPES as readonly string[]).includes(type)) return PacketClass.segment;
  if (CONTROL_TYPES.includes(type)) return PacketClass.control;
  return type.endsWith("-ACK") ? PacketClass.ack : PacketClass.data;
}

/** Classes of notes: the reasons of retransmissions and the outcomes of messages. */
export const NoteClass = {
  other: 1,
  necessary: 2,
  spuriousAckLost: 3,
  spuriousLate: 4,
  delivered: 5,
  givenUp: 6,
  cancelled: 7,
  refused: 8,
  received: 9,
  rejected: 10,
} as const;
export type NoteClass = (typeof NoteClass)[keyof typeof NoteClass];

const NOTE_CLASSES: Readonly<Record<string, NoteClass>> = {
  "necessary: data lost": NoteClass.necessary,
  "spurious: ACK lost": NoteClass.spuriousAckLost,
  "spurious: late": NoteClass.spuriousLate,
  delivered: NoteClass.delivered,
  "given up": NoteClass.givenUp,
  cancelled: NoteClass.cancelled,
  refused: NoteClass.refused,
  received: NoteClass.received,
  rejected: NoteClass.rejected,
};

/** The class of a note's fixed part. */
export function noteClassOf(text: string): NoteClass {
  return Object.hasOwn(NOTE_CLASSES, text) ? (NOTE_CLASSES[text] as NoteClass) : NoteClass.other;
}

/** What becomes of a message that was under way at its sender. */
const OUTCOMES: readonly NoteClass[] = [
  NoteClass.delivered,
  NoteClass.givenUp,
  NoteClass.cancelled,
  NoteClass.rejected,
];

/** Does the fixed part of a note tell the end of a message at its sender? */
export function isOutcome(text: string): boolean {
  return OUTCOMES.includes(noteClassOf(text));
}

/** The fixed part of an event's note: without the duration behind it. */
export function fixedNote(event: TraceEvent): string {
  const { note } = event;
  const duration = noteDuration("label", event.valueMs);
  return duration !== "" && note.endsWith(duration) ? note.slice(0, note.length - duration.length) : note;
}

/** Classifies each label once. */
export class LabelClasses {
  private readonly types = new LabelMemo();
  private readonly notes = new LabelMemo();

  packet(event: TraceEvent): number {
    const known = this.types.get(event.typeId);
    return known !== 0 ? known : this.types.put(event.typeId, packetClassOf(event.type));
  }

  note(event: TraceEvent): number {
    const known = this.notes.get(event.noteId);
    if (known !== 0) return known;
    return this.notes.put(event.noteId, noteClassOf(fixedNote(event)));
  }
}
