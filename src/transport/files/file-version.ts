/**
 * Which version of a file one has: what the file system says of it. A change of the content changes this, with one
 * exception: file systems note times by a clock that moves in steps, so a file that was changed twice within one step looks the
 * same after both. Therefore a version counts only once its last change is longer ago than such a step: it has settled.
 */

import { hash } from "node:crypto";

export interface FileVersion {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** Of the last change to content or attributes; unlike `mtimeNs`, no program can set it back. */
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
}

/** Longer than the steps of the clocks that file systems with fine times use (Linux: 1 to 10 ms; Windows: 16 ms). */
const FINE_STEP_MS = 50;
/** The same where times are whole seconds (HFS+, ext3) or every other one (FAT). */
const COARSE_STEP_MS = 2100;

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;

/** `stats`: what the file system says, as `fs.BigIntStats` has it. */
export function versionOf(
  stats: Readonly<Record<"size" | "mtimeNs" | "ctimeNs" | "ino" | "dev", bigint>>,
): FileVersion {
  const { size, mtimeNs, ctimeNs, ino, dev } = stats;
  return { sizeBytes: Number(size), mtimeNs, ctimeNs, ino, dev };
}

export function isSameVersion(a: FileVersion, b: FileVersion): boolean {
  return (
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs &&
    a.sizeBytes === b.sizeBytes &&
    a.ino === b.ino &&
    a.dev === b.dev
  );
}

/** How long it is until the version has settled, in ms; 0 where it has. `nowMs` since 1970-01-01T00:00:00Z. */
export function settlesInMs({ ctimeNs }: FileVersion, nowMs: number): number {
  const stepMs = ctimeNs % NS_PER_SECOND === 0n ? COARSE_STEP_MS : FINE_STEP_MS;
  const ageMs = nowMs - Number(ctimeNs / NS_PER_MS);
  // A time far ahead is of a clock that was wrong: the next change will not have it again.
  return ageMs < -stepMs ? 0 : Math.max(0, stepMs - ageMs);
}

/** A key that no other version has. */
export function versionKey({ sizeBytes, mtimeNs, ctimeNs, ino, dev }: FileVersion): string {
  return `${sizeBytes}-${mtimeNs}-${ctimeNs}-${ino}-${dev}`;
}

/** A strong entity tag (RFC 9110, 8.8.3) of a version whose content is not known. Hashed: inode numbers are nobody's concern. */
export function versionEtag(version: FileVersion): string {
  return `"v1-${hash("sha256", versionKey(version), "base64url").slice(0, 22)}"`;
}
