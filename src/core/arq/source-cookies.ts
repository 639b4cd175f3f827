/**
 * Cookies that prove where packets come from: a keyed hash (HMAC-SHA256, RFC 2104, the first 16 bytes) over the source's
 * address and port. Whoever shows the cookie of an address has received a packet there. Nothing is stored for it: the
 * secret is all there is. A new secret is drawn every minute and the one before still counts, so that a cookie is good for
 * one to two minutes (as a connection ID of BEP 15 is).
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { elapsedMs } from "../time.ts";
import type { Endpoint } from "../transport.ts";
import { COOKIE_BYTES } from "../wire/hardened/packets.ts";
import { encodeText } from "../wire/text.ts";
import { randomBytes, sameBytesInConstantTime } from "../wire/uint64.ts";

/** How long a secret makes cookies; for as long again it still takes them. */
export const COOKIE_ROTATION_MS = 60_000;
const SECRET_BYTES = 32;

/** What secrets are drawn from, and the time. */
interface Source {
  now(): number;
  random(): number;
}

type KeyedHash = ReturnType<typeof hmac.create>;

export class SourceCookies {
  private readonly source: Source;
  private current: KeyedHash;
  /** Undefined before the first rotation, and after a long silence. */
  private previous: KeyedHash | undefined = undefined;
  private drawnMs: number;

  constructor(source: Source) {
    this.source = source;
    this.current = this.draw();
    this.drawnMs = source.now();
  }

  /** The cookie to show from an address, now and for the next minute at least. */
  issue(to: Endpoint): Uint8Array {
    this.rotate();
    return cookie(this.current, to);
  }

  /** Is it a cookie of this address, at most two minutes old? */
  isValid(from: Endpoint, shown: Uint8Array): boolean {
    this.rotate();
    if (sameBytesInConstantTime(shown, cookie(this.current, from))) return true;
    return this.previous !== undefined && sameBytesInConstantTime(shown, cookie(this.previous, from));
  }

  /** Draws the secrets that are due. It needs no timer: a secret that nobody asks about need not change. */
  private rotate(): void {
    const ageMs = elapsedMs(this.drawnMs, this.source.now());
    if (ageMs < COOKIE_ROTATION_MS) return;
    const rotations = Math.floor(ageMs / COOKIE_ROTATION_MS);
    this.previous = rotations === 1 ? this.current : undefined;
    this.current = this.draw();
    this.drawnMs += rotations * COOKIE_ROTATION_MS;
  }

  private draw(): KeyedHash {
    return hmac.create(sha256, randomBytes(this.source, SECRET_BYTES));
  }
}

function cookie(secret: KeyedHash, { key }: Endpoint): Uint8Array {
  return secret.clone().update(encodeText(key)).digest().subarray(0, COOKIE_BYTES);
}
