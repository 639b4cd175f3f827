/** Records of a CSV file (RFC 4180): fields between commas, in quotes where they hold commas, quotes or line ends. */

import { MAX_LINE_CHARACTERS } from "./lines.ts";
import { TraceFileError } from "./trace-file-error.ts";

export interface CsvRecord {
  /** The line it begins at, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The records of a file's lines. Throws TraceFileError where quotes do not close or stand inside a plain field. */
export function* csvRecords(file: string, lines: Iterable<string>): Generator<CsvRecord> {
  let line = 0;
  let firstLine = 0;
  let record = "";
  let isOpen = false;
  for (const text of lines) {
    line++;
    if (isOpen) record += `\n${text}`;
    else {
      firstLine = line;
      record = text;
    }
    // A quote inside a quoted field is written twice: of a whole record's quotes the number is even.
    if (hasOddQuotes(text)) isOpen = !isOpen;
    if (!isOpen) yield { line: firstLine, fields: fieldsOf(file, firstLine, withoutReturn(record)) };
    else if (record.length > MAX_LINE_CHARACTERS) {
      throw new TraceFileError(file, firstLine, "the quotes that open here do not close: is it a trace?");
    }
  }
  if (isOpen) throw new TraceFileError(file, firstLine, "the file ends inside quotes that open here");
}

/** Files that went through other programs may end their lines with CR LF. */
function withoutReturn(record: string): string {
  return record.endsWith("\r") ? record.slice(0, -1) : record;
}

function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

function fieldsOf(file: string, line: number, record: string): string[] {
  if (!record.includes('"')) return record.split(",");
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const found = FIELD.exec(record);
    if (found === null) throw new TraceFileError(file, line, `field ${fields.length + 1} has text beside its quotes`);
    const [, quoted, plain = "", comma] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (comma === "") return fields;
  }
}
