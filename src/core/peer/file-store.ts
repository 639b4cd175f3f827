/**
 * A peer's files: in memory in the simulated world, a folder in the real one. Answers come through callbacks, which a
 * store in memory calls at once.
 */

import type { ByteSpan } from "../byte-spans.ts";
import type { FileBody } from "../transport.ts";
import type { FileDescription } from "../wire/hardened/fields.ts";

export interface FileStore {
  /**
   * Looks a file up by name, to serve it: its body, or undefined where there is no such file (or it may not be served).
   * With a `problem`, in words, there may be one that cannot be read now: whoever asks may try again later.
   */
  open(name: string, found: (body: FileBody | undefined, problem?: string) => void): void;
  /** Does the store hold a whole file of this name? */
  has(name: string): boolean;
  /**
   * The size and SHA-256 of a file as it is now, or undefined where there is no such file: what the hardened wire's updates
   * say of it. It may take as long as reading the file does. Absent: the store cannot tell, and its files can be shared on the
   * report's wire alone.
   */
  describe?(name: string, done: (description: FileDescription | undefined) => void): void;
  /** Makes room for a download. The file appears under its name only when the sink is finished. */
  create(name: string): FileSink;
  /**
   * Makes room for a download that may be continued another day, or opens what an earlier one has left. Only one may be
   * under way for a name.
   */
  partial(name: string, options: PartialOptions, opened: (result: PartialOpened) => void): void;
}

/** Where a download goes. */
export interface FileSink {
  /** Appends the next bytes; they are copied. */
  write(bytes: Uint8Array): void;
  /** All bytes are there: puts the file under its name. `error` says why it could not be. */
  finish(done: (error?: string) => void): void;
  /** Drops what was written. */
  discard(): void;
}

export interface PartialOptions {
  /** May the finished file take the place of one that has its name? Else opening and finishing fail where there is one. */
  readonly overwrite: boolean;
  /** There is room again after `write` returned false. */
  onDrain(): void;
  /** Writing failed, and why; called once. Nothing can be added any more: `keep` what is there, or `discard` it. */
  onError(error: string): void;
}

export type PartialOpened =
  | { readonly ok: true; readonly part: PartialFile }
  /** In words: what is in the way, and what to do. */
  | { readonly ok: false; readonly error: string };

/** Which version of a file the bytes of a part belong to, as far as that is known. */
export interface PartVersion {
  readonly sizeBytes: number;
  /** Of the whole file. */
  readonly sha256?: Uint8Array;
  /** A strong ETag, and the source that gave it: `10.0.0.2:80`. */
  readonly etag?: { readonly value: string; readonly source: string };
}

/** What an earlier download has left. */
export interface PartLeft extends PartVersion {
  /** The bytes that are there, all within `sizeBytes`. */
  readonly spans: readonly ByteSpan[];
}

export type DigestResult =
  | { readonly ok: true; readonly sha256: Uint8Array }
  | { readonly ok: false; readonly error: string };

/**
 * A file under way: bytes at any place, in any order. It lasts through a crash; what was written last may be missing
 * then, but what it says is there, is. One of `finish`, `keep` and `discard` is the last call.
 */
export interface PartialFile {
  /** What an earlier download has left; undefined where there is nothing that could be continued. */
  readonly left: PartLeft | undefined;
  /**
   * Which version is being written, as soon as that is known, and again when more of it is known. An error, in words,
   * where it has no room.
   */
  begin(version: PartVersion): string | undefined;
  /** Empties it: another version, or the same from the start. */
  clear(): void;
  /** Puts bytes at a place, over what is there; they are copied. False asks the caller to wait for `onDrain`. */
  write(at: number, bytes: Uint8Array): boolean;
  /** These bytes count as not there any more. */
  forget(span: ByteSpan): void;
  /** SHA-256 of a span of bytes, all of which are there. */
  digest(span: ByteSpan, done: (result: DigestResult) => void): void;
  /** All bytes are there: puts the file under its name. `error` says why it could not be; what is there is kept then. */
  finish(done: (error?: string) => void): void;
  /** Ends the download and keeps what is there, to continue another day. */
  keep(done: () => void): void;
  /** Ends the download and drops what was written. */
  discard(done: () => void): void;
}
