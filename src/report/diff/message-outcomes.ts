/** What became of the messages of either run at their senders: delivered, given up, cancelled, refused. */

import { EventCode, type TraceEvent } from "../../trace/events.ts";
import { noteLabel } from "../../trace/note.ts";
import { flowName } from "./packet-names.ts";
import { NamedPairs } from "./pairing.ts";
import type { Side } from "./sides.ts";

export interface MessageOutcome {
  /** `sender -> receiver DATA`. */
  readonly flow: string;
  /** Number of the message in its flow, from 1. */
  readonly message: number;
  /** `delivered`, `given up`, ... */
  readonly outcome: string;
  readonly transmissions: number;
  readonly atMs: number;
}

/** The outcome that a `state` event tells of; undefined: it tells of something else. */
export function outcomeOf(event: TraceEvent): MessageOutcome | undefined {
  const { code, node, peer, type, seq, attempt, timeMs } = event;
  if (code !== EventCode.state || type === "" || seq < 0 || attempt < 0) return undefined;
  const outcome = noteLabel(event);
  return { flow: flowName(node, peer, type), message: seq, outcome, transmissions: attempt, atMs: timeMs };
}

export interface OtherOutcome {
  readonly a: MessageOutcome;
  readonly b: MessageOutcome;
}

export interface OutcomeComparison {
  readonly isComplete: boolean;
  /** Messages with another outcome. */
  readonly count: number;
  /** The first of them to be seen. */
  readonly first: readonly OtherOutcome[];
  /** Messages with the same outcome after another number of transmissions. */
  readonly otherTransmissions: number;
}

export class MessageOutcomes {
  private readonly pairs = new NamedPairs<MessageOutcome>();
  private readonly first: OtherOutcome[] = [];
  private count = 0;
  private otherTransmissions = 0;
  private readonly maxShown: number;

  constructor(maxShown: number) {
    this.maxShown = maxShown;
  }

  onEvent(side: Side, event: TraceEvent): void {
    const mine = outcomeOf(event);
    if (mine === undefined) return;
    const other = this.pairs.put(side, `${mine.flow} ${mine.message}`, mine);
    if (other === undefined) return;
    if (other.outcome === mine.outcome) {
      if (other.transmissions !== mine.transmissions) this.otherTransmissions++;
      return;
    }
    this.count++;
    if (this.first.length < this.maxShown) {
      this.first.push(side === "a" ? { a: mine, b: other } : { a: other, b: mine });
    }
  }

  finish(): OutcomeComparison {
    const { count, first, otherTransmissions } = this;
    return { isComplete: this.pairs.isComplete, count, first, otherTransmissions };
  }
}
