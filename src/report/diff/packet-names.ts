/**
 * Names for the packets of a run that hold in another run too. A packet id will not do: one retransmission more, and all
 * ids behind it are others. A packet is named by what the protocol knows of it: from where to where, which message of
 * its type, sequence number and attempt. An ACK is known by the very packet that it answers, as it is to the fault rules.
 */

import { PacketClass, packetClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import type { TraceEvent } from "../../trace/events.ts";
import { groupDigits } from "../text.ts";
import { TooLargeToCompare } from "./sides.ts";

const MAX_FLOWS = 1 << 18;
const ACK_ENDING = "-ACK";

export interface PacketName {
  /** The same packet has the same key in either run. */
  readonly key: string;
  /** `sender -> receiver DATA`: the flow it is of. */
  readonly flow: string;
  readonly from: string;
  readonly to: string;
  readonly type: string;
  /** Number of the message among those of its type from its sender to its receiver, from 1; 0 = unknown. */
  readonly message: number;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  /** Of an ACK: the attempt of the packet that it answers; 0 = unknown, or no ACK. */
  readonly answers: number;
}

/** A packet as the ACK sees that answers it. */
interface Answered {
  readonly message: number;
  readonly attempt: number;
}

const UNKNOWN: Answered = { message: 0, attempt: 0 };

/** Names the packets of one run: show it every event, in order. */
export class PacketNames {
  /** By flow of data: the message under way. */
  private readonly sent = new Map<string, number>();
  /** By flow of data: the packet that arrived last, which is what the next ACK answers. */
  private readonly arrived = new Map<string, Answered>();

  /** The name of the packet of a `send` event. Throws TooLargeToCompare where there are too many flows. */
  ofSend({ node, peer, type, seq, total, attempt }: TraceEvent): PacketName {
    const flow = flowName(node, peer, type);
    const head = { flow, from: node, to: peer, type, seq, total, attempt };
    if (packetClassOf(type) === PacketClass.ack) {
      const data = flowName(peer, node, type.slice(0, -ACK_ENDING.length));
      const { message, attempt: answers } = this.arrived.get(data) ?? UNKNOWN;
      return { ...head, key: `${flow} ${message} ${seq} ${answers}`, message, answers };
    }
    const message = this.messageOf(flow, node, peer, type, seq, attempt);
    return { ...head, key: `${flow} ${message} ${seq} ${attempt}`, message, answers: 0 };
  }

  /** A packet that was named has arrived. */
  arrive({ flow, message, attempt }: PacketName): void {
    if (this.arrived.size < MAX_FLOWS || this.arrived.has(flow)) this.arrived.set(flow, { message, attempt });
  }

  private messageOf(flow: string, node: string, peer: string, type: string, seq: number, attempt: number): number {
    switch (packetClassOf(type)) {
      case PacketClass.data:
        // The first packet of a message, sent for the first time, begins the next message.
        return seq === 1 && attempt === 1 ? this.count(flow) : (this.sent.get(flow) ?? 0);
      case PacketClass.segment: {
        // Byte streams between two hosts are counted by their openings.
        const connections = [node, peer].toSorted().join(" ");
        return type === "SYN" && attempt === 1 ? this.count(connections) : (this.sent.get(connections) ?? 0);
      }
      default:
        return 0;
    }
  }

  private count(name: string): number {
    const message = (this.sent.get(name) ?? 0) + 1;
    if (message === 1 && this.sent.size >= MAX_FLOWS) {
      throw new TooLargeToCompare(`more than ${groupDigits(MAX_FLOWS)} flows (from, to and message type)`);
    }
    this.sent.set(name, message);
    return message;
  }
}

export function flowName(node: string, peer: string, type: string): string {
  return `${node} -> ${peer}${type === "" ? "" : ` ${type}`}`;
}

export function isSegment(type: string): boolean {
  return packetClassOf(type) === PacketClass.segment;
}

/** `DATA 3/20 of message 1, attempt 2, sender -> receiver`. */
export function packetText({ from, to, type, message, seq, total, attempt, answers }: PacketName): string {
  if (isSegment(type)) return `${type} at byte ${seq} of connection ${message}, attempt ${attempt}, ${from} -> ${to}`;
  const place = seq < 0 ? "" : ` ${seq}${total < 0 ? "" : `/${total}`}`;
  const again = attempt < 0 ? "" : `, attempt ${attempt}`;
  const which = message === 0 ? "" : ` of message ${message}`;
  const answer = answers > 1 ? ` (answers attempt ${answers})` : "";
  return `${type === "" ? "packet" : type}${place}${which}${again}${answer}, ${from} -> ${to}`;
}
