/** Where a command writes, and what may be written there. Results go to stdout, progress and diagnostics to stderr. */

/** stdout or stderr; in tests, any stream. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** stdin; in tests, any stream. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

/** The world as a command sees it. */
export interface Console {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, and by whoever ends the process in order (SIGTERM) or closes its terminal (SIGHUP). */
  readonly interrupted: AbortSignal;
  /** A clock for progress, in ms. */
  nowMs(): number;
}

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
const MAX_COLUMNS = 160;

/** May this stream have colour? NO_COLOR forbids it, FORCE_COLOR asks for it, else a terminal that is not dumb may. */
export function colorAllowed(stream: OutputStream, env: Console["env"]): boolean {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return isFancyTerminal(stream, env);
}

/** A terminal that moves its cursor and knows more than ASCII. */
export function isFancyTerminal(stream: OutputStream, env: Console["env"]): boolean {
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** Is this a machine that nobody watches? */
export function isCi(env: Console["env"]): boolean {
  const ci = env.CI;
  return ci !== undefined && ci !== "" && ci !== "false" && ci !== "0";
}

/** The width to write in: the terminal's, within reason; 80 where there is none. */
export function columnsOf(stream: OutputStream, env: Console["env"]): number {
  const columns = stream.columns ?? Number(env.COLUMNS);
  if (!Number.isInteger(columns) || columns <= 0) return DEFAULT_COLUMNS;
  return Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, columns));
}

/** The whole of a --json answer. JSON has no NaN: a number that does not exist is null. */
export function writeJson(stream: OutputStream, document: unknown): void {
  stream.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** A line of diagnostics. */
export function say(console: Console, message: string): void {
  console.stderr.write(`${message}\n`);
}
