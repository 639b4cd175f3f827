/**
 * The fields of the hardened wire's payloads, and the cursors that write and read them. A reader gives undefined at the
 * first byte that makes no sense and remembers which; see PayloadReader for the report's wire.
 */

import { isIpAddress } from "../payload-fields.ts";
import { MAX_NAME_BYTES, nameProblem } from "../percent.ts";
import { bytesToLatin1, decodeTextStrictly, encodeText } from "../text.ts";
import {
  fromUint64,
  readUint16,
  readUint32,
  readUint64,
  toUint64,
  type Uint64,
  writeUint16,
  writeUint32,
  writeUint64,
} from "../uint64.ts";

export type HardenedPayloadFailure =
  | "truncated"
  | "unexpected-bytes"
  | "empty-name"
  | "bad-utf8"
  | "bad-address"
  | "bad-port"
  | "number-too-large"
  | "bad-flags"
  | "bad-count";

/** What a payload decoder gives: it never throws. `offsetBytes` is where the payload stopped making sense. */
export type HardenedPayloadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: HardenedPayloadFailure; readonly offsetBytes: number };

export const SHA256_BYTES = 32;
/** Size (8) and SHA-256 of a file. */
export const DESCRIPTION_BYTES = 8 + SHA256_BYTES;

/** What a peer says of a file beside its name. */
export interface FileDescription {
  /** At most 2^53 - 1. */
  readonly sizeBytes: number;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
}

export class FieldReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private reason: HardenedPayloadFailure | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  get offset(): number {
    return this.at;
  }

  uint8(): number | undefined {
    const start = this.take(1);
    return start === undefined ? undefined : this.bytes[start];
  }

  uint32(): number | undefined {
    const start = this.take(4);
    return start === undefined ? undefined : readUint32(this.bytes, start);
  }

  uint64(): Uint64 | undefined {
    const start = this.take(8);
    return start === undefined ? undefined : readUint64(this.bytes, start);
  }

  /** 64 bits that hold a number up to 2^53 - 1. */
  count(): number | undefined {
    const start = this.at;
    const value = this.uint64();
    return value === undefined ? undefined : (fromUint64(value) ?? this.fail("number-too-large", start));
  }

  /** HTTP port: 1 to 65535. */
  port(): number | undefined {
    const start = this.take(2);
    if (start === undefined) return undefined;
    return readUint16(this.bytes, start) || this.fail("bad-port", start);
  }

  /** Length (1), then an IP address as text. */
  ip(): string | undefined {
    const start = this.at;
    const range = this.shortRange();
    if (range === undefined) return undefined;
    const ip = bytesToLatin1(this.bytes, range, this.at);
    return isIpAddress(ip) ? ip : this.fail("bad-address", start);
  }

  /** Length (1), then a file's name in UTF-8. */
  name(): string | undefined {
    const start = this.shortRange();
    return start === undefined ? undefined : this.nameBetween(start, this.at);
  }

  /** A file's name in UTF-8: all that is left. */
  restAsName(): string | undefined {
    const start = this.at;
    if (this.bytes.length - start > MAX_NAME_BYTES) return this.fail("unexpected-bytes", start + MAX_NAME_BYTES);
    this.at = this.bytes.length;
    return this.nameBetween(start, this.at);
  }

  /** Moves over so many bytes; where they begin. */
  take(length: number): number | undefined {
    const start = this.at;
    if (start + length > this.bytes.length) return this.fail("truncated", this.bytes.length);
    this.at += length;
    return start;
  }

  /** Remembers what was wrong; the first failure counts. */
  fail(reason: HardenedPayloadFailure, offsetBytes: number): undefined {
    if (this.reason === undefined) {
      this.reason = reason;
      this.at = offsetBytes;
    }
    return undefined;
  }

  /** The decoder's result: `value`, where nothing failed and every byte was read. */
  result<T>(value: T | undefined): HardenedPayloadResult<T> {
    if (value !== undefined && !this.atEnd) this.fail("unexpected-bytes", this.at);
    if (value === undefined || this.reason !== undefined) {
      return { ok: false, reason: this.reason ?? "unexpected-bytes", offsetBytes: this.at };
    }
    return { ok: true, value };
  }

  private shortRange(): number | undefined {
    const length = this.uint8();
    return length === undefined ? undefined : this.take(length);
  }

  private nameBetween(start: number, end: number): string | undefined {
    if (start === end) return this.fail("empty-name", start);
    return decodeTextStrictly(this.bytes.subarray(start, end)) ?? this.fail("bad-utf8", start);
  }
}

/** Writes fields one behind another into an array that grows as needed. */
export class FieldWriter {
  private bytes: Uint8Array;
  private at = 0;

  constructor(expectedBytes = 64) {
    this.bytes = new Uint8Array(expectedBytes);
  }

  get length(): number {
    return this.at;
  }

  uint8(value: number): this {
    const at = this.room(1); // which may put another array in place of `bytes`
    this.bytes[at] = value;
    return this;
  }

  uint16(value: number): this {
    const at = this.room(2);
    writeUint16(this.bytes, at, value);
    return this;
  }

  uint32(value: number): this {
    const at = this.room(4);
    writeUint32(this.bytes, at, value);
    return this;
  }

  uint64(value: Uint64): this {
    const at = this.room(8);
    writeUint64(this.bytes, at, value);
    return this;
  }

  /** RangeError where the value is no whole number from 0 to 2^53 - 1. */
  count(value: number): this {
    return this.uint64(toUint64(value));
  }

  /** RangeError where it is no port. */
  port(port: number): this {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new RangeError(`a port is an integer from 1 to 65535, not ${port}`);
    }
    return this.uint16(port);
  }

  /** RangeError where it is no address. */
  ip(ip: string): this {
    if (!isIpAddress(ip)) throw new RangeError(`an IP address in text form is needed, not ${JSON.stringify(ip)}`);
    return this.uint8(ip.length).raw(encodeText(ip));
  }

  /** RangeError where the name cannot travel (`nameProblem`). */
  name(name: string): this {
    const bytes = nameBytes(name);
    return this.uint8(bytes.length).raw(bytes);
  }

  /** RangeError where the hash has another length than 32 bytes, or the size is none. */
  description({ sizeBytes, sha256 }: FileDescription): this {
    if (sha256.length !== SHA256_BYTES) throw new RangeError(`a SHA-256 has 32 bytes, not ${sha256.length}`);
    return this.count(sizeBytes).raw(sha256);
  }

  raw(bytes: Uint8Array): this {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
    return this;
  }

  /** Everything that was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  /** Makes room for so many bytes; where they go. */
  private room(length: number): number {
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.at, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return start;
  }
}

/** A file's name in UTF-8. RangeError where it cannot travel. */
export function nameBytes(name: string): Uint8Array {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new RangeError(`${problem}: choose another name`);
  return encodeText(name);
}
