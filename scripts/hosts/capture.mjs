/**
 * Captures of a host's traffic: tcpdump writes them as Linux cooked captures, as the report's are, and this reads them back.
 * Only what the demonstration looks at is understood: IPv4 with UDP or TCP.
 */

import { readFileSync } from "node:fs";

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** LINKTYPE_LINUX_SLL: a header of 16 bytes in front of the IP packet. */
const LINUX_SLL = 113;
const COOKED_HEADER_BYTES = 16;
const UDP = 17;
const TCP = 6;

/** The command that captures all of a host's interfaces but its loopback into `file`. */
export function captureCommand(file) {
  return [
    "tcpdump",
    "-i",
    "any",
    "-y",
    "LINUX_SLL",
    "--immediate-mode",
    "-U",
    "-n",
    "-s",
    "0",
    "-Z",
    "root",
    "-w",
    file,
    "ip and not host 127.0.0.1",
  ];
}

/**
 * The IPv4 packets of a capture file: `{ timeMs, frameBytes, protocol: "udp" | "tcp", from, to, data, outgoing }`, `from` and
 * `to` as `address:port`, `data` a Buffer with the payload.
 */
export function readCapture(file) {
  const bytes = readFileSync(file);
  if (bytes.length < 24 || bytes.readUInt32LE(0) !== MAGIC_MICROSECONDS)
    throw new Error(`${file} is no capture in the pcap format`);
  if (bytes.readUInt32LE(20) !== LINUX_SLL) throw new Error(`${file} is no Linux cooked capture`);
  const packets = [];
  // A capture that was cut off ends within a packet: what is whole counts.
  for (let at = 24; at + 16 <= bytes.length; ) {
    const timeMs = bytes.readUInt32LE(at) * 1000 + bytes.readUInt32LE(at + 4) / 1000;
    const [capturedBytes, frameBytes] = [bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 12)];
    const frame = bytes.subarray(at + 16, at + 16 + capturedBytes);
    at += 16 + capturedBytes;
    const packet = frame.length === capturedBytes ? readFrame(frame) : undefined;
    if (packet !== undefined) packets.push({ timeMs, frameBytes, ...packet });
  }
  return packets;
}

function readFrame(frame) {
  const ip = frame.subarray(COOKED_HEADER_BYTES);
  if (ip.length < 20 || ip[0] >> 4 !== 4) return undefined;
  const outgoing = frame.readUInt16BE(0) === 4;
  const headerBytes = (ip[0] & 15) * 4;
  const protocol = ip[9] === UDP ? "udp" : ip[9] === TCP ? "tcp" : undefined;
  if (protocol === undefined) return undefined;
  const segment = ip.subarray(headerBytes, ip.readUInt16BE(2));
  const transportBytes = protocol === "udp" ? 8 : (segment[12] >> 4) * 4;
  const from = `${address(ip, 12)}:${segment.readUInt16BE(0)}`;
  const to = `${address(ip, 16)}:${segment.readUInt16BE(2)}`;
  return { outgoing, protocol, from, to, data: segment.subarray(transportBytes) };
}

function address(ip, at) {
  return [...ip.subarray(at, at + 4)].join(".");
}
