/**
 * The small file beside a part that says which bytes of which version are there. It is replaced as a whole, so there is an
 * old one or a new one, never half of one; what it says is checked against the part before it is believed.
 */

import { readFileSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { type ByteSpan, ByteSpans } from "../../core/byte-spans.ts";
import type { PartLeft, PartVersion } from "../../core/peer/file-store.ts";
import { errorCode } from "./disk-errors.ts";

const FORMAT = "peerlab-part 1";
/** A part of more spans than this is not worth reading. */
const MAX_BYTES = 4 << 20;

interface Written {
  readonly format: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256?: string;
  readonly etag?: { readonly value: string; readonly source: string };
  /** `[from, to]`, the last byte not included. */
  readonly spans: readonly (readonly [number, number])[];
}

/** Replaces the sidecar. */
export async function writeSidecar(
  path: string,
  name: string,
  version: PartVersion,
  spans: Iterable<ByteSpan>,
): Promise<void> {
  const { sizeBytes, sha256, etag } = version;
  const written: Written = {
    format: FORMAT,
    name,
    sizeBytes,
    ...(sha256 !== undefined && { sha256: Buffer.from(sha256).toString("hex") }),
    ...(etag !== undefined && { etag }),
    spans: Array.from(spans, ({ from, to }) => [from, to] as const),
  };
  const temporary = `${path}.new`;
  try {
    await writeFile(temporary, `${JSON.stringify(written)}\n`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** What an earlier download has left; undefined for none, and for anything that makes no sense or does not fit the part. */
export function readSidecar(path: string, name: string, partBytes: number): PartLeft | undefined {
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) return undefined;
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return parse(JSON.parse(text), name, partBytes);
  } catch {
    return undefined; // no JSON, or no spans
  }
}

function parse(value: unknown, name: string, partBytes: number): PartLeft | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { format, name: itsName, sizeBytes, sha256, etag, spans } = value as Partial<Written>;
  if (format !== FORMAT || itsName !== name) return undefined;
  if (typeof sizeBytes !== "number" || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return undefined;
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  if (etag !== undefined && !(typeof etag.value === "string" && typeof etag.source === "string")) return undefined;
  if (!Array.isArray(spans)) return undefined;
  const there = new ByteSpans(spans.map(([from, to]) => ({ from, to })));
  const last = [...there].at(-1)?.to ?? 0;
  // More than the part has, or than the file will have: it belongs to something else.
  if (last > partBytes || last > sizeBytes || last === 0) return undefined;
  return {
    sizeBytes,
    ...(sha256 !== undefined && { sha256: Uint8Array.from(Buffer.from(sha256, "hex")) }),
    ...(etag !== undefined && { etag: { value: etag.value, source: etag.source } }),
    spans: [...there],
  };
}
