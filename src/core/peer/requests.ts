/**
 * A peer's questions to the directory: look-ups and views, one at a time. An answer on the report's wire carries
 * neither the name that was looked up nor, if it is an ERROR, the kind of request: it belongs to the one that waits.
 */

import type { Arq } from "../arq/arq.ts";
import type { IncomingMessage, OutgoingMessage, PendingMessage, SendOutcome } from "../arq/message.ts";
import type { Timer, Transport } from "../transport.ts";
import { MESSAGE_TYPE_NAMES, MessageType } from "../wire/packet.ts";
import { decodeError, decodeListing, decodeResult, encodeLookup, encodeView } from "../wire/payloads.ts";
import { nameProblem } from "../wire/percent.ts";
import type { PeerOptions } from "./options.ts";
import type { ErrorAnswer, LookupOutcome, RequestFailed, RequestFailure, ViewOutcome } from "./outcomes.ts";

/** A request, and how to read the answer to it. */
interface Question {
  readonly message: OutgoingMessage;
  readonly answerType: MessageType;
  /** What to call with the outcome that the answer's bytes stand for; undefined where they make no sense. */
  read(payload: Uint8Array): (() => void) | undefined;
  /** An ERROR, or no answer. */
  fail(outcome: ErrorAnswer | RequestFailed): void;
}

export class Requests {
  private readonly transport: Transport;
  private readonly arq: Arq;
  private readonly options: PeerOptions;
  private readonly queue: Question[] = [];
  /** The question that waits for its answer, and its message. */
  private current: Question | undefined = undefined;
  private message: PendingMessage | undefined = undefined;
  /** When to give up on the answer. */
  private readonly answerTimeout: Timer;
  /** The latest answer of each type, for as long as the ARQ takes an equal one for its duplicate. */
  private readonly heard = new Map<MessageType, Uint8Array>();
  /** When to forget them. */
  private readonly forgetting: Timer;

  constructor(transport: Transport, arq: Arq, options: PeerOptions) {
    this.transport = transport;
    this.arq = arq;
    this.options = options;
    this.answerTimeout = transport.createTimer(() => this.fail("no-answer"));
    this.forgetting = transport.createTimer(() => this.heard.clear());
  }

  lookup(file: string, done: (outcome: LookupOutcome) => void): void {
    if (nameProblem(file) !== undefined) {
      done({ status: "failed", reason: "bad-name" });
      return;
    }
    this.ask({
      message: { type: MessageType.LOOKUP, payload: encodeLookup({ file }) },
      answerType: MessageType.RESULT,
      read(payload) {
        const result = decodeResult(payload);
        if (!result.ok || result.value.sources.length === 0) return undefined; // no source at all: an ERROR says so
        const { sources } = result.value;
        return () => done({ status: "found", sources });
      },
      fail: done,
    });
  }

  view(done: (outcome: ViewOutcome) => void): void {
    this.ask({
      message: { type: MessageType.VIEW, payload: encodeView() },
      answerType: MessageType.LISTING,
      read(payload) {
        const listing = decodeListing(payload);
        if (!listing.ok) return undefined;
        const { entries } = listing.value;
        return () => done({ status: "listed", entries });
      },
      fail: done,
    });
  }

  /** A message from the directory. */
  onAnswer({ type, payload }: IncomingMessage): void {
    this.heard.set(type, payload.slice());
    this.forgetting.set(this.options.arq.duplicateWindowMs);
    this.take(type, payload);
  }

  /**
   * An answer equal to the one before, within the duplicate window. Where no question waits it is a late copy. Where
   * one does, it is taken for its answer: the same sources for another file, or a second `404 file not found`, look
   * just like a copy of the first. That a late copy can pass for a current answer is a flaw of the report's wire.
   */
  onRepeatedAnswer(type: MessageType): void {
    const payload = this.heard.get(type);
    if (payload !== undefined && this.current !== undefined) this.take(type, payload);
  }

  /** Every question's outcome is `stopped`. */
  stop(): void {
    const waiting = this.queue.splice(0);
    this.fail("stopped");
    this.forgetting.cancel();
    for (const question of waiting) question.fail({ status: "failed", reason: "stopped" });
  }

  private ask(question: Question): void {
    if (this.queue.length >= this.options.maxQueuedRequests) {
      question.fail({ status: "failed", reason: "queue-full" });
      return;
    }
    this.queue.push(question);
    this.next();
  }

  private next(): void {
    if (this.current !== undefined) return;
    const question = this.queue.shift();
    if (question === undefined) return;
    this.current = question;
    this.answerTimeout.set(this.options.answerTimeoutMs);
    const message = this.arq.send(this.options.directory, question.message, (outcome) =>
      this.onSent(question, outcome),
    );
    if (this.current === question) this.message = message;
  }

  private onSent(question: Question, outcome: SendOutcome): void {
    if (this.current !== question) return;
    this.message = undefined;
    if (outcome.status === "given-up") this.fail("given-up");
    else if (outcome.status === "refused") this.fail(outcome.reason);
    else if (outcome.status === "cancelled") this.fail("stopped");
  }

  private take(type: MessageType, payload: Uint8Array): void {
    const question = this.current;
    if (question === undefined || (type !== question.answerType && type !== MessageType.ERROR)) {
      this.reject(`nobody waits for this ${MESSAGE_TYPE_NAMES[type]}`, payload);
      return;
    }
    const tell = type === MessageType.ERROR ? readError(question, payload) : question.read(payload);
    if (tell === undefined) {
      this.reject(`malformed ${MESSAGE_TYPE_NAMES[type]}`, payload);
      this.fail("bad-answer");
    } else {
      this.settle(tell);
    }
  }

  /** The question that waits, if any, gets no answer. */
  private fail(reason: RequestFailure): void {
    const question = this.current;
    if (question !== undefined) this.settle(() => question.fail({ status: "failed", reason }));
  }

  /**
   * The question that waits has its outcome. Where the answer overtook the ACK, it stands for it: to send the question
   * again would bring the answer again, and that could be taken for the next question's.
   */
  private settle(tell: () => void): void {
    const { message } = this;
    this.current = undefined;
    this.message = undefined;
    this.answerTimeout.cancel();
    message?.cancel();
    tell();
    this.next();
  }

  private reject(note: string, payload: Uint8Array): void {
    this.transport.trace.reject(note, this.options.directory.key, payload.length);
  }
}

function readError(question: Question, payload: Uint8Array): (() => void) | undefined {
  const error = decodeError(payload);
  if (!error.ok) return undefined;
  const { code, text } = error.value;
  return () => question.fail({ status: "error", code, text });
}
