/**
 * Some of the peers of the soak: each a host with a socket of its own. They come within one update period, and now and then
 * one leaves properly and comes back later. Tells its parent how each stands: `{ port, state, atMs }`. `joining` and `leaving`: it has
 * begun to; `in`: its first update was acknowledged; `out`: its exit was.
 */

import { defaultArqOptions } from "../../dist/core/arq/options.js";
import { MemoryFileStore } from "../../dist/core/peer/memory-store.js";
import { defaultPeerOptions, keepAliveRto } from "../../dist/core/peer/options.js";
import { Peer } from "../../dist/core/peer/peer.js";
import { endpoint } from "../../dist/core/transport.js";
import { Recorder } from "../../dist/trace/recorder.js";
import { NodeHost } from "../../dist/transport/node-host.js";
import { faultsOf, nowMs, wireOf } from "./common.mjs";

const { loss, wire, seed, directoryPort, firstPort, count, leaveEveryMs } = JSON.parse(process.argv[2]);
const rto = keepAliveRto(defaultArqOptions.rto, defaultPeerOptions.updatePeriodMs);
const arq = { ...defaultArqOptions, rto, wire: wireOf(wire) };
const BACK_AFTER_MS = 5000;

const tell = (port, state) => process.send({ port, state, atMs: nowMs() });

/** A peer that does not join when its host starts. */
class LatePeer {
  constructor(transport, options) {
    this.peer = new Peer(transport, options, new MemoryFileStore());
  }
  start() {}
  stop() {
    this.peer.stop();
  }
  onDatagram(from, datagram) {
    this.peer.onDatagram(from, datagram);
  }
}

const names = Array.from({ length: count }, (_, i) => `peer-${firstPort + i}`);
/** Hears of the first acknowledged update of each peer since it joined. */
const waiting = new Set();
const acknowledgements = {
  onEvent({ event, node, type, note }) {
    if (event !== "state" || type !== "UPDATE" || !note.startsWith("delivered") || !waiting.delete(node)) return;
    tell(Number(node.slice("peer-".length)), "in");
  },
};
const recorder = new Recorder([acknowledgements]);
const faults = faultsOf(loss, seed);

const peers = [];
for (const [i, name] of names.entries()) {
  const port = firstPort + i;
  const host = await NodeHost.open({
    name,
    bind: { host: "127.0.0.1", port: 0 },
    recorder,
    faults,
    boot: (transport) => {
      const options = { ...defaultPeerOptions, arq, wire, directory: endpoint("127.0.0.1", directoryPort) };
      // It joins later, below: all at once would be a flood.
      return new LatePeer(transport, { ...options, http: { ip: "127.0.0.1", port } });
    },
  });
  peers.push({ port, name, host, peer: host.participant.peer, joined: false });
}

function join(one) {
  tell(one.port, "joining");
  waiting.add(one.name);
  one.joined = true;
  one.peer.start();
}

process.send({ ready: true });
const timers = new Set();
const later = (ms, what) => {
  const timer = setTimeout(() => {
    timers.delete(timer);
    what();
  }, ms);
  timers.add(timer);
};
for (const [i, one] of peers.entries()) later((i / count) * defaultPeerOptions.updatePeriodMs, () => join(one));

let next = 0;
const leaving = setInterval(() => {
  // Each in turn: a prime step spreads them.
  next = (next + 7) % peers.length;
  const one = peers[next];
  if (!one.joined || waiting.has(one.name)) return;
  one.joined = false;
  tell(one.port, "leaving");
  one.peer.exit((outcome) => {
    tell(one.port, outcome.status === "left" ? "out" : "exit unheard");
    later(BACK_AFTER_MS, () => join(one));
  });
}, leaveEveryMs);

process.on("disconnect", async () => {
  clearInterval(leaving);
  for (const timer of timers) clearTimeout(timer);
  // No goodbyes: the soak is over.
  process.exit(0);
});
