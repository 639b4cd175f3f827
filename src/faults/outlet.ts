/**
 * What becomes of a packet once a rule has decided about it, in the simulated network and in front of real sockets. The
 * world says how a packet is carried, lost, copied or damaged there; what follows from a rule is the same in both.
 */

import type { Identity } from "./identity.ts";
import { draw, type Key, Purpose } from "./keyed-random.ts";
import type { FaultAction } from "./options.ts";

/** How one world treats its packets. */
export interface Outlet<P> {
  /** Puts a packet on its link, `extraMs` later than the link's own delay. */
  carry(packet: P, extraMs: number): void;
  /** The packet is lost on its way. */
  drop(packet: P, why: string): void;
  /** Makes a copy of the packet, with an identity of its own, and tells the trace. */
  copy(packet: P, ruleName: string): P;
  /** Flips one bit of the packet, in the byte at `offset` or in any, and tells the trace. */
  damage(packet: P, offset: number | undefined, ruleName: string): void;
}

/** Does what the deciding rule says. */
export function applyAction<P>(action: FaultAction, ruleName: string, packet: P, outlet: Outlet<P>): void {
  switch (action.do) {
    case "drop":
      outlet.drop(packet, ruleName);
      return;
    case "deliver":
      outlet.carry(packet, 0);
      return;
    case "delay":
      outlet.carry(packet, action.extraMs);
      return;
    case "duplicate": {
      const copy = outlet.copy(packet, ruleName);
      outlet.carry(packet, 0);
      outlet.carry(copy, action.laterMs);
      return;
    }
    case "corrupt":
      outlet.damage(packet, action.offset, ruleName);
      outlet.carry(packet, 0);
      return;
  }
}

/** A copy of a datagram (of at least one byte) with one bit flipped, and the offset of that byte. */
export function damaged(
  link: Key,
  packet: Readonly<Identity>,
  datagram: Uint8Array,
  offset: number | undefined,
): { readonly bytes: Uint8Array; readonly at: number } {
  const bit = Math.floor(draw(link, packet.idA, packet.idB, Purpose.corruptWhere) * datagram.length * 8);
  const at = Math.min(offset ?? bit >> 3, datagram.length - 1);
  const bytes = new Uint8Array(datagram);
  bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
  return { bytes, at };
}
