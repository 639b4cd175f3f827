/**
 * Which of the things that interfaces saw look like one packet: numbers them, the same for all sights that look the same.
 * Two packets may look the same too (many systems give all their datagrams the IP identification 0): journeys.ts tells those apart.
 */

import { fingerprint } from "../core/arq/fingerprint.ts";
import type { CapturedPacket } from "./packets.ts";

/** A prime below 2^48: keys stay exact where they are multiplied up to here. */
const KEYS = 281_474_976_710_597;

/** The identity of each packet, in their order, from 0. */
export function identitiesOf(packets: readonly CapturedPacket[]): Int32Array {
  const identities = new Int32Array(packets.length);
  const byKey = new Map<number, number>();
  /** The first sight of each identity. */
  const firsts: CapturedPacket[] = [];
  const originals = new Originals(packets);
  for (const [i, packet] of packets.entries()) {
    const original = originals.of(packet);
    let key = keyOf(original);
    let identity = byKey.get(key);
    // Two that only have the same key: the second one gets the next free key.
    while (identity !== undefined && !looksLike(firsts[identity] as CapturedPacket, original)) {
      key = (key + 1) % KEYS;
      identity = byKey.get(key);
    }
    if (identity === undefined) {
      identity = firsts.length;
      firsts.push(original);
      byKey.set(key, identity);
    }
    identities[i] = identity;
  }
  return identities;
}

/** Damaged datagrams look like nothing that was sent. Where the capture marks them, their ends and number tell what they were. */
class Originals {
  private readonly latest: Map<string, CapturedPacket> | undefined;

  constructor(packets: readonly CapturedPacket[]) {
    this.latest = packets.some(isMarkedDamaged) ? new Map() : undefined;
  }

  /** Call it for all packets, in order. */
  of(packet: CapturedPacket): CapturedPacket {
    if (this.latest === undefined || packet.packetId !== undefined) return packet;
    const key = `${endsOf(packet)} ${packet.identification}`;
    if (isMarkedDamaged(packet)) return this.latest.get(key) ?? packet;
    this.latest.set(key, packet);
    return packet;
  }
}

function isMarkedDamaged({ comment, packetId }: CapturedPacket): boolean {
  return packetId === undefined && comment === "CORRUPTED";
}

function keyOf(packet: CapturedPacket): number {
  const { packetId, identification, sourcePort, destinationPort, payload, payloadBytes, tcp } = packet;
  if (packetId !== undefined) return packetId % KEYS;
  const content = tcp === undefined ? fingerprint(payload, 0, payload.length) : tcp.seq * 65_536 + payloadBytes;
  return ((content % KEYS) + identification * 65_537 * 65_537 + sourcePort * 65_537 + destinationPort) % KEYS;
}

function looksLike(a: CapturedPacket, b: CapturedPacket): boolean {
  if (
    a.packetId !== b.packetId ||
    a.protocol !== b.protocol ||
    a.sourcePort !== b.sourcePort ||
    a.destinationPort !== b.destinationPort ||
    a.sourceHost !== b.sourceHost ||
    a.destinationHost !== b.destinationHost
  ) {
    return false;
  }
  if (a.packetId !== undefined) return true;
  if (a.identification !== b.identification || a.payloadBytes !== b.payloadBytes) return false;
  if (a.tcp !== undefined && b.tcp !== undefined) {
    return a.tcp.seq === b.tcp.seq && a.tcp.ack === b.tcp.ack && a.tcp.flags === b.tcp.flags;
  }
  return sameBytes(a.payload, b.payload);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A packet's protocol and its two ends, as one text. */
export function endsOf({ protocol, sourceHost, sourcePort, destinationHost, destinationPort }: CapturedPacket): string {
  return `${protocol} ${sourceHost} ${sourcePort} ${destinationHost} ${destinationPort}`;
}
