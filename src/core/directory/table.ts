/**
 * The directory's soft state: entries that their peers keep alive with updates, and that go when the updates stop. An
 * update that repeats the sender's previous one byte for byte is the common case, and costs a comparison.
 *
 * Entries come over either wire. On the report's an update says itself where its peer is, and anybody can send it; on the
 * hardened one the peer is proven to be where its packets come from. What is proven nothing unproven can change: no update,
 * no exit, and no eviction to make room for it.
 */

import type { NodeTrace } from "../../trace/node-trace.ts";
import { elapsedMs } from "../time.ts";
import type { Endpoint } from "../transport.ts";
import { encodeName } from "../wire/percent.ts";
import { AgeList } from "./age-list.ts";
import { entryKey, TableEntry } from "./entry.ts";
import { FileIndex } from "./file-index.ts";
import { type DirectoryOptions, entryLifetimeMs } from "./options.ts";
import { RankedList } from "./ranked-list.ts";

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

/** What an update says, whichever wire it came over. */
export interface Registration {
  readonly ip: string;
  readonly httpPort: number;
  readonly files: Iterable<string>;
  /** The update's bytes; they are copied. */
  readonly payload: Uint8Array;
  /** Only of an update on the hardened wire. */
  readonly proof?: {
    readonly serial: number;
    /** Until when the next update is expected, as the peer is told. */
    readonly intervalMs: number;
    readonly descriptions: ReadonlyMap<string, number>;
  };
}

export class PeerTable {
  private readonly options: DirectoryOptions;
  private readonly trace: NodeTrace;
  /** By (IP, HTTPPORT), in the order of registration. */
  private readonly byKey = new Map<string, TableEntry>();
  private readonly byRank = new RankedList<TableEntry>();
  /** Unproven entries by the endpoint of the latest update: for each key, `get(key).endpoint.key === key`. */
  private readonly bySender = new Map<string, TableEntry>();
  private readonly unproven: AgeList;
  /** Proven entries, by their lifetimes: as many as there are intervals that peers are asked for. */
  private readonly proven = new Map<number, AgeList>();
  private readonly index = new FileIndex();
  private bytes = 0;
  private unprovenBytes = 0;
  private unprovenCount = 0;
  private registrations = 0;

  constructor(options: DirectoryOptions, trace: NodeTrace) {
    this.options = options;
    this.trace = trace;
    this.unproven = new AgeList(entryLifetimeMs(options));
  }

  get size(): number {
    return this.byKey.size;
  }

  /** In the order of registration. */
  entries(): IterableIterator<TableEntry> {
    return this.byKey.values();
  }

  /** The entries that registered after the one with a rank, in that order. */
  entriesAfter(rank: number): Iterable<TableEntry> {
    return this.byRank.after(rank);
  }

  /** The peers that hold a file, in the order of registration; at most `maxSources`. */
  sourcesOf(file: string): TableEntry[] {
    return this.index.find(file, this.options.maxSources);
  }

  /** The peers that hold a file and registered after the one with a rank, in that order. */
  sourcesAfter(file: string, rank: number): Iterable<TableEntry> {
    return this.index.after(file, rank);
  }

  /** Has this endpoint an entry that its own latest update made or refreshed? */
  knowsSender(from: Endpoint): boolean {
    return this.bySender.has(from.key);
  }

  /** The proven entry of an address. */
  provenEntry(ip: string, httpPort: number): TableEntry | undefined {
    const entry = this.byKey.get(entryKey(ip, httpPort));
    return entry?.isProven ? entry : undefined;
  }

  /** Refreshes the sender's entry where the update repeats its previous one; false where it must be read. */
  refresh(from: Endpoint, payload: Uint8Array, moment: Moment): boolean {
    const entry = this.bySender.get(from.key);
    if (entry === undefined || !sameBytes(entry.payload, payload, 0)) return false;
    touch(entry, moment);
    this.unproven.moveToEnd(entry);
    return true;
  }

  /** Refreshes a proven entry where the update repeats its previous one from byte `from` on; false where it must be read. */
  refreshProven(
    entry: TableEntry,
    payload: Uint8Array,
    { from, serial, intervalMs }: { readonly from: number; readonly serial: number; readonly intervalMs: number },
    moment: Moment,
  ): boolean {
    if (!sameBytes(entry.payload, payload, from)) return false;
    entry.serial = serial;
    touch(entry, moment);
    this.age(entry, intervalMs);
    return true;
  }

  /** Is there room for one entry more, or for a larger one in place of `known`, if what is unproven makes room? */
  hasRoomFor(known: TableEntry | undefined, payloadBytes: number, files: number): boolean {
    const { maxEntries, maxTableBytes } = this.options;
    const staying = this.byKey.size - this.unprovenCount - (known?.isProven ? 1 : 0);
    const stayingBytes = this.bytes - this.unprovenBytes - (known?.isProven ? costBytes(known) : 0);
    return staying < maxEntries && stayingBytes + cost(payloadBytes, files) <= maxTableBytes;
  }

