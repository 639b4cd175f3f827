/**
 * trace.pcapng: a run as a capture that Wireshark opens. An interface for each host, named after it. A datagram is recorded
 * where it is sent and where it arrives, both under one packet id; one that is lost is recorded at its sender only, with
 * the reason as its comment (`frame.comment contains "DROPPED"`).
 *
 * A byte stream's segments are recorded as its client's host sees them, as a capture taken there would hold them, and not
 * twice: seen from both ends at once, each would look like a retransmission of itself. Those that are lost on their way to
 * the client are recorded at their sender, without their payload: with it, whoever puts the stream together again from what
 * the client saw would have those bytes twice.
 */

import {
  enhancedPacket,
  INBOUND,
  interfaceDescription,
  interfaceStatistics,
  OUTBOUND,
  sectionHeader,
} from "./blocks.ts";
import { COOKED_IN, COOKED_OUT, type FrameEnds, type TcpFields, tcpFrame, udpFrame } from "./frames.ts";

/** One packet at one host. */
export interface RecordedPacket extends FrameEnds {
  /** The host at which it is recorded. */
  readonly node: string;
  /** Since the start of the run, in ns. */
  readonly timeNs: number;
  readonly outbound: boolean;
  readonly packetId: number;
  readonly payload: Uint8Array;
  /** A segment of a byte stream; absent: a datagram. */
  readonly tcp?: TcpFields;
  /** "" for none. */
  readonly comment: string;
  /** Keep the headers alone: the payload is not to be read. */
  readonly headersOnly?: boolean;
}

export interface CaptureOptions {
  /** What the run is: scenario and seed. The trace hash comes behind it. */
  readonly title: string;
  /** The wall clock at the start of the run, ms since 1970. */
  readonly startMs: number;
  /** The file grows no longer than this; packets beyond it are left out, and counted. */
  readonly maxBytes: number;
}

export const DEFAULT_CAPTURE_BYTES = 64 << 20;

/** Written in place of the trace hash until that is known: as long as it is. */
const NO_HASH = "0".repeat(16);

interface Interface {
  readonly id: number;
  /** Packets that the file had no room for. */
  leftOut: number;
}

/** Hands the bytes of the file to `write`, block by block. Call `end` behind the last packet. */
export class CaptureFile {
  private readonly onBlock: (bytes: Uint8Array) => void;
  private readonly options: CaptureOptions;
  private readonly startNs: bigint;
  private readonly interfaces = new Map<string, Interface>();
  private bytes = 0;
  private latestNs = 0n;

  constructor(write: (bytes: Uint8Array) => void, options: CaptureOptions) {
    this.onBlock = write;
    this.options = options;
    this.startNs = BigInt(options.startMs) * 1_000_000n;
    this.write(this.header(NO_HASH));
  }

  add(packet: RecordedPacket): void {
    const at = this.interfaceOf(packet.node);
    if (this.bytes >= this.options.maxBytes) {
      at.leftOut++;
      return;
    }
    const direction = packet.outbound ? COOKED_OUT : COOKED_IN;
    const { tcp, payload, packetId, comment } = packet;
    const frame =
      tcp === undefined
        ? udpFrame(packet, direction, packetId, payload)
        : tcpFrame(packet, direction, packetId, tcp, payload);
    const kept = packet.headersOnly ? frame.subarray(0, frame.length - payload.length) : frame;
    const timeNs = this.startNs + BigInt(Math.round(packet.timeNs));
    this.latestNs = timeNs;
    this.write(
      enhancedPacket({
        interfaceId: at.id,
        timeNs,
        frame: kept,
        originalBytes: frame.length,
        direction: packet.outbound ? OUTBOUND : INBOUND,
        packetId,
        comment,
      }),
    );
  }

  /** The file's first block once more, now that the trace hash is known: it goes to the same place, and is as long. */
  header(traceHash: string): Uint8Array {
    if (traceHash.length !== NO_HASH.length)
      throw new RangeError(`a trace hash has ${NO_HASH.length} digits: ${traceHash}`);
    return sectionHeader(`${this.options.title}, trace ${traceHash}`, "peerlab");
  }

  /** Says of each interface how many of its packets were left out, where any were. */
  end(): void {
    const why = `left out: the capture is limited to ${this.options.maxBytes} bytes`;
    for (const { id, leftOut } of this.interfaces.values()) {
      if (leftOut > 0) this.write(interfaceStatistics(id, this.latestNs, leftOut, `${leftOut} packets ${why}`));
    }
  }

  private interfaceOf(node: string): Interface {
    let known = this.interfaces.get(node);
    if (known === undefined) {
      known = { id: this.interfaces.size, leftOut: 0 };
      this.interfaces.set(node, known);
      this.write(interfaceDescription(node));
    }
    return known;
  }

  private write(block: Uint8Array): void {
    this.bytes += block.length;
    this.onBlock(block);
  }
}
