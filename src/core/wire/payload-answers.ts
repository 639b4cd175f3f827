/** What the directory answers: RESULT, LISTING and ERROR payloads (docs/wire.md, "Payloads"). */

import {
  formatFiles,
  formatHttpAddress,
  type HttpAddress,
  PayloadReader,
  type PayloadResult,
} from "./payload-fields.ts";
import { decodeTextStrictly, encodeText, isWellFormed } from "./text.ts";

/** The peers that hold the file that was looked up. */
export interface ResultPayload {
  readonly sources: readonly HttpAddress[];
}

/** One peer as the directory knows it. */
export interface ListingEntry extends HttpAddress {
  readonly files: readonly string[];
  /** Milliseconds since 1970-01-01T00:00:00Z; travels in whole microseconds. */
  readonly lastUpdateMs: number;
}

export interface ListingPayload {
  readonly entries: readonly ListingEntry[];
}

export interface ErrorPayload {
  /** Three digits, with the meaning that HTTP gives them. */
  readonly code: number;
  /** For people, on one line. */
  readonly text: string;
}

/** What a look-up of a file that nobody holds is answered with. */
export const FILE_NOT_FOUND: ErrorPayload = { code: 404, text: "file not found" };

/** Seconds of 32 bits (until 2106): milliseconds beyond that are too coarse a double for exact microseconds. */
const MAX_SECONDS = 0xffff_ffff;
const MAX_LAST_UPDATE_BYTES = "4294967295.999999".length;
const MAX_ERROR_TEXT_BYTES = 1024;

/** `10.0.0.2 80 10.0.0.3 80 `. */
export function encodeResult({ sources }: ResultPayload): Uint8Array {
  return encodeText(sources.map(formatHttpAddress).join(""));
}

export function decodeResult(bytes: Uint8Array): PayloadResult<ResultPayload> {
  const reader = new PayloadReader(bytes);
  const sources: HttpAddress[] = [];
  while (!reader.atEnd) {
    const source = reader.httpAddress();
    if (source === undefined) return reader.result<ResultPayload>(undefined);
    sources.push(source);
  }
  return reader.result({ sources });
}

/** `10.0.0.3 80 new.txt 1425512907.613081` and a newline, for each peer. */
export function encodeListing({ entries }: ListingPayload): Uint8Array {
  return encodeText(entries.map(formatEntry).join(""));
}

function formatEntry(entry: ListingEntry): string {
  return `${formatHttpAddress(entry)}${formatFiles(entry.files)}${formatLastUpdate(entry.lastUpdateMs)}\n`;
}

/** Seconds with six decimals, rounded to the nearest microsecond. */
function formatLastUpdate(lastUpdateMs: number): string {
  let seconds = Math.floor(lastUpdateMs / 1000);
  let microseconds = Math.round((lastUpdateMs - seconds * 1000) * 1000);
  if (microseconds === 1_000_000) {
    seconds++;
    microseconds = 0;
  }
  if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
    throw new RangeError(`the time of an update is 0 to ${MAX_SECONDS} s after 1970, in ms, not ${lastUpdateMs} ms`);
  }
  return `${seconds}.${String(microseconds).padStart(6, "0")}`;
}

export function decodeListing(bytes: Uint8Array): PayloadResult<ListingPayload> {
  const reader = new PayloadReader(bytes);
  const entries: ListingEntry[] = [];
  while (!reader.atEnd) {
    const entry = readEntry(reader);
    if (entry === undefined) return reader.result<ListingPayload>(undefined);
    entries.push(entry);
  }
  return reader.result({ entries });
}

function readEntry(reader: PayloadReader): ListingEntry | undefined {
  const address = reader.httpAddress();
  if (address === undefined) return undefined;
  const files: string[] = [];
  for (;;) {
    const end = reader.tokenEnd();
    if (reader.endsLine(end)) {
      const lastUpdateMs = readLastUpdate(reader, end);
      if (lastUpdateMs === undefined) return undefined;
      reader.skipLineEnd(end);
      return { ip: address.ip, httpPort: address.httpPort, files, lastUpdateMs };
    }
    const file = reader.fileAndSpace();
    if (file === undefined) return undefined;
    files.push(file);
  }
}

function readLastUpdate(reader: PayloadReader, end: number): number | undefined {
  const match = LAST_UPDATE.exec(reader.text(end, MAX_LAST_UPDATE_BYTES + 1));
  if (match === null) return reader.fail("bad-last-update");
  const seconds = Number(match[1]);
  if (seconds > MAX_SECONDS) return reader.fail("bad-last-update");
  return (seconds * 1_000_000 + Number(match[2])) / 1000;
}

const LAST_UPDATE = /^(0|[1-9]\d{0,9})\.(\d{6})$/;

/** `404 file not found`. */
export function encodeError({ code, text }: ErrorPayload): Uint8Array {
  if (!isErrorCode(code)) throw new RangeError(`an error code has three digits (100 to 999), not ${code}`);
  const bytes = encodeText(`${code} ${text}`);
  if (!isErrorText(text) || bytes.length > ERROR_TEXT_START + MAX_ERROR_TEXT_BYTES) {
    throw new RangeError(
      `an error's text has at most ${MAX_ERROR_TEXT_BYTES} bytes and no control characters, unlike ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  return bytes;
}

export function decodeError(bytes: Uint8Array): PayloadResult<ErrorPayload> {
  const reader = new PayloadReader(bytes);
  const codeEnd = reader.tokenEnd();
  const code = reader.decimal(codeEnd);
  if (code === undefined || !isErrorCode(code)) {
    reader.fail("bad-error-code");
    return reader.result<ErrorPayload>(undefined);
  }
  if (!reader.skipSpace(codeEnd)) return reader.result<ErrorPayload>(undefined);
  const rest = reader.rest();
  const text = rest.length <= MAX_ERROR_TEXT_BYTES ? decodeTextStrictly(rest) : undefined;
  if (text === undefined || !isErrorText(text)) {
    reader.fail("bad-error-text");
    return reader.result<ErrorPayload>(undefined);
  }
  return { ok: true, value: { code, text } };
}

/** CODE and its space. */
const ERROR_TEXT_START = 4;

function isErrorCode(code: number): boolean {
  return Number.isInteger(code) && code >= 100 && code <= 999;
}

/** It is shown on terminals: no control characters, which could rewrite what is there. */
function isErrorText(text: string): boolean {
  return isWellFormed(text) && !CONTROL.test(text);
}

const CONTROL = /\p{Cc}/u;
