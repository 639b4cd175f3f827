/** A download under way in memory, which another one can continue. */

import { sha256 } from "@noble/hashes/sha2.js";
import type { ByteSpan, ByteSpans } from "../byte-spans.ts";
import type { DigestResult, PartialFile, PartLeft, PartVersion } from "./file-store.ts";

/** What is kept between two downloads. */
export interface KeptPart {
  bytes: Uint8Array;
  version: PartVersion;
  readonly spans: ByteSpans;
}

/** What the store does for its parts. */
export interface PartKeeper {
  /** Reserves room for bytes beyond those held; false where there is none. A negative number gives room back. */
  reserve(bytes: number): boolean;
  /** The part's bytes become the file; an error where they may not. */
  finished(part: KeptPart): string | undefined;
  /** The download is over: the part stays (`kept`), or is gone. */
  ended(kept: KeptPart | undefined): void;
  /** Says that there is no room. */
  fullText(): string;
}

export class MemoryPart implements PartialFile {
  readonly left: PartLeft | undefined;
  readonly kept: KeptPart;
  private readonly keeper: PartKeeper;
  private readonly onError: (error: string) => void;
  private hasFailed = false;

  constructor(kept: KeptPart, keeper: PartKeeper, onError: (error: string) => void) {
    this.kept = kept;
    this.keeper = keeper;
    this.onError = onError;
    this.left = kept.spans.count > 0 ? { ...kept.version, spans: [...kept.spans] } : undefined;
  }

  begin(version: PartVersion): string | undefined {
    const { kept } = this;
    kept.version = version;
    return this.resize(version.sizeBytes) ? undefined : this.keeper.fullText();
  }

  clear(): void {
    this.kept.spans.clear();
    this.resize(0);
    this.kept.version = { sizeBytes: 0 };
  }

  write(at: number, bytes: Uint8Array): boolean {
    if (this.hasFailed) return true;
    const { kept } = this;
    const end = at + bytes.length;
    // The size of a body that ends with its connection is not known before: room is made as it grows.
    if (end > kept.bytes.length && !this.resize(end, Math.max(end, kept.bytes.length * 2))) {
      this.hasFailed = true;
      this.onError(this.keeper.fullText());
      return true;
    }
    kept.bytes.set(bytes, at);
    kept.spans.add(at, end);
    return true;
  }

  forget({ from, to }: ByteSpan): void {
    this.kept.spans.remove(from, to);
  }

  digest({ from, to }: ByteSpan, done: (result: DigestResult) => void): void {
    done({ ok: true, sha256: sha256(this.kept.bytes.subarray(from, to)) });
  }

  finish(done: (error?: string) => void): void {
    this.resize(this.kept.spans.totalBytes);
    const error = this.keeper.finished(this.kept);
    this.keeper.ended(error === undefined ? undefined : this.kept);
    done(error);
  }

  keep(done: () => void): void {
    if (this.kept.spans.count > 0) this.keeper.ended(this.kept);
    else this.drop();
    done();
  }

  discard(done: () => void): void {
    this.drop();
    done();
  }

  private drop(): void {
    this.resize(0);
    this.keeper.ended(undefined);
  }

  /** Room for at least `leastBytes`, rather for `wantedBytes`. */
  private resize(leastBytes: number, wantedBytes = leastBytes): boolean {
    const { kept } = this;
    for (const bytes of [wantedBytes, leastBytes]) {
      if (bytes === kept.bytes.length) return true;
      if (!this.keeper.reserve(bytes - kept.bytes.length)) continue;
      const resized = new Uint8Array(bytes);
      resized.set(kept.bytes.subarray(0, bytes));
      kept.bytes = resized;
      return true;
    }
    return false;
  }
}
