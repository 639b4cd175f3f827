/**
 * The directory's answers that are under way. At most one per endpoint and kind of request: an answer carries nothing
 * that says which request it is for, so a peer asks one thing at a time, and one that asks anew no longer waits for
 * the old answer. Sending both would hand it the old one as the answer to the new question.
 */

import type { NodeTrace } from "../../trace/node-trace.ts";
import type { Arq } from "../arq/arq.ts";
import type { OutgoingMessage, PendingMessage } from "../arq/message.ts";
import type { Endpoint } from "../transport.ts";
import type { MessageType } from "../wire/packet.ts";

/** Estimated memory of an answer beside its payload. */
const ANSWER_OVERHEAD_BYTES = 512;

interface OpenAnswer {
  readonly key: string;
  readonly to: Endpoint;
  readonly costBytes: number;
  message: PendingMessage | undefined;
}

export class Answers {
  private readonly arq: Arq;
  private readonly maxBytes: number;
  private readonly trace: NodeTrace;
  /** Oldest first. */
  private readonly open = new Map<string, OpenAnswer>();
  private openBytes = 0;

  constructor(arq: Arq, maxBytes: number, trace: NodeTrace) {
    this.arq = arq;
    this.maxBytes = maxBytes;
    this.trace = trace;
  }

  /** Is there an answer to a request of this type that has no outcome yet? */
  isUnderWay(to: Endpoint, request: MessageType): boolean {
    return this.open.has(answerKey(to, request));
  }

  /** Sends the answer to a request, in place of an earlier one to the same endpoint that is still under way. */
  send(to: Endpoint, request: MessageType, answer: OutgoingMessage & { payload: Uint8Array }): void {
    const key = answerKey(to, request);
    const superseded = this.open.get(key);
    if (superseded !== undefined) this.withdraw(superseded);

    const costBytes = ANSWER_OVERHEAD_BYTES + answer.payload.length;
    const record: OpenAnswer = { key, to, costBytes, message: undefined };
    this.open.set(key, record);
    this.openBytes += costBytes;
    record.message = this.arq.send(to, answer, () => this.settle(record));
    this.withdrawBeyondLimit();
  }

  private withdrawBeyondLimit(): void {
    for (const oldest of this.open.values()) {
      if (this.openBytes <= this.maxBytes) return;
      this.withdraw(oldest);
      this.trace.state("withdrew an answer: too many are under way", oldest.to.key);
    }
  }

  private withdraw(record: OpenAnswer): void {
    this.settle(record);
    record.message?.cancel();
  }

  /** Also called for a record that is settled already: its outcome comes once more, as cancelled. */
  private settle(record: OpenAnswer): void {
    if (this.open.get(record.key) !== record) return;
    this.open.delete(record.key);
    this.openBytes -= record.costBytes;
  }
}

function answerKey(to: Endpoint, request: MessageType): string {
  return `${request} ${to.key}`;
}
