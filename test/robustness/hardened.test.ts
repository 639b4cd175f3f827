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
import { encodeListingPage, encodeResultPage } from "../../src/core/wire/hardened/answers.ts";
import { WIRE_ERRORS } from "../../src/core/wire/hardened/errors.ts";
import {
  COOKIE_AT,
  cookieOf,
  decodeHardened,
  encodeChallenge,
  encodeErrorTo,
  encodeHardenedAck,
  HardenedKind,
  type HardenedPacket,
  hardenedWire,
} from "../../src/core/wire/hardened/packets.ts";
import {
  encodeHardenedExit,
  encodeHardenedLookup,
  encodeHardenedUpdate,
  encodeHardenedView,
} from "../../src/core/wire/hardened/requests.ts";
import { type MessageId, MessageType } from "../../src/core/wire/packet.ts";
import { ZERO } from "../../src/core/wire/uint64.ts";
import { FakeNetwork } from "../core/support/fake-network.ts";
import { dataPacket } from "../core/support/hardened-client.ts";
import { arqOptions } from "../support/two-hosts.ts";
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

const HASH = new Uint8Array(32).fill(7);
const NAMES = ["new.txt", "my file.txt", "ünïcode", "a"];

/** Valid packets and what becomes of them: the same stream for the same seed. */
class HardenedRubbish {
  private readonly dice = new Dice(2026);
  private serial = 1;
  private readonly answers = [
    [
      MessageType.RESULT,
      encodeResultPage({
        cursor: ZERO,
        sources: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, description: { sizeBytes: 1, sha256: HASH } }],
      }),
    ],
    [
      MessageType.LISTING,
      encodeListingPage({
        cursor: ZERO,
        entries: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, files: NAMES, lastUpdateMs: 1 }],
      }),
    ],
  ] as const;

  /** `cookie`: one that is good for the source; `replyTo`: the ID of a question that is open. */
  next(cookie: Uint8Array | undefined, replyTo: MessageId | undefined): Uint8Array {
    const { dice } = this;
    const kind = dice.roll(10);
    if (kind === 0) return Uint8Array.from({ length: dice.roll(80) }, () => dice.roll(256));
    const packet = this.valid(cookie, replyTo);
    return kind < 5 ? packet : this.mutated(packet);
  }

  private valid(cookie: Uint8Array | undefined, open: MessageId | undefined): Uint8Array {
    const { dice } = this;
    const messageId = { high: dice.roll(4), low: 1 + dice.roll(5000) };
    const several = dice.roll(4) === 0 ? 2 + dice.roll(3) : 1;
    const place = { total: several, seq: 1 + dice.roll(several) };
    const parts = { messageId, cookie: dice.roll(3) > 0 ? (cookie ?? null) : null, ...place };
    switch (dice.roll(8)) {
      case 0:
        return dataPacket(MessageType.LOOKUP, encodeHardenedLookup({ cursor: ZERO, file: dice.pick(NAMES) }), parts);
      case 1:
        return dataPacket(MessageType.VIEW, encodeHardenedView({ high: dice.roll(3), low: dice.roll(3) }), parts);
      case 2:
        return dataPacket(MessageType.EXIT, encodeHardenedExit({ serial: this.serial, httpPort: 80 }), parts);
      case 3: {
        const [type, payload] = dice.pick(this.answers);
        return dataPacket(type, payload, { ...parts, replyTo: open ?? messageId });
      }
      case 4:
        return this.answerTo(
          dataPacket(MessageType.LOOKUP, new Uint8Array(10), { ...parts, messageId: open ?? messageId }),
        );
      default: {
        const files = NAMES.slice(dice.roll(4)).map((name) => ({ name, sizeBytes: dice.roll(1000), sha256: HASH }));
        return dataPacket(MessageType.UPDATE, encodeHardenedUpdate(this.serial++, 1 + dice.roll(3), files), parts);
      }
    }
  }

  private answerTo(datagram: Uint8Array): Uint8Array {
    const packet = decodeHardened(datagram) as HardenedPacket;
    switch (this.dice.roll(3)) {
      case 0:
        return encodeHardenedAck(packet, this.dice.roll(2) * 5000).slice();
      case 1:
        return encodeChallenge(packet, HASH.subarray(0, 16)).slice();
      default:
        return encodeErrorTo(datagram, this.dice.pick(WIRE_ERRORS))!.slice();
    }
  }

  private mutated(packet: Uint8Array): Uint8Array {
    const { dice } = this;
    switch (dice.roll(5)) {
      case 0:
        return packet.slice(0, dice.roll(packet.length + 1));
      case 1:
        return packet.slice(dice.roll(packet.length));
      case 2:
        return new Uint8Array([...packet, ...Array.from({ length: dice.roll(60) }, () => dice.roll(256))]);
      default: {
        // Not in the cookie, mostly: behind it nothing would be tried out.
        const changed = packet.slice();
        for (let n = 1 + dice.roll(3); n > 0; n--) {
          let at = dice.roll(changed.length);
          if (at >= COOKIE_AT && at < COOKIE_AT + 16 && dice.roll(10) > 0) at = dice.roll(COOKIE_AT);
          changed[at] = dice.roll(2) === 0 ? dice.roll(256) : dice.pick([0, 1, 2, 127, 128, 255]);
        }
        return changed;
      }
    }
  }
}

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
