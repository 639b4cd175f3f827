/**
 * Reads captures: pcapng (draft-ietf-opsawg-pcapng) and the older pcap, of either byte order, with times in micro- or
 * nanoseconds. A file that ends within a packet, as one of a process that was killed does, counts up to there.
 */

import { readIp } from "./ip.ts";
import { ipPacketOf, isKnownLinkType } from "./link-layer.ts";
import type { CapturedPacket, CaptureRead } from "./packets.ts";

const PCAP_MICROSECONDS = 0xa1b2c3d4;
const PCAP_NANOSECONDS = 0xa1b23c4d;
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
/** Of older pcapng files: an enhanced packet in all but its first fields. */
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const OPT_COMMENT = 1;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const EPB_FLAGS = 2;
const EPB_PACKETID = 5;

/** Times of 10^-6 s, where an interface says nothing else. */
const DEFAULT_TICKS_PER_SECOND = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;

/** A capture is held in memory, at some 300 bytes a packet beside its own. */
export const MAX_PACKETS = 1_000_000;

/** A capture of more than `maxPackets` UDP datagrams and TCP segments is refused. */
export function readCapture(bytes: Uint8Array, maxPackets = MAX_PACKETS): CaptureRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) return { ok: false, reason: "the file is too short to be a capture", offsetBytes: 0 };
  if (view.getUint32(0) === SECTION_HEADER) return readPcapng(bytes, view, new Frames(maxPackets));
  for (const isLittleEndian of [true, false]) {
    const magic = view.getUint32(0, isLittleEndian);
    if (magic === PCAP_MICROSECONDS || magic === PCAP_NANOSECONDS) {
      const nsPerTick = magic === PCAP_NANOSECONDS ? 1n : 1000n;
      return readPcap(bytes, view, isLittleEndian, nsPerTick, new Frames(maxPackets));
    }
  }
  return { ok: false, reason: "neither a pcapng nor a pcap file", offsetBytes: 0 };
}

/** What the file says of a frame. */
type Seen = Pick<CapturedPacket, "timeNs" | "interfaceName" | "direction" | "comment" | "packetId">;

/** Collects what frames hold. */
class Frames {
  readonly packets: CapturedPacket[] = [];
  private readonly skipped = new Map<string, number>();
  private readonly maxPackets: number;

  constructor(maxPackets: number) {
    this.maxPackets = maxPackets;
  }

  get isFull(): boolean {
    return this.packets.length > this.maxPackets;
  }

  add(linkType: number, frame: Uint8Array, seen: Seen): void {
    const ip = ipPacketOf(linkType, frame);
    if (ip === undefined) {
      this.skip(isKnownLinkType(linkType) ? "not IP" : `link type ${linkType}, which is not known here`);
      return;
    }
    const content = readIp(ip.bytes);
    if (typeof content === "string") this.skip(content);
    else {
      const direction = seen.direction === "unknown" ? ip.direction : seen.direction;
      const { timeNs, interfaceName, comment, packetId } = seen;
      this.packets.push({ timeNs, interfaceName, direction, comment, packetId, ...content });
    }
  }

  skip(why: string): void {
    this.skipped.set(why, (this.skipped.get(why) ?? 0) + 1);
  }

  result(): CaptureRead {
    const skipped = [...this.skipped].map(([why, frames]) => ({ why, frames }));
    return { ok: true, packets: this.packets, skipped };
  }

  tooMany(offsetBytes: number): CaptureRead {
    const reason = `it has more than ${this.maxPackets} packets: cut it with editcap, or filter it with tshark -w`;
    return { ok: false, reason, offsetBytes };
  }
}

function readPcap(
  bytes: Uint8Array,
  view: DataView,
  isLittleEndian: boolean,
  nsPerTick: bigint,
  frames: Frames,
): CaptureRead {
  if (bytes.length < 24) return { ok: false, reason: "the file's header is cut short", offsetBytes: bytes.length };
  const linkType = view.getUint32(20, isLittleEndian) & 0x0fffffff;
  for (let at = 24; at + 16 <= bytes.length; ) {
    if (frames.isFull) return frames.tooMany(at);
    const seconds = BigInt(view.getUint32(at, isLittleEndian));
    const ticks = BigInt(view.getUint32(at + 4, isLittleEndian));
    const length = view.getUint32(at + 8, isLittleEndian);
    if (at + 16 + length > bytes.length) {
      frames.skip("cut off at the end of the file");
      break;
    }
    frames.add(linkType, bytes.subarray(at + 16, at + 16 + length), {
      timeNs: seconds * NS_PER_SECOND + ticks * nsPerTick,
      interfaceName: "",
      direction: "unknown",
      comment: "",
      packetId: undefined,
    });
    at += 16 + length;
  }
  return frames.isFull ? frames.tooMany(bytes.length) : frames.result();
}

interface Interface {
  readonly linkType: number;
  readonly name: string;
  readonly ticksPerSecond: bigint;
  /** Added to every time of this interface. */
  readonly offsetNs: bigint;
}

