/**
 * One source of a fetch: at most one exchange with it at a time, what it delivered and how fast, its failures and the
 * wait before it is asked again, and, where it is not asked any more, why.
 */

import {
  type Endpoint,
  type Exchange,
  type ExchangeError,
  endpoint,
  type ResponseHead,
  type Timer,
  type Transport,
} from "../../transport.ts";
import type { Source } from "../outcomes.ts";
import type { FetchOptions } from "./options.ts";
import type { Dropped, SourceReport, SourceState } from "./outcomes.ts";
import { retryDelayMs } from "./retry.ts";
import type { Asked, Offer } from "./version.ts";

/** What an exchange is to bring. */
export interface Segment {
  readonly asked: Asked;
  /** The entity tag it was asked under (If-Range). */
  readonly ifRange: string | undefined;
  /** The position of the next byte to come. */
  at: number;
  /** Behind the last byte wanted: what is behind it, another source fetches. Infinity where the size is not known. */
  end: number;
  /** Behind the last byte of the answer; undefined until that is known, or where the connection's end ends it. */
  bodyEnd: number | undefined;
  hasHead: boolean;
  /** Bytes it brought that were not there. */
  newBytes: number;
}

/** Who has the sources fetch. */
export interface SourceUser {
  onHead(source: FetchSource, segment: Segment, head: ResponseHead): void;
  onBytes(source: FetchSource, segment: Segment, bytes: Uint8Array): void;
  /** The body is whole: why that is not good enough; undefined where it is. */
  problemOfWhole(segment: Segment): string | undefined;
  /** The body is whole and good; the source is idle. */
  onWhole(source: FetchSource, segment: Segment): void;
  /** An exchange failed, or a wait is over: its bytes are to be given out anew. */
  onChange(source: FetchSource): void;
  onDropped(source: FetchSource, dropped: Dropped): void;
}

const WORDS: Readonly<Record<ExchangeError, string>> = {
  refused: "nobody answers there",
  timeout: "no answer in time",
  reset: "the connection broke",
  incomplete: "the connection ended in the middle",
  "bad-response": "its answer is no HTTP",
  cancelled: "cancelled",
};

export class FetchSource {
  readonly source: Source;
  /** `10.0.0.2:80`. */
  readonly label: string;
  /** What it said about its file when it was first asked. */
  offer: Offer | undefined = undefined;
  /** Does it give parts? Undefined until it has shown. */
  givesRanges: boolean | undefined = undefined;
  dropped: Dropped | undefined = undefined;
  /** Since when it has been far behind the others. */
  slowSinceMs: number | undefined = undefined;
  segment: Segment | undefined = undefined;
  duplicateBytes = 0;

  private readonly transport: Transport;
  private readonly endpoint: Endpoint;
  private readonly name: string;
  private readonly options: FetchOptions;
  private readonly user: SourceUser;
  private readonly stalled: Timer;
  private readonly nextAttempt: Timer;
  private exchange: Exchange | undefined = undefined;
  private isPaused = false;
  private requests = 0;
  private failures = 0;
  private failuresInARow = 0;
  private receivedBytes = 0;

  // Since the latest measurement.
  private newBytes = 0;
  private flowingMs = 0;
  private flowsSinceMs: number | undefined = undefined;
  private bytesPerMs = 0;
  /** While it was not made to wait; undefined until it is known. */
  paceBytesPerMs: number | undefined = undefined;

  /** RangeError where the source's port is none. */
  constructor(transport: Transport, name: string, source: Source, options: FetchOptions, user: SourceUser) {
    this.transport = transport;
    this.name = name;
    this.source = source;
    this.options = options;
    this.user = user;
    this.endpoint = endpoint(source.ip, source.httpPort);
    this.label = this.endpoint.key;
    this.stalled = transport.createTimer(() => {
      this.fail(`no byte for ${options.stallMs / 1000} s`);
    });
    this.nextAttempt = transport.createTimer(() => user.onChange(this));
  }

  get isIdle(): boolean {
    return this.dropped === undefined && this.segment === undefined && !this.nextAttempt.isSet;
  }

  get isUsable(): boolean {
    return this.dropped === undefined;
  }

  /** Asks for bytes `from` to `to`; for the whole file, without a range, where `isRange` is false. */
  ask(asked: Asked, ifRange: string | undefined): void {
    const segment: Segment = {
      asked,
      ifRange: asked.isRange ? ifRange : undefined,
      at: asked.from,
      end: asked.to ?? Number.POSITIVE_INFINITY,
      bodyEnd: undefined,
      hasHead: false,
      newBytes: 0,
    };
    this.segment = segment;
    this.requests++;
    const { name } = this;
    const range = asked.isRange ? { range: rangeOf(asked) } : {};
    const headers = segment.ifRange === undefined ? {} : { headers: { "if-range": segment.ifRange } };
    const isOn = () => this.segment === segment;
    this.exchange = this.transport.request(
      this.endpoint,
      { method: "GET", name, ...range, ...headers },
      {
        onHead: (head) => {
          if (!isOn()) return;
          this.watch();
          this.flowsSinceMs = this.transport.now();
          this.user.onHead(this, segment, head);
        },
        onData: (bytes) => {
          if (!isOn() || !segment.hasHead) return;
          this.watch();
          this.receivedBytes += bytes.length;
          this.newBytes += bytes.length;
          this.user.onBytes(this, segment, bytes);
        },
        onEnd: () => {
          if (!isOn()) return;
          this.exchange = undefined;
          const problem = this.user.problemOfWhole(segment);
          if (problem !== undefined) {
            this.fail(problem);
            return;
          }
          this.release();
          this.failuresInARow = 0;
          this.user.onWhole(this, segment);
        },
        onError: (reason) => {
          if (!isOn()) return;
          this.exchange = undefined;
          this.fail(WORDS[reason]);
        },
      },
    );
    this.watch();
  }

