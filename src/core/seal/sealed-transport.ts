/**
 * A group's packets: each one that goes out is sealed with the key that the members share, and what comes in without a good
 * seal, or comes in again, is nobody's. The layer lies around the transport, below stop-and-wait: a retransmission is sealed
 * anew and has a packet number of its own.
 *
 *     sealed := MAGIC(2) VERSION(1) NUMBER(8) packet TAG(16)
 *
 * TAG is the HMAC-SHA256 (RFC 2104) over all before it, the first 16 bytes. NUMBER grows from one packet to the next of a
 * sender, whomever it sends to, and over its restarts: it begins with the clock. Nothing is encrypted.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { evictOne } from "../arq/eviction.ts";
import type { ArqOptions } from "../arq/options.ts";
import { SmallMap } from "../small-map.ts";
import { elapsedMs } from "../time.ts";
import type { Endpoint, PacketInfo, Transport } from "../transport.ts";
import type { WireError } from "../wire/hardened/errors.ts";
import { encodeErrorTo } from "../wire/hardened/packets.ts";
import { CONTROL_TYPE_NAMES } from "../wire/packet.ts";
import {
  fromUint64,
  readUint16,
  readUint64,
  sameBytesInConstantTime,
  toUint64,
  writeUint16,
  writeUint64,
} from "../wire/uint64.ts";
import { clockNumber } from "./clock-number.ts";
import { ReplayWindow } from "./replay-window.ts";

export const SEAL_MAGIC = 0xf553;
export const SEAL_VERSION = 1;
const NUMBER_AT = 3;
const PACKET_AT = 11;
const TAG_BYTES = 16;
/** What a seal adds to a packet. */
export const SEAL_BYTES = PACKET_AT + TAG_BYTES;

/** A shorter key could be guessed; a longer one is as good as its hash (RFC 2104, 3). */
export const MIN_GROUP_KEY_BYTES = 16;
/** Sources whose replay windows are kept; beyond it one that has been silent goes, and failing that the oldest. */
const MAX_SOURCES = 65_536;
/** A window that nobody has needed for so long may go first. */
const SILENT_MS = 247_000;

/** Why a datagram was not taken. */
export type SealFailure = "not sealed" | "unknown seal version" | "sealed with another key, or damaged" | "replayed";

export type Opened =
  | { readonly ok: true; readonly datagram: Uint8Array }
  | { readonly ok: false; readonly reason: SealFailure };

export interface Seal {
  /** What the participant sends through. */
  readonly transport: Transport;
  /** The packet in a datagram that came; what is no member's is counted, traced and dropped. */
  open(from: Endpoint, datagram: Uint8Array): Opened;
  /** Tells, without a seal, that a packet without a seal is not wanted: see `encodeErrorTo`. */
  refuse(to: Endpoint, datagram: Uint8Array, error: WireError): void;
  /** Has a packet of this source ever been opened? */
  hasHeard(from: Endpoint): boolean;
  /** Options for whoever sends through it: a seal needs room in each datagram. */
  fit<T extends { readonly arq: ArqOptions }>(options: T): T;
}

/** Seals what goes out through a transport. RangeError where the key is shorter than 16 bytes. */
export function sealedTransport(transport: Transport, key: Uint8Array): Seal {
  return new GroupSeal(transport, key);
}

/** The packet in a sealed datagram, unchecked: for the trace. Undefined where the datagram is not sealed. */
export function peekSealed(datagram: Uint8Array): Uint8Array | undefined {
  return isSealed(datagram) ? datagram.subarray(PACKET_AT, datagram.length - TAG_BYTES) : undefined;
}

class GroupSeal implements Seal {
  readonly transport: Transport;
  private readonly outside: Transport;
  private readonly keyed: ReturnType<typeof hmac.create>;
  private readonly windows = new SmallMap<ReplayWindow>();
  private readonly refusal: PacketInfo = {
    kind: "other",
    type: CONTROL_TYPE_NAMES.refusal,
    message: 0,
    seq: 0,
    total: 0,
    attempt: 1,
    retransmissionOf: 0,
  };
  private number: number;

  constructor(outside: Transport, key: Uint8Array) {
    if (key.length < MIN_GROUP_KEY_BYTES) {
      throw new RangeError(
        `a group key has at least ${MIN_GROUP_KEY_BYTES} bytes, not ${key.length}: make a longer one`,
      );
    }
    this.outside = outside;
    this.keyed = hmac.create(sha256, key);
    this.number = clockNumber(outside);
    this.transport = new SealingTransport(outside, (datagram) => this.close(datagram));
  }

