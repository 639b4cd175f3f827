/**
 * A million datagrams of rubbish on the hardened wire: mutated packets, with and without good cookies, sealed and not,
 * from hundreds of sources into a directory and a peer. No exception; nothing is kept for whoever has shown no cookie, and it
 * gets no byte more than it sent; every bound holds; both work on when it stops.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import { Directory } from "../../src/core/directory/directory.ts";
import { defaultDirectoryOptions } from "../../src/core/directory/options.ts";
import { MemoryFileStore } from "../../src/core/peer/memory-store.ts";
import { defaultPeerOptions } from "../../src/core/peer/options.ts";
import { Peer } from "../../src/core/peer/peer.ts";
import { type Endpoint, endpoint } from "../../src/core/transport.ts";
import { cookieOf, decodeHardened, HardenedKind, hardenedWire } from "../../src/core/wire/hardened/packets.ts";
import { type MessageId, MessageType } from "../../src/core/wire/packet.ts";
import { FakeNetwork } from "../core/support/fake-network.ts";
import { dataPacket } from "../core/support/hardened-client.ts";
import { arqOptions } from "../support/two-hosts.ts";
import { HardenedRubbish } from "./hardened-rubbish.ts";
import { Dice } from "./rubbish.ts";

const DATAGRAMS = 1_000_000;
const SOURCES = 400;
const BATCH = 1000;
const MEBIBYTE = 1 << 20;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Small bounds, so that they are reached again and again. */
const arq = arqOptions({
  arq: {
    wire: hardenedWire,
    maxRemotes: 60,
    maxReassembliesPerSender: 2,
    maxReassemblyBytes: 32 * 1024,
    maxMessageBytes: 4 * 1024,
    maxRememberedPerSender: 16,
    maxRememberedMessages: 75,
    exchangeLifetimeMs: 20_000,
  },
});

class Siege {
  readonly network = new FakeNetwork();
  readonly directoryHost = this.network.host("10.0.0.1", 7777);
  readonly directory = new Directory(this.directoryHost, {
    ...defaultDirectoryOptions,
    arq,
    wire: "auto",
    maxEntries: 60,
    maxAnswerBytes: 64 * 1024,
  });
  readonly home = this.network.host("10.0.0.9", 7777);
  readonly peerHost = this.network.host("10.0.0.2", 8888, 80);
  readonly peer = new Peer(
    this.peerHost,
    { ...defaultPeerOptions, arq, directory: this.home.self, http: { ip: "10.0.0.2", port: 80 } },
    new MemoryFileStore(),
  );
  readonly sources: Endpoint[] = Array.from({ length: SOURCES }, (_, i) => endpoint(`10.1.${i >> 8}.${i & 255}`, 8888));
  readonly cookies = new Map<string, Uint8Array>();
  /** The message ID of the latest question that the peer has sent home. */
  private openQuestion: MessageId | undefined = undefined;
  /** Bytes from the directory to sources that have no cookie, beyond those that they sent just before. */
  excessBytes = 0;
  heldForUnproven = 0;
  mostHeld = { senders: 0, messages: 0, underWay: 0 };
  mostEntries = 0;
  readonly lookups = new Map<string, number>();
  heap = { early: 0, late: 0 };

  constructor() {
    this.directoryHost.participant = this.directory;
    this.peerHost.participant = this.peer;
    this.home.participant = {
      start() {},
      stop() {},
      onDatagram: (_from, datagram) => {
        const packet = decodeHardened(datagram);
        if (packet.ok && packet.type === MessageType.LOOKUP) this.openQuestion = packet.messageId;
      },
    };
    this.directory.start();
    this.peer.start();
  }

  run(): void {
    const rubbish = new HardenedRubbish();
    const dice = new Dice(1);
    // Half of the sources can hear what goes to their addresses; the others are spoofed.
    const proven = this.sources.slice(0, SOURCES / 2);
    this.ask();
    for (let sent = 0; sent < DATAGRAMS; sent += BATCH) {
      if (sent % (10 * BATCH) === 0) for (const one of proven) this.getCookie(one);
      for (let i = 0; i < BATCH; i++) {
        const from = dice.pick(this.sources);
        const cookie = this.cookies.get(from.key);
        const datagram = rubbish.next(cookie, this.openQuestion);
        this.toDirectory(from, datagram, cookie === undefined);
        this.peer.onDatagram(dice.roll(2) === 0 ? from : this.home.self, datagram);
      }
      this.mostEntries = Math.max(this.mostEntries, this.directory.entries().length);
      this.pass(100);
      if (sent === DATAGRAMS / 10) this.heap.early = heapBytes();
    }
    this.heap.late = heapBytes();
  }

