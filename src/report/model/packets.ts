/**
 * Every transmission of the trace with what became of it: the arrows of a ladder diagram. A transmission is tied to its
 * ends by its packet id; a duplicated one has several.
 */

import { CONTROL_TYPE_NAMES } from "../../core/wire/packet.ts";
import { PacketClass, packetClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import { EventCode } from "../../trace/events.ts";
import { noteOf, type TraceModel } from "./trace-model.ts";

/** One end of a transmission. `event` is the number of its event in the model, from 0. */
export interface Arrival {
  readonly event: number;
  readonly timeNs: number;
  /** A packet of the same direction that was sent later had arrived before. */
  readonly isOvertaken: boolean;
}

export interface Loss {
  readonly event: number;
  readonly timeNs: number;
  readonly why: string;
  /** Lost at its receiver (host down, port closed ...) and not on its way. */
  readonly isAtReceiver: boolean;
}

/** `other`: neither data nor an ACK (a challenge of the hardened wire), or of a protocol that says nothing of its packets. */
export type PacketKind = "data" | "ack" | "segment" | "other";
/** `cookie`: no timer had run out; the hardened wire's receiver had asked for its cookie, and the packet is sent again with it. */
export type Retransmission = "necessary" | "spurious" | "cookie" | "unknown";

export interface Transmission {
  readonly packetId: number;
  readonly from: string;
  readonly to: string;
  readonly kind: PacketKind;
  readonly type: string;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  readonly bytes: number;
  /** The event of its sending, from 0; -1 where the trace has only its arrival (a packet from outside). */
  readonly sendEvent: number;
  /** When it was sent; where that is not known, when it arrived. */
  readonly sentNs: number;
  /** Its message, counted from 1 among those of its type from the same host to the same host; 0 = of none. */
  readonly message: number;
  /** Of an ACK: the packet that it answers; 0 = none. */
  readonly answers: number;
  /** Of a retransmission: was it needed? And the note that says so. */
  readonly retransmission: Retransmission | undefined;
  readonly reason: string;
  readonly arrivals: readonly Arrival[];
  readonly losses: readonly Loss[];
  /** The rule that duplicated it. */
  readonly duplicated: string | undefined;
  /** The rule that damaged it. */
  readonly corrupted: string | undefined;
}

type Growing = Transmission & {
  arrivals: Arrival[];
  losses: Loss[];
  duplicated: string | undefined;
  corrupted: string | undefined;
};

/** All transmissions of a model, in the order of their sending. */
export function transmissionsOf(model: TraceModel): readonly Transmission[] {
  const tracker = new PacketTracker(model);
  for (let i = 0; i < model.count; i++) tracker.onEvent(i);
  return tracker.transmissions;
}

/** The time of the last thing that is known of a transmission, in ns. */
export function lastNs({ sentNs, arrivals, losses }: Transmission): number {
  return Math.max(sentNs, ...arrivals.map(({ timeNs }) => timeNs), ...losses.map(({ timeNs }) => timeNs));
}

/** `DATA 2/3`, `UPDATE`, `DATA-ACK 3`: a transmission in a few words. */
export function shortName({ kind, type, seq, total, bytes }: Transmission): string {
  if (kind === "segment") return type === "SEGMENT" ? `${bytes} bytes from ${seq}` : type;
  if (kind === "ack") return `${type} ${seq}`;
  if (type === "") return `${bytes} bytes`;
  return total > 1 ? `${type} ${seq}/${total}` : type;
}

const KINDS: Readonly<Record<PacketClass, PacketKind>> = {
  [PacketClass.data]: "data",
  [PacketClass.ack]: "ack",
  [PacketClass.segment]: "segment",
  [PacketClass.untyped]: "other",
  [PacketClass.control]: "other",
};

class PacketTracker {
  readonly transmissions: Growing[] = [];
  private readonly model: TraceModel;
  private readonly byId = new Map<number, Growing>();
  /** Messages begun, by sender, receiver and type. */
  private readonly messages = new Map<string, number>();
  /** The data packet that each host had last: an ACK that it sends answers it. */
  private readonly latestData = new Map<string, Transmission>();
  /** The events of the latest sending and timeout of each data packet, and of the latest challenge that came from each host. */
  private readonly latestSent = new Map<string, number>();
  private readonly latestTimeout = new Map<string, number>();
  private readonly latestChallenge = new Map<string, number>();
  /** The latest sending among the packets that arrived, by direction. */
  private readonly newestArrived = new Map<string, number>();

  constructor(model: TraceModel) {
    this.model = model;
  }

  onEvent(i: number): void {
    switch (this.model.events.code[i]) {
      case EventCode.send:
        this.sent(i);
        break;
      case EventCode.deliver:
        this.arrived(i);
        break;
      case EventCode.drop:
        this.lost(i);
        break;
      case EventCode.timeout:
        this.latestTimeout.set(this.packetKey(i), i);
        break;
      case EventCode.duplicate:
        this.transmission(i).duplicated = noteOf(this.model, i);
        break;
      case EventCode.corrupt:
        this.transmission(i).corrupted = noteOf(this.model, i);
        break;
    }
  }

  private sent(i: number): void {
    const { node, peer } = this.ends(i);
    const { kind } = this.add(i, node, peer, i);
    if (kind === "data") this.latestSent.set(this.packetKey(i), i);
  }

  private arrived(i: number): void {
    const { node, peer, timeNs } = this.ends(i);
    const found = this.transmission(i, true);
    const direction = `${peer}\n${node}`;
    const newest = this.newestArrived.get(direction) ?? -1;
    const isOvertaken = found.sendEvent >= 0 && found.sendEvent < newest;
    this.newestArrived.set(direction, Math.max(newest, found.sendEvent));
    found.arrivals.push({ event: i, timeNs, isOvertaken });
    if (found.type === CONTROL_TYPE_NAMES.challenge) this.latestChallenge.set(`${node}\n${peer}`, i);
    if (found.kind === "data") this.latestData.set(`${node}\n${peer}\n${found.type}`, found);
  }

  private lost(i: number): void {
    const { node, timeNs } = this.ends(i);
    // Where sender and receiver are one, a loss on the way cannot be told from one on arrival.
    const known = this.byId.get(this.model.events.packetId[i]!);
    const isAtReceiver = known === undefined ? true : known.to === node && known.from !== node;
    const found = known ?? this.transmission(i, true);
    found.losses.push({ event: i, timeNs, why: noteOf(this.model, i), isAtReceiver });
  }

  /** The transmission that an event is about; one without a sending where the trace has none. */
  private transmission(i: number, isAtReceiver = false): Growing {
    const { node, peer, packetId } = this.ends(i);
    const known = packetId === 0 ? undefined : this.byId.get(packetId);
    if (known !== undefined) return known;
    return isAtReceiver ? this.add(i, peer, node, -1) : this.add(i, node, peer, -1);
  }

  private add(i: number, from: string, to: string, sendEvent: number): Growing {
    const { events, texts } = this.model;
    const type = texts[events.type[i]!]!;
    const kind = KINDS[packetClassOf(type)];
    const [seq, attempt, packetId] = [events.seq[i]!, events.attempt[i]!, events.packetId[i]!];
    const reason = sendEvent < 0 ? "" : noteOf(this.model, i);
    const cause = kind === "ack" ? this.latestData.get(`${from}\n${to}\n${type.slice(0, -"-ACK".length)}`) : undefined;
    const transmission: Growing = {
      packetId,
      from,
      to,
      kind,
      type,
      seq,
      total: events.total[i]!,
      attempt,
      bytes: events.bytes[i]!,
      sendEvent,
      sentNs: events.timeNs[i]!,
      message: kind === "data" ? this.messageOf(from, to, type, seq, attempt) : (cause?.message ?? 0),
      answers: cause?.packetId ?? 0,
      retransmission: kind !== "ack" && attempt > 1 ? this.judge(i, sendEvent, reason) : undefined,
      reason,
      arrivals: [],
      losses: [],
      duplicated: undefined,
      corrupted: undefined,
    };
    this.transmissions.push(transmission);
    if (packetId !== 0) this.byId.set(packetId, transmission);
    return transmission;
  }

  private messageOf(from: string, to: string, type: string, seq: number, attempt: number): number {
    const key = `${from}\n${to}\n${type}`;
    const begun = this.messages.get(key) ?? 0;
    // A trace that was cut at its start may begin in the middle of a message.
    const isNew = begun === 0 || (seq === 1 && attempt <= 1);
    if (isNew) this.messages.set(key, begun + 1);
    return isNew ? begun + 1 : begun;
  }

  private judge(i: number, sendEvent: number, reason: string): Retransmission {
    if (sendEvent >= 0 && this.bringsCookie(i)) return "cookie";
    if (reason.startsWith("necessary")) return "necessary";
    return reason.startsWith("spurious") ? "spurious" : "unknown";
  }

  /** Has a challenge come since the attempt before, and has no timer run out since then? */
  private bringsCookie(i: number): boolean {
    const { node, peer } = this.ends(i);
    const key = this.packetKey(i);
    const before = this.latestSent.get(key);
    const challenge = this.latestChallenge.get(`${node}\n${peer}`) ?? -1;
    return before !== undefined && challenge > before && (this.latestTimeout.get(key) ?? -1) < before;
  }

  /** A data packet's host, peer, type and sequence number. */
  private packetKey(i: number): string {
    const { node, peer } = this.ends(i);
    return [node, peer, this.model.events.type[i], this.model.events.seq[i]].join("\n");
  }

  private ends(i: number): { node: string; peer: string; packetId: number; timeNs: number } {
    const { events, texts } = this.model;
    return {
      node: texts[events.node[i]!]!,
      peer: texts[events.peer[i]!]!,
      packetId: events.packetId[i]!,
      timeNs: events.timeNs[i]!,
    };
  }
}
