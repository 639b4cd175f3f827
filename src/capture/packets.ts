/** The packets of a capture, whatever wrote it: times, the interface that saw each, and IPv4 or IPv6 datagrams and segments. */

/** What one interface saw of one packet. */
export interface CapturedPacket {
  /** Since 1970, in ns. */
  readonly timeNs: bigint;
  /** The interface's name; "" where the file gives none. */
  readonly interfaceName: string;
  readonly direction: "in" | "out" | "unknown";
  readonly comment: string;
  /** The same wherever the packet was seen (pcapng's epb_packetid); undefined where the file does not say. */
  readonly packetId: number | undefined;
  readonly protocol: "udp" | "tcp";
  readonly sourceHost: string;
  readonly sourcePort: number;
  readonly destinationHost: string;
  readonly destinationPort: number;
  /** Of IPv4's header; 0 in IPv6, and from many UDP sockets. Tells two packets with equal bytes apart. */
  readonly identification: number;
  /** A view of the file. A segment's may be cut short: see `payloadBytes`. */
  readonly payload: Uint8Array;
  /** The payload's bytes on the wire. */
  readonly payloadBytes: number;
  /** A segment's sequence number, and its control bits. */
  readonly tcp: { readonly seq: number; readonly ack: number; readonly flags: number } | undefined;
}

/** What was passed over: frames that are no UDP or TCP over IP, or were cut short. */
export interface Skipped {
  readonly why: string;
  readonly frames: number;
}

export type CaptureRead =
  | { readonly ok: true; readonly packets: readonly CapturedPacket[]; readonly skipped: readonly Skipped[] }
  /** Not a capture, one that is broken from `offsetBytes` on, or one of too many packets. */
  | { readonly ok: false; readonly reason: string; readonly offsetBytes: number };
