/** The group's shared secret: the bytes of a file that only its owner should be able to read. */

import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { CliError } from "../exit-codes.ts";

export const MIN_KEY_BYTES = 16;
const MAX_KEY_BYTES = 4096;
/** Permissions of the group and of everybody. */
const OTHERS = 0o077;

const HOW_TO_MAKE_ONE = "make one with: (umask 077; head -c 32 /dev/urandom | base64 > FILE)";

/**
 * The key in a file: its bytes without the blanks and line ends behind them, so that an editor makes no other key of it.
 * CliError where there is none, or one that could be guessed; `warn` where others can read it.
 */
export function readKeyFile(file: string, warn: (message: string) => void): Uint8Array {
  const { bytes, mode } = read(file);
  const key = withoutEnd(bytes);
  if (key.length < MIN_KEY_BYTES) {
    throw new CliError(
      "usage",
      `the key in ${file} is too short: ${key.length} bytes, at least ${MIN_KEY_BYTES} are needed; ${HOW_TO_MAKE_ONE}`,
    );
  }
  if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
    warn(`warning: others on this machine may read the key in ${file}: chmod 600 it`);
  }
  return key;
}

function read(file: string): { readonly bytes: Uint8Array; readonly mode: number } {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new CliError("usage", `the key file ${file} is not a file; ${HOW_TO_MAKE_ONE}`);
    if (stats.size > MAX_KEY_BYTES) {
      throw new CliError("usage", `the key file ${file} has ${stats.size} bytes, at most ${MAX_KEY_BYTES} are a key`);
    }
    return { bytes: readFileSync(fd), mode: stats.mode };
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError("usage", `there is no key file ${file}; ${HOW_TO_MAKE_ONE}`);
    const why = code === "EACCES" ? "permission denied" : message;
    throw new CliError("runtime", `cannot read the key file ${file}: ${why}`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function withoutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && BLANKS.includes(bytes[end - 1]!)) end--;
  return bytes.slice(0, end);
}

/** Space, tab, line feed, carriage return. */
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
