/**
 * The datagrams on their way to one host from hosts of the same process, so that one that arrives is known again: which
 * send it belongs to. Between two sockets of one machine datagrams keep their order, so the oldest with the same bytes
 * is meant, and those of its sender before it were lost in the system.
 */

import type { LocalHost } from "../local-network.ts";
import type { Packet } from "./packet.ts";

/** Datagrams of one sender remembered; beyond it the oldest is forgotten (and, should it arrive, counts as unknown). */
const MAX_FLIGHTS = 1024;

export class Flights {
  private readonly bySender = new Map<LocalHost, Packet[]>();

  add(sender: LocalHost, packet: Packet): void {
    const packets = this.bySender.get(sender);
    if (packets === undefined) {
      this.bySender.set(sender, [packet]);
      return;
    }
    if (packets.length >= MAX_FLIGHTS) packets.shift();
    packets.push(packet);
  }

  /** Takes out the packet that has arrived; undefined where none is known. */
  take(sender: LocalHost, datagram: Uint8Array): Packet | undefined {
    const packets = this.bySender.get(sender);
    if (packets === undefined) return undefined;
    for (let at = 0; at < packets.length; at++) {
      const packet = packets[at] as Packet;
      if (!isEqual(packet.datagram, datagram)) continue;
      if (at === 0) packets.shift();
      else packets.splice(0, at + 1);
      return packet;
    }
    return undefined;
  }

  /** A sender is gone: nothing more comes from it. */
  forget(sender: LocalHost): void {
    this.bySender.delete(sender);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
