/** How long packets take from one host to another, as those show that cannot be mistaken for others: the median. */

import type { CapturedPacket } from "./packets.ts";

/** Delays of one pair of hosts that are looked at. */
const MAX_DELAYS = 1000;

interface Seen {
  sent: CapturedPacket | undefined;
  arrived: CapturedPacket | undefined;
  sights: number;
}

export class UsualDelays {
  private readonly medianNs = new Map<string, number>();

  /** `identities` has the same number for packets that look the same. */
  constructor(packets: readonly CapturedPacket[], identities: Int32Array) {
    const delays = new Map<string, number[]>();
    for (const { sent, arrived, sights } of groups(packets, identities)) {
      if (sights !== 2 || sent === undefined || arrived === undefined || arrived.timeNs < sent.timeNs) continue;
      const pair = pairOf(sent);
      const ofPair = delays.get(pair);
      const delayNs = Number(arrived.timeNs - sent.timeNs);
      if (ofPair === undefined) delays.set(pair, [delayNs]);
      else if (ofPair.length < MAX_DELAYS) ofPair.push(delayNs);
    }
    for (const [pair, ofPair] of delays) {
      ofPair.sort((a, b) => a - b);
      this.medianNs.set(pair, ofPair[ofPair.length >> 1] as number);
    }
  }

  /** In ns; undefined where nothing is known of these hosts. */
  of(packet: CapturedPacket): number | undefined {
    return this.medianNs.size === 0 ? undefined : this.medianNs.get(pairOf(packet));
  }
}

function groups(packets: readonly CapturedPacket[], identities: Int32Array): Iterable<Seen> {
  const seen = new Map<number, Seen>();
  for (const [i, packet] of packets.entries()) {
    const identity = identities[i] as number;
    let group = seen.get(identity);
    if (group === undefined) {
      group = { sent: undefined, arrived: undefined, sights: 0 };
      seen.set(identity, group);
    }
    group.sights++;
    if (packet.direction === "out") group.sent = packet;
    if (packet.direction === "in") group.arrived = packet;
  }
  return seen.values();
}

function pairOf({ sourceHost, destinationHost }: CapturedPacket): string {
  return `${sourceHost} ${destinationHost}`;
}
