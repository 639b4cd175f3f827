/**
 * A fetch: one file from one or several sources at once, by ranges, into a part that outlives a break, and under its name
 * only when it is whole and, where somebody says what its SHA-256 is, right. See swarm.ts for how the sources share the
 * work, and inquiry.ts for how a liar is found.
 */

import { elapsedMs } from "../../time.ts";
import type { Timer, Transport } from "../../transport.ts";
import type { FileStore, PartialFile, PartialOpened } from "../file-store.ts";
import type { Source } from "../outcomes.ts";
import { Inquiry, nextToTrust } from "./inquiry.ts";
import { checkFetchOptions, defaultFetchOptions, type FetchOptions } from "./options.ts";
import type {
  Dropped,
  FetchFailure,
  FetchHandle,
  FetchHandlers,
  FetchOutcome,
  FetchPhase,
  FetchProgress,
} from "./outcomes.ts";
import { dropSlow } from "./pace.ts";
import { judgeLeft } from "./resume.ts";
import { FetchSource } from "./source.ts";
import { Swarm, type SwarmUser } from "./swarm.ts";
import { hex, sameBytes } from "./version.ts";

export class Fetch implements FetchHandle, SwarmUser {
  private readonly transport: Transport;
  private readonly name: string;
  private readonly options: FetchOptions;
  private readonly handlers: FetchHandlers;
  private readonly tick: Timer;
  private readonly notes: string[] = [];
  private readonly sources: readonly FetchSource[];
  private phase: FetchPhase | "over" = "opening";
  private part: PartialFile | undefined = undefined;
  private swarm: Swarm | undefined = undefined;
  private inquiry: Inquiry | undefined = undefined;
  private startedMs = 0;
  private measuredMs = 0;
  private measuredBytes = 0;
  private bytesPerMs: number | undefined = undefined;
  private resumedBytes = 0;
  private restarts = 0;

  /** RangeError where there is no source, or too many of them, or one with a port that is none; for senseless options. */
  constructor(
    transport: Transport,
    name: string,
    sources: readonly Source[],
    options: Partial<FetchOptions>,
    handlers: FetchHandlers,
  ) {
    this.transport = transport;
    this.name = name;
    this.options = { ...defaultFetchOptions, ...options };
    this.handlers = handlers;
    this.tick = transport.createTimer(() => this.onTick());
    checkFetchOptions(this.options);
    const { maxSources } = this.options;
    const distinct = new Map(sources.map((source) => [`${source.ip} ${source.httpPort}`, source]));
    if (distinct.size === 0) throw new RangeError("a fetch needs at least one source");
    if (distinct.size > maxSources) {
      throw new RangeError(`a fetch has at most ${maxSources} sources, not ${distinct.size}: choose some of them`);
    }
    this.sources = [...distinct.values()].map((source) => this.makeSource(source));
  }

  start(files: Pick<FileStore, "partial">): void {
    this.startedMs = this.transport.now();
    files.partial(
      this.name,
      {
        overwrite: this.options.overwrite,
        onDrain: () => this.swarm?.onDrain(),
        onError: (error) => this.fail("not-stored", error, true),
      },
      (result) => this.onOpened(result),
    );
  }

  cancel(): void {
    if (this.phase !== "finishing") this.fail("cancelled", "cancelled", true);
  }

  // The part ----------------------------------------------------------------------------------------------------------

  private onOpened(result: PartialOpened): void {
    if (this.phase === "over") {
      if (result.ok) result.part.keep(() => {});
      return;
    }
    if (!result.ok) {
      this.fail("not-stored", result.error, true);
      return;
    }
    this.part = result.part;
    this.swarm = this.makeSwarm(result.part);
    this.phase = "fetching";
    this.takeUp(result.part, this.swarm);
    this.measuredMs = this.transport.now();
    this.measuredBytes = this.swarm.deliveries.had.totalBytes;
    this.tick.set(this.options.progressMs);
    this.swarm.run();
  }

