/** Which wire a host speaks, and which group it belongs to: its own choice, else the protocol's. */

import type { DirectoryWire } from "../core/directory/options.ts";
import { hardenedWire } from "../core/wire/hardened/packets.ts";
import type { WireFormat } from "../core/wire/packet.ts";
import { reportWire } from "../core/wire/report.ts";
import type { PeerWire, WrittenHost } from "./schema/hosts.ts";
import type { ProtocolOptions } from "./schema/protocol.ts";

type WrittenPeer = Extract<WrittenHost, { readonly role: "peer" }>;
type WrittenDirectory = Extract<WrittenHost, { readonly role: "directory" }>;

/** Where a directory takes either wire, a peer speaks the report's unless it says otherwise. */
export function peerWireOf(peer: WrittenPeer, protocol: ProtocolOptions): PeerWire {
  return peer.wire ?? plainWireOf(protocol);
}

export function directoryWireOf(directory: WrittenDirectory, protocol: ProtocolOptions): DirectoryWire {
  return directory.wire ?? protocol.wire;
}

/** The wire of whoever can speak but one. */
export function plainWireOf({ wire }: ProtocolOptions): PeerWire {
  return wire === "auto" ? "report" : wire;
}

/** The wire formats, by the names that scenarios give them. */
export const WIRE_FORMATS: Readonly<Record<PeerWire, WireFormat>> = { report: reportWire, hardened: hardenedWire };

/** Undefined: no group. */
export function groupKeyOf(host: WrittenPeer | WrittenDirectory, protocol: ProtocolOptions): string | undefined {
  return host.groupKey === "none" ? undefined : (host.groupKey ?? protocol.groupKey);
}
