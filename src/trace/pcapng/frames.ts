/**
 * The frames of a capture: real headers in front of a datagram's or a segment's bytes, as a Linux cooked capture has them
 * (LINKTYPE_LINUX_SLL), IPv4 (RFC 791), UDP (RFC 768) and TCP (RFC 9293, 3.1), checksums included. A datagram of 18 bytes
 * is a frame of 62, as in the report's capture.
 */

export const COOKED_HEADER_BYTES = 16;
const IP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const TCP_HEADER_BYTES = 20;
/** A SYN's options: the largest segment, and by how many bits the window is shifted (RFC 7323, 2). */
const SYN_OPTIONS_BYTES = 8;
const WINDOW_SHIFT = 1;

const UDP = 17;
const TCP = 6;
const TTL = 64;
const DONT_FRAGMENT = 0x4000;
const ETHERTYPE_IPV4 = 0x0800;
const ARPHRD_ETHER = 1;

/** The packet type of a Linux cooked header: for us, or sent by us. */
export const COOKED_IN = 0;
export const COOKED_OUT = 4;

/** Control bits as TCP's header has them (RFC 9293, 3.1). */
export const TcpFlag = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10 } as const;

/** Where a packet comes from and goes to: IPv4 addresses as text. */
export interface FrameEnds {
  readonly sourceHost: string;
  readonly sourcePort: number;
  readonly destinationHost: string;
  readonly destinationPort: number;
}

export interface TcpFields {
  /** 32 bits each, unsigned. */
  readonly seq: number;
  readonly ack: number;
  /** Bits of TcpFlag. */
  readonly flags: number;
  readonly windowBytes: number;
  /** The largest segment that a SYN offers to take. */
  readonly maxSegmentBytes: number;
}

/** A UDP datagram as a frame; `identification` goes into the IP header. RangeError where an address is no IPv4 one. */
export function udpFrame(ends: FrameEnds, direction: number, identification: number, datagram: Uint8Array): Uint8Array {
  const { frame, view, at } = ipFrame(ends, direction, identification, UDP, UDP_HEADER_BYTES + datagram.length);
  const length = UDP_HEADER_BYTES + datagram.length;
  view.setUint16(at, ends.sourcePort);
  view.setUint16(at + 2, ends.destinationPort);
  view.setUint16(at + 4, length);
  frame.set(datagram, at + UDP_HEADER_BYTES);
  // A checksum of 0 would say that there is none (RFC 768).
  view.setUint16(at + 6, transportChecksum(frame, view, at, length, UDP) || 0xffff);
  return frame;
}

/** A TCP segment as a frame. */
export function tcpFrame(
  ends: FrameEnds,
  direction: number,
  identification: number,
  tcp: TcpFields,
  payload: Uint8Array,
): Uint8Array {
  const isSyn = (tcp.flags & TcpFlag.SYN) !== 0;
  const headerBytes = TCP_HEADER_BYTES + (isSyn ? SYN_OPTIONS_BYTES : 0);
  const length = headerBytes + payload.length;
  const { frame, view, at } = ipFrame(ends, direction, identification, TCP, length);
  view.setUint16(at, ends.sourcePort);
  view.setUint16(at + 2, ends.destinationPort);
  view.setUint32(at + 4, tcp.seq);
  view.setUint32(at + 8, tcp.ack);
  view.setUint8(at + 12, (headerBytes / 4) << 4);
  view.setUint8(at + 13, tcp.flags);
  // A SYN's window is never shifted (RFC 7323, 2.2). Rounded up: the sender may use all of what it was told.
  const window = isSyn ? tcp.windowBytes : (tcp.windowBytes + 1) >> WINDOW_SHIFT;
  view.setUint16(at + 14, Math.min(window, 0xffff));
  if (isSyn) {
    view.setUint32(at + 20, 0x02040000 | Math.min(tcp.maxSegmentBytes, 0xffff));
    view.setUint32(at + 24, 0x01030300 | WINDOW_SHIFT);
  }
  frame.set(payload, at + headerBytes);
  view.setUint16(at + 16, transportChecksum(frame, view, at, length, TCP));
  return frame;
}

/** A frame with its cooked and IP headers, and where the rest begins. */
function ipFrame(
  ends: FrameEnds,
  direction: number,
  identification: number,
  protocol: number,
  contentBytes: number,
): { frame: Uint8Array; view: DataView; at: number } {
  const frame = new Uint8Array(COOKED_HEADER_BYTES + IP_HEADER_BYTES + contentBytes);
  const view = new DataView(frame.buffer);
  view.setUint16(0, direction);
  view.setUint16(2, ARPHRD_ETHER);
  view.setUint16(4, 6);
  // A made-up link address, locally administered: 02:00 and the sender's IP address.
  view.setUint16(6, 0x0200);
  putAddress(view, 8, ends.sourceHost);
  view.setUint16(14, ETHERTYPE_IPV4);

  const ip = COOKED_HEADER_BYTES;
  view.setUint8(ip, 0x45);
  view.setUint16(ip + 2, IP_HEADER_BYTES + contentBytes);
  view.setUint16(ip + 4, identification & 0xffff);
  view.setUint16(ip + 6, DONT_FRAGMENT);
  view.setUint8(ip + 8, TTL);
  view.setUint8(ip + 9, protocol);
  putAddress(view, ip + 12, ends.sourceHost);
  putAddress(view, ip + 16, ends.destinationHost);
  view.setUint16(ip + 10, fold(sumWords(frame, ip, IP_HEADER_BYTES)));
  return { frame, view, at: ip + IP_HEADER_BYTES };
}

function putAddress(view: DataView, at: number, address: string): void {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || !parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255)) {
    throw new RangeError(`a capture holds IPv4 packets, and ${address} is no IPv4 address`);
  }
  for (const [i, part] of parts.entries()) view.setUint8(at + i, part);
}

/** The checksum over the pseudo header and the content (RFC 768; RFC 9293, 3.1). */
function transportChecksum(frame: Uint8Array, view: DataView, at: number, length: number, protocol: number): number {
  const pseudoHeader = sumWords(frame, at - 8, 8) + protocol + length;
  view.setUint16(at + (protocol === UDP ? 6 : 16), 0);
  return fold(pseudoHeader + sumWords(frame, at, length));
}

/** The sum of the 16-bit words; an odd last byte is padded with a zero. */
function sumWords(bytes: Uint8Array, start: number, length: number): number {
  let sum = 0;
  const end = start + length;
  for (let at = start; at < end; at += 2)
    sum += ((bytes[at] as number) << 8) | (at + 1 < end ? (bytes[at + 1] as number) : 0);
  return sum;
}

/** One's complement of the one's complement sum (RFC 1071). */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
