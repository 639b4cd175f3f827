/** Whether what an earlier fetch has left may be continued, and on whose word. */

import type { PartLeft } from "../file-store.ts";
import type { FetchOptions } from "./options.ts";
import { sameBytes } from "./version.ts";

export type Resume =
  /** The whole file is checked at its end. */
  | { readonly kind: "checked" }
  /** Only if its source confirms that the file still has this entity tag (If-Range; RFC 9110, 13.1.5). */
  | { readonly kind: "if-unchanged"; readonly etag: NonNullable<PartLeft["etag"]> }
  /** Not at all, and why. */
  | { readonly kind: "afresh"; readonly why: string };

/** `labels` are the sources of this fetch (`10.0.0.2:80`). */
export function judgeLeft(left: PartLeft, expect: FetchOptions["expect"], labels: readonly string[]): Resume {
  const { sizeBytes, sha256, etag } = left;
  if (expect.sizeBytes !== undefined && expect.sizeBytes !== sizeBytes) {
    return {
      kind: "afresh",
      why: `the earlier part is of a file of ${sizeBytes} bytes, and now it has ${expect.sizeBytes}`,
    };
  }
  if (expect.sha256 !== undefined) {
    const isSame = sha256 === undefined || sameBytes(sha256, expect.sha256);
    return isSame ? { kind: "checked" } : { kind: "afresh", why: "the earlier part is of a file with another SHA-256" };
  }
  if (sha256 !== undefined) return { kind: "checked" };
  if (etag === undefined) {
    return {
      kind: "afresh",
      why: "nothing tells whether the earlier part is of the same file: no SHA-256, no strong ETag",
    };
  }
  if (!labels.includes(etag.source)) {
    return { kind: "afresh", why: `only ${etag.source} can tell whether the earlier part is of the same file` };
  }
  return { kind: "if-unchanged", etag };
}
