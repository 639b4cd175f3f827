/** Text as UTF-8 bytes, and back. A byte order mark is kept: it is a character like any other. */

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** An engine keeps arrays up to this size within their object; a TextEncoder's always have a buffer of their own. */
const SHORT_TEXT_LENGTH = 64;

/** Half of a surrogate pair without the other half becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return (text.length <= SHORT_TEXT_LENGTH ? encodeAscii(text) : undefined) ?? encoder.encode(text);
}

/** Undefined where a character is not ASCII. */
function encodeAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** Never throws: what is not UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

/** Undefined where the bytes are not UTF-8. */
export function decodeTextStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes `[start, end)`, each one character: ASCII, or ISO 8859-1 as header fields may have it. */
export function bytesToLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Is every surrogate one of a pair? Other text has no UTF-8. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;
