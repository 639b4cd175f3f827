/** What a datagram of the hardened wire is, sealed or not, in the words of the trace: for packets whose sender did not say. */

import { peekSealed } from "../../seal/sealed-transport.ts";
import type { PacketInfo } from "../../transport.ts";
import { CONTROL_TYPE_NAMES, MESSAGE_TYPE_NAMES } from "../packet.ts";
import { decodeHardened, HardenedKind } from "./packets.ts";

export type HardenedDescription = Pick<PacketInfo, "kind" | "type" | "seq" | "total">;

/** Undefined where it is no packet. Nothing is checked but its form: neither seal nor cookie. */
export function describeHardened(datagram: Uint8Array): HardenedDescription | undefined {
  const packet = decodeHardened(peekSealed(datagram) ?? datagram);
  if (!packet.ok) return undefined;
  const { seq, total } = packet;
  const type = MESSAGE_TYPE_NAMES[packet.type];
  switch (packet.kind) {
    case HardenedKind.DATA:
      return { kind: "data", type, seq, total };
    case HardenedKind.ACK:
      return { kind: "ack", type, seq, total };
    case HardenedKind.CHALLENGE:
      return { kind: "other", type: CONTROL_TYPE_NAMES.challenge, seq, total };
    case HardenedKind.ERROR:
      return { kind: "other", type: CONTROL_TYPE_NAMES.refusal, seq, total };
  }
}
