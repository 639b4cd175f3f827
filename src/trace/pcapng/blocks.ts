/**
 * The blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng): section header, interface description, enhanced packet. One
 * section, one link type, times in nanoseconds. Little-endian, as most captures are.
 */

/** LINKTYPE_LINUX_SLL: the Linux cooked capture, which says for each packet whether it came in or went out. */
export const LINKTYPE_LINUX_SLL = 113;
/** The longest frame kept: all of every packet. */
export const SNAPLEN_BYTES = 262_144;

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const OPT_END = 0;
const OPT_COMMENT = 1;
const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const ISB_OSDROP = 7;
const EPB_FLAGS = 2;
const EPB_PACKETID = 5;

/** 10^-9 s. */
const NANOSECONDS = 9;
/** The direction bits of epb_flags. */
export const INBOUND = 1;
export const OUTBOUND = 2;

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

const encoder = new TextEncoder();

/** `comment` says what the capture is of, `application` what made it. */
export function sectionHeader(comment: string, application: string): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  view.setUint16(6, 0, true);
  view.setBigInt64(8, -1n, true); // the section's length is not given
  return block(SECTION_HEADER, body, [text(OPT_COMMENT, comment), text(SHB_USERAPPL, application)]);
}

/** Interfaces are numbered from 0, in the order of their blocks. */
export function interfaceDescription(name: string): Uint8Array {
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint16(0, LINKTYPE_LINUX_SLL, true);
  view.setUint32(4, SNAPLEN_BYTES, true);
  return block(INTERFACE_DESCRIPTION, body, [
    text(IF_NAME, name),
    { code: IF_TSRESOL, value: Uint8Array.of(NANOSECONDS) },
  ]);
}

export interface PacketRecord {
  readonly interfaceId: number;
  /** Since 1970, in ns. */
  readonly timeNs: bigint;
  readonly frame: Uint8Array;
  /** The length that the frame had; what is beyond `frame` was not kept. */
  readonly originalBytes: number;
  /** INBOUND or OUTBOUND. */
  readonly direction: number;
  /** The same for a packet that was sent and for each time it arrived. */
  readonly packetId: number;
  /** "" for none. */
  readonly comment: string;
}

export function enhancedPacket({
  interfaceId,
  timeNs,
  frame,
  originalBytes,
  direction,
  packetId,
  comment,
}: PacketRecord): Uint8Array {
  const body = new Uint8Array(20 + padded(frame.length));
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId, true);
  putTime(view, 4, timeNs);
  view.setUint32(12, frame.length, true);
  view.setUint32(16, originalBytes, true);
  body.set(frame, 20);
  const flags = new Uint8Array(4);
  new DataView(flags.buffer).setUint32(0, direction, true);
  const id = new Uint8Array(8);
  new DataView(id.buffer).setBigUint64(0, BigInt(packetId), true);
  return block(ENHANCED_PACKET, body, [
    ...(comment === "" ? [] : [text(OPT_COMMENT, comment)]),
    { code: EPB_FLAGS, value: flags },
    { code: EPB_PACKETID, value: id },
  ]);
}

/** Closes an interface of which packets were left out: how many, and why. */
export function interfaceStatistics(interfaceId: number, timeNs: bigint, leftOut: number, why: string): Uint8Array {
  const body = new Uint8Array(12);
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId, true);
  putTime(view, 4, timeNs);
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(leftOut), true);
  return block(INTERFACE_STATISTICS, body, [text(OPT_COMMENT, why), { code: ISB_OSDROP, value: count }]);
}

function putTime(view: DataView, at: number, timeNs: bigint): void {
  view.setUint32(at, Number(timeNs >> 32n), true);
  view.setUint32(at + 4, Number(timeNs & 0xffffffffn), true);
}

function text(code: number, value: string): Option {
  return { code, value: encoder.encode(value) };
}

/** A block: its type, its length in front and behind, its body and options, each padded to 32 bits. */
function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const optionBytes = options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);
  const length = 12 + body.length + optionBytes;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const { code, value } of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint16(at, OPT_END, true);
  view.setUint32(length - 4, length, true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
