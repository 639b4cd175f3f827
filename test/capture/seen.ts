/** Packets as a capture's reader gives them. */

import type { CapturedPacket } from "../../src/capture/packets.ts";
import { bytesOf } from "../contract/world.ts";

const UPDATE = bytesOf("1 10.0.0.2 80  1 1");
export const H1 = "10.0.0.1";
export const H2 = "10.0.0.2";

/** An update, from port 8888 to port 7777, seen `at` that many ms. */
export function seen(at: number, from: string, to: string, where: Partial<CapturedPacket> = {}): CapturedPacket {
  return {
    timeNs: BigInt(at) * 1_000_000n,
    interfaceName: "",
    direction: "unknown",
    comment: "",
    protocol: "udp",
    sourceHost: from,
    sourcePort: 8888,
    destinationHost: to,
    destinationPort: 7777,
    packetId: undefined,
    identification: 0,
    payload: UPDATE,
    payloadBytes: UPDATE.length,
    tcp: undefined,
    ...where,
  };
}
