/**
 * From what interfaces saw to journeys: one packet, when it was sent, and when it arrived, if it did. A capture of one place
 * sees each packet once: it is taken to be sent and to arrive at that moment, so that times are those of the capture's place.
 * Where both ends were captured, a packet that only its sender saw was lost.
 */

import { endsOf, identitiesOf } from "./identities.ts";
import type { CapturedPacket } from "./packets.ts";
import { UsualDelays } from "./usual-delays.ts";

/** What became of a packet. `passed`: it was seen once, and nothing says that it did not arrive. */
export type Fate = "arrived" | "passed" | "lost" | "under way";

export class Journey {
  /** Its place among the journeys, from 0. */
  readonly index: number;
  /** The packet as it was first seen. */
  readonly packet: CapturedPacket;
  fate: Fate = "passed";
  /** Why it was lost, as the capture says, or as follows from it. */
  lossReason = "";
  /** The capture says that other bytes arrived. */
  isDamaged = false;

  constructor(index: number, packet: CapturedPacket) {
    this.index = index;
    this.packet = packet;
  }
}

/**
 * One sight of a packet, in the order of their times: that it was sent (a packet that `passed` arrives at once), that it
 * arrived, that one more of it arrived, or that one more of it was lost at its sender.
 */
export interface Sight {
  readonly kind: "sent" | "arrived" | "copy arrived" | "copy lost";
  readonly journey: Journey;
  /** What was seen here and now. */
  readonly packet: CapturedPacket;
}

/** A packet on its way for longer is another one. */
const LONGEST_WAY_NS = 60_000_000_000n;
/** A router or bridge passes a packet on within this time: an `out` that looks like an `in` before it. */
const FORWARDING_NS = 1_000_000_000n;
/** Two sights on their way out, as of a bridge and its port, are of one packet: no timeout is as short. */
const SAME_MOMENT_NS = 200_000n;
/** Packets that look the same and may all be on their way; of more, the oldest count as lost. */
const MAX_OPEN = 64;
const NOT_SEEN = "not seen at its destination";
const DROPPED = /^DROPPED(?: reason=)?/;

/** What is known of the packets that look the same. */
interface Alike {
  /** Not seen to arrive yet, the oldest first. */
  readonly open: Journey[];
  latest: Journey;
}

export function sightsOf(captured: readonly CapturedPacket[]): Sight[] {
  return new Sorting(captured.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))).sights();
}

/** Why the capture says a packet was lost; undefined where it says nothing of it. */
export function droppedFor({ comment }: CapturedPacket): string | undefined {
  return DROPPED.test(comment) ? comment.replace(DROPPED, "") || "dropped" : undefined;
}

class Sorting {
  private readonly packets: readonly CapturedPacket[];
  private readonly identities: Int32Array;
  private readonly delays: UsualDelays;
  private readonly byIdentity = new Map<number, Alike>();
  private readonly found: Sight[] = [];
  private journeys = 0;

  constructor(packets: readonly CapturedPacket[]) {
    this.packets = packets;
    this.identities = identitiesOf(packets);
    this.delays = new UsualDelays(packets, this.identities);
  }

  sights(): Sight[] {
    for (const [i, packet] of this.packets.entries()) this.sort(packet, this.identities[i] as number);
    this.decideFates();
    return this.found;
  }

  private sort(packet: CapturedPacket, identity: number): void {
    const alike = this.byIdentity.get(identity);
    if (alike === undefined) {
      const journey = this.begin(packet);
      const isOpen = journey.fate !== "lost";
      this.byIdentity.set(identity, { open: isOpen ? [journey] : [], latest: journey });
      return;
    }
    while (alike.open[0] !== undefined && packet.timeNs - alike.open[0].packet.timeNs > LONGEST_WAY_NS)
      alike.open.shift();
    if (packet.direction === "out" ? this.isLostCopy(alike, packet) : this.hasArrived(alike, packet)) return;
    if (packet.direction === "out" && isPassedOn(alike, packet)) return;
    alike.latest = this.begin(packet);
    if (alike.latest.fate === "lost") return;
    alike.open.push(alike.latest);
    if (alike.open.length > MAX_OPEN) alike.open.shift();
  }

  private begin(packet: CapturedPacket): Journey {
    const journey = new Journey(this.journeys++, packet);
    const reason = droppedFor(packet);
    if (reason !== undefined && packet.direction === "out") {
      journey.fate = "lost";
      journey.lossReason = reason;
    }
    this.found.push({ kind: "sent", journey, packet });
    return journey;
  }

  /** The network made a copy of what has just been sent, and lost it there. */
  private isLostCopy({ latest }: Alike, packet: CapturedPacket): boolean {
    if (droppedFor(packet) === undefined) return false;
    if (packet.packetId === undefined && packet.timeNs !== latest.packet.timeNs) return false;
    this.found.push({ kind: "copy lost", journey: latest, packet });
    return true;
  }

