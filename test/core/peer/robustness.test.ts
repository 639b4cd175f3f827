/**
 * Rubbish from outside: 100,000 random and mutated datagrams each into the directory and a peer. No exception, no entry
 * that a valid update did not make, bounded state.
 */

import { expect, test } from "vitest";
import { endpoint } from "../../../src/core/transport.ts";
import { MessageType } from "../../../src/core/wire/packet.ts";
import { decodeUpdate } from "../../../src/core/wire/payloads.ts";
import { reportWire } from "../../../src/core/wire/report.ts";
import { arqOptions, FileSharing } from "../support/file-sharing.ts";

const TIMEOUT_MS = 60_000;
const DATAGRAMS = 100_000;
const SENDERS = Array.from({ length: 50 }, (_, i) => endpoint(`10.1.0.${i + 1}`, 8888));
const SEEDS = [
  "1 10.0.0.2 80  1 1",
  "1 10.0.0.3 80 new.txt f1.txt  1 1",
  "1 10.0.0.4 8080 my%20file.txt  1 2",
  "2 new.txt 1 1",
  "2 nothing 1 1",
  "3 10.0.0.2 80  1 1",
  "4  1 1",
  "5 10.0.0.2 80 10.0.0.3 80  1 1",
  "6 10.0.0.2 80 a 1425512907.613081\n10.0.0.3 80 1.000000\n 1 1",
  "7 404 file not found 1 1",
  "8 xyz 1 1",
  "2 new.txt 2 1",
  "4  2 1",
].map((text) => new TextEncoder().encode(text));

/** A small linear congruential generator (Numerical Recipes): the test needs variety, not quality. */
function randomness(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Random bytes, a valid packet, or one that was cut, stretched, spliced or changed in a few places. */
function datagram(random: (below: number) => number): Uint8Array {
  if (random(8) === 0) return Uint8Array.from({ length: random(64) }, () => random(256));
  let bytes = SEEDS[random(SEEDS.length)]!.slice();
  for (let changes = random(4); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const kind = random(4);
    if (kind === 0 && at < bytes.length) bytes[at] = random(256);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else if (kind === 2) bytes = Uint8Array.from([...bytes.slice(0, at), 48 + random(10), ...bytes.slice(at)]);
    else bytes = Uint8Array.from([...bytes.slice(0, at), ...SEEDS[random(SEEDS.length)]!.slice(random(12))]);
  }
  return bytes;
}

test(
  "the directory survives, and lists only what valid updates named",
  () => {
    const sharing = new FileSharing({ arq: { ...arqOptions, maxRemotes: 64 }, maxEntries: 100 });
    const { network, directory, directoryHost } = sharing;
    const random = randomness(1);
    const named = new Set<string>();
    const unnamed: string[] = [];
    let mostEntries = 0;
    for (let i = 0; i < DATAGRAMS; i++) {
      const bytes = datagram(random);
      const packet = reportWire.decode(bytes);
      if (packet.ok && packet.type === MessageType.UPDATE) {
        const update = decodeUpdate(bytes.subarray(packet.fragmentStart, packet.fragmentEnd));
        if (update.ok) named.add(`${update.value.ip}:${update.value.httpPort}`);
      }
      directory.onDatagram(SENDERS[random(SENDERS.length)]!, bytes);
      if (i % 100 === 0) {
        network.run(network.nowMs + 50);
        network.sent.length = 0;
        directoryHost.notes.length = 0;
        const keys = directory.entries().map(({ ip, httpPort }) => `${ip}:${httpPort}`);
        mostEntries = Math.max(mostEntries, keys.length);
        // An update of two packets could name what neither of them does alone; with this seed none comes together so.
        unnamed.push(...keys.filter((key) => !named.has(key)));
      }
    }
    expect(unnamed).toEqual([]);
    expect(named.size).toBeGreaterThan(100);
    expect(mostEntries).toBe(100);
    network.run(network.nowMs + 3 * 7020 + 1000);
    expect(directory.entries()).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a peer survives, takes no files and no shares from it, and still works",
  () => {
    const sharing = new FileSharing();
    const { network, directoryHost } = sharing;
    const { host, peer } = sharing.joined(2, { a: 1 });
    const random = randomness(2);
    const outcomes: string[] = [];
    network.run(10);
    for (let i = 0; i < DATAGRAMS; i++) {
      const from = random(2) === 0 ? directoryHost.self : SENDERS[random(SENDERS.length)]!;
      if (i % 10 === 0) peer.lookup("a", ({ status }) => outcomes.push(status));
      if (i % 10 === 5) peer.view(({ status }) => outcomes.push(status));
      peer.onDatagram(from, datagram(random));
      if (i % 100 === 0) {
        network.run(network.nowMs + 50);
        network.sent.length = 0;
        host.notes.length = 0;
        directoryHost.notes.length = 0;
      }
    }
    network.run(network.nowMs + 100_000);
    expect(outcomes).toHaveLength(DATAGRAMS / 5);
    expect(peer.list()).toBe("1 10.0.0.2 80 a");
    peer.lookup("a", ({ status }) => outcomes.push(status));
    network.run(network.nowMs + 10);
    expect(outcomes.at(-1)).toBe("found");
  },
  TIMEOUT_MS,
);