  open(from: Endpoint, datagram: Uint8Array): Opened {
    const opened = this.opened(from, datagram);
    if (!opened.ok) this.outside.trace.reject(opened.reason, from.key, datagram.length);
    return opened;
  }

  refuse(to: Endpoint, datagram: Uint8Array, error: WireError): void {
    const answer = encodeErrorTo(datagram, error);
    if (answer === undefined) return;
    this.refusal.message++;
    this.outside.send(to, answer, this.refusal);
  }

  hasHeard(from: Endpoint): boolean {
    return this.windows.get(from.key) !== undefined;
  }

  fit<T extends { readonly arq: ArqOptions }>(options: T): T {
    const { arq } = options;
    return { ...options, arq: { ...arq, maxDatagramBytes: arq.maxDatagramBytes - SEAL_BYTES } };
  }

  private close(packet: Uint8Array): Uint8Array {
    const sealed = new Uint8Array(packet.length + SEAL_BYTES);
    const tagAt = sealed.length - TAG_BYTES;
    writeUint16(sealed, 0, SEAL_MAGIC);
    sealed[2] = SEAL_VERSION;
    writeUint64(sealed, NUMBER_AT, toUint64(++this.number));
    sealed.set(packet, PACKET_AT);
    sealed.set(this.tag(sealed.subarray(0, tagAt)), tagAt);
    return sealed;
  }

  private opened(from: Endpoint, datagram: Uint8Array): Opened {
    if (!isSealed(datagram)) return { ok: false, reason: "not sealed" };
    if (datagram[2] !== SEAL_VERSION) return { ok: false, reason: "unknown seal version" };
    const tagAt = datagram.length - TAG_BYTES;
    if (!sameBytesInConstantTime(datagram.subarray(tagAt), this.tag(datagram.subarray(0, tagAt)))) {
      return { ok: false, reason: "sealed with another key, or damaged" };
    }
    // Only members come so far.
    const number = fromUint64(readUint64(datagram, NUMBER_AT));
    if (number === undefined || !this.window(from).take(number)) return { ok: false, reason: "replayed" };
    return { ok: true, datagram: datagram.subarray(PACKET_AT, tagAt) };
  }

  private tag(bytes: Uint8Array): Uint8Array {
    return this.keyed.clone().update(bytes).digest().subarray(0, TAG_BYTES);
  }

  private window(from: Endpoint): ReplayWindow {
    const nowMs = this.outside.now();
    let window = this.windows.get(from.key);
    if (window === undefined) {
      if (this.windows.size >= MAX_SOURCES) this.forgetOne(nowMs);
      window = new ReplayWindow();
      this.windows.set(from.key, window);
    }
    window.heardMs = nowMs;
    return window;
  }

  /** Packets of a source without a window can be replayed once more: cookies and message IDs stand behind the seal. */
  private forgetOne(nowMs: number): void {
    const isSilent = ({ heardMs }: ReplayWindow): boolean => elapsedMs(heardMs, nowMs) > SILENT_MS;
    if (evictOne(this.windows, isSilent) === undefined) evictOne(this.windows, () => true);
  }
}

/** The transport with every datagram sealed on its way out; all else as it is. */
class SealingTransport implements Transport {
  private readonly outside: Transport;
  private readonly seal: (datagram: Uint8Array) => Uint8Array;

  constructor(outside: Transport, seal: (datagram: Uint8Array) => Uint8Array) {
    this.outside = outside;
    this.seal = seal;
  }

  get self(): Transport["self"] {
    return this.outside.self;
  }

  get trace(): Transport["trace"] {
    return this.outside.trace;
  }

  now(): number {
    return this.outside.now();
  }

  wallClockMs(): number {
    return this.outside.wallClockMs();
  }

  random(): number {
    return this.outside.random();
  }

  createTimer(onFire: () => void): ReturnType<Transport["createTimer"]> {
    return this.outside.createTimer(onFire);
  }

  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    return this.outside.send(to, this.seal(datagram), info);
  }

  connect(...args: Parameters<Transport["connect"]>): ReturnType<Transport["connect"]> {
    return this.outside.connect(...args);
  }

  request(...args: Parameters<Transport["request"]>): ReturnType<Transport["request"]> {
    return this.outside.request(...args);
  }
}

function isSealed(datagram: Uint8Array): boolean {
  return datagram.length >= SEAL_BYTES && readUint16(datagram, 0) === SEAL_MAGIC;
}