  pass(ms: number): void {
    this.network.run(this.network.nowMs + ms);
    this.network.sent.length = 0;
    for (const host of [this.directoryHost, this.peerHost]) host.notes.length = 0;
  }

  private toDirectory(from: Endpoint, datagram: Uint8Array, isUnproven: boolean): void {
    const { sent } = this.network;
    const before = sent.length;
    const { senders } = this.directory.held;
    this.directory.onDatagram(from, datagram);
    const { held } = this.directory;
    if (isUnproven) {
      let bytes = 0;
      for (let i = before; i < sent.length; i++) if (sent[i]!.to.key === from.key) bytes += sent[i]!.bytes;
      if (bytes > datagram.length) this.excessBytes += bytes - datagram.length;
      if (held.senders > senders) this.heldForUnproven++;
    }
    for (const key of ["senders", "messages", "underWay"] as const) {
      this.mostHeld[key] = Math.max(this.mostHeld[key], held[key]);
    }
  }

  /** Asks without a cookie, and reads the one in the challenge. */
  private getCookie(from: Endpoint): void {
    const { sent } = this.network;
    const before = sent.length;
    this.directory.onDatagram(
      from,
      dataPacket(MessageType.VIEW, new Uint8Array(8), { messageId: { high: 9, low: 9 }, cookie: null }),
    );
    const challenge = sent[before] && decodeHardened(sent[before].datagram);
    if (challenge?.ok && challenge.kind === HardenedKind.CHALLENGE)
      this.cookies.set(from.key, cookieOf(challenge).slice());
  }

  /** A look-up waits for an answer all the time. */
  private ask(): void {
    this.peer.lookup("new.txt", ({ status }) => {
      this.lookups.set(status, (this.lookups.get(status) ?? 0) + 1);
      this.network.at(this.network.nowMs + 1, () => this.ask());
    });
  }
}

describe("a million datagrams of rubbish on the hardened wire", () => {
  const siege = new Siege();

  beforeAll(() => siege.run(), 240_000);

  test("whoever has shown no cookie gets nothing kept, and no more bytes than it sent", () => {
    expect(siege.heldForUnproven).toBe(0);
    expect(siege.excessBytes).toBe(0);
  });

  test("make entries at proven addresses alone, and no more than may be", () => {
    const proven = new Set(siege.sources.slice(0, SOURCES / 2).map(({ host }) => host));
    const entries = siege.directory.entries().filter(({ isProven }) => isProven);
    expect(entries.length).toBeGreaterThan(10);
    for (const { ip, endpoint } of entries) expect([ip, proven.has(ip)]).toEqual([endpoint.host, true]);
    expect(siege.mostEntries).toBe(60);
  });

  test("reach the bounds, and do not pass them", () => {
    const { senders, messages, underWay } = siege.mostHeld;
    expect(senders).toBe(60);
    expect(messages).toBe(75);
    expect(underWay).toBeGreaterThan(10);
    expect(underWay).toBeLessThanOrEqual(120);
  });

  test("leave no memory behind", () => {
    expect(siege.heap.late - siege.heap.early).toBeLessThan(16 * MEBIBYTE);
  });

  test("give every look-up of the peer an outcome, of whatever kind", () => {
    expect([...siege.lookups.keys()].sort()).toEqual(["error", "failed", "found"]);
  });

  test("once they stop, both do their work again", () => {
    siege.pass(600_000);
    expect(siege.directory.entries()).toEqual([]);
    const newcomer = new Peer(
      siege.home,
      { ...defaultPeerOptions, arq, directory: siege.directoryHost.self, http: { ip: "10.0.0.9", port: 80 } },
      new MemoryFileStore(),
    );
    siege.home.participant = newcomer;
    newcomer.start();
    siege.network.run(siege.network.nowMs + 100);
    expect(siege.directory.entries().map(({ ip }) => ip)).toEqual(["10.0.0.9"]);
  });
});
