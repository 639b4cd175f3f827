/**
 * What requests and responses of HTTP/1.1 have in common: a head of lines (RFC 9112, 2.1), its header fields, and the
 * ways in which the other side can get them wrong.
 */

/** Start line and header fields together, in bytes. */
export const MAX_HEAD_BYTES = 16 * 1024;
export const MAX_HEADER_FIELDS = 100;

export type HttpFailureReason =
  | "head-too-large"
  | "too-many-headers"
  | "bad-line"
  | "bad-request-line"
  | "bad-status-line"
  | "bad-version"
  | "bad-target"
  | "bad-header"
  | "bad-host"
  | "bad-content-length"
  | "unsupported-transfer-encoding"
  | "bad-chunk"
  | "unexpected-body"
  /** The connection ended before the message did. */
  | "incomplete"
  /** More bytes came than the message has. */
  | "after-end";

/** What the other side got wrong. `offsetBytes` counts the bytes of the connection up to where it was noticed. */
export interface HttpFailure {
  readonly reason: HttpFailureReason;
  readonly offsetBytes: number;
}

/** Header fields by name in lower case; the values of a repeated field are joined by ", " (RFC 9110, 5.3). */
export type Headers = Readonly<Record<string, string>>;

/** Collects the lines of a head as its bytes come in, however they are cut. */
export class HeadReader {
  readonly lines: string[] = [];
  failure: HttpFailureReason | undefined;
  /** The empty line that ends the head has come. */
  complete = false;
  private readonly maxBytes: number;
  private line = "";
  private sizeBytes = 0;

  constructor(maxBytes = MAX_HEAD_BYTES) {
    this.maxBytes = maxBytes;
  }

  /** Takes the bytes from `from` on, as many as belong to the head; gives the position behind them. */
  take(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && !this.complete && this.failure === undefined) {
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      const end = lineFeed < 0 ? bytes.length : lineFeed;
      const next = lineFeed < 0 ? end : end + 1;
      this.sizeBytes += next - at;
      if (this.sizeBytes > this.maxBytes) {
        this.failure = "head-too-large";
        return next - (this.sizeBytes - this.maxBytes) + 1; // behind the first byte that is too many
      }
      this.line += String.fromCharCode(...bytes.subarray(at, end));
      if (lineFeed >= 0) this.endLine();
      at = next;
    }
    return at;
  }

  /** Makes ready for another head. Heads that are only a prelude to this one count towards its size. */
  restart(keepSize = false): void {
    this.lines.length = 0;
    this.complete = false;
    if (!keepSize) this.sizeBytes = 0;
  }

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.line === "";
  }

  /** A line ends with CR LF; LF alone is taken too, and empty lines before the first (RFC 9112, 2.2). */
  private endLine(): void {
    const line = this.line.endsWith("\r") ? this.line.slice(0, -1) : this.line;
    this.line = "";
    if (CONTROL.test(line)) this.failure = "bad-line";
    else if (line !== "") this.lines.push(line);
    else if (this.lines.length > 0) this.complete = true;
  }
}

/** The header fields of a head, without its first line. */
export function parseHeaders(lines: readonly string[]): Headers | HttpFailureReason {
  if (lines.length - 1 > MAX_HEADER_FIELDS) return "too-many-headers";
  // No prototype: a field may be called `constructor`.
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines.slice(1)) {
    // No space before the colon, and no folded lines (RFC 9112, 5.1 and 5.2).
    const field = HEADER_FIELD.exec(line);
    if (field === null) return "bad-header";
    const name = field[1]!.toLowerCase();
    const value = trimSpace(field[2]!);
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}

/** The body's length by its header; undefined where there is none (RFC 9112, 6.3). */
export function contentLength(headers: Headers): number | undefined | HttpFailureReason {
  const text = headers["content-length"];
  if (text === undefined) return undefined;
  const values = text.split(",").map(trimSpace);
  const first = values[0]!;
  if (values.some((value) => value !== first) || !/^\d{1,16}$/.test(first)) return "bad-content-length";
  const length = Number(first);
  return Number.isSafeInteger(length) ? length : "bad-content-length";
}

/** `Name: value` lines. Throws RangeError for what would break out of its line. */
export function formatHeaders(headers: Headers): string {
  let text = "";
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) throw new RangeError(`a header's name is a token, not ${JSON.stringify(name)}`);
    if (!VISIBLE.test(value)) {
      throw new RangeError(`the header ${name} is printable ASCII on one line, not ${JSON.stringify(value)}`);
    }
    text += `${titleCase(name)}: ${value}\r\n`;
  }
  return text;
}

/** `content-length` as `Content-Length`. */
function titleCase(name: string): string {
  let title = titles.get(name);
  if (title === undefined) {
    title = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
    if (titles.size < MAX_TITLES) titles.set(name, title);
  }
  return title;
}

/** Names that were written before: they are few. */
const titles = new Map<string, string>();
const MAX_TITLES = 100;

/** Without spaces and tabs at both ends. (A regular expression would take the square of the time for many spaces within.) */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

const LINE_FEED = 0x0a;
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Printable ASCII. */
export const VISIBLE = /^[ -~]*$/;
/** A field line: its name and its value. */
export const HEADER_FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)$/;
/** Any control character but the tab (a CR inside a line is one). */
const CONTROL = /[^\t -~\x80-\xff]/;