  /** Continues what an earlier fetch has left, where that may be. */
  private takeUp({ left }: PartialFile, swarm: Swarm): void {
    if (left === undefined) return;
    const resume = judgeLeft(
      left,
      this.options.expect,
      this.sources.map(({ label }) => label),
    );
    if (resume.kind === "afresh") {
      this.note(`starts again: ${resume.why}`);
      swarm.clear();
      return;
    }
    swarm.target.recall(left);
    for (const span of left.spans) swarm.deliveries.add("earlier", span);
    if (resume.kind === "if-unchanged") swarm.unconfirmed = resume.etag;
    this.resumedBytes = swarm.deliveries.had.totalBytes;
    this.note(`continues with ${this.resumedBytes} bytes of an earlier fetch`);
  }

  // What the swarm says -----------------------------------------------------------------------------------------------

  onComplete(): void {
    const { part, swarm } = this;
    if (part === undefined || swarm === undefined || this.phase !== "fetching") return;
    this.phase = "checking";
    this.report();
    const { sha256, sizeBytes = 0 } = swarm.target;
    if (sha256 === undefined) {
      this.finish();
      return;
    }
    part.digest({ from: 0, to: sizeBytes }, (result) => {
      if (this.phase !== "checking") return;
      if (!result.ok) this.fail("not-stored", result.error, true);
      else if (sameBytes(result.sha256, sha256)) this.onVerified(sha256);
      else this.onMismatch(result.sha256, sha256);
    });
  }

  onNobody(): void {
    const swarm = this.swarm!;
    if (swarm.only !== undefined) {
      // The one that was to prove itself cannot be asked any more: the others may try.
      this.fetchAgain();
      return;
    }
    const why = this.sources.map(({ label, dropped }) => `${label}: ${dropped?.text ?? "not asked"}`).join("; ");
    if (this.inquiry === undefined) this.fail("no-source", `no source is left (${why})`, true);
    else this.fail("bad-bytes", `no source has the file as it should be (${why})`, false);
  }

  onDropped({ source, label }: FetchSource, dropped: Dropped): void {
    if (this.phase === "over") return;
    this.transport.trace.state(`fetch: dropped as ${dropped.reason}, ${dropped.text}`, label);
    this.handlers.onDropped?.(source, dropped);
  }

  onRestart(why: string): boolean {
    if (++this.restarts > this.options.maxRestarts) {
      this.fail("changing", `the file changed ${this.restarts} times: ${why}`, false);
      return false;
    }
    this.resumedBytes = 0;
    this.note(`starts again: ${why}`);
    return true;
  }

  onNoRoom(error: string): void {
    this.fail("not-stored", error, true);
  }

  // Right or wrong ----------------------------------------------------------------------------------------------------

  private onVerified(sha256: Uint8Array): void {
    if (this.inquiry === undefined) {
      this.finish(sha256);
      return;
    }
    this.inquiry.guilty((guilty, error) => {
      if (this.phase !== "checking") return;
      if (error !== undefined) {
        this.fail("not-stored", error, true);
        return;
      }
      for (const who of guilty) {
        if (who === "earlier") this.note("bytes of the earlier fetch were not the file's: they were fetched again");
        else who.convict("bytes that it delivered are not the file's");
      }
      this.finish(sha256);
    });
  }

  private onMismatch(found: Uint8Array, expected: Uint8Array): void {
    const swarm = this.swarm!;
    const { deliveries, target } = swarm;
    this.note(`the SHA-256 is ${hex(found)} and should be ${hex(expected)}: looks for who is to blame`);
    this.inquiry ??= new Inquiry(this.part!);
    const trusted = nextToTrust(deliveries, target.claimedBy);
    if (trusted !== undefined && deliveries.deliverers.length === 1) {
      trusted.convict("its copy of the file has another SHA-256");
      this.fetchAgain();
      return;
    }
    this.inquiry.testify(deliveries, (error) => {
      if (this.phase !== "checking") return;
      if (error !== undefined) {
        this.fail("not-stored", error, true);
        return;
      }
      if (trusted === undefined) {
        this.fetchAgain();
        return;
      }
      for (const who of deliveries.deliverers) if (who !== trusted) swarm.forget(who);
      swarm.only = trusted;
      this.phase = "fetching";
      swarm.run();
    });
  }

  /** From the start, from whoever is left. */
  private fetchAgain(): void {
    const swarm = this.swarm!;
    swarm.only = undefined;
    this.resumedBytes = 0;
    swarm.clear();
    this.phase = "fetching";
    swarm.run();
  }

