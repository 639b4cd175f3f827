/**
 * A peer's questions to the directory on the hardened wire: look-ups and views, one at a time, each page by page. An answer
 * names the question that it answers, so there is nothing to guess: what names another is turned down.
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import type { Receipt } from "../arq/hardened-receiver.ts";
import type { IncomingMessage, MessageSender, PendingMessage, SendOutcome } from "../arq/message.ts";
import type { Timer, Transport } from "../transport.ts";
import { decodeListingPage, decodeResultPage, type HardenedSource } from "../wire/hardened/answers.ts";
import { ANSWER_TOO_LONG, STALE_CURSOR, UNKNOWN_MESSAGE, type WireError } from "../wire/hardened/errors.ts";
import { encodeHardenedLookup, encodeHardenedView } from "../wire/hardened/requests.ts";
import { MESSAGE_TYPE_NAMES, type MessageId, MessageType } from "../wire/packet.ts";
import { FILE_NOT_FOUND } from "../wire/payloads.ts";
import { nameProblem } from "../wire/percent.ts";
import { isZero, randomUint64, sameUint64, type Uint64, ZERO } from "../wire/uint64.ts";
import type { PeerOptions } from "./options.ts";
import type {
  ErrorAnswer,
  ListedPeer,
  LookupOutcome,
  RequestFailed,
  RequestFailure,
  Source,
  ViewOutcome,
} from "./outcomes.ts";

/** A list that is asked for, and what has come of it. */
interface Question {
  readonly type: MessageType;
  readonly answerType: MessageType;
  /** Asks for the page at a cursor. */
  encode(cursor: Uint64): Uint8Array;
  /** Takes a page; where the list goes on, or undefined where the bytes make no sense. */
  take(payload: Uint8Array): Uint64 | undefined;
  /** Begins anew: what has come is dropped. */
  clear(): void;
  /** All of it is there. */
  finish(): void;
  /** An error, or no answer. */
  fail(outcome: ErrorAnswer | RequestFailed): void;
}

export class HardenedRequests {
  private readonly transport: Transport;
  private readonly sender: MessageSender;
  private readonly options: PeerOptions;
  private readonly hint: () => string | undefined;
  private readonly queue: Question[] = [];
  private current: Question | undefined = undefined;
  /** The ID of the page's request that waits for its answer. */
  private open: MessageId | undefined = undefined;
  private message: PendingMessage | undefined = undefined;
  private pages = 0;
  private hasBegunAnew = false;
  /** When to give up on a page. */
  private readonly deadline: Timer;

  constructor(transport: Transport, sender: MessageSender, options: PeerOptions, hint: () => string | undefined) {
    this.transport = transport;
    this.sender = sender;
    this.options = options;
    this.hint = hint;
    this.deadline = transport.createTimer(() => this.fail("no-answer"));
  }

  lookup(file: string, done: (outcome: LookupOutcome) => void): void {
    if (nameProblem(file) !== undefined) {
      done({ status: "failed", reason: "bad-name" });
      return;
    }
    const sources = new Map<string, Source>();
    this.ask({
      type: MessageType.LOOKUP,
      answerType: MessageType.RESULT,
      encode: (cursor) => encodeHardenedLookup({ cursor, file }),
      take(payload) {
        const page = decodeResultPage(payload);
        if (!page.ok) return undefined;
        for (const source of page.value.sources) sources.set(`${source.ip} ${source.httpPort}`, toSource(source));
        return page.value.cursor;
      },
      clear: () => sources.clear(),
      finish() {
        if (sources.size > 0) done({ status: "found", sources: [...sources.values()] });
        else done({ status: "error", ...FILE_NOT_FOUND });
      },
      fail: done,
    });
  }

  view(done: (outcome: ViewOutcome) => void): void {
    const entries = new Map<string, ListedPeer>();
    this.ask({
      type: MessageType.VIEW,
      answerType: MessageType.LISTING,
      encode: encodeHardenedView,
      take(payload) {
        const page = decodeListingPage(payload);
        if (!page.ok) return undefined;
        for (const { ip, httpPort, files, lastUpdateMs } of page.value.entries) {
          entries.set(`${ip} ${httpPort}`, { ip, httpPort, files, lastUpdateMs });
        }
        return page.value.cursor;
      },
      clear: () => entries.clear(),
      finish: () => done({ status: "listed", entries: [...entries.values()] }),
      fail: done,
    });
  }

