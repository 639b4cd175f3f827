/** Expectations as the judge takes them: what the schema makes of a scenario's `expect` list. Times in ms. */

import type { DropReason } from "../../core/peer/fetch/outcomes.ts";
import type { EventKind } from "../../trace/events.ts";
import type { Comparator } from "./comparator.ts";
import type { MetricName } from "./metrics/catalogue.ts";

/** What every expectation may have. */
interface Common {
  /** The expectation on one line, as the scenario has it, without `because` and `shouldFail`. */
  readonly text: string;
  readonly because: string | undefined;
  /** Why it must fail. Strict: an expectation that holds is then a failure, and so is one with nothing to judge. */
  readonly shouldFail: string | undefined;
  /** Only what happens at or after this time counts. */
  readonly afterMs: number | undefined;
  /** Only what happens before this time counts. */
  readonly beforeMs: number | undefined;
}

/** A figure of the run compared with a bound. */
export interface MetricExpectation extends Common {
  readonly form: "metric";
  readonly metric: MetricName;
  readonly comparator: Comparator;
  readonly scope: MetricScope;
}

/** What a metric may be narrowed to. */
export interface MetricScope {
  readonly host?: string;
  readonly peer?: string;
  /** A message type; `UPDATE` stands for its data packets (`UPDATE`) and their acknowledgements (`UPDATE-ACK`). */
  readonly type?: string;
}

/** Events of the trace that match, and what is asked of them. */
export interface EventsExpectation extends Common {
  readonly form: "events";
  readonly match: EventMatch;
  /** How many match. Undefined: at least one, and no more is asked. */
  readonly count: Comparator | undefined;
  readonly firstAt: Comparator | undefined;
  readonly lastAt: Comparator | undefined;
  /** The time between each match and the next. */
  readonly interval: Comparator | undefined;
  /** What must hold for each match. */
  readonly each: EventNumbers | undefined;
}

/** The numbers of an event, compared. `duration` is the trace event's valueMs. */
export type EventNumbers = { readonly [K in EventNumber]?: Comparator };
export const EVENT_NUMBERS = ["bytes", "seq", "total", "attempt", "duration"] as const;
export type EventNumber = (typeof EVENT_NUMBERS)[number];

/** All that is given must hold. */
export interface EventMatch {
  readonly event: EventKind;
  readonly node?: string;
  readonly peer?: string;
  readonly type?: string;
  /** Text that the note contains, or a pattern that it matches. */
  readonly note?: string | RegExp;
  readonly numbers: EventNumbers;
}

/** What a peer's list of its shared files shows. */
export interface ListExpectation extends Common {
  readonly form: "list";
  readonly host: string;
  /** Exactly these lines. */
  readonly shows: readonly string[];
}

/** What the directory answered to a look-up: peers, or a text. */
export interface LookupExpectation extends Common {
  readonly form: "lookup";
  readonly host: string;
  readonly file: string | undefined;
  /** Exactly these hosts, in the order of the choices. */
  readonly offers: readonly string[] | undefined;
  readonly answers: string | undefined;
}

/** Hosts and the files that each is listed with. The order of the hosts is free, that of the files is not. */
export type Listing = Readonly<Record<string, readonly string[]>>;

/** What the directory showed to a peer. */
export interface ViewExpectation extends Common {
  readonly form: "view";
  readonly host: string;
  readonly shows: Listing;
}

/** What came of a download. */
export interface DownloadExpectation extends Common {
  readonly form: "download";
  readonly host: string;
  readonly file: string | undefined;
  readonly from: string | undefined;
  readonly status: Comparator | undefined;
  readonly bytes: Comparator | undefined;
  readonly elapsed: Comparator | undefined;
  readonly intact: boolean | undefined;
  /** Exactly these sources were dropped, for these reasons. */
  readonly dropped: Readonly<Record<string, DropReason>> | undefined;
  /** Why it failed, exactly. */
  readonly error: string | undefined;
}

/** A directory's own table at the end of the run. */
export interface DirectoryExpectation extends Common {
  readonly form: "directory";
  /** Undefined: the only directory. */
  readonly host: string | undefined;
  readonly lists: Listing;
}

export const SEND_FIGURES = ["messages", "delivered", "givenUp", "packets", "transmissions", "elapsed"] as const;
export type SendFigure = (typeof SEND_FIGURES)[number];

/** What came of a `send` of a bare sender. */
export interface SendExpectation extends Common {
  readonly form: "send";
  readonly host: string;
  readonly figures: { readonly [K in SendFigure]?: Comparator };
}

/** Liveness: after the last fault, no live peer is missing from the directory for longer than this. */
export interface ConvergesExpectation extends Common {
  readonly form: "converges";
  readonly withinMs: number;
}

export type Expectation =
  | MetricExpectation
  | EventsExpectation
  | ListExpectation
  | LookupExpectation
  | ViewExpectation
  | DownloadExpectation
  | DirectoryExpectation
  | SendExpectation
  | ConvergesExpectation;
