/** The version of the file that a fetch is after: what is known of it, and whether an offer is of the same. */

import type { PartVersion } from "../file-store.ts";
import type { FetchOptions } from "./options.ts";
import type { FetchSource } from "./source.ts";
import { hex, type Offer, sameBytes } from "./version.ts";

export class Target {
  sizeBytes: number | undefined;
  sha256: Uint8Array | undefined;
  /** Whose word the SHA-256 is, where it is not the caller's. */
  claimedBy: FetchSource | undefined = undefined;
  /** The entity tag under which the part may be continued, and whose it is. */
  etag: PartVersion["etag"] = undefined;
  /** Has a source, or the earlier fetch, shown that there is such a file? */
  isSeen = false;
  /** Is it only the word of an earlier fetch that there is such a file? */
  isRecalled = false;

  constructor({ sizeBytes, sha256 }: FetchOptions["expect"]) {
    this.sizeBytes = sizeBytes;
    this.sha256 = sha256;
  }

  /** Is its size known? An empty file's existence is seen only by asking for it. */
  get isSettled(): boolean {
    return this.sizeBytes !== undefined && (this.isSeen || this.sizeBytes > 0);
  }

  /** What speaks against an offer's being of this version, in words. */
  differenceTo(offer: Offer): string | undefined {
    const { sizeBytes, sha256 } = this;
    if (sizeBytes !== undefined && offer.sizeBytes !== undefined && offer.sizeBytes !== sizeBytes) {
      return `its file has ${offer.sizeBytes} bytes, not ${sizeBytes}`;
    }
    if (sha256 !== undefined && offer.sha256 !== undefined && !sameBytes(sha256, offer.sha256)) {
      return `its file has another SHA-256: ${hex(offer.sha256)}`;
    }
    return undefined;
  }

  /** Takes over what an earlier fetch has written down. */
  recall({ sizeBytes, sha256, etag }: PartVersion): void {
    this.isRecalled = this.sha256 === undefined;
    this.sizeBytes = sizeBytes;
    this.sha256 ??= sha256;
    this.etag = etag;
    this.isSeen = true;
  }

  /** Takes over what an offer adds; true where something is new that the part should remember. */
  learn(source: FetchSource, offer: Offer): boolean {
    const isNew = !this.isSeen || (this.sha256 === undefined && offer.sha256 !== undefined);
    if (!this.isSeen && offer.etag !== undefined) this.etag = { value: offer.etag, source: source.label };
    if (this.sha256 === undefined && offer.sha256 !== undefined) {
      this.sha256 = offer.sha256;
      this.claimedBy = source;
    }
    this.sizeBytes ??= offer.sizeBytes;
    this.isSeen = true;
    this.isRecalled = false;
    return isNew;
  }

  /** For the part to remember; undefined while the size is not known. */
  get version(): PartVersion | undefined {
    const { sizeBytes, sha256, etag } = this;
    if (sizeBytes === undefined) return undefined;
    return { sizeBytes, ...(sha256 !== undefined && { sha256 }), ...(etag !== undefined && { etag }) };
  }
}

/** Has one source's file become another one between two answers? */
export function hasChanged(before: Offer, now: Offer): boolean {
  const differ = <T>(a: T | undefined, b: T | undefined): boolean => a !== undefined && b !== undefined && a !== b;
  return (
    differ(before.etag, now.etag) ||
    differ(before.sizeBytes, now.sizeBytes) ||
    differ(before.lastModified, now.lastModified) ||
    (before.sha256 !== undefined && now.sha256 !== undefined && !sameBytes(before.sha256, now.sha256))
  );
}
