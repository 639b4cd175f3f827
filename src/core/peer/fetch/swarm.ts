/**
 * Gets the missing bytes of one version of a file from its sources into a part. It hands out requests, takes what comes,
 * and says when every byte is there or nobody is left to ask. Whether the bytes are right is its caller's question.
 */

import type { ResponseHead, Timer, Transport } from "../../transport.ts";
import type { PartialFile } from "../file-store.ts";
import { judgeHead } from "./answers.ts";
import { type Deliverer, Deliveries } from "./deliveries.ts";
import type { FetchOptions } from "./options.ts";
import type { Dropped } from "./outcomes.ts";
import { planRequest } from "./plan.ts";
import { RateLimit } from "./rate-limit.ts";
import type { FetchSource, Segment, SourceUser } from "./source.ts";
import { hasChanged, Target } from "./target.ts";
import type { Offer } from "./version.ts";

export interface SwarmUser {
  /** Every byte is there. */
  onComplete(): void;
  /** Nobody is left to ask. */
  onNobody(): void;
  onDropped(source: FetchSource, dropped: Dropped): void;
  /** The file is another one than it was: all that was there is void. False: that is once too often. */
  onRestart(why: string): boolean;
  /** The store has no room for it. */
  onNoRoom(error: string): void;
}

export class Swarm implements SourceUser {
  readonly deliveries = new Deliveries();
  target: Target;
  /** Only this source is asked. */
  only: FetchSource | undefined = undefined;
  /** What an earlier fetch left counts only under this ETag, which its source has still to confirm. */
  unconfirmed: { readonly value: string; readonly source: string } | undefined = undefined;

  private readonly transport: Transport;
  private readonly options: FetchOptions;
  private readonly user: SwarmUser;
  private readonly part: PartialFile;
  private readonly sources: readonly FetchSource[];
  private readonly limit: RateLimit;
  private readonly nextSource: Timer;
  /** Sources that may be asked at once while none has answered. */
  private asksAllowed = 1;
  private isRunning = false;
  private isAssigning = false;
  /** The store asked to wait. */
  private isBlocked = false;

  constructor(
    transport: Transport,
    options: FetchOptions,
    part: PartialFile,
    sources: readonly FetchSource[],
    user: SwarmUser,
  ) {
    this.transport = transport;
    this.options = options;
    this.part = part;
    this.user = user;
    this.sources = sources;
    this.target = new Target(options.expect);
    this.limit = new RateLimit(transport, options.bytesPerSecond, () => this.flow());
    this.nextSource = transport.createTimer(() => {
      this.asksAllowed++;
      this.assign();
    });
  }

  /** Starts, or goes on. */
  run(): void {
    this.isRunning = true;
    this.assign();
  }

  /** Ends all exchanges; `run` goes on. */
  stop(): void {
    this.isRunning = false;
    this.nextSource.cancel();
    this.limit.stop();
    for (const source of this.sources) source.stop();
  }

  /** Starts with nothing, and knows only what the caller expects. */
  clear(): void {
    this.part.clear();
    this.deliveries.clear();
    this.target = new Target(this.options.expect);
    this.unconfirmed = undefined;
    this.asksAllowed = 1;
    for (const source of this.sources) source.offer = undefined;
  }

  /** What somebody delivered does not count any more: it is fetched again. */
  forget(who: Deliverer): void {
    for (const span of this.deliveries.forget(who)) this.part.forget(span);
  }

  /** There is room in the store again. */
  onDrain(): void {
    this.isBlocked = false;
    this.flow();
  }

  // What the sources say ----------------------------------------------------------------------------------------------

  onHead(source: FetchSource, segment: Segment, head: ResponseHead): void {
    const verdict = judgeHead(head, segment.asked, this.transport.wallClockMs());
    if (verdict.kind === "offer") {
      this.consider(source, segment, verdict.offer);
    } else if (verdict.kind === "drop") {
      if (head.status !== 416 || this.unconfirmed === undefined) source.drop(verdict.dropped);
      else this.restart(CHANGED_SINCE, undefined);
      this.assign();
    } else if ((verdict.waitMs ?? 0) > this.options.maxRetryAfterMs) {
      const text = `${verdict.text}, and asks to wait ${Math.round((verdict.waitMs ?? 0) / 1000)} s`;
      source.drop({ reason: "busy", text, http: { status: head.status, reason: head.reason } });
    } else {
      source.fail(verdict.text, verdict.waitMs);
    }
  }

  onBytes(source: FetchSource, segment: Segment, bytes: Uint8Array): void {
    const { had } = this.deliveries;
    const from = segment.at;
    const to = from + bytes.length;
    if (to > (this.target.sizeBytes ?? to)) {
      source.drop({ reason: "bad-answer", text: "it sends more than the file has" });
      return;
    }
    segment.at = to;
    let newBytes = 0;
    for (const gap of [...had.gaps(from, to)]) {
      if (!this.part.write(gap.from, bytes.subarray(gap.from - from, gap.to - from))) this.isBlocked = true;
      if (!this.isRunning) return; // the store failed
      this.deliveries.add(source, gap);
      newBytes += gap.to - gap.from;
    }
    segment.newBytes += newBytes;
    source.duplicateBytes += bytes.length - newBytes;
    if (!this.limit.take(bytes.length) || this.isBlocked) for (const one of this.sources) one.pause();
    // Where the body is whole, `onWhole` follows at once, and the exchange need not be broken off.
    if (to !== segment.bodyEnd && this.isRunning && (to >= segment.end || this.isAllThere)) this.assign();
  }