  /** Is there a question of this ID that has no answer yet? */
  waitsFor(replyTo: MessageId): boolean {
    return this.open !== undefined && sameUint64(this.open, replyTo);
  }

  /** A message from the directory. */
  onAnswer({ type, payload, replyTo = ZERO }: IncomingMessage): Receipt {
    const question = this.current;
    if (question === undefined || !this.waitsFor(replyTo)) return { error: UNKNOWN_MESSAGE };
    // Nothing of the page is open any more; an ACK of its request that is still on its way finds nothing to confirm.
    this.settlePage();
    return { afterwards: () => this.onPage(question, type, payload) };
  }

  /** Every question's outcome is `stopped`. */
  stop(): void {
    const waiting = this.queue.splice(0);
    this.fail("stopped");
    for (const question of waiting) question.fail({ status: "failed", reason: "stopped" });
  }

  private ask(question: Question): void {
    if (this.queue.length >= this.options.maxQueuedRequests) {
      question.fail({ status: "failed", reason: "queue-full" });
      return;
    }
    this.queue.push(question);
    if (this.current === undefined) this.next();
  }

  private next(): void {
    const question = this.queue.shift();
    this.current = question;
    this.pages = 0;
    this.hasBegunAnew = false;
    if (question !== undefined) this.askPage(question, ZERO);
  }

  private askPage(question: Question, cursor: Uint64): void {
    const messageId = randomUint64(this.transport);
    this.open = messageId;
    this.pages++;
    this.deadline.set(this.options.answerTimeoutMs);
    const request = { type: question.type, payload: question.encode(cursor), messageId };
    const pending = this.sender.send(this.options.directory, request, (outcome) => {
      if (this.open === messageId) this.onSent(question, outcome);
    });
    if (this.open === messageId) this.message = pending;
  }

  private onSent(question: Question, outcome: SendOutcome): void {
    this.message = undefined;
    switch (outcome.status) {
      case "delivered":
        break; // now for the answer
      case "rejected":
        this.onRejected(question, outcome.error);
        break;
      case "given-up":
        this.fail("given-up");
        break;
      case "refused":
        this.fail(outcome.reason);
        break;
      case "cancelled":
        this.fail("stopped");
    }
  }

  private onRejected(question: Question, error: WireError): void {
    this.settlePage();
    if (error.code !== STALE_CURSOR.code || this.hasBegunAnew) {
      this.settle(() => question.fail({ status: "error", ...error }));
      return;
    }
    // The directory has restarted between two pages.
    this.hasBegunAnew = true;
    question.clear();
    this.askPage(question, ZERO);
  }

  private onPage(question: Question, type: MessageType, payload: Uint8Array): void {
    if (this.current !== question) return; // stopped meanwhile
    const cursor = type === question.answerType ? question.take(payload) : undefined;
    if (cursor === undefined) {
      const note = `malformed ${MESSAGE_TYPE_NAMES[type]}`;
      this.transport.trace.reject(note, this.options.directory.key, payload.length);
      this.fail("bad-answer");
    } else if (isZero(cursor)) {
      this.settle(() => question.finish());
    } else if (this.pages >= this.options.maxAnswerPages) {
      this.settle(() => question.fail({ status: "error", ...ANSWER_TOO_LONG }));
    } else {
      this.askPage(question, cursor);
    }
  }

  /** The question that waits, if any, gets no answer. */
  private fail(reason: RequestFailure): void {
    this.settlePage();
    const question = this.current;
    if (question === undefined) return;
    const hint = reason === "given-up" || reason === "no-answer" ? this.hint() : undefined;
    this.settle(() => question.fail({ status: "failed", reason, ...(hint !== undefined && { hint }) }));
  }

  private settlePage(): void {
    this.open = undefined;
    this.deadline.cancel();
    const { message } = this;
    this.message = undefined;
    message?.cancel();
  }

  private settle(tell: () => void): void {
    this.current = undefined;
    tell();
    if (this.current === undefined) this.next();
  }
}

function toSource({ ip, httpPort, isProven, description }: HardenedSource): Source {
  if (description === undefined) return { ip, httpPort, isProven };
  return { ip, httpPort, isProven, sizeBytes: description.sizeBytes, sha256: bytesToHex(description.sha256) };
}
