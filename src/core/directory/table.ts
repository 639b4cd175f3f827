/**
 * The directory's soft state: entries that their peers keep alive with updates, and that go when the updates stop. An
 * update that repeats the sender's previous one byte for byte is the common case, and costs a comparison.
 */

import type { NodeTrace } from "../../trace/node-trace.ts";
import { elapsedMs } from "../time.ts";
import type { Endpoint } from "../transport.ts";
import type { UpdatePayload } from "../wire/payloads.ts";
import { encodeName } from "../wire/percent.ts";
import { AgeList } from "./age-list.ts";
import { entryKey, TableEntry } from "./entry.ts";
import { FileIndex } from "./file-index.ts";
import { type DirectoryOptions, entryLifetimeMs } from "./options.ts";

/** Estimated memory of an entry, and of one file in it, beside the bytes of its update. */
const ENTRY_OVERHEAD_BYTES = 512;
const FILE_OVERHEAD_BYTES = 256;
/** Files named in one line of the trace. */
const MAX_FILES_IN_NOTE = 8;

/** The moment of an update on the host's two clocks, in ms. */
export interface Moment {
  readonly nowMs: number;
  readonly wallClockMs: number;
}

export class PeerTable {
  private readonly options: DirectoryOptions;
  private readonly trace: NodeTrace;
  private readonly lifetimeMs: number;
  /** By (IP, HTTPPORT), in the order of registration. */
  private readonly byKey = new Map<string, TableEntry>();
  /** By the endpoint of the latest update: for each key, `get(key).endpoint.key === key`. */
  private readonly bySender = new Map<string, TableEntry>();
  private readonly byAge = new AgeList();
  private readonly index = new FileIndex();
  private bytes = 0;
  private registrations = 0;

  constructor(options: DirectoryOptions, trace: NodeTrace) {
    this.options = options;
    this.trace = trace;
    this.lifetimeMs = entryLifetimeMs(options);
  }

  get size(): number {
    return this.byKey.size;
  }

  /** In the order of registration. */
  entries(): IterableIterator<TableEntry> {
    return this.byKey.values();
  }

  /** The peers that hold a file, in the order of registration; at most `maxSources`. */
  sourcesOf(file: string): TableEntry[] {
    return this.index.find(file, this.options.maxSources);
  }

  /** Has this endpoint an entry that its own latest update made or refreshed? */
  knowsSender(from: Endpoint): boolean {
    return this.bySender.has(from.key);
  }

  /** Refreshes the sender's entry where the update repeats its previous one; false where it must be read. */
  refresh(from: Endpoint, payload: Uint8Array, nowMs: number, wallClockMs: number): boolean {
    const entry = this.bySender.get(from.key);
    if (entry === undefined || !sameBytes(entry.payload, payload)) return false;
    entry.refreshedAtMs = nowMs;
    entry.lastUpdateMs = wallClockMs;
    this.byAge.moveToEnd(entry);
    return true;
  }

  /** Makes or changes the entry that a well-formed update is about. */
  register(from: Endpoint, payload: Uint8Array, update: UpdatePayload, moment: Moment): void {
    const key = entryKey(update.ip, update.httpPort);
    const known = this.byKey.get(key);
    const entry = known ?? new TableEntry(update.ip, update.httpPort, this.registrations++, from);
    const before = entry.files;
    if (known === undefined) {
      this.byKey.set(key, entry);
      this.byAge.append(entry);
    } else {
      this.bytes -= costBytes(entry);
      this.byAge.moveToEnd(entry);
      this.forgetSender(entry);
    }
    entry.endpoint = from;
    this.bySender.set(from.key, entry);
    entry.refreshedAtMs = moment.nowMs;
    entry.lastUpdateMs = moment.wallClockMs;
    entry.payload = payload.slice(); // the datagram it came in may be a small part of a large buffer
    this.index.setFiles(entry, this.filesToKeep(from, payload, update));
    this.bytes += costBytes(entry);

    if (known === undefined) this.trace.state(`added ${key} with ${describeFiles(entry.files)}`, from.key);
    else if (!sameFiles(before, entry.files)) {
      this.trace.state(`changed ${key} to ${describeFiles(entry.files)}`, from.key);
    }
    this.evictBeyondLimits();
  }

  /** Removes an entry at its peer's wish. Returns the entry that went. */
  exit(ip: string, httpPort: number): TableEntry | undefined {
    const entry = this.byKey.get(entryKey(ip, httpPort));
    if (entry === undefined) return undefined;
    this.remove(entry);
    this.trace.state(`removed ${entry.key} at its exit`, entry.endpoint.key);
    return entry;
  }

  /** Removes every entry whose updates stopped. Returns the time until the next may be due; undefined: table empty. */
  expire(nowMs: number): number | undefined {
    for (let oldest = this.byAge.oldest; oldest !== undefined; oldest = this.byAge.oldest) {
      const leftMs = this.lifetimeMs - elapsedMs(oldest.refreshedAtMs, nowMs);
      if (leftMs > 0) return leftMs;
      this.remove(oldest);
      this.trace.state(`expired ${oldest.key} after ${this.options.missedUpdates} missed updates`, oldest.endpoint.key);
    }
    return undefined;
  }

  private evictBeyondLimits(): void {
    const { maxEntries, maxTableBytes } = this.options;
    while (this.byKey.size > maxEntries || (this.bytes > maxTableBytes && this.byKey.size > 1)) {
      const oldest = this.byAge.oldest as TableEntry;
      this.remove(oldest);
      this.trace.state(`evicted ${oldest.key}: the directory is full`, oldest.endpoint.key);
    }
  }

  private remove(entry: TableEntry): void {
    this.bytes -= costBytes(entry);
    this.byKey.delete(entry.key);
    this.byAge.remove(entry);
    this.forgetSender(entry);
    this.index.setFiles(entry, NO_FILES);
  }

  private forgetSender(entry: TableEntry): void {
    if (this.bySender.get(entry.endpoint.key) === entry) this.bySender.delete(entry.endpoint.key);
  }

  private filesToKeep(from: Endpoint, payload: Uint8Array, update: UpdatePayload): Set<string> {
    const max = this.options.maxFilesPerEntry;
    if (update.files.length <= max) return new Set(update.files);
    const files = new Set<string>();
    for (const file of update.files) {
      if (files.size === max) {
        this.trace.reject(`UPDATE lists too many files: kept the first ${max}`, from.key, payload.length);
        break;
      }
      files.add(file);
    }
    return files;
  }
}

const NO_FILES: ReadonlySet<string> = new Set();

function costBytes(entry: TableEntry): number {
  return ENTRY_OVERHEAD_BYTES + entry.payload.length + FILE_OVERHEAD_BYTES * entry.files.length;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameFiles(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((file, i) => file === b[i]);
}

/** Names as they are on the wire: what came from outside may hold control characters. */
function describeFiles(files: readonly string[]): string {
  if (files.length === 0) return "no files";
  const named = files.slice(0, MAX_FILES_IN_NOTE).map(encodeName).join(", ");
  return files.length > MAX_FILES_IN_NOTE ? `${named} and ${files.length - MAX_FILES_IN_NOTE} more` : named;
}
