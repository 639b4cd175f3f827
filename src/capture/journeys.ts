/**
 * From what interfaces saw to journeys: one packet, when it was sent, and when it arrived, if it did. A capture of one host
 * sees each packet once: it is taken to be sent and to arrive at that moment, so that times are those of the capture's place.
 * Where both ends were captured, a packet that only its sender saw was lost.
 */

import type { CapturedPacket } from "./packets.ts";

export interface Journey {
  readonly packet: CapturedPacket;
  readonly sentNs: bigint;
  /** Undefined: it never arrived. */
  readonly arrivedNs: bigint | undefined;
  /** What the capture says of it (`DROPPED reason=loss`), or what follows from it; "" for nothing. */
  readonly remark: string;
}

/** A packet on its way for longer is another one. */
const LONGEST_WAY_NS = 60_000_000_000n;

interface Open {
  readonly packet: CapturedPacket;
  arrivals: bigint[];
  remark: string;
}

export function journeysOf(captured: readonly CapturedPacket[]): Journey[] {
  const packets = captured.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  const receivers = capturedReceivers(packets);
  const open: Open[] = [];
  /** The latest sendings of packets that look the same, the oldest first. */
  const underWay = new Map<string, Open[]>();
  for (const packet of packets) {
    const key = identityOf(packet);
    const alike = underWay.get(key) ?? [];
    const sending = packet.direction === "out" ? undefined : arrivingFrom(alike, packet);
    if (sending !== undefined) {
      sending.arrivals.push(packet.timeNs);
      if (packet.comment !== "") sending.remark = packet.comment;
      continue;
    }
    const seenOnce: Open = { packet, arrivals: [], remark: packet.comment };
    open.push(seenOnce);
    alike.push(seenOnce);
    underWay.set(key, alike);
  }
  return open.map(({ packet, arrivals, remark }) => {
    const { timeNs: sentNs } = packet;
    const isDropped = remark.startsWith("DROPPED");
    if (arrivals.length > 0) return { packet, sentNs, arrivedNs: isDropped ? undefined : arrivals[0], remark };
    const wasToBeSeen = packet.direction === "out" && receivers.has(packet.destinationHost);
    if (isDropped || wasToBeSeen) {
      return { packet, sentNs, arrivedNs: undefined, remark: isDropped ? remark : "not seen at its destination" };
    }
    return { packet, sentNs, arrivedNs: sentNs, remark };
  });
}

/** The sending that this arrival belongs to: the oldest of its kind, from another interface, that has not arrived yet. */
function arrivingFrom(alike: Open[], packet: CapturedPacket): Open | undefined {
  while (alike[0] !== undefined && packet.timeNs - alike[0].packet.timeNs > LONGEST_WAY_NS) alike.shift();
  const isElsewhere = ({ packet: sent }: Open): boolean =>
    sent.interfaceName !== packet.interfaceName || (sent.direction === "out" && packet.direction === "in");
  return alike.find((sending) => sending.arrivals.length === 0 && isElsewhere(sending));
}

/** Hosts at which the capture saw packets come in that others sent out: what goes to them is seen to arrive. */
function capturedReceivers(packets: readonly CapturedPacket[]): ReadonlySet<string> {
  const senders = new Set<string>();
  for (const { direction, sourceHost } of packets) if (direction === "out") senders.add(sourceHost);
  const receivers = new Set<string>();
  for (const { direction, sourceHost, destinationHost } of packets) {
    if (direction === "in" && senders.has(sourceHost)) receivers.add(destinationHost);
  }
  return receivers;
}

/** What two sights of one packet have in common. */
function identityOf(packet: CapturedPacket): string {
  const { protocol, sourceHost, sourcePort, destinationHost, destinationPort, identification, tcp, payload } = packet;
  const ends = `${protocol} ${sourceHost}:${sourcePort} ${destinationHost}:${destinationPort} ${identification}`;
  if (tcp !== undefined) return `${ends} ${tcp.seq} ${tcp.ack} ${tcp.flags} ${payload.length}`;
  return `${ends} ${latin1.decode(payload)}`;
}

const latin1 = new TextDecoder("latin1");
