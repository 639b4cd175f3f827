/** The hosts of a trace: who there is, when each was up, and what is worth a mark on its line. */

import { NoteClass, noteClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import { EventCode } from "../../trace/events.ts";
import { noteOf, type TraceModel } from "./trace-model.ts";

export type HostCondition = "up" | "down" | "paused";

/** A stretch of time in which a host is not up; `toNs` is Infinity where the trace does not see its end. */
export interface Absence {
  readonly condition: "down" | "paused";
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * - `start`, `restart`, `crash`, `pause`, `resume`: what befell the host
 * - `action`: what its user asked for or saw
 * - `entry`: a change of the directory's table
 * - `given-up`: a message that its sender gave up, or that was refused at its receiver
 * - `reject`: rubbish from outside
 * - `http`: a line of an HTTP exchange
 * - `note`: any other change of state
 */
export type MarkKind =
  | "start"
  | "restart"
  | "crash"
  | "pause"
  | "resume"
  | "action"
  | "entry"
  | "given-up"
  | "reject"
  | "http"
  | "note";

export interface HostMark {
  readonly event: number;
  readonly timeNs: number;
  readonly host: string;
  readonly peer: string;
  readonly kind: MarkKind;
  readonly text: string;
}

export interface HostLine {
  readonly name: string;
  readonly absences: readonly Absence[];
}

export interface HostFacts {
  /** In the order in which the trace first names them, those with events of their own before those that are only written to. */
  readonly hosts: readonly HostLine[];
  readonly marks: readonly HostMark[];
}

const BEFALLINGS: Readonly<Record<string, MarkKind>> = {
  started: "start",
  restarted: "restart",
  crashed: "crash",
  paused: "pause",
  resumed: "resume",
};

const CONDITIONS: Partial<Record<MarkKind, HostCondition>> = {
  start: "up",
  restart: "up",
  resume: "up",
  crash: "down",
  pause: "paused",
};

const FAILURES: readonly NoteClass[] = [NoteClass.givenUp, NoteClass.rejected];

/** Words that open a directory's note about its table. */
const ENTRY_NOTE = /^(added|changed|removed|expired|evicted) /;

/** What an event of kind `state`, `action`, `http` or `reject` is on its host's line; undefined: nothing worth a mark. */
export function markKindOf(model: TraceModel, i: number): MarkKind | undefined {
  const { events, texts } = model;
  const note = texts[events.note[i]!]!;
  switch (events.code[i]) {
    case EventCode.action:
      return "action";
    case EventCode.http:
      return "http";
    case EventCode.reject:
      return "reject";
    case EventCode.state:
      if (events.type[i] !== 0) return FAILURES.includes(noteClassOf(note)) ? "given-up" : undefined;
      if (Object.hasOwn(BEFALLINGS, note)) return BEFALLINGS[note];
      return ENTRY_NOTE.test(note) ? "entry" : "note";
    default:
      return undefined;
  }
}

/** The condition that a mark leaves its host in; undefined where it changes nothing. */
export function conditionAfter(kind: MarkKind): HostCondition | undefined {
  return CONDITIONS[kind];
}

export function hostFactsOf(model: TraceModel): HostFacts {
  const { events, texts } = model;
  const own = new Set<number>();
  const others = new Set<number>();
  const marks: HostMark[] = [];
  const conditions = new Map<string, { condition: HostCondition; sinceNs: number }>();
  const absences = new Map<string, Absence[]>();
  for (let i = 0; i < model.count; i++) {
    own.add(events.node[i]!);
    // A real server names its clients by the ports that they happen to have.
    if (events.peer[i] !== 0 && events.code[i] !== EventCode.http) others.add(events.peer[i]!);
    const kind = markKindOf(model, i);
    if (kind === undefined) continue;
    const [host, timeNs] = [texts[events.node[i]!]!, events.timeNs[i]!];
    const text = kind === "given-up" ? `${texts[events.type[i]!]} ${noteOf(model, i)}` : noteOf(model, i);
    marks.push({ event: i, timeNs, host, peer: texts[events.peer[i]!]!, kind, text });
    const condition = conditionAfter(kind);
    if (condition === undefined) continue;
    // A host whose start the trace shows was down until then.
    const before = conditions.get(host) ?? { condition: kind === "start" ? "down" : "up", sinceNs: 0 };
    if (before.condition !== "up" && before.condition !== condition && timeNs > before.sinceNs) {
      const list = absences.get(host) ?? [];
      absences.set(host, [...list, { condition: before.condition, fromNs: before.sinceNs, toNs: timeNs }]);
    }
    if (before.condition !== condition) conditions.set(host, { condition, sinceNs: timeNs });
  }
  for (const [host, { condition, sinceNs }] of conditions) {
    if (condition === "up") continue;
    const last = { condition, fromNs: sinceNs, toNs: Number.POSITIVE_INFINITY };
    absences.set(host, [...(absences.get(host) ?? []), last]);
  }
  const ids = [...own, ...[...others].filter((id) => !own.has(id))];
  const hosts = ids.map((id) => texts[id]!).map((name) => ({ name, absences: absences.get(name) ?? [] }));
  return { hosts, marks };
}
