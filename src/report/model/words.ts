/** An event in words, as a person would tell it: the rows of the report's table of events. */

import { EVENT_KINDS, type EventKind, type TraceEvent } from "../../trace/events.ts";
import { noteOf, type TraceModel } from "./trace-model.ts";

export interface EventWords {
  readonly kind: EventKind;
  /** `H2 -> H1`, `H1 <- H2`, or the host alone. */
  readonly place: string;
  readonly words: string;
}

const ARROWS: Partial<Record<EventKind, string>> = {
  send: "->",
  deliver: "<-",
  drop: "-x",
  duplicate: "=>",
  corrupt: "-~",
};

const SEGMENTS = /^(SYN|SYN-ACK|FIN|RST|SEGMENT|SEGMENT-ACK)$/;

/** What the words are made of. A TraceEvent has it all. */
export type WordedEvent = Pick<
  TraceEvent,
  "event" | "node" | "peer" | "type" | "seq" | "total" | "attempt" | "bytes" | "note"
>;

/** Event `i` of a model in words. */
export function eventWords(model: TraceModel, i: number): EventWords {
  const { events, texts } = model;
  return wordsOf({
    event: EVENT_KINDS[events.code[i]!] as EventKind,
    node: texts[events.node[i]!]!,
    peer: texts[events.peer[i]!]!,
    type: texts[events.type[i]!]!,
    seq: events.seq[i]!,
    total: events.total[i]!,
    attempt: events.attempt[i]!,
    bytes: events.bytes[i]!,
    note: noteOf(model, i),
  });
}

/** An event in words. */
export function wordsOf(event: WordedEvent): EventWords {
  const { event: kind, node, peer, type, note } = event;
  const arrow = ARROWS[kind];
  if (arrow !== undefined) {
    return { kind, place: `${node} ${arrow} ${peer}`, words: packetWords(event) + inBrackets(note) };
  }
  const place = peer === "" ? node : `${node} (${peer})`;
  switch (kind) {
    case "timeout":
      return { kind, place, words: `the timer of ${packetWords(event)} runs out after ${note}` };
    case "rtt":
      return { kind, place, words: note.startsWith("ambiguous") ? `${note}: not used (Karn's rule)` : note };
    case "state":
      return { kind, place, words: type === "" ? note : messageWords(event) };
    default:
      return { kind, place, words: note };
  }
}

function packetWords({ type, seq, total, attempt, bytes }: WordedEvent): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  const size = bytes >= 0 ? `, ${bytes} bytes` : "";
  if (SEGMENTS.test(type)) return `${type}${bytes > 0 ? ` from byte ${seq}` : ""}${again}${size}`;
  if (type.endsWith("-ACK")) return `ACK of ${type.slice(0, -4)}, next is ${seq}${again}${size}`;
  return `${type}${seq >= 0 ? ` ${seq} of ${total}` : ""}${again}${size}`;
}

/** An event about a whole message. */
function messageWords({ type, seq: number, total: packets, attempt: transmissions, bytes, note }: WordedEvent): string {
  const size = `${packets} ${packets === 1 ? "packet" : "packets"}`;
  if (note === "received") return `${type} is whole: ${size}, ${bytes} bytes`;
  return `${type} number ${number}: ${note} (${size}, ${transmissions} ${transmissions === 1 ? "transmission" : "transmissions"})`;
}

function inBrackets(note: string): string {
  return note === "" ? "" : ` (${note})`;
}
