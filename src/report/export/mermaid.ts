/**
 * trace.mmd: the packets of a run as a Mermaid sequence diagram, which GitHub and many editors draw. Only the first
 * messages are shown; a note at the end says how many there were.
 *
 * An arrow is a packet, in the order of sending: `->>` one that arrived, `-x` one that was lost, `-)` one whose fate is
 * not in the trace; of acknowledgements the same with a dotted line.
 */

import type { ChunkHandler } from "../../trace/csv/chunk-buffer.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../trace/events.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { countOf } from "../text.ts";
import { mermaidText } from "./mermaid-text.ts";
import { isAcknowledgement, packetName } from "./packet-name.ts";
import { TextFile } from "./text-file.ts";

export interface MermaidOptions {
  /** Written above the diagram. */
  readonly title?: string | undefined;
  /** The order of the participants, where they have any part; others follow as they first appear. */
  readonly hosts?: readonly string[] | undefined;
  /** Messages shown; 60 unless given. */
  readonly maxMessages?: number | undefined;
}

export const DEFAULT_MAX_MESSAGES = 60;

/** Timeouts shown; more are counted. */
const MAX_TIMEOUTS = 60;
/** Arrivals of one packet that are told; more are counted. */
const MAX_ARRIVALS = 4;
/** What is told of one packet beside its arrivals. */
const MAX_FACTS = 4;

interface Message {
  readonly kind: "message";
  readonly from: string;
  readonly to: string;
  readonly isAck: boolean;
  readonly words: string;
  /** Why it was sent again, what damaged it, which rule made copies. */
  readonly facts: string[];
  readonly arrivalsNs: number[];
  arrivals: number;
  losses: number;
}

interface Timeout {
  readonly kind: "timeout";
  readonly host: string;
  readonly words: string;
}

/** Keeps what is shown, and writes the diagram through `onChunk` when `end` is called. One sink serves one run. */
export class MermaidSink implements TraceSink {
  private readonly file: TextFile;
  private readonly options: MermaidOptions;
  private readonly maxMessages: number;
  private readonly shown: (Message | Timeout)[] = [];
  private readonly byPacket = new Map<number, Message>();
  private messagesShown = 0;
  private timeoutsShown = 0;
  private messages = 0;
  private timeouts = 0;
  private shownUntilNs = 0;
  /** Packet ids grow in the order in which the trace first names them: a higher one is of a packet from outside. */
  private highestId = 0;

  constructor(onChunk: ChunkHandler, options: MermaidOptions = {}) {
    const { maxMessages = DEFAULT_MAX_MESSAGES } = options;
    if (!Number.isInteger(maxMessages) || maxMessages < 1) {
      throw new RangeError(`maxMessages is a whole number from 1, not ${maxMessages}`);
    }
    this.file = new TextFile(onChunk);
    this.options = options;
    this.maxMessages = maxMessages;
  }

  onEvent(event: TraceEvent): void {
    switch (event.code) {
      case EventCode.send:
        this.add(event, event.node, event.peer);
        break;
      case EventCode.deliver: {
        const message = this.messageOf(event);
        if (message === undefined) break;
        message.arrivals++;
        if (message.arrivalsNs.length < MAX_ARRIVALS) message.arrivalsNs.push(event.timeNs);
        break;
      }
      case EventCode.drop: {
        const message = this.messageOf(event);
        if (message === undefined) break;
        message.losses++;
        tell(message, `lost: ${event.note}`);
        break;
      }
      case EventCode.duplicate:
        tell(this.messageOf(event), `a copy follows: ${event.note}`);
        break;
      case EventCode.corrupt:
        tell(this.messageOf(event), `damaged: ${event.note}`);
        break;
      case EventCode.timeout:
        this.addTimeout(event);
        break;
    }
  }