  /** Ends the exchange, which is nobody's fault. */
  release(): void {
    const { exchange } = this;
    this.stopFlow();
    this.segment = undefined;
    this.exchange = undefined;
    this.stalled.cancel();
    this.isPaused = false;
    exchange?.cancel();
  }

  /** The exchange failed: the source waits for its next attempt (`waitMs`, or as long as the back-off says), or is dropped. */
  fail(text: string, waitMs?: number): void {
    if ((this.segment?.newBytes ?? 0) >= this.options.minRequestBytes) this.failuresInARow = 0;
    this.release();
    this.failures++;
    this.failuresInARow++;
    if (this.failuresInARow >= this.options.maxAttempts) {
      const times = this.failuresInARow === 1 ? "" : `, ${this.failuresInARow} times in a row`;
      this.drop({ reason: "unreachable", text: `${text}${times}` });
      return;
    }
    this.nextAttempt.set(waitMs ?? retryDelayMs(this.failuresInARow, this.transport.random(), this.options));
    this.user.onChange(this);
  }

  drop(dropped: Dropped): void {
    if (this.dropped !== undefined) return;
    this.dropped = dropped;
    this.nextAttempt.cancel();
    this.release();
    this.user.onDropped(this, dropped);
  }

  /** What it delivered was not the file: that counts more than any other reason. */
  convict(text: string): void {
    if (this.dropped?.reason === "bad-bytes") return;
    this.dropped = undefined;
    this.drop({ reason: "bad-bytes", text });
  }

  /** Takes back a source that was dropped because there were better ones. */
  takeBack(): void {
    this.dropped = undefined;
    this.slowSinceMs = undefined;
  }

  /** Ends everything, without a word. */
  stop(): void {
    this.nextAttempt.cancel();
    this.release();
  }

  pause(): void {
    if (this.exchange === undefined || this.isPaused) return;
    this.isPaused = true;
    this.stopFlow();
    this.stalled.cancel();
    this.exchange.pause();
  }

  resume(): void {
    if (this.exchange === undefined || !this.isPaused) return;
    this.isPaused = false;
    if (this.segment?.hasHead) this.flowsSinceMs = this.transport.now();
    this.watch();
    this.exchange.resume();
  }

  /** Takes the rate of the `elapsedMs` since the latest measurement into account. */
  measure(elapsedMs: number): void {
    const isFlowing = this.flowsSinceMs !== undefined;
    this.stopFlow();
    if (isFlowing) this.flowsSinceMs = this.transport.now();
    this.bytesPerMs = smoothed(this.bytesPerMs, this.newBytes / elapsedMs);
    // A source that was made to wait for most of the time has not shown how fast it is.
    if (this.flowingMs >= elapsedMs / 2)
      this.paceBytesPerMs = smoothed(this.paceBytesPerMs, this.newBytes / this.flowingMs);
    this.newBytes = 0;
    this.flowingMs = 0;
  }

  report(): SourceReport {
    const { source, requests, failures, receivedBytes, duplicateBytes, dropped } = this;
    return {
      source,
      state: this.state,
      requests,
      failures,
      receivedBytes,
      duplicateBytes,
      bytesPerSecond: this.segment === undefined ? 0 : Math.round(this.bytesPerMs * 1000),
      ...(dropped !== undefined && { dropped }),
    };
  }

  private get state(): SourceState {
    if (this.dropped !== undefined) return "dropped";
    if (this.segment !== undefined) return this.segment.hasHead ? "delivering" : "asked";
    return this.nextAttempt.isSet ? "waiting" : "idle";
  }

  private watch(): void {
    if (this.segment !== undefined && !this.isPaused) this.stalled.set(this.options.stallMs);
  }

  private stopFlow(): void {
    if (this.flowsSinceMs === undefined) return;
    this.flowingMs += this.transport.now() - this.flowsSinceMs;
    this.flowsSinceMs = undefined;
  }
}

function rangeOf({ from, to }: Asked): { first: number; last?: number } {
  return to === undefined ? { first: from } : { first: from, last: to - 1 };
}

/** An exponentially weighted mean; the newest sample counts for a quarter. */
function smoothed(mean: number | undefined, sample: number): number {
  return mean === undefined ? sample : mean + (sample - mean) / 4;
}
