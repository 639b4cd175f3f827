/**
 * A million datagrams of rubbish per wire into a directory behind a live UDP socket. Nothing breaks, memory stays bounded,
 * nobody who has not shown a cookie gets more bytes than it sent, and an honest peer is served when it is over. The kernel may
 * drop some of them on their way, as it does when a socket's buffer is full.
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { type ArqOptions, defaultArqOptions } from "../../src/core/arq/options.ts";
import { Directory } from "../../src/core/directory/directory.ts";
import { defaultDirectoryOptions } from "../../src/core/directory/options.ts";
import { MemoryFileStore } from "../../src/core/peer/memory-store.ts";
import { defaultPeerOptions } from "../../src/core/peer/options.ts";
import type { ViewOutcome } from "../../src/core/peer/outcomes.ts";
import { Peer } from "../../src/core/peer/peer.ts";
import { hardenedWire } from "../../src/core/wire/hardened/packets.ts";
import type { WireFormat } from "../../src/core/wire/packet.ts";
import { reportWire } from "../../src/core/wire/report.ts";
import type { TraceEvent, TraceSink } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { NodeHost } from "../../src/transport/node-host.ts";
import { HardenedRubbish } from "./hardened-rubbish.ts";
import { Rubbish } from "./rubbish.ts";

const DATAGRAMS = 1_000_000;
/** Sent before the other side has its turn. */
const BURST = 24;
const MEBIBYTE = 1 << 20;
const NO_BUDGET = { datagramsPerSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY };

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes in and out of the directory. */
class Bytes implements TraceSink {
  in = 0;
  out = 0;
  received = 0;

  onEvent({ event, bytes }: TraceEvent): void {
    if (event === "send") this.out += bytes;
    if (event === "deliver") {
      this.in += bytes;
      this.received++;
    }
  }
}

const WIRES: [string, WireFormat, () => { next(): Uint8Array }][] = [
  ["report", reportWire, () => new Rubbish(2015)],
  [
    "hardened",
    hardenedWire,
    () => {
      const rubbish = new HardenedRubbish();
      return { next: () => rubbish.next(undefined, undefined) };
    },
  ],
];

test.each(WIRES)("a million on the %s wire", { timeout: 240_000 }, async (name, wire, makeRubbish) => {
  const arq: ArqOptions = { ...defaultArqOptions, wire, maxRemotes: 100, maxReassemblyBytes: MEBIBYTE };
  const bytes = new Bytes();
  const options = { ...defaultDirectoryOptions, arq, maxEntries: 1000, maxAnswerBytes: MEBIBYTE };
  const directory = await NodeHost.open({
    name: "directory",
    bind: { host: "127.0.0.1", port: 0 },
    recorder: new Recorder([bytes]),
    budget: NO_BUDGET,
    boot: (transport) => new Directory(transport, { ...options, wire: name as "report" | "hardened" }),
  });
  const attacker = createSocket({ type: "udp4", recvBufferSize: MEBIBYTE });
  attacker.connect(directory.self.port, "127.0.0.1");
  await once(attacker, "connect");
  const rubbish = makeRubbish();

  let before = 0;
  for (let sent = 0; sent < DATAGRAMS && !directory.isClosed; ) {
    for (let i = 0; i < BURST; i++, sent++) attacker.send(rubbish.next());
    await turn();
    // Tables are full and code is compiled by then.
    if (sent === DATAGRAMS / 10) before = usedBytes();
  }
  while (bytes.received < DATAGRAMS / 2 && !directory.isClosed) await turn();
  // What a participant throws closes its host.
  expect(directory.isClosed).toBe(false);
  expect(usedBytes() - before).toBeLessThan(32 * MEBIBYTE);
  if (name === "hardened") expect(bytes.out).toBeLessThanOrEqual(bytes.in);
  attacker.close();

  const honest = await NodeHost.open({
    name: "honest",
    bind: { host: "127.0.0.1", port: 0 },
    recorder: new Recorder(),
    boot: (transport) =>
      new Peer(
        transport,
        { ...defaultPeerOptions, arq, directory: directory.self, http: { ip: "127.0.0.1", port: 8080 } },
        new MemoryFileStore(),
      ),
  });
  const outcome = await new Promise<ViewOutcome>((resolve) => (honest.participant as Peer).view(resolve));
  expect(outcome.status === "failed" ? outcome.reason : outcome.status).not.toMatch(/given-up|no-answer/);
  await honest.close();
  await directory.close();
});