  /** A part may be smaller than it was asked for; a body that only the connection's end ends may be cut off. */
  problemOfWhole({ asked, at, bodyEnd, newBytes }: Segment): string | undefined {
    const { sizeBytes } = this.target;
    // Nobody needs to answer in crumbs; a source that does is not asked without end.
    if (asked.to !== undefined && bodyEnd !== undefined && bodyEnd < asked.to) {
      const isCrumb = newBytes < this.options.minRequestBytes;
      return isCrumb ? `it gave bytes ${asked.from} to ${bodyEnd - 1} of ${asked.from} to ${asked.to - 1}` : undefined;
    }
    if (bodyEnd !== undefined || sizeBytes === undefined || at === sizeBytes) return undefined;
    return `it ended after ${at} bytes, and the file has ${sizeBytes}`;
  }

  onWhole(_source: FetchSource, segment: Segment): void {
    // A body that only the connection's end ends tells its size by that.
    if (this.target.sizeBytes === undefined) {
      this.target.sizeBytes = segment.at;
      this.begin();
    }
    this.assign();
  }

  onChange(): void {
    this.assign();
  }

  onDropped(source: FetchSource, dropped: Dropped): void {
    this.user.onDropped(source, dropped);
    this.assign();
  }

  // Versions ----------------------------------------------------------------------------------------------------------

  /** A source answers with the file, or a part of it: is it the one that is wanted? */
  private consider(source: FetchSource, segment: Segment, offer: Offer): void {
    if (this.unconfirmed !== undefined) {
      if (offer.isWhole && !this.restart(CHANGED_SINCE, source)) return;
      this.unconfirmed = undefined;
    } else if (source.offer !== undefined && hasChanged(source.offer, offer) && !this.surviveChange(source)) {
      return;
    }
    const difference = this.target.differenceTo(offer);
    if (difference !== undefined && !this.surviveDifference(source, offer, difference)) return;
    if (!offer.isWhole) source.givesRanges = true;
    else if (segment.asked.isRange) {
      source.givesRanges = false;
      if (this.sources.some((other) => other !== source && this.mayServe(other) && other.givesRanges !== false)) {
        source.drop({ reason: "no-ranges", text: "it gives only the whole file, and others give parts" });
        return;
      }
    }
    source.offer = offer;
    const isNew = this.target.learn(source, offer);
    if (this.target.isSettled) this.nextSource.cancel();
    if (isNew && !this.begin()) return;
    this.accept(source, segment, offer);
  }

  private accept(source: FetchSource, segment: Segment, offer: Offer): void {
    // Two were asked for the whole file: the later to answer is better used for a part of it.
    const isSecond = this.sources.some((other) => other !== source && other.segment?.hasHead);
    if (offer.isWhole && isSecond && source.givesRanges !== false) {
      source.release();
    } else {
      segment.hasHead = true;
      segment.at = offer.from;
      segment.bodyEnd = offer.to;
      // A server that gives the whole instead of a part brings all of it; what is there already is passed over.
      const wanted = offer.isWhole && segment.asked.isRange ? Number.POSITIVE_INFINITY : segment.end;
      segment.end = Math.min(wanted, offer.to ?? Number.POSITIVE_INFINITY, this.target.sizeBytes ?? wanted);
    }
    this.assign();
  }

  /** The part is told what it holds; false where there is no room for that. */
  private begin(): boolean {
    const { version } = this.target;
    const error = version === undefined ? undefined : this.part.begin(version);
    if (error !== undefined) this.user.onNoRoom(error);
    return error === undefined;
  }

  /**
   * A source's file is not what it was when this fetch began. What others have delivered goes on without it; else all
   * starts again with its new version. False: it is not to go on with this answer.
   */
  private surviveChange(source: FetchSource): boolean {
    const { deliverers } = this.deliveries;
    if (this.options.expect.sha256 === undefined && deliverers.every((who) => who === source)) {
      return this.restart("it changed at its source during the fetch", source);
    }
    this.forget(source);
    source.drop({ reason: "changed", text: "its file changed during the fetch" });
    return false;
  }

  /** Its file is another one than the target. Only the word of an earlier fetch gives way to it. */
  private surviveDifference(source: FetchSource, offer: Offer, difference: string): boolean {
    const { deliverers } = this.deliveries;
    if (this.target.isRecalled && deliverers.every((who) => who === "earlier")) {
      if (!this.restart(CHANGED_SINCE, source)) return false;
      // What the caller expects holds for the new version, too.
      if (this.target.differenceTo(offer) === undefined) return true;
    }
    source.drop({ reason: "other-version", text: difference });
    return false;
  }

