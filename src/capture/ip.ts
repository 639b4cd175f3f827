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
  | "payloadBytes"
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
  if (headerBytes < 20 || totalBytes < headerBytes || bytes.length < headerBytes) return CUT_SHORT;
  if ((view.getUint16(6) & 0x3fff) !== 0) return "a fragment of an IP packet";
  const ends = { sourceHost: ipv4(view, 12), destinationHost: ipv4(view, 16), identification: view.getUint16(4) };
  return readTransport(bytes.subarray(headerBytes, totalBytes), totalBytes - headerBytes, view.getUint8(9), ends);
}

function readIpv6(bytes: Uint8Array, view: DataView): IpContent | string {
  if (bytes.length < IPV6_HEADER_BYTES) return CUT_SHORT;
  const end = IPV6_HEADER_BYTES + view.getUint16(4);
  const keptEnd = Math.min(end, bytes.length);
  let protocol = view.getUint8(6);
  let at = IPV6_HEADER_BYTES;
  while (IPV6_EXTENSIONS.has(protocol) && at + 2 <= keptEnd) {
    protocol = view.getUint8(at);
    at += (view.getUint8(at + 1) + 1) * 8;
  }
  const ends = { sourceHost: ipv6(view, 8), destinationHost: ipv6(view, 24), identification: 0 };
  return readTransport(bytes.subarray(at, end), end - at, protocol, ends);
}

/**
 * `segment` is what was kept of `lengthBytes`. A datagram that was cut short cannot be read; of a segment the header is
 * enough, and the rest of its payload is known by its length.
 */
function readTransport(
  segment: Uint8Array,
  lengthBytes: number,
  protocol: number,
  ends: Pick<IpContent, "sourceHost" | "destinationHost" | "identification">,
): IpContent | string {
  if (protocol !== UDP && protocol !== TCP) return "neither UDP nor TCP";
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  if (segment.length < (protocol === UDP ? 8 : 20)) return CUT_SHORT;
  const { sourceHost, destinationHost, identification } = ends;
  const sourcePort = view.getUint16(0);
  const destinationPort = view.getUint16(2);
  const headerBytes = protocol === UDP ? 8 : (view.getUint8(12) >> 4) * 4;
  const endBytes = protocol === UDP ? view.getUint16(4) : lengthBytes;
  if (headerBytes < (protocol === UDP ? 8 : 20) || headerBytes > segment.length || endBytes < headerBytes)
    return CUT_SHORT;
  if (protocol === UDP && endBytes > segment.length) return CUT_SHORT;
  return {
    protocol: protocol === UDP ? "udp" : "tcp",
    sourceHost,
    sourcePort,
    destinationHost,
    destinationPort,
    identification,
    payload: segment.subarray(headerBytes, endBytes),
    payloadBytes: endBytes - headerBytes,
    tcp: protocol === UDP ? undefined : { seq: view.getUint32(4), ack: view.getUint32(8), flags: view.getUint8(13) },
  };
}

const CUT_SHORT = "cut short";

/** Addresses that were spelled out before, so that a million packets share a few texts. */
const ipv4Texts = new Map<number, string>();
const MAX_TEXTS = 65_536;

function ipv4(view: DataView, at: number): string {
  const address = view.getUint32(at);
  const known = ipv4Texts.get(address);
  if (known !== undefined) return known;
  if (ipv4Texts.size >= MAX_TEXTS) ipv4Texts.clear();
  const text = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
  ipv4Texts.set(address, text);
  return text;
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
