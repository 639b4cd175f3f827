/** From a captured frame to the IP packet in it, by the capture's link type (tcpdump.org's list of LINKTYPE values). */

export type Direction = "in" | "out" | "unknown";

export interface IpPacket {
  readonly bytes: Uint8Array;
  readonly direction: Direction;
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;
/** `sent by us` in the packet type of a Linux cooked header. */
const COOKED_OUTGOING = 4;

type Unwrap = (frame: Uint8Array, view: DataView) => IpPacket | undefined;

const LINK_TYPES: Readonly<Record<number, Unwrap>> = {
  0: (frame) => at(frame, 4), // NULL: BSD loopback
  1: ethernet,
  12: (frame) => at(frame, 0), // RAW, as some systems number it
  101: (frame) => at(frame, 0), // RAW
  108: (frame) => at(frame, 4), // LOOP
  113: (frame, view) => (frame.length < 16 ? undefined : cooked(frame, 16, view.getUint16(14), view.getUint16(0))),
  228: (frame) => at(frame, 0), // IPV4
  229: (frame) => at(frame, 0), // IPV6
  276: (frame, view) => (frame.length < 20 ? undefined : cooked(frame, 20, view.getUint16(0), view.getUint8(10))),
};

/** Can frames of this link type be read? */
export function isKnownLinkType(linkType: number): boolean {
  return LINK_TYPES[linkType] !== undefined;
}

/** The IP packet in a frame; undefined where there is none. */
export function ipPacketOf(linkType: number, frame: Uint8Array): IpPacket | undefined {
  return LINK_TYPES[linkType]?.(frame, new DataView(frame.buffer, frame.byteOffset, frame.byteLength));
}

function ethernet(frame: Uint8Array, view: DataView): IpPacket | undefined {
  let offset = 12;
  while (offset + 2 <= frame.length && view.getUint16(offset) === ETHERTYPE_VLAN) offset += 4;
  if (offset + 2 > frame.length || !isIp(view.getUint16(offset))) return undefined;
  return at(frame, offset + 2);
}

function cooked(frame: Uint8Array, headerBytes: number, protocol: number, packetType: number): IpPacket | undefined {
  if (!isIp(protocol)) return undefined;
  return { bytes: frame.subarray(headerBytes), direction: packetType === COOKED_OUTGOING ? "out" : "in" };
}

function isIp(etherType: number): boolean {
  return etherType === ETHERTYPE_IPV4 || etherType === ETHERTYPE_IPV6;
}

function at(frame: Uint8Array, offset: number): IpPacket | undefined {
  return frame.length > offset ? { bytes: frame.subarray(offset), direction: "unknown" } : undefined;
}
