/** What a capture's TCP segments are called in a trace, as the simulated streams' are: offsets from 0, SYN, SEGMENT, FIN. */

import { TcpFlag } from "../trace/pcapng/frames.ts";
import type { CapturedPacket } from "./packets.ts";

export interface NamedSegment {
  readonly type: string;
  /** Relative to the stream's start: the SYN is 0, the first byte 1. */
  readonly seq: number;
  readonly ack: number;
  readonly attempt: number;
  /** The first line of an HTTP message that begins in this segment. */
  readonly httpLine: string | undefined;
}

/** Streams remembered; of more, the oldest begin anew. */
const MAX_STREAMS = 100_000;
/** Ranges of one stream that are remembered, to tell what is sent again. */
const MAX_RANGES = 4096;
const WORDS = 2 ** 32;
const HTTP_LINE = /^(?:(?:GET|HEAD) \S+ HTTP\/\d\.\d|HTTP\/\d\.\d (\d{3}.*))\r?$/;

/** One direction of a connection. */
class Direction {
  /** The number of the SYN, or what would be its number. */
  readonly initialSeq: number;
  /** Transmissions by offset and length. */
  readonly ranges = new Map<string, number>();

  constructor(initialSeq: number) {
    this.initialSeq = initialSeq;
  }
}

export class SegmentNames {
  private readonly directions = new Map<string, Direction>();

  name(packet: CapturedPacket): NamedSegment {
    const { payload, payloadBytes } = packet;
    const flags = packet.tcp?.flags ?? 0;
    const [seq, ack] = this.offsets(packet);
    const type = typeOf(flags, payloadBytes);
    const attempt = this.attemptOf(packet, type, seq);
    return { type, seq, ack, attempt, httpLine: httpLineOf(payload) };
  }

  private offsets(packet: CapturedPacket): [number, number] {
    const { seq = 0, ack = 0, flags = 0 } = packet.tcp ?? {};
    const back = this.directions.get(keyOf(packet, true));
    const forth = this.direction(packet);
    const acked = flags & TcpFlag.ACK && back !== undefined ? relative(ack, back.initialSeq) : 0;
    return [relative(seq, forth.initialSeq), acked];
  }

  private direction(packet: CapturedPacket): Direction {
    const key = keyOf(packet, false);
    const { seq = 0, flags = 0 } = packet.tcp ?? {};
    const isSyn = (flags & TcpFlag.SYN) !== 0;
    const known = this.directions.get(key);
    if (known !== undefined && !(isSyn && known.initialSeq !== seq)) return known;
    if (this.directions.size >= MAX_STREAMS) this.directions.delete(this.directions.keys().next().value as string);
    const made = new Direction(isSyn ? seq : (seq + WORDS - 1) % WORDS);
    this.directions.set(key, made);
    return made;
  }

  private attemptOf(packet: CapturedPacket, type: string, seq: number): number {
    if (type === "SEGMENT-ACK" || type === "RST") return 1;
    const { ranges } = this.direction(packet);
    const key = `${type} ${seq} ${packet.payloadBytes}`;
    const attempt = (ranges.get(key) ?? 0) + 1;
    if (ranges.size >= MAX_RANGES) ranges.delete(ranges.keys().next().value as string);
    ranges.set(key, attempt);
    return attempt;
  }
}

function typeOf(flags: number, payloadBytes: number): string {
  if (flags & TcpFlag.RST) return "RST";
  if (flags & TcpFlag.SYN) return flags & TcpFlag.ACK ? "SYN-ACK" : "SYN";
  if (payloadBytes > 0) return "SEGMENT";
  return flags & TcpFlag.FIN ? "FIN" : "SEGMENT-ACK";
}

function keyOf({ sourceHost, sourcePort, destinationHost, destinationPort }: CapturedPacket, isBack: boolean): string {
  const [from, to] = [`${sourceHost} ${sourcePort}`, `${destinationHost} ${destinationPort}`];
  return isBack ? `${to} ${from}` : `${from} ${to}`;
}

function relative(number: number, initialSeq: number): number {
  return (number - initialSeq + WORDS) % WORDS;
}

/** `GET new.txt HTTP/1.1`, or `200 OK`: as the trace of a run has them. */
function httpLineOf(payload: Uint8Array): string | undefined {
  const end = payload.indexOf(10);
  if (end < 0 || end > 1000) return undefined;
  const match = HTTP_LINE.exec(latin1.decode(payload.subarray(0, end)));
  return match === null ? undefined : (match[1] ?? match[0]).trim();
}

const latin1 = new TextDecoder("latin1");
