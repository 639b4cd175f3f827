/**
 * The fields that payloads are made of (IP, HTTPPORT, FILE), and the cursor that reads them. Every field but a line's
 * last ends with one space. A reader gives undefined at the first byte that makes no sense and remembers which. Lists
 * are as long as the payload lets them be, at two bytes or more for each item: who bounds payloads bounds them.
 */

import { endOfDigits, readDigits } from "./decimal.ts";
import { decodeName, encodeName, type NameFailure } from "./percent.ts";
import { bytesToLatin1 } from "./text.ts";

export type PayloadFailure =
  | NameFailure
  | "bad-address"
  | "bad-port"
  | "bad-last-update"
  | "bad-error-code"
  | "bad-error-text"
  | "missing-space"
  | "unexpected-bytes";

/** What a payload decoder gives: it never throws. `offsetBytes` is where the payload stopped making sense. */
export type PayloadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: PayloadFailure; readonly offsetBytes: number };

/** Where a peer's files can be fetched. */
export interface HttpAddress {
  /** IPv4 or IPv6, as text without brackets. */
  readonly ip: string;
  /** 1 to 65535. */
  readonly httpPort: number;
}

/** An IPv6 address with an embedded IPv4 one, written out. */
const MAX_IP_LENGTH = 45;
const MAX_PORT = 65_535;
/** The longest token with a meaning is a name of 255 escaped bytes; one byte more is enough to see that it is too long. */
const MAX_TOKEN_BYTES = 766;

const SPACE = 0x20;
const NEWLINE = 0x0a;
const ZERO = 0x30;

export class PayloadReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private reason: PayloadFailure | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** IP SP HTTPPORT SP. */
  httpAddress(): HttpAddress | undefined {
    const ip = this.ip();
    if (ip === undefined) return undefined;
    const httpPort = this.port();
    return httpPort === undefined ? undefined : { ip, httpPort };
  }

  private ip(): string | undefined {
    const end = this.tokenEnd();
    const ip = bytesToLatin1(this.bytes, this.at, Math.min(end, this.at + MAX_IP_LENGTH + 1));
    if (!isIpAddress(ip)) return this.fail("bad-address");
    return this.skipSpace(end) ? ip : undefined;
  }

  private port(): number | undefined {
    const end = this.tokenEnd();
    const port = this.decimal(end);
    if (port === undefined || port < 1 || port > MAX_PORT) return this.fail("bad-port");
    return this.skipSpace(end) ? port : undefined;
  }

  /** FILE SP. */
  fileAndSpace(): string | undefined {
    const end = this.tokenEnd();
    const name = this.file(end);
    return name !== undefined && this.skipSpace(end) ? name : undefined;
  }

  /** FILE, up to `end`; the cursor stays. */
  file(end: number): string | undefined {
    const decoded = decodeName(bytesToLatin1(this.bytes, this.at, Math.min(end, this.at + MAX_TOKEN_BYTES)));
    return decoded.ok ? decoded.name : this.fail(decoded.reason, this.at + decoded.offset);
  }

  /** A canonical decimal number of at most nine digits that takes all bytes up to `end`; the cursor stays. */
  decimal(end: number): number | undefined {
    const start = this.at;
    if (start === end || endOfDigits(this.bytes, start, end) < end) return undefined;
    return end - start > 1 && this.bytes[start] === ZERO ? undefined : readDigits(this.bytes, start, end);
  }

  /** Just behind the token at the cursor: where a space, a line's end or the payload's end is. */
  tokenEnd(): number {
    const { bytes } = this;
    let end = this.at;
    while (end < bytes.length && bytes[end] !== SPACE && bytes[end] !== NEWLINE) end++;
    return end;
  }

  /** Is the token that ends at `end` the last of its line? */
  endsLine(end: number): boolean {
    return end === this.bytes.length || this.bytes[end] === NEWLINE;
  }

  /** Moves behind the space at `end`. */
  skipSpace(end: number): boolean {
    if (this.bytes[end] === SPACE) {
      this.at = end + 1;
      return true;
    }
    this.fail("missing-space", end);
    return false;
  }

  /** Moves behind the line end at `end`; the payload's last line may do without. */
  skipLineEnd(end: number): void {
    this.at = end === this.bytes.length ? end : end + 1;
  }

  /** The text of the token up to `end`, at most `maxBytes` of it. */
  text(end: number, maxBytes: number): string {
    return bytesToLatin1(this.bytes, this.at, Math.min(end, this.at + maxBytes));
  }

  /** All bytes from the cursor on. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.at);
  }

  /** Remembers what was wrong; the first failure counts. */
  fail(reason: PayloadFailure, offsetBytes = this.at): undefined {
    if (this.reason === undefined) {
      this.reason = reason;
      this.at = offsetBytes;
    }
    return undefined;
  }

  /** The decoder's result: `value`, where nothing failed and every byte was read. */
  result<T>(value: T | undefined): PayloadResult<T> {
    if (value !== undefined && !this.atEnd) this.fail("unexpected-bytes");
    if (value === undefined || this.reason !== undefined) {
      return { ok: false, reason: this.reason ?? "unexpected-bytes", offsetBytes: this.at };
    }
    return { ok: true, value };
  }
}

/** IP SP HTTPPORT SP. Throws RangeError where one of the two is none. */
export function formatHttpAddress({ ip, httpPort }: HttpAddress): string {
  if (!isIpAddress(ip)) throw new RangeError(`an IP address in text form is needed, not ${JSON.stringify(ip)}`);
  if (!Number.isInteger(httpPort) || httpPort < 1 || httpPort > MAX_PORT) {
    throw new RangeError(`a port is an integer from 1 to ${MAX_PORT}, not ${httpPort}`);
  }
  return `${ip} ${httpPort} `;
}

/** { FILE SP }. Throws RangeError for a name that cannot travel (`nameProblem`). */
export function formatFiles(files: readonly string[]): string {
  let text = "";
  for (const file of files) text += `${encodeName(file)} `;
  return text;
}

/** IPv4 exactly; IPv6 by its characters alone, which is enough to keep rubbish out of a list of peers. */
export function isIpAddress(text: string): boolean {
  if (text.length > MAX_IP_LENGTH) return false;
  return text.includes(":") ? PLAUSIBLE_IPV6.test(text) : IPV4.test(text);
}

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const PLAUSIBLE_IPV6 = /^[0-9A-Fa-f:]{2,}$|^[0-9A-Fa-f:]+(?:\.\d{1,3}){3}$/;