  /** Does the packet end a journey, or is it one more of a packet that has arrived? */
  private hasArrived({ open, latest }: Alike, packet: CapturedPacket): boolean {
    const journey = this.arriving(open, packet);
    if (journey !== undefined) {
      open.splice(open.indexOf(journey), 1);
      journey.fate = "arrived";
      journey.isDamaged = packet.comment === "CORRUPTED";
      this.found.push({ kind: "arrived", journey, packet });
      return true;
    }
    if (!isCopyOf(latest, packet)) return false;
    this.found.push({ kind: "copy arrived", journey: latest, packet });
    return true;
  }

  /** The sending that arrives here: of those that look the same, the one whose way is nearest to the usual; else the latest. */
  private arriving(open: readonly Journey[], packet: CapturedPacket): Journey | undefined {
    const usualNs = open.length > 1 ? this.delays.of(packet) : undefined;
    let best: Journey | undefined;
    let bestOff = Number.POSITIVE_INFINITY;
    for (let i = open.length - 1; i >= 0; i--) {
      const journey = open[i] as Journey;
      if (!isElsewhere(journey.packet, packet)) continue;
      if (usualNs === undefined) return journey;
      const off = Math.abs(Number(packet.timeNs - journey.packet.timeNs) - usualNs);
      if (off < bestOff) [best, bestOff] = [journey, off];
    }
    return best;
  }

  /** A packet that its sender saw leave, and that should have been seen to arrive, was lost, or is still under way. */
  private decideFates(): void {
    const seesArrivals = capturedDestinations(this.found);
    const endNs = this.packets.at(-1)?.timeNs ?? 0n;
    const longestNs = this.longestWayNs();
    for (const { kind, journey } of this.found) {
      const { packet } = journey;
      if (kind !== "sent" || journey.fate !== "passed" || packet.direction !== "out") continue;
      if (!seesArrivals.has(destinationOf(packet))) continue;
      journey.fate = packet.timeNs + longestNs >= endNs ? "under way" : "lost";
      if (journey.fate === "lost") journey.lossReason = NOT_SEEN;
    }
  }

  private longestWayNs(): bigint {
    let longestNs = 0n;
    for (const { kind, journey, packet } of this.found) {
      const tookNs = packet.timeNs - journey.packet.timeNs;
      if (kind === "arrived" && tookNs > longestNs) longestNs = tookNs;
    }
    return longestNs;
  }
}

/** Was it sent where `packet` was not seen? */
function isElsewhere(sent: CapturedPacket, packet: CapturedPacket): boolean {
  return sent.interfaceName !== packet.interfaceName || (sent.direction === "out" && packet.direction === "in");
}

/**
 * A second arrival of a packet that was seen to leave once. Where only arrivals are seen, it must be certain that they are of one
 * packet: a number that the sender gives to each tells that.
 */
function isCopyOf({ packet: first, fate }: Journey, packet: CapturedPacket): boolean {
  if (packet.timeNs - first.timeNs > LONGEST_WAY_NS) return false;
  if (first.direction === "out" && packet.direction === "in") return fate === "arrived" || fate === "lost";
  const isNumbered = packet.packetId !== undefined || packet.identification !== 0;
  return isNumbered && first.interfaceName === packet.interfaceName && first.direction === packet.direction;
}

/** A packet on its way out that has come in here before, or was on its way out just now. */
function isPassedOn({ open }: Alike, packet: CapturedPacket): boolean {
  for (let i = open.length - 1; i >= 0; i--) {
    const journey = open[i] as Journey;
    const isOut = journey.packet.direction === "out";
    const elapsedNs = packet.timeNs - journey.packet.timeNs;
    if (elapsedNs > (isOut ? SAME_MOMENT_NS : FORWARDING_NS)) continue;
    if (!isOut) open.splice(i, 1);
    return true;
  }
  return false;
}

/**
 * Where the capture sees packets arrive that it saw leave. Datagrams: at hosts. Segments: of one direction of a connection, since
 * peerlab's own captures have streams as their client sees them.
 */
function capturedDestinations(sights: readonly Sight[]): ReadonlySet<string> {
  const senders = new Set<string>();
  for (const { kind, packet } of sights) {
    if (kind === "sent" && packet.direction === "out") senders.add(packet.sourceHost);
  }
  const destinations = new Set<string>();
  for (const { packet } of sights) {
    if (packet.direction !== "in" || !senders.has(packet.sourceHost) || droppedFor(packet) !== undefined) continue;
    destinations.add(destinationOf(packet));
  }
  return destinations;
}

function destinationOf(packet: CapturedPacket): string {
  return packet.protocol === "udp" ? packet.destinationHost : endsOf(packet);
}
