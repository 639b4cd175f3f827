/**
 * What a peer asks of the directory on the hardened wire: UPDATE, EXIT, LOOKUP and VIEW payloads (docs/wire.md). None of
 * them names an IP address: a peer is where its packets come from.
 */

import { fromUint64, readUint64, type Uint64 } from "../uint64.ts";
import {
  DESCRIPTION_BYTES,
  FieldReader,
  FieldWriter,
  type FileDescription,
  type HardenedPayloadResult,
  nameBytes,
} from "./fields.ts";

export interface DescribedFile extends FileDescription {
  readonly name: string;
}

/** An UPDATE as it is read: the descriptions stay where they are, and are read where they are needed. */
export interface ReadUpdate {
  /** Grows from one UPDATE or EXIT of a peer to the next: an older one that comes late is known by it. */
  readonly serial: number;
  readonly httpPort: number;
  /** Where in the payload the description of each file is. */
  readonly files: ReadonlyMap<string, number>;
}

export interface HardenedExit {
  readonly serial: number;
  readonly httpPort: number;
}

/** Where a list goes on: what the last answer said; zero: from its beginning. */
export interface HardenedLookup {
  readonly cursor: Uint64;
  readonly file: string;
}

/** Behind SERIAL, an UPDATE says the same as long as nothing has changed. */
export const SERIAL_BYTES = 8;
/** SERIAL and HTTPPORT. */
export const UPDATE_HEAD_BYTES = SERIAL_BYTES + 2;

/** SERIAL(8) HTTPPORT(2) { LENGTH(1) NAME SIZE(8) SHA-256(32) }. */
export function encodeHardenedUpdate(serial: number, httpPort: number, files: Iterable<DescribedFile>): Uint8Array {
  const writer = new FieldWriter(256).count(serial).port(httpPort);
  for (const file of files) writer.name(file.name).description(file);
  return writer.finish();
}

/** Bytes that a file takes in an UPDATE. RangeError where its name cannot travel. */
export function updateFileBytes(name: string): number {
  return 1 + nameBytes(name).length + DESCRIPTION_BYTES;
}

/** A name that comes twice counts once, where it stands first. */
export function decodeHardenedUpdate(bytes: Uint8Array): HardenedPayloadResult<ReadUpdate> {
  const reader = new FieldReader(bytes);
  const serial = reader.count();
  const httpPort = serial === undefined ? undefined : reader.port();
  const files = httpPort === undefined ? undefined : readFiles(reader, bytes);
  if (serial === undefined || httpPort === undefined || files === undefined)
    return reader.result<ReadUpdate>(undefined);
  return reader.result({ serial, httpPort, files });
}

function readFiles(reader: FieldReader, bytes: Uint8Array): Map<string, number> | undefined {
  const files = new Map<string, number>();
  while (!reader.atEnd) {
    const name = reader.name();
    const start = name === undefined ? undefined : reader.take(DESCRIPTION_BYTES);
    if (name === undefined || start === undefined) return undefined;
    if (fromUint64(readUint64(bytes, start)) === undefined) return reader.fail("number-too-large", start);
    if (!files.has(name)) files.set(name, start);
  }
  return files;
}

/** The description at an offset that `decodeHardenedUpdate` gave; the hash is a view. */
export function descriptionAt(bytes: Uint8Array, offset: number): FileDescription {
  const sizeBytes = fromUint64(readUint64(bytes, offset)) as number;
  return { sizeBytes, sha256: bytes.subarray(offset + 8, offset + DESCRIPTION_BYTES) };
}

/** SERIAL(8) HTTPPORT(2). */
export function encodeHardenedExit({ serial, httpPort }: HardenedExit): Uint8Array {
  return new FieldWriter(UPDATE_HEAD_BYTES).count(serial).port(httpPort).finish();
}

export function decodeHardenedExit(bytes: Uint8Array): HardenedPayloadResult<HardenedExit> {
  const reader = new FieldReader(bytes);
  const serial = reader.count();
  const httpPort = serial === undefined ? undefined : reader.port();
  return reader.result(serial === undefined || httpPort === undefined ? undefined : { serial, httpPort });
}

/** CURSOR(8) NAME. */
export function encodeHardenedLookup({ cursor, file }: HardenedLookup): Uint8Array {
  return new FieldWriter(64).uint64(cursor).raw(nameBytes(file)).finish();
}

export function decodeHardenedLookup(bytes: Uint8Array): HardenedPayloadResult<HardenedLookup> {
  const reader = new FieldReader(bytes);
  const cursor = reader.uint64();
  const file = cursor === undefined ? undefined : reader.restAsName();
  return reader.result(cursor === undefined || file === undefined ? undefined : { cursor, file });
}

/** CURSOR(8). */
export function encodeHardenedView(cursor: Uint64): Uint8Array {
  return new FieldWriter(8).uint64(cursor).finish();
}

export function decodeHardenedView(bytes: Uint8Array): HardenedPayloadResult<Uint64> {
  const reader = new FieldReader(bytes);
  return reader.result(reader.uint64());
}
