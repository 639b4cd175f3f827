/** IPv4 and IPv6 packets with UDP or TCP in them. Fragments of IP are passed over: peerlab's datagrams are smaller. */

import type { CapturedPacket } from "./packets.ts";

const TCP = 6;
const UDP = 17;
const IPV6_HEADER_BYTES = 40;
/** Extension headers that only stand between (RFC 8200, 4): hop-by-hop, routing, destination options. */
const IPV6_EXTENSIONS = new Set([0, 43, 60]);

export type IpContent = Pick<
  CapturedPacket,
  | "protocol"
  | "sourceHost"
  | "sourcePort"
  | "destinationHost"
  | "destinationPort"
  | "identification"
  | "payload"
  | "tcp"
>;

/** The datagram or segment in an IP packet, or why there is none. */
export function readIp(bytes: Uint8Array): IpContent | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (bytes.length > 0 ? view.getUint8(0) >> 4 : 0) {
    case 4:
      return readIpv4(bytes, view);
    case 6:
      return readIpv6(bytes, view);
    default:
      return "not IP";
  }
}

function readIpv4(bytes: Uint8Array, view: DataView): IpContent | string {
  if (bytes.length < 20) return CUT_SHORT;
  const headerBytes = (view.getUint8(0) & 15) * 4;
  const totalBytes = view.getUint16(2);
  if (headerBytes < 20 || totalBytes < headerBytes || bytes.length < totalBytes) return CUT_SHORT;
  if ((view.getUint16(6) & 0x3fff) !== 0) return "a fragment of an IP packet";
  const ends = { sourceHost: ipv4(bytes, 12), destinationHost: ipv4(bytes, 16), identification: view.getUint16(4) };
  return readTransport(bytes.subarray(headerBytes, totalBytes), view.getUint8(9), ends);
}

function readIpv6(bytes: Uint8Array, view: DataView): IpContent | string {
  if (bytes.length < IPV6_HEADER_BYTES) return CUT_SHORT;
  const end = IPV6_HEADER_BYTES + view.getUint16(4);
  if (bytes.length < end) return CUT_SHORT;
  let protocol = view.getUint8(6);
  let at = IPV6_HEADER_BYTES;
  while (IPV6_EXTENSIONS.has(protocol) && at + 2 <= end) {
    protocol = view.getUint8(at);
    at += (view.getUint8(at + 1) + 1) * 8;
  }
  const ends = { sourceHost: ipv6(view, 8), destinationHost: ipv6(view, 24), identification: 0 };
  return readTransport(bytes.subarray(at, end), protocol, ends);
}

function readTransport(
  segment: Uint8Array,
  protocol: number,
  ends: Pick<IpContent, "sourceHost" | "destinationHost" | "identification">,
): IpContent | string {
  if (protocol !== UDP && protocol !== TCP) return "neither UDP nor TCP";
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  if (segment.length < (protocol === UDP ? 8 : 20)) return CUT_SHORT;
  const ports = { sourcePort: view.getUint16(0), destinationPort: view.getUint16(2) };
  if (protocol === UDP) {
    const length = view.getUint16(4);
    if (length < 8 || length > segment.length) return CUT_SHORT;
    return { ...ends, ...ports, protocol: "udp", payload: segment.subarray(8, length), tcp: undefined };
  }
  const headerBytes = (view.getUint8(12) >> 4) * 4;
  if (headerBytes < 20 || headerBytes > segment.length) return CUT_SHORT;
  const tcp = { seq: view.getUint32(4), ack: view.getUint32(8), flags: view.getUint8(13) };
  return { ...ends, ...ports, protocol: "tcp", payload: segment.subarray(headerBytes), tcp };
}

const CUT_SHORT = "cut short";

function ipv4(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join(".");
}

/** As RFC 5952 writes it: the longest run of zero groups is left out. */
function ipv6(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16));
  let [bestAt, bestLength] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (groups[i + length] === "0") length++;
    if (length > bestLength) [bestAt, bestLength] = [i, length];
  }
  if (bestAt < 0) return groups.join(":");
  return `${groups.slice(0, bestAt).join(":")}::${groups.slice(bestAt + bestLength).join(":")}`;
}
