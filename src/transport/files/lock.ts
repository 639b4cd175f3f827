/**
 * A lock by a file: one download of a name at a time, also among processes. The file says who holds it; where that
 * process is gone (kill -9, a crash of the machine), the lock is taken over.
 *
 * The file comes into being with its content (written beside, then linked), so nobody reads half of one. Taking over is
 * itself done under a lock whose name is the stale lock's own token: of two who see the same stale lock, one wins, and
 * whoever comes late sees that the lock has another token now.
 */

import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "./disk-errors.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, by the kernel's clock: a number may be given to another process. */
  readonly started: string;
  readonly token: string;
}

export type LockResult =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly error: string };

/** Takes the lock. Throws the file system's error where no file can be made there. */
export function takeLock(path: string, what: string): LockResult {
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    token: randomBytes(8).toString("hex"),
  };
  const temporary = `${path}.${mine.token}`;
  writeFileSync(temporary, JSON.stringify(mine), { flag: "wx" });
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (linked(temporary, path)) return { ok: true, release: () => release(path, mine) };
      const text = read(path);
      if (text === undefined) continue; // released just now
      const holder = parse(text);
      if (holder !== undefined && isAlive(holder)) return { ok: false, error: heldText(holder, what, path) };
      if (takeOver(path, text, temporary)) return { ok: true, release: () => release(path, mine) };
    }
    return { ok: false, error: `${what} is being downloaded already: wait for that` };
  } finally {
    remove(temporary);
  }
}

const MAX_ATTEMPTS = 10;

/** Puts our lock in the place of a stale one, unless somebody else has. */
function takeOver(path: string, stale: string, temporary: string): boolean {
  const token = parse(stale)?.token ?? "rubbish";
  const guard = `${path}.over-${token}`;
  if (!linked(temporary, guard)) {
    // Somebody else is at it; where that one died at it, its guard is in the way.
    const holder = parse(read(guard) ?? "");
    if (holder !== undefined && !isAlive(holder)) remove(guard);
    return false;
  }
  try {
    if (read(path) !== stale) return false;
    const copy = `${temporary}-over`;
    writeFileSync(copy, readFileSync(temporary), { flag: "wx" });
    renameSync(copy, path);
    return true;
  } finally {
    remove(guard);
  }
}

function release(path: string, mine: Holder): void {
  if (parse(read(path) ?? "")?.token === mine.token) remove(path);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    // File systems without hard links: a file that must be new, written at once, is nearly as good.
    if (!NO_LINKS.includes(errorCode(error) ?? "")) throw error;
    try {
      writeFileSync(to, readFileSync(from), { flag: "wx" });
      return true;
    } catch (second) {
      if (errorCode(second) === "EEXIST") return false;
      throw second;
    }
  }
}

/** What `link` says where a file system has no hard links. */
export const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"];

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").slice(0, 1000);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or stays: whoever comes next sees whose it was.
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host, started, token } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid !== "number" || typeof host !== "string" || typeof started !== "string") return undefined;
    return typeof token === "string" && /^[0-9a-f]{16}$/.test(token) ? { pid, host, started, token } : undefined;
  } catch {
    return undefined;
  }
}

/** On another machine (a shared folder), nobody can tell: it counts as alive. */
function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM"; // there, and another user's
  }
  const now = startOf(pid);
  return now === "" || started === "" || now === started;
}

/** When a process started: field 22 of /proc/PID/stat on Linux, "" elsewhere. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function heldText({ pid, host }: Holder, what: string, path: string): string {
  if (pid === process.pid && host === hostname())
    return `${what} is being downloaded already: wait for that, or cancel it`;
  if (host === hostname()) return `${what} is being downloaded by process ${pid}: wait for that, or end it`;
  return `${what} is being downloaded on ${host} (process ${pid}): where that is not so any more, remove ${path}`;
}