  /** All starts again; `keep` goes on with the answer that it has just given. False where that is once too often. */
  private restart(why: string, keep: FetchSource | undefined): boolean {
    for (const source of this.sources) if (source !== keep) source.release();
    if (!this.user.onRestart(why)) return false;
    this.clear();
    return true;
  }

  // Requests ----------------------------------------------------------------------------------------------------------

  /** Gives work to whoever has none, and ends what is of no use any more. */
  private assign(): void {
    if (!this.isRunning || this.isAssigning) return;
    if (this.target.isSettled && this.isAllThere && this.unconfirmed === undefined) {
      this.stop();
      this.user.onComplete();
      return;
    }
    this.isAssigning = true; // what is done here must not begin it anew
    for (const source of this.sources) {
      const { segment } = source;
      if (segment?.hasHead && segment.at !== segment.bodyEnd && this.isDone(segment)) source.release();
    }
    for (const source of this.sources) if (source.isIdle && this.mayServe(source)) this.ask(source);
    this.isAssigning = false;
    if (!this.sources.some((source) => this.mayServe(source))) this.onNobody();
  }

  private ask(source: FetchSource): void {
    const { sizeBytes } = this.target;
    if (sizeBytes === undefined || !this.target.isSettled) this.askForWhole(source);
    else if (source.givesRanges !== false) this.askForPart(source, sizeBytes);
    else if (this.sources.every(({ segment }) => segment === undefined)) this.send(source, 0, sizeBytes, false);
  }

  /** Nobody has said how large the file is: one source is asked for all of it, others when that takes too long. */
  private askForWhole(source: FetchSource): void {
    // Who delivers a body that only the connection's end ends cannot be helped: its size is known when it is over.
    if (this.sources.some(({ segment }) => segment?.hasHead)) return;
    const asked = this.sources.filter(({ segment }) => segment !== undefined).length;
    if (asked >= this.asksAllowed) return;
    this.send(source, 0, undefined, false);
    if (asked + 1 < this.sources.length && !this.nextSource.isSet) this.nextSource.set(this.options.nextSourceMs);
  }

  private askForPart(source: FetchSource, sizeBytes: number): void {
    const { had } = this.deliveries;
    if (this.unconfirmed !== undefined && had.totalBytes === sizeBytes) {
      this.send(source, sizeBytes - 1, sizeBytes, true); // nothing is missing but the word that it is still the same
      return;
    }
    // Who was asked for the whole, and has not said how large that is, is not counted on.
    const others = this.sources.flatMap(({ segment, paceBytesPerMs }) =>
      segment === undefined || segment.end === Number.POSITIVE_INFINITY ? [] : [{ segment, paceBytesPerMs }],
    );
    const sharers = this.sources.filter((one) => this.mayServe(one) && one.givesRanges !== false).length;
    const { minRequestBytes } = this.options;
    const { paceBytesPerMs } = source;
    const plan = planRequest({ sizeBytes, had, others, paceBytesPerMs, sharers, minRequestBytes });
    if (plan === undefined) return;
    const { from, to } = plan.span;
    if (plan.takenFrom !== undefined) plan.takenFrom.end = from;
    this.send(source, from, to, from > 0 || to < sizeBytes);
  }

  /** The report's plain request where it is for all of the file. */
  private send(source: FetchSource, from: number, to: number | undefined, isRange: boolean): void {
    source.ask({ from, to, isRange }, this.unconfirmed?.value ?? source.offer?.etag);
    if (this.isBlocked || this.limit.isWaiting) source.pause();
  }

  private mayServe(source: FetchSource): boolean {
    if (this.only !== undefined && this.only !== source) return false;
    if (this.unconfirmed !== undefined && this.unconfirmed.source !== source.label) return false;
    return source.isUsable;
  }

  /** Who was dropped because there were better ones is better than nobody. */
  private onNobody(): void {
    if (this.unconfirmed !== undefined) {
      if (this.restart("its source cannot say any more whether it is still the same", undefined)) this.assign();
      return;
    }
    const lesser = this.sources.filter(({ dropped }) => dropped?.reason === "slow" || dropped?.reason === "no-ranges");
    if (lesser.length === 0 || this.only !== undefined) {
      this.stop();
      this.user.onNobody();
      return;
    }
    for (const source of lesser) source.takeBack();
    this.assign();
  }

  private get isAllThere(): boolean {
    return this.deliveries.had.totalBytes === this.target.sizeBytes;
  }

  /** Is everything there that a segment is still meant to bring? */
  private isDone({ at, end }: Segment): boolean {
    return this.target.sizeBytes !== undefined && this.deliveries.had.has(at, Math.min(end, this.target.sizeBytes));
  }

  private flow(): void {
    if (!this.isBlocked && !this.limit.isWaiting) for (const source of this.sources) source.resume();
  }
}

const CHANGED_SINCE = "it has changed at its source since the earlier fetch";
