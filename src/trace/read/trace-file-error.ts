/** A trace file that cannot be read, and where. */

export class TraceFileError extends Error {
  readonly file: string;
  /** From 1. */
  readonly line: number;

  /** `why` says what came, what was expected, and where it helps what to do. */
  constructor(file: string, line: number, why: string) {
    super(`${file}:${line}: ${why}`);
    this.name = "TraceFileError";
    this.file = file;
    this.line = line;
  }
}

const MAX_SHOWN = 60;

/** A value from a file as a message shows it: quoted, and not longer than a line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}