  /** Writes the diagram. */
  end(): void {
    const { file, shown } = this;
    const participants = this.participants();
    const id = new Map(participants.map((host, i) => [host, `p${i + 1}`]));
    file.write("sequenceDiagram\n");
    const title = [this.options.title?.trim() ?? "", this.messages === 0 ? "no packet was sent" : ""];
    const words = mermaidText(title.filter((part) => part !== "").join(": "));
    if (words !== "") file.write(`    title ${words}\n`);
    for (const host of participants) file.write(`    participant ${id.get(host)} as ${mermaidText(host) || "?"}\n`);
    for (const one of shown) {
      if (one.kind === "timeout") file.write(`    Note over ${id.get(one.host)}: ${mermaidText(one.words)}\n`);
      else file.write(`    ${id.get(one.from)}${arrow(one)}${id.get(one.to)}: ${mermaidText(story(one))}\n`);
    }
    const cut = this.cut();
    if (cut !== "") {
      const over = participants.length === 1 ? "p1" : `p1,p${participants.length}`;
      file.write(`    Note over ${over}: ${mermaidText(cut)}\n`);
    }
    file.flush();
  }

  private add(event: TraceEvent, from: string, to: string): Message | undefined {
    this.messages++;
    this.highestId = Math.max(this.highestId, event.packetId);
    if (this.messagesShown === this.maxMessages) return undefined;
    this.messagesShown++;
    this.shownUntilNs = event.timeNs;
    const again = event.attempt > 1 ? `, attempt ${event.attempt}` : "";
    const message: Message = {
      kind: "message",
      from,
      to,
      isAck: isAcknowledgement(event.type),
      words: `${formatMs(event.timeMs)} ms ${packetName(event)}${again}`,
      facts: event.code === EventCode.send && event.note !== "" ? [event.note] : [],
      arrivalsNs: [],
      arrivals: 0,
      losses: 0,
    };
    this.shown.push(message);
    if (event.packetId !== 0) this.byPacket.set(event.packetId, message);
    return message;
  }

  /** The message shown that an event is about. A packet that nobody of the trace sent is one when it comes. */
  private messageOf(event: TraceEvent): Message | undefined {
    const { packetId, node, peer } = event;
    if (packetId !== 0 && packetId <= this.highestId) return this.byPacket.get(packetId);
    return this.add(event, peer, node);
  }

  private addTimeout(event: TraceEvent): void {
    this.timeouts++;
    if (this.messages > this.messagesShown || this.timeoutsShown === MAX_TIMEOUTS) return;
    this.timeoutsShown++;
    const { node: host, timeMs, note } = event;
    const words = `${formatMs(timeMs)} ms timeout of ${packetName(event)} after ${note}`;
    this.shown.push({ kind: "timeout", host, words });
  }

  private participants(): readonly string[] {
    const taking = new Set(this.shown.flatMap((one) => (one.kind === "timeout" ? [one.host] : [one.from, one.to])));
    const first = (this.options.hosts ?? []).filter((host) => taking.has(host));
    return [...new Set([...first, ...taking])];
  }

  /** What is not shown; "" where all is. */
  private cut(): string {
    const [messages, timeouts] = [this.messages - this.messagesShown, this.timeouts - this.timeoutsShown];
    const parts = [
      ...(messages > 0 ? [countOf(messages, "message")] : []),
      ...(timeouts > 0 ? [countOf(timeouts, "timeout")] : []),
    ];
    if (parts.length === 0) return "";
    const until = `until ${formatMs(this.shownUntilNs / 1e6)} ms`;
    return `the first ${this.messagesShown} of ${countOf(this.messages, "message")}, ${until} (left out: ${parts.join(" and ")})`;
  }
}

function tell(message: Message | undefined, fact: string): void {
  if (message !== undefined && message.facts.length < MAX_FACTS) message.facts.push(fact);
}

function arrow({ isAck, arrivals, losses }: Message): string {
  const line = isAck ? "--" : "-";
  if (arrivals > 0) return `${line}>>`;
  return losses > 0 ? `${line}x` : `${line})`;
}

function story({ words, facts, arrivalsNs, arrivals, losses }: Message): string {
  const all = [...facts];
  if (arrivals > 1) {
    const more = arrivals > arrivalsNs.length ? ` and ${arrivals - arrivalsNs.length} times more` : "";
    all.push(`arrives at ${arrivalsNs.map((timeNs) => `${formatMs(timeNs / 1e6)} ms`).join(", ")}${more}`);
  }
  if (arrivals + losses === 0) all.push("what became of it is not in the trace");
  return all.length === 0 ? words : `${words} (${all.join(", ")})`;
}
