/** What a ladder diagram is drawn from, and what of it is shown. */

import { type Exchange, exchangesOf } from "../model/exchanges.ts";
import { type HostFacts, type HostLine, hostFactsOf } from "../model/hosts.ts";
import { type Transmission, transmissionsOf } from "../model/packets.ts";
import { type TimerBar, timersOf } from "../model/timers.ts";
import type { TraceModel } from "../model/trace-model.ts";
import { type Flights, flightsOf } from "./flights.ts";
import { type HostNames, hostNamesOf } from "./names.ts";

export interface LadderOptions {
  /** The window of time, in ms; absent: from the first event, to the last. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** The hosts to show, in this order from the left; absent: those with the most packets, in the order of the trace. */
  readonly hosts?: readonly string[] | undefined;
  /** Only this type of message (and its ACKs), or only one message of it. */
  readonly message?: { readonly type: string; readonly number?: number | undefined } | undefined;
  /** Hosts shown where `hosts` names none. Default 8. */
  readonly maxHosts?: number;
  /** Packets drawn; the picture ends before the first one that is not. Default 80. */
  readonly maxPackets?: number;
  /** Segments of byte streams one by one, or one shape per HTTP exchange. Default: one by one up to 12 of them. */
  readonly streams?: "segments" | "summary" | undefined;
  /** Say which --ladder option of the command line shows the first loss or timeout, where it is after the picture. Default false. */
  readonly hint?: boolean;
  /** Fold stretches without an event. Default true. */
  readonly fold?: boolean;
  /** Width in px. Default 940. */
  readonly width?: number;
  /** Can arrows have the keyboard's focus? For a page. Default false. */
  readonly focusable?: boolean;
  /** What the picture is called. */
  readonly title?: string;
  /** Of ids in the document. Default `ladder`. */
  readonly idPrefix?: string;
}

export const defaultLadderOptions = {
  maxHosts: 8,
  maxPackets: 80,
  fold: true,
  hint: false,
  width: 940,
  focusable: false,
  title: "Ladder diagram",
  idPrefix: "ladder",
} as const;

/** Segments up to this number are drawn one by one. */
export const MAX_SINGLE_SEGMENTS = 12;

/** A model with all that a ladder needs worked out, once for many windows. */
export interface LadderSource {
  readonly model: TraceModel;
  readonly transmissions: readonly Transmission[];
  readonly timers: readonly TimerBar[];
  readonly facts: HostFacts;
  readonly exchanges: readonly Exchange[];
  readonly flights: Flights;
  readonly names: HostNames;
}

export function ladderSource(model: TraceModel): LadderSource {
  const transmissions = transmissionsOf(model);
  const ofTrace = hostFactsOf(model);
  const exchanges = exchangesOf(ofTrace.marks, transmissions);
  const facts = { ...ofTrace, hosts: withEnds(ofTrace.hosts, exchanges) };
  return {
    model,
    transmissions,
    timers: timersOf(model, transmissions),
    facts,
    exchanges,
    flights: flightsOf(transmissions),
    names: hostNamesOf(facts),
  };
}

/** Whoever asked, or was asked, in another process has a line as well. */
function withEnds(hosts: readonly HostLine[], exchanges: readonly Exchange[]): readonly HostLine[] {
  const known = new Set(hosts.map(({ name }) => name));
  const others = new Set(
    exchanges.flatMap(({ client, server }) => [client, server]).filter((name) => !known.has(name)),
  );
  return [...hosts, ...[...others].map((name) => ({ name, absences: [] }))];
}

/** An option of a ladder that makes no sense for this trace: what was asked for, and what there is. */
export class LadderOptionError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = "LadderOptionError";
  }
}