function readPcapng(bytes: Uint8Array, view: DataView, frames: Frames): CaptureRead {
  let interfaces: Interface[] = [];
  let isLittleEndian = true;
  for (let at = 0; at + 12 <= bytes.length; ) {
    if (frames.isFull) return frames.tooMany(at);
    if (view.getUint32(at) === SECTION_HEADER) {
      isLittleEndian = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
      if (view.getUint32(at + 8, isLittleEndian) !== BYTE_ORDER_MAGIC) {
        return { ok: false, reason: "a section whose byte order makes no sense", offsetBytes: at + 8 };
      }
      interfaces = [];
    }
    const type = view.getUint32(at, isLittleEndian);
    const length = view.getUint32(at + 4, isLittleEndian);
    if (length < 12 || length % 4 !== 0) {
      return { ok: false, reason: `a block of ${length} bytes, which cannot be`, offsetBytes: at + 4 };
    }
    if (at + length > bytes.length) {
      frames.skip("cut off at the end of the file");
      break;
    }
    const body = new Body(bytes, view, at + 8, at + length - 4, isLittleEndian);
    if (type === INTERFACE_DESCRIPTION) interfaces.push(readInterface(body));
    else if (type === ENHANCED_PACKET) readPacket(body, body.length < 4 ? 0 : body.u32(0), interfaces, frames);
    else if (type === OBSOLETE_PACKET) readPacket(body, body.length < 4 ? 0 : body.u16(0), interfaces, frames);
    else if (type === SIMPLE_PACKET) frames.skip("a packet without a time");
    at += length;
  }
  return frames.isFull ? frames.tooMany(bytes.length) : frames.result();
}

/** What stands in a block between its head and its tail. */
class Body {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly start: number;
  private readonly end: number;
  private readonly isLittleEndian: boolean;

  constructor(bytes: Uint8Array, view: DataView, start: number, end: number, isLittleEndian: boolean) {
    this.bytes = bytes;
    this.view = view;
    this.start = start;
    this.end = end;
    this.isLittleEndian = isLittleEndian;
  }

  get length(): number {
    return this.end - this.start;
  }

  u16(offset: number): number {
    return this.view.getUint16(this.start + offset, this.isLittleEndian);
  }

  u32(offset: number): number {
    return this.view.getUint32(this.start + offset, this.isLittleEndian);
  }

  slice(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(this.start + offset, this.start + offset + length);
  }

  /** The options from `offset` on, the first of each code. */
  options(offset: number): Map<number, Uint8Array> {
    const options = new Map<number, Uint8Array>();
    for (let at = offset; at + 4 <= this.length; ) {
      const code = this.u16(at);
      const length = this.u16(at + 2);
      if (code === 0 || at + 4 + length > this.length) break;
      if (!options.has(code)) options.set(code, this.slice(at + 4, length));
      at += 4 + ((length + 3) & ~3);
    }
    return options;
  }

  /** The number in an option of four bytes; 0 for one of another length, or none. */
  u32Of(value: Uint8Array | undefined): number {
    return value?.length === 4 ? viewOf(value).getUint32(0, this.isLittleEndian) : 0;
  }

  /** The number in an option of eight bytes; undefined for one of another length, or none. */
  i64Of(value: Uint8Array | undefined): bigint | undefined {
    return value?.length === 8 ? viewOf(value).getBigInt64(0, this.isLittleEndian) : undefined;
  }
}

function readInterface(body: Body): Interface {
  const options = body.options(8);
  const resolution = options.get(IF_TSRESOL)?.[0];
  let ticksPerSecond = DEFAULT_TICKS_PER_SECOND;
  if (resolution !== undefined) {
    ticksPerSecond = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  }
  const offsetNs = (body.i64Of(options.get(IF_TSOFFSET)) ?? 0n) * NS_PER_SECOND;
  return { linkType: body.length < 2 ? -1 : body.u16(0), name: textOf(options.get(IF_NAME)), ticksPerSecond, offsetNs };
}

/** An enhanced packet block, or an obsolete one, which has all but the interface's number at the same place. */
function readPacket(body: Body, interfaceId: number, interfaces: readonly Interface[], frames: Frames): void {
  const at = body.length < 20 ? undefined : interfaces[interfaceId];
  const length = body.length < 20 ? 0 : body.u32(12);
  if (at === undefined || 20 + length > body.length) {
    frames.skip("a packet that makes no sense");
    return;
  }
  const ticks = (BigInt(body.u32(4)) << 32n) | BigInt(body.u32(8));
  const options = body.options(20 + ((length + 3) & ~3));
  const way = body.u32Of(options.get(EPB_FLAGS)) & 3;
  const packetId = body.i64Of(options.get(EPB_PACKETID));
  frames.add(at.linkType, body.slice(20, length), {
    timeNs: (ticks * NS_PER_SECOND) / at.ticksPerSecond + at.offsetNs,
    interfaceName: at.name,
    direction: way === 1 ? "in" : way === 2 ? "out" : "unknown",
    comment: textOf(options.get(OPT_COMMENT)),
    packetId: packetId === undefined ? undefined : Number(packetId),
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : decoder.decode(bytes);
}
