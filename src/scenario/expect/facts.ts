/** What a run hands to its judge, and what the judge says. */

import type { DropReason } from "../../core/peer/fetch/outcomes.ts";
import type { MetricsSink } from "./metrics/metrics-sink.ts";

/** What became of one action of the timeline on a host. */
export interface ActionResult {
  readonly atMs: number;
  /** When its outcome was known; undefined while it is pending. */
  readonly finishedMs: number | undefined;
  readonly host: string;
  /** The action's name: `lookup`, `download`, ...; a `fetch` is a `download`, too. */
  readonly action: string;
  /** Its argument as text, for a download the file's name; "" where it takes none. */
  readonly argument: string;
  /** `pending`: no answer yet when the run ended. */
  readonly outcome: "done" | "failed" | "pending";
  /** As the trace shows it. */
  readonly text: string;
  /** Of a `list`: what the peer printed. */
  readonly list?: string;
  /** Of a `lookup`: the peers offered, in the order of the choices. `host` is the scenario's name where it knows the address, else the address. */
  readonly sources?: readonly { readonly host: string; readonly address: string; readonly httpPort: number }[];
  /** Of a `view`: the directory's answer. */
  readonly entries?: readonly {
    readonly host: string;
    readonly address: string;
    readonly httpPort: number;
    readonly files: readonly string[];
    readonly lastUpdateMs: number;
  }[];
  /**
   * Of a `download` that was answered. `intact`: the bytes are those of the source's file. `from`: the peers asked; `dropped`:
   * those of them that were not asked any more, and why.
   */
  readonly download?: {
    readonly file: string;
    readonly from: readonly string[];
    readonly dropped?: Readonly<Record<string, DropReason>>;
    readonly status: number;
    readonly reason: string;
    readonly bytes: number;
    readonly intact: boolean;
    readonly elapsedMs: number;
  };
  /** Of a `send`: its messages, added up. */
  readonly send?: {
    readonly messages: number;
    readonly delivered: number;
    readonly givenUp: number;
    readonly packets: number;
    readonly transmissions: number;
    readonly elapsedMs: number;
  };
  /** Why it failed: `404 file not found`, `no answer`, ... */
  readonly error?: string;
}

/** A directory's own table at the end of the run. */
export interface DirectoryTable {
  /** The directory's host. */
  readonly host: string;
  readonly entries: readonly { readonly host: string; readonly files: readonly string[] }[];
}

/** Was every live peer in its directory once the faults had ended? See PresenceLog, which makes this. */
export interface LivenessFacts {
  /** When the last fault of the scenario ended (a partition healed, a host came back); 0 where there was none. */
  readonly lastFaultEndMs: number;
  /** The peers that were live when the run ended. */
  readonly peers: readonly PeerPresence[];
}

export interface PeerPresence {
  readonly host: string;
  /** The longest time since the last fault ended in which the peer was live and not in the directory. */
  readonly longestAbsence: Absence | undefined;
}

export interface Absence {
  readonly fromMs: number;
  /** Undefined: not back when the run ended. */
  readonly toMs: number | undefined;
}

/** Everything that an expectation can ask about, when the run is over. */
export interface RunFacts {
  readonly actions: readonly ActionResult[];
  /** The metrics of the whole run. */
  readonly metrics: MetricsSink;
  readonly directories: readonly DirectoryTable[];
  /** Undefined where the scenario has no directory. */
  readonly liveness: LivenessFacts | undefined;
  /** Virtual time at which the run ended. */
  readonly durationMs: number;
}

/** What the judge says about one expectation. */
export interface Verdict {
  /** The expectation on one line, as the scenario file has it. */
  readonly expectation: string;
  readonly because?: string;
  /** With `shouldFail` turned round: true where the expectation failed, as it should. */
  readonly passed: boolean;
  /** What was asked for, in words. */
  readonly expected: string;
  /** What the run gave, in words. */
  readonly found: string;
  /** Why it was not judged, where it was not: then it has not passed, and it does not make its run fail either. */
  readonly notJudged?: string;
  /** Why the expectation was meant to fail, where it was. */
  readonly shouldFail?: string;
  /**
   * What broke the expectation, where it can be told: when, which packet, and the event's number in the run, from 1.
   * Where it is no event of the trace (an answer that came, an absence that lasted too long), the last event until then.
   */
  readonly atMs?: number;
  readonly packetId?: number;
  readonly event?: number;
}
