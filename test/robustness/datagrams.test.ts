/**
 * A million random and mutated datagrams into a directory and into a peer: no exception, no entry that no valid update
 * made, no state without bounds, and afterwards both still do their work.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import type { ArqOptions } from "../../src/core/arq/options.ts";
import { Directory } from "../../src/core/directory/directory.ts";
import { type DirectoryOptions, defaultDirectoryOptions } from "../../src/core/directory/options.ts";
import { MemoryFileStore } from "../../src/core/peer/memory-store.ts";
import { defaultPeerOptions } from "../../src/core/peer/options.ts";
import { Peer } from "../../src/core/peer/peer.ts";
import { reportWire } from "../../src/core/wire/report.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../src/trace/events.ts";
import { arqOptions } from "../support/two-hosts.ts";
import { World } from "../support/world.ts";
import { Dice, Rubbish } from "./rubbish.ts";

const DATAGRAMS = 1_000_000;
const SENDERS = 600;
const BATCH = 1000;
const MEBIBYTE = 1 << 20;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Small bounds, so that they are reached again and again. */
const arq: ArqOptions = arqOptions({
  arq: {
    maxRemotes: 200,
    maxReassembliesPerSender: 2,
    maxReassemblyBytes: 64 * 1024,
    maxMessageBytes: 8 * 1024,
    maxQueuedMessages: 4,
  },
});
const directoryOptions: DirectoryOptions = { ...defaultDirectoryOptions, arq, maxEntries: 300, maxFilesPerEntry: 20 };

const RAW = { kind: "other", type: "RAW", seq: 0, total: 0, attempt: 1, retransmissionOf: 0 } as const;

/** What the trace says of a host, counted; notes of entries are checked as they come. */
class Watch implements TraceSink {
  rejects = 0;
  readonly states = new Map<string, number>();
  onAdded: (entry: string) => void = () => {};
  private readonly node: string;

  constructor(node: string) {
    this.node = node;
  }

  onEvent(event: TraceEvent): void {
    if (event.code !== EventCode.reject && event.code !== EventCode.state) return;
    if (event.node !== this.node) return;
    if (event.code === EventCode.reject) {
      this.rejects++;
      return;
    }
    const { note } = event;
    const word = note.slice(0, note.indexOf(" "));
    this.states.set(word, (this.states.get(word) ?? 0) + 1);
    if (word === "added") this.onAdded(note.split(" ")[1] as string);
  }
}

/** A directory and a peer (of another directory), and everybody who sends them rubbish. */
class Siege {
  readonly directoryWatch = new Watch("directory");
  readonly peerWatch = new Watch("peer");
  readonly world = new World({ quiet: true, sinks: [this.directoryWatch, this.peerWatch] });
  readonly home = this.world.probe("home");
  readonly lookups: string[] = [];
  directory!: Directory;
  peer!: Peer;
  readonly directoryHost = this.world.host("directory", (transport) => {
    this.directory = new Directory(transport, directoryOptions);
    return this.directory;
  });
  readonly peerHost = this.world.host("peer", (transport) => {
    const http = { ip: transport.self.host, port: 80 };
    const options = { ...defaultPeerOptions, arq, directory: this.home.host.self, http };
    this.peer = new Peer(transport, options, new MemoryFileStore());
    return this.peer;
  });
  readonly strangers = Array.from({ length: SENDERS }, (_, i) => this.world.probe(`S${i}`));
  /** Heap in use after a tenth of it, and at its end. */
  heapBytes = { early: 0, late: 0 };

  /** Each datagram goes to both; to the peer, half of them come from its own directory's address. */
  run(see: (datagram: Uint8Array) => void): void {
    const { strangers, home } = this;
    const rubbish = new Rubbish(2015);
    const dice = new Dice(1);
    this.askAgain();
    for (let sent = 0; sent < DATAGRAMS; sent += BATCH) {
      for (let i = 0; i < BATCH; i++) {
        const datagram = rubbish.next();
        see(datagram);
        const stranger = dice.pick(strangers);
        const info = { ...RAW, message: sent + i };
        stranger.transport.send(this.directoryHost.self, datagram, info);
        (dice.roll(2) === 0 ? stranger : home).transport.send(this.peerHost.self, datagram, info);
      }
      for (const probe of [home, ...strangers]) probe.arrivals.length = 0;
      this.pass(20);
      if (sent === DATAGRAMS / 10) this.heapBytes.early = heapBytes();
    }
    this.heapBytes.late = heapBytes();
  }

  pass(ms: number): void {
    this.world.runTo(this.world.network.nowMs + ms);
  }

