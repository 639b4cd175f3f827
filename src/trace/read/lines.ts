/** A file's bytes as lines of text, one at a time: however long the file is, a line and a chunk are what is in memory. */

import { TraceFileError } from "./trace-file-error.ts";

/** The longest line that is read: a trace's lines have some hundred characters, or a file name's length more. */
export const MAX_LINE_CHARACTERS = 1 << 20;

/**
 * The lines of a file that comes in chunks, without their line feeds. Throws TraceFileError where the bytes are not
 * UTF-8 or a line is longer than `MAX_LINE_CHARACTERS`.
 */
export function* linesOf(file: string, chunks: Iterable<Uint8Array>): Generator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let rest = "";
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new TraceFileError(file, line, "the bytes here, or a little behind, are not UTF-8 text: is it a trace?");
    }
  };
  for (const chunk of chunks) {
    const lines = (rest + decode(chunk)).split("\n");
    rest = lines.pop() as string;
    for (const text of lines) {
      if (text.length > MAX_LINE_CHARACTERS) throw tooLong(file, line);
      yield text;
      line++;
    }
    if (rest.length > MAX_LINE_CHARACTERS) throw tooLong(file, line);
  }
  rest += decode();
  if (rest !== "") yield rest;
}

function tooLong(file: string, line: number): TraceFileError {
  return new TraceFileError(file, line, `a line of more than ${MAX_LINE_CHARACTERS} characters: is it a trace?`);
}