  /** Makes or changes the entry that a well-formed update is about. False where an unproven one may not. */
  register(from: Endpoint, update: Registration, moment: Moment): boolean {
    const { payload, proof } = update;
    const key = entryKey(update.ip, update.httpPort);
    const known = this.byKey.get(key);
    if (known?.isProven && proof === undefined) return false;
    const entry = known ?? new TableEntry(update.ip, update.httpPort, this.registrations++, from);
    const before = entry.files;
    if (known === undefined) {
      this.byKey.set(key, entry);
      this.byRank.add(entry);
    } else {
      this.count(entry, -1);
      this.forgetSender(entry);
    }
    entry.endpoint = from;
    entry.isProven = proof !== undefined;
    if (proof === undefined) this.bySender.set(from.key, entry);
    else entry.serial = proof.serial;
    touch(entry, moment);
    this.age(entry, proof?.intervalMs);
    entry.payload = payload.slice(); // the datagram it came in may be a small part of a large buffer
    entry.descriptions = proof?.descriptions;
    this.index.setFiles(entry, this.filesToKeep(from, update));
    this.count(entry, 1);

    if (known === undefined) this.trace.state(`added ${key} with ${describeFiles(entry.files)}`, from.key);
    else if (!sameFiles(before, entry.files)) {
      this.trace.state(`changed ${key} to ${describeFiles(entry.files)}`, from.key);
    }
    this.evictBeyondLimits();
    return true;
  }

  /** Removes an entry at its peer's wish; a proven one only where the wish is proven too. Returns the entry that went. */
  exit(ip: string, httpPort: number, isProven: boolean): TableEntry | undefined {
    const entry = this.byKey.get(entryKey(ip, httpPort));
    if (entry === undefined || entry.isProven !== isProven) return undefined;
    this.remove(entry);
    this.trace.state(`removed ${entry.key} at its exit`, entry.endpoint.key);
    return entry;
  }

  /** Removes every entry whose updates stopped. Returns the time until the next may be due; undefined: table empty. */
  expire(nowMs: number): number | undefined {
    let nextMs = this.expireOf(this.unproven, nowMs);
    for (const list of this.proven.values()) nextMs = Math.min(nextMs, this.expireOf(list, nowMs));
    return nextMs === Number.POSITIVE_INFINITY ? undefined : nextMs;
  }

  private expireOf(list: AgeList, nowMs: number): number {
    for (let oldest = list.oldest; oldest !== undefined; oldest = list.oldest) {
      const leftMs = list.lifetimeMs - elapsedMs(oldest.refreshedAtMs, nowMs);
      if (leftMs > 0) return leftMs;
      this.remove(oldest);
      this.trace.state(`expired ${oldest.key} after ${this.options.missedUpdates} missed updates`, oldest.endpoint.key);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** What is unproven makes room; whether there is room for a proven entry was asked before. */
  private evictBeyondLimits(): void {
    const { maxEntries, maxTableBytes } = this.options;
    while (this.byKey.size > maxEntries || (this.bytes > maxTableBytes && this.byKey.size > 1)) {
      const { oldest } = this.unproven;
      if (oldest === undefined) return;
      this.remove(oldest);
      this.trace.state(`evicted ${oldest.key}: the directory is full`, oldest.endpoint.key);
    }
  }

  /**
   * Puts an entry behind all others of its lifetime. A peer that is asked for shorter intervals learns it with the ACK that is
   * about to be sent: until its next update the longer one counts.
   */
  private age(entry: TableEntry, intervalMs: number | undefined): void {
    const list = intervalMs === undefined ? this.unproven : this.ageListOf(Math.max(intervalMs, entry.intervalMs));
    entry.intervalMs = intervalMs ?? 0;
    if (entry.ageList === list) {
      list.moveToEnd(entry);
      return;
    }
    entry.ageList?.remove(entry);
    entry.ageList = list;
    list.append(entry);
  }

  private ageListOf(intervalMs: number): AgeList {
    let list = this.proven.get(intervalMs);
    if (list === undefined) {
      list = new AgeList(entryLifetimeMs(this.options, intervalMs));
      this.proven.set(intervalMs, list);
    }
    return list;
  }

  private remove(entry: TableEntry): void {
    this.count(entry, -1);
    this.byKey.delete(entry.key);
    this.byRank.remove(entry);
    entry.ageList?.remove(entry);
    entry.ageList = undefined;
    this.forgetSender(entry);
    this.index.setFiles(entry, NO_FILES);
  }

  /** Counts an entry as it stands, or takes it out of the count. */
  private count(entry: TableEntry, sign: 1 | -1): void {
    const bytes = sign * costBytes(entry);
    this.bytes += bytes;
    if (entry.isProven) return;
    this.unprovenBytes += bytes;
    this.unprovenCount += sign;
  }

  private forgetSender(entry: TableEntry): void {
    if (this.bySender.get(entry.endpoint.key) === entry) this.bySender.delete(entry.endpoint.key);
  }

  private filesToKeep(from: Endpoint, update: Registration): Set<string> {
    const max = this.options.maxFilesPerEntry;
    const files = new Set<string>();
    for (const file of update.files) {
      if (files.size === max && !files.has(file)) {
        this.trace.reject(`UPDATE lists too many files: kept the first ${max}`, from.key, update.payload.length);
        break;
      }
      files.add(file);
    }
    return files;
  }
}

const NO_FILES: ReadonlySet<string> = new Set();

function touch(entry: TableEntry, { nowMs, wallClockMs }: Moment): void {
  entry.refreshedAtMs = nowMs;
  entry.lastUpdateMs = wallClockMs;
}

function cost(payloadBytes: number, files: number): number {
  return ENTRY_OVERHEAD_BYTES + payloadBytes + FILE_OVERHEAD_BYTES * files;
}

function costBytes(entry: TableEntry): number {
  return cost(entry.payload.length, entry.files.length);
}

function sameBytes(a: Uint8Array, b: Uint8Array, start: number): boolean {
  if (a.length !== b.length) return false;
  for (let i = start; i < a.length; i++) if (a[i] !== b[i]) return false;
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
