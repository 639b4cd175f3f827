/**
 * The subject: peerlab's directory on a real socket, in a process of its own, as `peerlab directory` runs it but for one
 * option: requests that equal the last one are not taken for duplicates of it, since the load generator repeats within a
 * millisecond what a peer repeats after seven seconds. With a first argument it registers so many peers, with five files
 * each, before it says its port. Answers each message of its parent with what it has used so far.
 */

import {
  Directory,
  defaultArqOptions,
  defaultDirectoryOptions,
  NodeHost,
  Recorder,
  reportWire,
} from "../../dist/index.js";
import { usedBytes } from "../measure.mjs";

const FILES_PER_PEER = 5;
const peers = Number(process.argv[2] ?? 0);

const arq = { ...defaultArqOptions, wire: reportWire, duplicateWindowMs: 0, maxRemotes: 200_000 };
const options = { ...defaultDirectoryOptions, arq, updatePeriodMs: 3_600_000, maxEntries: 200_000 };
const host = await NodeHost.open({
  name: "directory",
  bind: { host: "127.0.0.1", port: 0 },
  recorder: new Recorder(),
  // All clients have one address here.
  budget: { datagramsPerSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY },
  boot: (transport) => new Directory(transport, options),
});
const bytesBefore = usedBytes();
register(peers);
process.send({ port: host.self.port, entryBytes: peers === 0 ? 0 : (usedBytes() - bytesBefore) / peers });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());

/** Registers peers as their datagrams would, each from an address of its own: loopback ones, where the ACKs find nobody. */
function register(count) {
  const encoder = new TextEncoder();
  for (let i = 0; i < count; i++) {
    const address = `127.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
    const files = Array.from({ length: FILES_PER_PEER }, (_, n) => `peer${i}-file${n}.bin`).join(" ");
    const from = { host: address, port: 8888, key: `${address}:8888` };
    host.participant.onDatagram(from, encoder.encode(`1 ${address} 80 ${files}  1 1`));
  }
}