  /** A look-up waits for an answer all the time. */
  private askAgain(): void {
    this.peer.lookup("new.txt", ({ status }) => {
      this.lookups.push(status);
      this.world.network.at(this.world.network.nowMs + 1, () => this.askAgain());
    });
  }
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe("a million datagrams of rubbish", () => {
  const siege = new Siege();
  // What the beginnings of all updates said, as far as this test reads them: `IP PORT` of those that say it whole, and
  // the shorter beginnings. Every entry must come from one of them.
  const announced = new Set<string>();
  const beginnings = new Set<string>();
  const unannounced: string[] = [];

  beforeAll(() => {
    const latin1 = new TextDecoder("latin1");
    siege.directoryWatch.onAdded = (entry) => {
      if (announced.has(entry)) return;
      const text = textOf(entry);
      for (const beginning of beginnings) if (text.startsWith(beginning)) return;
      unannounced.push(entry);
    };
    siege.run((datagram) => {
      if (datagram[0] !== 0x31 || datagram[1] !== 0x20) return;
      const first = /^1 (.*) 1 [1-9]\d*$/s.exec(latin1.decode(datagram))?.[1];
      if (first === undefined) return;
      const whole = /^(\S+) (\d+) /.exec(first);
      if (whole) announced.add(entryOf(whole[1] as string, whole[2] as string));
      else if (first.length < 60) beginnings.add(first);
    });
  }, 120_000);

  test("make no entry in the directory that no update announced, and no more than may be", () => {
    expect(unannounced).toEqual([]);
    const entries = siege.directory.entries();
    expect(entries.length).toBe(300);
    for (const { ip, httpPort, files } of entries) {
      expect(ip).toMatch(/^[0-9a-f.:]+$/i);
      expect(httpPort >= 1 && httpPort <= 65535 && files.length <= 20).toBe(true);
    }
  });

  test("are refused where they mean nothing; the bounds are reached, and the trace says so", () => {
    for (const { rejects } of [siege.directoryWatch, siege.peerWatch]) expect(rejects).toBeGreaterThan(DATAGRAMS / 5);
    for (const word of ["added", "evicted", "incomplete", "receiver"]) {
      expect(siege.directoryWatch.states.get(word), word).toBeGreaterThan(1000);
    }
    expect(siege.peerWatch.states.get("incomplete")).toBeGreaterThan(1000);
  });

  test("leave no memory behind", () => {
    const { early, late } = siege.heapBytes;
    expect(late - early).toBeLessThan(16 * MEBIBYTE);
  });

  test("give every look-up of the peer an outcome, of whatever kind", () => {
    expect(siege.lookups.length).toBeGreaterThan(300);
    expect(new Set(siege.lookups)).toEqual(new Set(["found", "error", "failed"]));
  });

  test("once they stop, both do their work again", () => {
    // The answers that nobody acknowledged have been given up by then.
    siege.pass(600_000);
    const client = siege.world.probe("client");
    const say = (text: string, message: number): number =>
      client.transport.send(siege.directoryHost.self, new TextEncoder().encode(text), { ...RAW, message });
    say("1 10.1.2.3 80 proof.txt  1 1", 1);
    say("2 proof.txt 1 1", 2);
    siege.home.arrivals.length = 0;
    siege.pass(7020);
    expect(client.texts.slice(0, 3)).toEqual(["1 10.1.2.3 80 proof.txt  2 1", "2 proof.txt 2 1", "5 10.1.2.3 80  1 1"]);
    expect(siege.home.texts).toContain(`1 ${siege.peerHost.self.host} 80  1 1`);
  });
});

describe("every truncated packet", () => {
  const texts = [
    "1 10.0.0.2 80  1 1",
    "2 new.txt 1 1",
    "3 10.0.0.2 80  1 1",
    "4  1 1",
    "5 10.0.0.3 80  1 1",
    "6  1 1",
    "7 404 x 1 1",
    "8 x 1 12",
  ];

  test.each(texts)("of %j is refused with a reason, or is the packet that the grammar makes of it", (text) => {
    const bytes = new TextEncoder().encode(text);
    for (let length = 0; length < bytes.length; length++) {
      const prefix = text.slice(0, length);
      const decoded = reportWire.decode(bytes.subarray(0, length));
      const isPacket = /^[1-8] (.* )?[1-9]\d* [1-9]\d*$/s.test(prefix) && / .* .* /.test(prefix);
      expect(decoded.ok, JSON.stringify(prefix)).toBe(isPacket);
      if (!decoded.ok) {
        expect(decoded.reason).toMatch(/^[a-z-]+$/);
        expect(decoded.offsetBytes).toBeGreaterThanOrEqual(0);
        expect(decoded.offsetBytes).toBeLessThanOrEqual(length);
      }
    }
  });
});

function entryOf(ip: string, port: string): string {
  const canonical = ip.includes(":") ? `[${ip}]` : ip;
  return `${canonical}:${Number(port)}`;
}

/** How an update begins that makes this entry. */
function textOf(entry: string): string {
  const at = entry.lastIndexOf(":");
  return `${entry.slice(0, at).replaceAll(/[[\]]/g, "")} ${entry.slice(at + 1)} `;
}
