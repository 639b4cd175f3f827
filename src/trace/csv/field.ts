/**
 * Text fields as bytes. csv-stringify decides about quotes, once per label; after that a label is a copy of a few
 * words. The browser build of csv-stringify is used everywhere: the other one needs Node's Buffer.
 */

import { stringify } from "csv-stringify/browser/esm/sync";

/** One encoded field, in words of four bytes, the last padded with zeros. */
export interface Field {
  readonly words: Int32Array;
  readonly byteLength: number;
  /** Does it end with a quote? (Then it starts with one.) */
  readonly isQuoted: boolean;
}

/** Labels kept per run; those beyond it are encoded each time they come. */
export const MAX_CACHED_FIELDS = 100_000;

const encoder = new TextEncoder();

/** One field, quoted where CSV asks for it, in UTF-8; `before` and `after` are plain bytes around it, such as commas. */
export function encodeField(text: string, before = "", after = ""): Field {
  const csv = stringify([[text]], { eof: false });
  return fieldOf(before + csv + after, csv.startsWith('"'));
}

/** One whole row with its end of line. */
export function encodeRow(texts: readonly string[]): Field {
  return fieldOf(stringify([[...texts]]));
}

/** A text as it is, in UTF-8. */
export function fieldOf(text: string, isQuoted = false): Field {
  const bytes = encoder.encode(text);
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  for (let i = 0; i < bytes.length; i++) words[i >> 2]! |= bytes[i]! << ((i & 3) * 8);
  return { words, byteLength: bytes.length, isQuoted };
}

/** Writes a field at `at`, and up to three bytes behind it; returns the position behind it. */
export function putField(view: DataView, at: number, field: Field): number {
  const words = field.words;
  for (let i = 0; i < words.length; i++) view.setInt32(at + i * 4, words[i]!, true);
  return at + field.byteLength;
}

/** The encoded fields of one run's labels, by label id. */
export class FieldCache {
  private readonly fields: (Field | undefined)[] = [];
  private readonly encode: (text: string) => Field;
  private count = 0;

  constructor(encode: (text: string) => Field) {
    this.encode = encode;
  }

  /** The field of label `id`, where it is known. */
  get(id: number): Field | undefined {
    return this.fields[id];
  }

  /** Encodes a label and keeps it; a negative id (a text that comes once) is not kept. */
  add(id: number, text: string): Field {
    const field = this.encode(text);
    if (id >= 0 && this.count < MAX_CACHED_FIELDS) {
      this.fields[id] = field;
      this.count++;
    }
    return field;
  }
}
