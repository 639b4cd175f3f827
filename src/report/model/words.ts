/** An event in words, as a person would tell it: the rows of the report's table of events. */

import { EVENT_KINDS, EventCode, type EventKind } from "../../trace/events.ts";
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

export function eventWords(model: TraceModel, i: number): EventWords {
  const { events, texts } = model;
  const kind = EVENT_KINDS[events.code[i]!] as EventKind;
  const [node, peer, note] = [texts[events.node[i]!]!, texts[events.peer[i]!]!, noteOf(model, i)];
  const arrow = ARROWS[kind];
  if (arrow !== undefined) {
    return { kind, place: `${node} ${arrow} ${peer}`, words: packetWords(model, i) + inBrackets(note) };
  }
  const place = peer === "" ? node : `${node} (${peer})`;
  switch (events.code[i]) {
    case EventCode.timeout:
      return { kind, place, words: `the timer of ${packetWords(model, i)} runs out after ${note}` };
    case EventCode.rtt:
      return { kind, place, words: note.startsWith("ambiguous") ? `${note}: not used (Karn's rule)` : note };
    case EventCode.state:
      return { kind, place, words: events.type[i] === 0 ? note : messageWords(model, i, note) };
    default:
      return { kind, place, words: note };
  }
}

function packetWords({ events, texts }: TraceModel, i: number): string {
  const type = texts[events.type[i]!]!;
  const [seq, total, attempt, bytes] = [events.seq[i]!, events.total[i]!, events.attempt[i]!, events.bytes[i]!];
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  const size = bytes >= 0 ? `, ${bytes} bytes` : "";
  if (SEGMENTS.test(type)) return `${type}${bytes > 0 ? ` from byte ${seq}` : ""}${again}${size}`;
  if (type.endsWith("-ACK")) return `ACK of ${type.slice(0, -4)}, next is ${seq}${again}${size}`;
  return `${type}${seq >= 0 ? ` ${seq} of ${total}` : ""}${again}${size}`;
}

/** An event about a whole message. */
function messageWords({ events, texts }: TraceModel, i: number, note: string): string {
  const type = texts[events.type[i]!]!;
  const [number, packets, transmissions] = [events.seq[i]!, events.total[i]!, events.attempt[i]!];
  const size = `${packets} ${packets === 1 ? "packet" : "packets"}`;
  if (note === "received") return `${type} is whole: ${size}, ${events.bytes[i]} bytes`;
  return `${type} number ${number}: ${note} (${size}, ${transmissions} ${transmissions === 1 ? "transmission" : "transmissions"})`;
}

function inBrackets(note: string): string {
  return note === "" ? "" : ` (${note})`;
}
