/**
 * Each participant's state at a moment of the trace, replayed from its events: what the page shows beside the time
 * slider. Forwards it goes on from where it is; backwards it begins again, which takes some milliseconds.
 */

import { PacketClass, packetClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import { EventCode, RTT_KINDS } from "../../trace/events.ts";
import { entryNote } from "./activity.ts";
import { conditionAfter, type HostCondition, markKindOf } from "./hosts.ts";
import { noteOf, type TraceModel } from "./trace-model.ts";

/** A packet that its sender waits to have acknowledged. */
export interface Outstanding {
  readonly peer: string;
  readonly type: string;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  readonly sentNs: number;
  readonly packetId: number;
}

export interface Reception {
  readonly peer: string;
  readonly type: string;
  /** The data packet that came last. */
  readonly seq: number;
  readonly total: number;
  /** Whole messages so far. */
  readonly messages: number;
}

export interface Entry {
  readonly files: string;
  readonly peer: string;
  /** When it was added or last changed. */
  readonly sinceNs: number;
}

export interface EstimatorState {
  readonly estimatedRttMs: number;
  readonly devRttMs: number;
  readonly timeoutIntervalMs: number;
}

export interface ParticipantState {
  readonly name: string;
  condition: HostCondition;
  /** The directory's table by entry, where there ever was one. */
  table: Map<string, Entry> | undefined;
  /** By remote end and type. */
  readonly outstanding: Map<string, Outstanding>;
  readonly receptions: Map<string, Reception>;
  /** By remote end. */
  readonly estimators: Map<string, EstimatorState>;
  /** Files on offer. */
  readonly shares: Set<string>;
  /** Requests of its user that have no answer yet. */
  readonly requests: Set<string>;
  sent: number;
  retransmitted: number;
  delivered: number;
  /** Its latest note or action. */
  latest: string;
}

const REQUEST = /^(lookup|view|download|fetch|exit)\b/;
const SHARE = /^(share|unshare) (.+) -> ok/;

export class Replay {
  private readonly model: TraceModel;
  private states = new Map<number, ParticipantState>();
  /** The next event to replay, and the next row of the estimators. */
  private next = 0;
  private nextRow = 0;

  constructor(model: TraceModel) {
    this.model = model;
  }

  /** The states after event `last` (from 0; -1 is the moment before the first), by host, in the order of their first event. */
  at(last: number): readonly ParticipantState[] {
    if (last + 1 < this.next) {
      this.states = new Map();
      this.next = 0;
      this.nextRow = 0;
    }
    const end = Math.min(last + 1, this.model.count);
    while (this.next < end) this.replay(this.next++);
    return [...this.states.values()];
  }

  private replay(i: number): void {
    const { events, texts } = this.model;
    const state = this.state(events.node[i]!);
    const peer = texts[events.peer[i]!]!;
    switch (events.code[i]) {
      case EventCode.send:
        this.sent(i, state, peer);
        break;
      case EventCode.deliver:
        this.delivered(i, state, peer);
        break;
      case EventCode.rtt:
        this.acknowledged(i, state);
        this.estimate(i, state, peer);
        break;
      case EventCode.timeout:
        this.estimate(i, state, peer);
        break;
      case EventCode.state:
        if (events.type[i] === 0) this.condition(i, state, peer);
        else this.message(i, state, peer);
        break;
      case EventCode.action:
        act(state, noteOf(this.model, i));
        break;
    }
  }

  private sent(i: number, state: ParticipantState, peer: string): void {
    const { events, texts } = this.model;
    const type = texts[events.type[i]!]!;
    state.sent++;
    const [attempt, packetId] = [events.attempt[i]!, events.packetId[i]!];
    if (packetClassOf(type) !== PacketClass.data) return;
    if (attempt > 1) state.retransmitted++;
    const [seq, total] = [events.seq[i]!, events.total[i]!];
    state.outstanding.set(`${peer}\n${type}`, { peer, type, seq, total, attempt, sentNs: events.timeNs[i]!, packetId });
  }

  private delivered(i: number, state: ParticipantState, peer: string): void {
    const { events, texts } = this.model;
    const type = texts[events.type[i]!]!;
    state.delivered++;
    if (packetClassOf(type) !== PacketClass.data) return;
    const key = `${peer}\n${type}`;
    const messages = state.receptions.get(key)?.messages ?? 0;
    state.receptions.set(key, { peer, type, seq: events.seq[i]!, total: events.total[i]!, messages });
  }

  private acknowledged(i: number, { outstanding }: ParticipantState): void {
    const packetId = this.model.events.packetId[i]!;
    for (const [key, one] of outstanding) if (one.packetId === packetId) outstanding.delete(key);
  }

  /** A sample or a timeout is an event and a row of the estimator's; the rows are in the same order. */
  private estimate(i: number, { estimators }: ParticipantState, peer: string): void {
    const { events, rtt, rttCount } = this.model;
    const row = this.nextRow;
    if (row >= rttCount || rtt.node[row] !== events.node[i] || rtt.packetId[row] !== events.packetId[i]) return;
    const isTimeout = RTT_KINDS[rtt.kind[row]!] === "timeout";
    if (isTimeout !== (events.code[i] === EventCode.timeout)) return;
    this.nextRow++;
    estimators.set(peer, {
      estimatedRttMs: rtt.estimatedRttMs[row]!,
      devRttMs: rtt.devRttMs[row]!,
      timeoutIntervalMs: rtt.timeoutIntervalMs[row]!,
    });
  }

  /** What befell a host or its directory's table. */
  private condition(i: number, state: ParticipantState, peer: string): void {
    const kind = markKindOf(this.model, i);
    const note = noteOf(this.model, i);
    state.latest = note;
    if (kind === "entry") {
      state.table ??= new Map();
      const { word, key, files } = entryNote(note);
      if (word === "added" || word === "changed") {
        state.table.set(key, { files, peer, sinceNs: this.model.events.timeNs[i]! });
      } else state.table.delete(key);
      return;
    }
    const after = kind === undefined ? undefined : conditionAfter(kind);
    if (after === undefined) return;
    state.condition = after;
    if (kind !== "crash") return;
    // What a process knows goes with it; its files stay.
    state.table?.clear();
    for (const kept of [state.outstanding, state.receptions, state.estimators, state.requests]) kept.clear();
  }

  private message(i: number, state: ParticipantState, peer: string): void {
    const { events, texts } = this.model;
    const [type, note] = [texts[events.type[i]!]!, texts[events.note[i]!]!];
    const key = `${peer}\n${type}`;
    if (note === "received") {
      const before = state.receptions.get(key);
      const total = events.total[i]!;
      state.receptions.set(key, { peer, type, seq: total, total, messages: (before?.messages ?? 0) + 1 });
    } else if (events.attempt[i]! > 0) {
      state.outstanding.delete(key);
      state.latest = `${type} ${noteOf(this.model, i)}`;
    }
  }

  private state(node: number): ParticipantState {
    let state = this.states.get(node);
    if (state === undefined) {
      state = {
        name: this.model.texts[node]!,
        condition: "up",
        table: undefined,
        outstanding: new Map(),
        receptions: new Map(),
        estimators: new Map(),
        shares: new Set(),
        requests: new Set(),
        sent: 0,
        retransmitted: 0,
        delivered: 0,
        latest: "",
      };
      this.states.set(node, state);
    }
    return state;
  }
}

/** What a user asks for is `lookup new.txt`, and its answer `lookup new.txt -> ...`. */
function act(state: ParticipantState, note: string): void {
  state.latest = note;
  const [, word, file] = SHARE.exec(note) ?? [];
  if (word === "share") state.shares.add(file!);
  else if (word === "unshare") state.shares.delete(file!);
  if (!REQUEST.test(note)) return;
  const arrow = note.indexOf(" -> ");
  if (arrow < 0) state.requests.add(note);
  else state.requests.delete(note.slice(0, arrow));
}