  // Progress ----------------------------------------------------------------------------------------------------------

  private onTick(): void {
    const nowMs = this.transport.now();
    const spentMs = elapsedMs(this.measuredMs, nowMs);
    const bytes = this.bytes;
    if (spentMs > 0) {
      for (const source of this.sources) source.measure(spentMs);
      const rate = Math.max(0, bytes - this.measuredBytes) / spentMs;
      this.bytesPerMs = this.bytesPerMs === undefined ? rate : this.bytesPerMs + (rate - this.bytesPerMs) / 4;
      this.measuredMs = nowMs;
      this.measuredBytes = bytes;
    }
    if (this.phase === "fetching" && this.swarm?.only === undefined) dropSlow(this.sources, nowMs, this.options);
    if (this.phase === "over") return;
    this.report();
    this.tick.set(this.options.progressMs);
  }

  private report(): void {
    const { phase } = this;
    if (phase === "over" || this.handlers.onProgress === undefined) return;
    const { bytes, bytesPerMs = 0 } = this;
    const totalBytes = this.swarm?.target.sizeBytes;
    const progress: FetchProgress = {
      phase,
      bytes,
      totalBytes,
      bytesPerSecond: Math.round(bytesPerMs * 1000),
      etaMs: totalBytes === undefined || bytesPerMs <= 0 ? undefined : Math.ceil((totalBytes - bytes) / bytesPerMs),
      sources: this.sources.map((source) => source.report()),
    };
    this.handlers.onProgress(progress);
  }

  private get bytes(): number {
    return this.swarm?.deliveries.had.totalBytes ?? 0;
  }

  private note(text: string): void {
    this.notes.push(text);
    this.transport.trace.state(`fetch: ${text}`);
    this.handlers.onNote?.(text);
  }

  // The end -----------------------------------------------------------------------------------------------------------

  private finish(sha256?: Uint8Array): void {
    this.phase = "finishing";
    const deliverers = this.swarm!.deliveries.deliverers.length;
    if (sha256 === undefined && deliverers > 1) {
      this.note("nobody says what the SHA-256 should be: what several sources delivered is not checked");
    }
    this.part!.finish((error) => {
      if (error !== undefined) this.settle({ status: "failed", reason: "not-stored", detail: error, isKept: true });
      else this.settle({ status: "fetched", ...(sha256 !== undefined && { sha256 }) });
    });
  }

  private fail(reason: FetchFailure, detail: string, isKept: boolean): void {
    const { phase, part } = this;
    if (phase === "over" || phase === "finishing") return;
    this.phase = "finishing";
    this.swarm?.stop();
    const hasBytes = isKept && this.bytes > 0;
    const settle = () => this.settle({ status: "failed", reason, detail, isKept: hasBytes });
    if (part === undefined) settle();
    else if (isKept) part.keep(settle);
    else part.discard(settle);
  }

  private settle(
    result:
      | { readonly status: "fetched"; readonly sha256?: Uint8Array }
      | { readonly status: "failed"; readonly reason: FetchFailure; readonly detail: string; readonly isKept: boolean },
  ): void {
    if (this.phase === "over") return;
    this.phase = "over";
    this.tick.cancel();
    const summary = {
      bytes: this.bytes,
      resumedBytes: this.resumedBytes,
      elapsedMs: elapsedMs(this.startedMs, this.transport.now()),
      sources: this.sources.map((source) => source.report()),
      notes: this.notes,
    };
    const outcome: FetchOutcome = { ...summary, ...result };
    this.handlers.onDone(outcome);
  }

  private makeSwarm(part: PartialFile): Swarm {
    return new Swarm(this.transport, this.options, part, this.sources, this);
  }

  private makeSource(source: Source): FetchSource {
    return new FetchSource(this.transport, this.name, source, this.options, {
      onHead: (...what) => this.swarm!.onHead(...what),
      onBytes: (...what) => this.swarm!.onBytes(...what),
      problemOfWhole: (segment) => this.swarm!.problemOfWhole(segment),
      onWhole: (...what) => this.swarm!.onWhole(...what),
      onChange: () => this.swarm!.onChange(),
      onDropped: (...what) => this.swarm!.onDropped(...what),
    });
  }
}
