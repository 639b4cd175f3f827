/**
 * The SHA-256 of files in memory, computed once. JavaScript alone hashes 100 MB and more a second, and generated files have
 * to be made for it as well: about 50 MB a second in all. So files of one content are hashed once for all hosts that hold it.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import type { FileBody } from "../transport.ts";
import { generatedKey } from "./generated-file.ts";

const CHUNK_BYTES = 64 * 1024;
/** Digests of generated files that are kept; beyond it the oldest is forgotten, and computed again where it is needed. */
const MAX_GENERATED = 1024;

const ofBodies = new WeakMap<FileBody, Uint8Array>();
const ofGenerated = new Map<string, Uint8Array>();

/** The SHA-256 of a body that does not change: 32 bytes, shared by all who ask. */
export function digestOf(body: FileBody): Uint8Array {
  const key = generatedKey(body);
  const known = key === undefined ? ofBodies.get(body) : ofGenerated.get(key);
  if (known !== undefined) return known;
  const digest = compute(body);
  if (key === undefined) {
    ofBodies.set(body, digest);
    return digest;
  }
  const [oldest] = ofGenerated.keys();
  if (oldest !== undefined && ofGenerated.size >= MAX_GENERATED) ofGenerated.delete(oldest);
  ofGenerated.set(key, digest);
  return digest;
}

function compute(body: FileBody): Uint8Array {
  const hash = sha256.create();
  for (let at = 0; at < body.sizeBytes; at += CHUNK_BYTES) {
    hash.update(body.read(at, Math.min(at + CHUNK_BYTES, body.sizeBytes) - 1));
  }
  return hash.digest();
}
