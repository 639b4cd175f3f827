/**
 * What the directory answers on the hardened wire: RESULT and LISTING payloads (docs/wire.md), one page of a list each. A
 * cursor that is not zero says where the list goes on. A RESULT without sources says that nobody holds the file.
 */

import type { Uint64 } from "../uint64.ts";
import {
  DESCRIPTION_BYTES,
  FieldReader,
  FieldWriter,
  type FileDescription,
  type HardenedPayloadResult,
} from "./fields.ts";
import { descriptionAt } from "./requests.ts";

/** A peer's entry, as far as both lists show it. */
interface ListedAddress {
  readonly ip: string;
  readonly httpPort: number;
  /** Was it shown that the peer is where the entry says? False for a peer of the report's wire. */
  readonly isProven: boolean;
}

export interface HardenedSource extends ListedAddress {
  /** Undefined for a peer of the report's wire, which says nothing but names. */
  readonly description: FileDescription | undefined;
}

export interface ResultPage {
  readonly cursor: Uint64;
  readonly sources: readonly HardenedSource[];
}

export interface HardenedListed extends ListedAddress {
  readonly files: readonly string[];
  /** Milliseconds since 1970-01-01T00:00:00Z; travels in whole microseconds. */
  readonly lastUpdateMs: number;
}

export interface ListingPage {
  readonly cursor: Uint64;
  readonly entries: readonly HardenedListed[];
}

const PROVEN = 1;
const DESCRIBED = 2;

/** CURSOR(8) { FLAGS(1) LENGTH(1) IP HTTPPORT(2) [SIZE(8) SHA-256(32)] }. */
export function encodeResultPage({ cursor, sources }: ResultPage): Uint8Array {
  const writer = new FieldWriter(512).uint64(cursor);
  for (const { ip, httpPort, isProven, description } of sources) {
    writer
      .uint8((isProven ? PROVEN : 0) | (description === undefined ? 0 : DESCRIBED))
      .ip(ip)
      .port(httpPort);
    if (description !== undefined) writer.description(description);
  }
  return writer.finish();
}

export function decodeResultPage(bytes: Uint8Array): HardenedPayloadResult<ResultPage> {
  const reader = new FieldReader(bytes);
  const cursor = reader.uint64();
  const sources: HardenedSource[] = [];
  while (cursor !== undefined && !reader.atEnd) {
    const source = readSource(reader, bytes);
    if (source === undefined) return reader.result<ResultPage>(undefined);
    sources.push(source);
  }
  return reader.result(cursor === undefined ? undefined : { cursor, sources });
}

function readSource(reader: FieldReader, bytes: Uint8Array): HardenedSource | undefined {
  const flags = readFlags(reader, PROVEN | DESCRIBED);
  const ip = flags === undefined ? undefined : reader.ip();
  const httpPort = ip === undefined ? undefined : reader.port();
  if (flags === undefined || ip === undefined || httpPort === undefined) return undefined;
  const isProven = (flags & PROVEN) !== 0;
  if ((flags & DESCRIBED) === 0) return { ip, httpPort, isProven, description: undefined };
  const start = reader.offset;
  const size = reader.count();
  if (size === undefined || reader.take(DESCRIPTION_BYTES - 8) === undefined) return undefined;
  return { ip, httpPort, isProven, description: descriptionAt(bytes, start) };
}

/** CURSOR(8) { FLAGS(1) LENGTH(1) IP HTTPPORT(2) LASTUPDATE(8) COUNT(4) { LENGTH(1) NAME } }. */
export function encodeListingPage({ cursor, entries }: ListingPage): Uint8Array {
  const writer = new FieldWriter(1024).uint64(cursor);
  for (const entry of entries) {
    writer
      .uint8(entry.isProven ? PROVEN : 0)
      .ip(entry.ip)
      .port(entry.httpPort);
    writer.count(Math.round(entry.lastUpdateMs * 1000)).uint32(entry.files.length);
    for (const file of entry.files) writer.name(file);
  }
  return writer.finish();
}

export function decodeListingPage(bytes: Uint8Array): HardenedPayloadResult<ListingPage> {
  const reader = new FieldReader(bytes);
  const cursor = reader.uint64();
  const entries: HardenedListed[] = [];
  while (cursor !== undefined && !reader.atEnd) {
    const entry = readListed(reader, bytes.length);
    if (entry === undefined) return reader.result<ListingPage>(undefined);
    entries.push(entry);
  }
  return reader.result(cursor === undefined ? undefined : { cursor, entries });
}

function readListed(reader: FieldReader, payloadBytes: number): HardenedListed | undefined {
  const flags = readFlags(reader, PROVEN);
  const ip = flags === undefined ? undefined : reader.ip();
  const httpPort = ip === undefined ? undefined : reader.port();
  const micros = httpPort === undefined ? undefined : reader.count();
  const countAt = reader.offset;
  const count = micros === undefined ? undefined : reader.uint32();
  if (flags === undefined || ip === undefined || httpPort === undefined) return undefined;
  if (micros === undefined || count === undefined) return undefined;
  // A name takes two bytes at least: what cannot be there is not waited for.
  if (count * 2 > payloadBytes - reader.offset) return reader.fail("bad-count", countAt);
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    const file = reader.name();
    if (file === undefined) return undefined;
    files.push(file);
  }
  return { ip, httpPort, isProven: (flags & PROVEN) !== 0, files, lastUpdateMs: micros / 1000 };
}

function readFlags(reader: FieldReader, known: number): number | undefined {
  const start = reader.offset;
  const flags = reader.uint8();
  return flags !== undefined && (flags & ~known) !== 0 ? reader.fail("bad-flags", start) : flags;
}
