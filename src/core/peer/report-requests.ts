/**
 * A peer's questions to the directory on the report's wire: look-ups and views, one at a time. An answer on the report's wire carries
 * neither the name that was looked up nor, if it is an ERROR, the kind of request: it belongs to the one that waits.
 *
 * An answer may also be a late one to the question before: the directory sends it again when its ACK is lost, or when
 * the question comes twice. What tells the two apart is the ACK of the question. The directory sends that before its
 * answer, and nothing for an older question after it; so an answer behind the ACK is taken at once. One that comes before
 * the ACK is taken at once where no question was open lately. Otherwise it waits for a better one. Where packets
 * overtake each other this is a good guess, and no more than that: it is a flaw of the wire.
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

export class ReportRequests {
  private readonly transport: Transport;
  private readonly arq: Arq;
  private readonly options: PeerOptions;
  private readonly queue: Question[] = [];
  /** The question that waits for its answer. */
  private current: Question | undefined = undefined;
  /** The message of the latest question, until it is acknowledged (or withdrawn), which may be later than the answer. */
  private unacknowledged: { message: PendingMessage | undefined } | undefined = undefined;
  /** An answer that came before the question's ACK. */
  private early: IncomingMessage | undefined = undefined;
  /** When to give up on the answer, on a better one than the early one, or on the ACK of a question that was answered. */
  private readonly deadline: Timer;
  /** The latest answer of each type, for as long as the ARQ takes an equal one for its duplicate. */
  private readonly heard = new Map<MessageType, Uint8Array>();
  /** When to forget them; runs while there may be late answers to earlier questions. */
  private readonly forgetting: Timer;

  constructor(transport: Transport, arq: Arq, options: PeerOptions) {
    this.transport = transport;
    this.arq = arq;
    this.options = options;
    this.deadline = transport.createTimer(() => this.onDeadline());
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
  onAnswer(answer: IncomingMessage): void {
    const mayBeLate = this.forgetting.isSet;
    this.heard.set(answer.type, answer.payload.slice());
    this.forgetLater();
    this.consider(answer, mayBeLate);
  }

  /**
   * An answer equal to the one before, within the duplicate window. Where no question waits it is a late copy. Where
   * one does, it may well be its answer: the same sources for another file, or a second `404 file not found`.
   */
  onRepeatedAnswer(type: MessageType): void {
    const payload = this.heard.get(type);
    if (payload !== undefined && this.current !== undefined) this.consider({ type, payload }, true);
  }

  /** Every question's outcome is `stopped`. */
  stop(): void {
    const waiting = this.queue.splice(0);
    this.withdraw();
    this.fail("stopped");
    this.deadline.cancel();
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

  /** A question waits until the one before is acknowledged as well as answered: else an old ACK could pass for its own. */
  private next(): void {
    if (this.current !== undefined || this.unacknowledged !== undefined) return;
    const question = this.queue.shift();
    if (question === undefined) return;
    this.current = question;
    this.deadline.set(this.options.answerTimeoutMs);
    const record: { message: PendingMessage | undefined } = { message: undefined };
    this.unacknowledged = record;
    record.message = this.arq.send(this.options.directory, question.message, (outcome) => {
      if (this.unacknowledged !== record) return; // withdrawn
      this.unacknowledged = undefined;
      this.onSent(outcome);
    });
  }

  private onSent(outcome: SendOutcome): void {
    if (this.current === undefined) {
      this.deadline.cancel();
      this.next();
    } else if (outcome.status === "delivered") {
      // One timeout, for the case that the answer itself is lost and sent again.
      if (this.early !== undefined) this.deadline.set(this.options.arq.rto.initialMs);
    } else if (this.early !== undefined) {
      this.take(this.early);
    } else if (outcome.status === "given-up") {
      this.fail("given-up");
    } else {
      this.fail(outcome.status === "refused" ? outcome.reason : "stopped");
    }
  }

  private onDeadline(): void {
    this.withdraw();
    if (this.current === undefined) this.next();
    else if (this.early !== undefined) this.take(this.early);
    else this.fail("no-answer");
  }

  private consider(answer: IncomingMessage, mayBeLate: boolean): void {
    const { type, payload } = answer;
    if (this.current === undefined || (type !== this.current.answerType && type !== MessageType.ERROR)) {
      this.reject(`nobody waits for this ${MESSAGE_TYPE_NAMES[type]}`, payload);
    } else if (mayBeLate && this.unacknowledged !== undefined) {
      this.early = answer;
    } else {
      this.take(answer);
    }
  }

  /** Takes an answer for the one to the question that waits. */
  private take({ type, payload }: IncomingMessage): void {
    const question = this.current as Question;
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

  /** The question that waits has its outcome. The deadline stays where its message is still unacknowledged. */
  private settle(tell: () => void): void {
    this.current = undefined;
    this.early = undefined;
    if (this.unacknowledged === undefined) this.deadline.cancel();
    this.forgetLater();
    tell();
    this.next();
  }

  private forgetLater(): void {
    this.forgetting.set(this.options.arq.duplicateWindowMs);
  }

  private withdraw(): void {
    const record = this.unacknowledged;
    this.unacknowledged = undefined;
    record?.message?.cancel();
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
