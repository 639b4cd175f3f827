/** The directory on the hardened wire (docs/wire.md, "The hardened wire"): who can change what, and at what cost. */

import { describe, expect, test } from "vitest";
import { Directory } from "../../../src/core/directory/directory.ts";
import { MAX_PAGE_ITEMS } from "../../../src/core/directory/hardened-front.ts";
import { defaultDirectoryOptions, updateIntervalMs } from "../../../src/core/directory/options.ts";
import { decodeListingPage, decodeResultPage } from "../../../src/core/wire/hardened/answers.ts";
import { HardenedKind, type HardenedPacket } from "../../../src/core/wire/hardened/packets.ts";
import {
  encodeHardenedExit,
  encodeHardenedLookup,
  encodeHardenedUpdate,
  encodeHardenedView,
} from "../../../src/core/wire/hardened/requests.ts";
import { MessageType } from "../../../src/core/wire/packet.ts";
import { type Uint64, ZERO } from "../../../src/core/wire/uint64.ts";
import { arqOptions, FileSharing, hardenedArqOptions } from "../support/file-sharing.ts";
import { dataPacket, HardenedClient, id, shortly } from "../support/hardened-client.ts";
import { RawClient } from "../support/raw-client.ts";

const { UPDATE, LOOKUP, EXIT, VIEW, RESULT } = MessageType;
const HASH = Uint8Array.from({ length: 32 }, (_, i) => i);
let ids = 1000;

function update(serial: number, names: readonly string[] = [], httpPort = 80): Uint8Array {
  return encodeHardenedUpdate(
    serial,
    httpPort,
    names.map((name) => ({ name, sizeBytes: 5, sha256: HASH })),
  );
}

function hardened(options: Partial<ConstructorParameters<typeof FileSharing>[0]> = {}) {
  const system = new FileSharing({ wire: "hardened", ...options });
  const client = (n: number, port = 8888): HardenedClient => new HardenedClient(system.network, `10.0.0.${n}`, port);
  return { system, client, network: system.network };
}

function say(client: HardenedClient, type: MessageType, payload: Uint8Array): string[] {
  return client.say(type, payload, { messageId: id(++ids) }).map(shortly);
}

function fragmentOf({ datagram, fragmentStart, fragmentEnd }: HardenedPacket): Uint8Array {
  return datagram.subarray(fragmentStart, fragmentEnd);
}

describe("before a source is proven", () => {
  test.each([
    ["an UPDATE", UPDATE, update(1, ["a"])],
    ["an EXIT", EXIT, encodeHardenedExit({ serial: 9, httpPort: 80 })],
    ["a LOOKUP", LOOKUP, encodeHardenedLookup({ cursor: ZERO, file: "a" })],
    ["a VIEW", VIEW, encodeHardenedView(ZERO)],
    ["a message of no request's type", RESULT, new Uint8Array(8)],
  ])("%s changes nothing and is answered with a challenge alone", (_what, type, payload) => {
    const { system, client } = hardened();
    const [member, stranger] = [client(2).getCookie(), client(3)];
    say(member, UPDATE, update(1, ["a"]));
    const before = system.directory.held;
    expect(say(stranger, type, payload)).toEqual(["CHALLENGE"]);
    expect(system.directory.held).toEqual(before);
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("another's cookie is none", () => {
    const { system, client } = hardened();
    const [two, three] = [client(2).getCookie(), client(3)];
    expect(three.say(UPDATE, update(1), { messageId: id(1), cookie: two.cookie! }).map(shortly)).toEqual(["CHALLENGE"]);
    expect(
      client(2, 9999)
        .say(UPDATE, update(1), { messageId: id(1), cookie: two.cookie! })
        .map(shortly),
    ).toEqual(["CHALLENGE"]);
    expect(system.table()).toEqual([]);
  });
});

describe("a spoofed source", () => {
  /** Somebody who can send from the address of 10.0.0.2, and cannot hear what comes back. */
  function attack() {
    const { system, client, network } = hardened();
    const victim = client(2).getCookie();
    say(victim, UPDATE, update(5, ["a"]));
    const spoof = (type: MessageType, payload: Uint8Array, cookie?: Uint8Array): number => {
      const packet = dataPacket(type, payload, { messageId: id(++ids), cookie: cookie ?? null });
      const before = network.sent.length;
      system.directory.onDatagram(victim.host.self, packet);
      network.run(network.nowMs + 1500);
      const out = network.sent.slice(before).filter(({ from }) => from.port === 7777);
      return out.reduce((sum, { bytes }) => sum + bytes, 0) / packet.length;
    };
    return { system, client, spoof };
  }

  test("cannot register, refresh, change or remove an entry, with any cookie but the victim's", () => {
    const { system, client, spoof } = attack();
    const attacker = client(66).getCookie();
    const [entry] = system.directory.entries();
    for (const cookie of [undefined, attacker.cookie]) {
      spoof(UPDATE, update(6, ["trap.exe"]), cookie);
      spoof(UPDATE, update(6, ["a"]), cookie);
      spoof(UPDATE, update(7, ["trap.exe"], 81), cookie);
      spoof(EXIT, encodeHardenedExit({ serial: 8, httpPort: 80 }), cookie);
    }
    expect(system.directory.entries()).toEqual([entry]);
  });

  test("cannot make the directory send more than came, nor send it again", () => {
    const { spoof } = attack();
    for (const [type, payload] of [
      [LOOKUP, encodeHardenedLookup({ cursor: ZERO, file: "a" })],
      [VIEW, encodeHardenedView(ZERO)],
      [VIEW, new Uint8Array(0)],
      [UPDATE, update(9)],
    ] as const) {
      expect(spoof(type, payload)).toBeLessThanOrEqual(1);
    }
  });

  test("what a proven source registers is at that source, whatever it says", () => {
    const { system, client } = attack();
    const attacker = client(66).getCookie();
    say(attacker, UPDATE, update(1, ["b"]));
    expect(system.table()).toEqual(["10.0.0.2:80 a", "10.0.0.66:80 b"]);
    say(attacker, EXIT, encodeHardenedExit({ serial: 99, httpPort: 80 }));
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });
});

describe("updates and exits", () => {
  test("an UPDATE registers size and hash, and its ACK says when the next is wanted", () => {
    const { client } = hardened();
    const two = client(2).getCookie();
    const [ack] = two.say(UPDATE, update(1, ["a", "b"]), { messageId: id(1) });
    expect(ack).toMatchObject({ kind: HardenedKind.ACK, updateIntervalMs: 7020 });
    const [, answer] = two.say(LOOKUP, encodeHardenedLookup({ cursor: ZERO, file: "b" }), { messageId: id(2) });
    expect(answer?.replyTo).toEqual(id(2));
    const source = { ip: "10.0.0.2", httpPort: 80, isProven: true, description: { sizeBytes: 5, sha256: HASH } };
    expect(decodeResultPage(fragmentOf(answer!))).toEqual({ ok: true, value: { cursor: ZERO, sources: [source] } });
  });

  test("an older one that comes late changes nothing, and is acknowledged", () => {
    const { system, client } = hardened();
    const two = client(2).getCookie();
    say(two, UPDATE, update(2, ["new"]));
    expect(say(two, UPDATE, update(1, ["old"]))).toEqual(["ACK 2/1"]);
    expect(say(two, UPDATE, update(2, ["same number"]))).toEqual(["ACK 2/1"]);
    expect(system.table()).toEqual(["10.0.0.2:80 new"]);
    expect(say(two, EXIT, encodeHardenedExit({ serial: 1, httpPort: 80 }))).toEqual(["ACK 2/1"]);
    expect(system.table()).toEqual(["10.0.0.2:80 new"]);
  });

  test("an UPDATE from before the exit does not bring the peer back; a later one does", () => {
    const { system, client } = hardened();
    const two = client(2).getCookie();
    say(two, UPDATE, update(1, ["a"]));
    say(two, EXIT, encodeHardenedExit({ serial: 3, httpPort: 80 }));
    say(two, UPDATE, update(2, ["a"]));
    expect(system.table()).toEqual([]);
    say(two, UPDATE, update(4, ["a"]));
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("the same list again refreshes the entry", () => {
    const { system, client, network } = hardened();
    const two = client(2).getCookie();
    say(two, UPDATE, update(1, ["a"]));
    const [before] = system.directory.entries();
    network.run(5000);
    say(two, UPDATE, update(2, ["a"]));
    const [after] = system.directory.entries();
    expect(after!.lastUpdateMs - before!.lastUpdateMs).toBeGreaterThan(4000);
    network.run(5000 + 22_060 - 1);
    expect(system.table()).toHaveLength(1);
    network.run(5000 + 22_062 + 1);
    expect(system.table()).toEqual([]);
  });

  test.each([
    ["half a serial", UPDATE, new Uint8Array(4)],
    ["port 0", UPDATE, update(1).map((byte, at) => (at >= 8 ? 0 : byte))],
    ["half a file", UPDATE, update(1, ["a"]).subarray(0, 20)],
    ["an EXIT with more", EXIT, update(1, ["a"])],
    ["a LOOKUP without a name", LOOKUP, new Uint8Array(8)],
    ["a VIEW without a cursor", VIEW, new Uint8Array(0)],
    ["no request", RESULT, new Uint8Array(8)],
  ])("%s is answered with 400, again and again", (_what, type, payload) => {
    const { system, client } = hardened();
    const two = client(2).getCookie();
    const parts = { messageId: id(1) };
    expect(two.say(type, payload, parts).map(shortly)).toEqual(["ERROR 400 bad request"]);
    expect(two.say(type, payload, parts).map(shortly)).toEqual(["ERROR 400 bad request"]);
    expect(system.table()).toEqual([]);
  });

  test("a request that says it is an answer is none", () => {
    const { client } = hardened();
    const two = client(2).getCookie();
    const answers = two.say(VIEW, encodeHardenedView(ZERO), { messageId: id(1), replyTo: id(2) });
    expect(answers.map(shortly)).toEqual(["ERROR 400 bad request"]);
  });

  test("another version is answered in words, at the same length or less", () => {
    const { client } = hardened();
    const two = client(2);
    const packet = dataPacket(VIEW, new Uint8Array(0), { messageId: id(1) });
    packet[2] = 2;
    const seen: Uint8Array[] = [];
    two.onDatagram = (_from, datagram) => void seen.push(datagram);
    two.exchange(packet);
    expect(seen.map((answer) => [answer[2], answer[3], answer.length <= packet.length])).toEqual([[2, 4, true]]);
    expect(new TextDecoder().decode(seen[0]!.subarray(23))).toBe("unsupported version");
  });
});

describe("a list of 1,000 peers comes in pages", () => {
  function crowd() {
    const { system, client, network } = hardened();
    for (let n = 0; n < 1000; n++) {
      const one = new HardenedClient(network, `10.1.${n >> 8}.${n & 255}`).getCookie();
      one.say(UPDATE, update(1, ["new.txt"]), { messageId: id(n + 1) });
      system.directoryHost.notes.length = 0;
    }
    return { system, network, asker: client(2).getCookie() };
  }
  const { system, network, asker } = crowd();

  test("every one of them, each once, in the order of registration; no page has more than 100", () => {
    expect(system.table()).toHaveLength(1000);
    const seen: string[] = [];
    let cursor: Uint64 = ZERO;
    let pages = 0;
    do {
      const message = { messageId: id(++ids) };
      asker.say(LOOKUP, encodeHardenedLookup({ cursor, file: "new.txt" }), message);
      network.run(network.nowMs + 100);
      const packets = asker.received.filter(
        ({ kind, type, replyTo }) => kind === 1 && type === RESULT && replyTo.low === message.messageId.low,
      );
      const payload = Uint8Array.from(packets.flatMap((packet) => [...fragmentOf(packet)]));
      const page = decodeResultPage(payload);
      if (!page.ok) throw new Error(page.reason);
      expect(page.value.sources.length).toBeLessThanOrEqual(MAX_PAGE_ITEMS);
      seen.push(...page.value.sources.map(({ ip }) => ip));
      cursor = page.value.cursor;
      pages++;
    } while (cursor.high !== 0 || cursor.low !== 0);
    expect(pages).toBe(10);
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, n) => `10.1.${n >> 8}.${n & 255}`));
  });

  test("a real peer's look-up and view give all of them", () => {
    const { peer } = system.joined(3, {}, { arq: hardenedArqOptions });
    let found = 0;
    let listed = 0;
    peer.lookup("new.txt", (outcome) => (found = outcome.status === "found" ? outcome.sources.length : -1));
    peer.view((outcome) => (listed = outcome.status === "listed" ? outcome.entries.length : -1));
    // The crowd sends no updates any more; its entries have some seconds left.
    network.run(network.nowMs + 3000);
    expect([found, listed]).toEqual([1000, 1001]);
  });

  test("a peer that bounds its pages gets an error, not a part", () => {
    const { peer } = system.joined(4, {}, { arq: hardenedArqOptions, maxAnswerPages: 9 });
    const outcomes: unknown[] = [];
    peer.lookup("new.txt", (outcome) => outcomes.push(outcome));
    network.run(network.nowMs + 2000);
    expect(outcomes).toEqual([{ status: "error", code: 500, text: "answer too long" }]);
  });

  test("a cursor from before a restart is answered with 410", () => {
    const cursor = { high: 0xffff0000, low: 5 };
    expect(say(asker, VIEW, encodeHardenedView(cursor))).toEqual(["ERROR 410 stale cursor"]);
    expect(say(asker, LOOKUP, encodeHardenedLookup({ cursor, file: "a" }))).toEqual(["ERROR 410 stale cursor"]);
  });
});

describe("a peer that asks page by page", () => {
  test("begins anew, once, when the directory restarts between two pages", () => {
    const { system, network } = hardened();
    const restart = (): void => {
      const directory = new Directory(system.directoryHost, { ...defaultDirectoryOptions, arq: hardenedArqOptions });
      system.directoryHost.participant = directory;
    };
    for (let n = 0; n < 150; n++) system.joined(10 + n, { a: 1 }, { arq: hardenedArqOptions });
    network.run(1000);
    const { peer } = system.peer(3, {}, { arq: hardenedArqOptions });
    const outcomes: unknown[] = [];
    peer.lookup("a", (outcome) => outcomes.push(outcome.status === "found" ? outcome.sources.length : outcome));
    const asksForPageTwo = (): boolean => network.sent.some(({ info }) => info.type === "LOOKUP" && info.message === 2);
    while (!asksForPageTwo()) network.run(network.nowMs + 1);
    restart();
    network.run(2000);
    expect(outcomes).toEqual([{ status: "error", code: 404, text: "file not found" }]);
    network.run(9000); // by then all have sent an update
    peer.lookup("a", (outcome) => outcomes.push(outcome.status === "found" ? outcome.sources.length : outcome));
    network.run(12_000);
    expect(outcomes.at(-1)).toBe(150);
  });
});

describe("limits", () => {
  test("a full directory says so, and keeps those it has", () => {
    const { system, client } = hardened({ maxEntries: 2 });
    for (const n of [2, 3]) say(client(n).getCookie(), UPDATE, update(1));
    const four = client(4).getCookie();
    expect(say(four, UPDATE, update(1))).toEqual(["ERROR 507 directory full"]);
    expect(system.table()).toEqual(["10.0.0.2:80", "10.0.0.3:80"]);
    const two = client(2).getCookie();
    expect(say(two, UPDATE, update(2, ["a"]))).toEqual(["ACK 2/1"]); // who is in may change
    expect(say(two, EXIT, encodeHardenedExit({ serial: 3, httpPort: 80 }))).toEqual(["ACK 2/1"]);
    expect(say(four, UPDATE, update(2))).toEqual(["ACK 2/1"]);
  });

  test("what is unproven makes room for what is proven, and not the other way round", () => {
    const { system, client, network } = hardened({ wire: "auto", maxEntries: 2 });
    const old = (n: number): void => {
      new RawClient(network, `10.0.0.${n}`).send(`1 10.0.0.${n} 80  1 1`);
      network.run(network.nowMs + 3);
    };
    old(5);
    old(6);
    say(client(2).getCookie(), UPDATE, update(1));
    expect(system.table()).toEqual(["10.0.0.6:80", "10.0.0.2:80"]);
    say(client(3).getCookie(), UPDATE, update(1));
    old(7);
    expect(system.table()).toEqual(["10.0.0.2:80", "10.0.0.3:80"]);
  });

  test("256 updates within their lifetime, and the next is refused; look-ups go on", () => {
    const { system, client, network } = hardened();
    const two = client(2).getCookie();
    for (let n = 1; n <= 256; n++) expect(say(two, UPDATE, update(n, [`${n}`]))).toEqual(["ACK 2/1"]);
    expect(say(two, UPDATE, update(257, ["too many"]))).toEqual(["ERROR 429 too many, wait"]);
    for (let n = 1; n <= 300; n++) expect(say(two, VIEW, encodeHardenedView(ZERO))[0]).toBe("ACK 2/1");
    expect(system.table()).toEqual(["10.0.0.2:80 256"]);
    network.run(247_000 + network.nowMs);
    expect(say(two, UPDATE, update(258, ["later"]))).toEqual(["CHALLENGE"]);
    expect(say(two, UPDATE, update(258, ["later"]))).toEqual(["ACK 2/1"]);
  });

  test("answers under way are bounded: the next question is turned down", () => {
    const { client, network } = hardened({ maxAnswerBytes: 1200 });
    const two = client(2).getCookie();
    two.acknowledges = false;
    expect(say(two, VIEW, encodeHardenedView(ZERO))).toEqual(["ACK 2/1", "DATA 6"]);
    expect(say(two, VIEW, encodeHardenedView(ZERO))).toEqual(["ACK 2/1"]);
    expect(say(two, VIEW, encodeHardenedView(ZERO))).toEqual(["ERROR 503 busy, try again later"]);
    two.acknowledges = true;
    network.run(network.nowMs + 2000);
    expect(say(client(3).getCookie(), VIEW, encodeHardenedView(ZERO))).toEqual(["ACK 2/1", "DATA 6"]);
  });
});

describe("the update interval", () => {
  const options = { ...defaultDirectoryOptions, arq: arqOptions, updatePeriodMs: 7000, maxUpdatesPerSecond: 10 };

  test("doubles as the table grows, up to its limit", () => {
    const at = (entries: number, maxUpdateIntervalMs = 60_000): number =>
      updateIntervalMs({ ...options, maxUpdateIntervalMs }, entries);
    expect([0, 70, 71, 140, 141, 281].map((entries) => at(entries))).toEqual([
      7000, 7000, 14_000, 14_000, 28_000, 56_000,
    ]);
    expect(at(1_000_000)).toBe(56_000);
    expect(at(1_000_000, 56_000)).toBe(56_000);
    expect(at(1_000_000, 55_999)).toBe(28_000);
    expect(at(1_000_000, 0)).toBe(7000);
  });

  test("peers follow it, live as long as it asks, and come back to their own period", () => {
    const { system, network } = hardened({ maxUpdatesPerSecond: 1, missedUpdates: 2, graceMs: 0 });
    const peers = Array.from({ length: 8 }, (_, n) => system.joined(n + 2, {}, { arq: hardenedArqOptions }));
    network.run(60_000);
    expect(system.table()).toHaveLength(8);
    const sent = (host: { self: { key: string } }, fromMs: number): number[] =>
      network.sent
        .filter(
          ({ from, info, atMs }) =>
            from.key === host.self.key && info.type === "UPDATE" && info.kind === "data" && atMs >= fromMs,
        )
        .filter(({ info }) => info.attempt === 1)
        .map(({ atMs }) => atMs);
    const times = sent(peers[0]!.host, 20_000);
    expect(times[1]! - times[0]!).toBe(14_040);
    expect(peers[0]!.host.noted("state")).toContain("updates every 14040 ms from now on");
    for (const { peer } of peers.slice(1)) peer.exit(() => {});
    network.run(120_000);
    const later = sent(peers[0]!.host, 90_000);
    expect(later[1]! - later[0]!).toBe(7020);
    expect(system.table()).toHaveLength(1);
  });

  test("a peer obeys within its own bounds alone", () => {
    const { system, network } = hardened({ maxUpdatesPerSecond: 0.001, maxUpdateIntervalMs: 1e9 });
    const { host } = system.joined(2, {}, { arq: hardenedArqOptions, maxUpdateIntervalMs: 10_000 });
    network.run(40_000);
    const times = network.sent
      .filter(({ from, info }) => from.key === host.self.key && info.kind === "data" && info.attempt === 1)
      .map(({ atMs }) => atMs);
    expect(times).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  });

  test("an entry that was asked for a longer interval is not expired by the shorter one of others", () => {
    const { system, client, network } = hardened({ maxUpdatesPerSecond: 1, missedUpdates: 1, graceMs: 0 });
    const many = Array.from({ length: 8 }, (_, n) => client(n + 2).getCookie());
    for (const one of many) say(one, UPDATE, update(1));
    const last = network.nowMs;
    // The first seven were told 7,020 ms; the eighth, with whom there were more than a second's worth, 14,040 ms.
    network.run(last + 7021);
    expect(system.table()).toEqual(["10.0.0.9:80"]);
    network.run(last + 14_041);
    expect(system.table()).toEqual([]);
  });
});

describe("expiry among different intervals", () => {
  test("a peer that is asked for a shorter interval is kept for the longer one until its next update", () => {
    const { system, client, network } = hardened({ maxUpdatesPerSecond: 1, missedUpdates: 1, graceMs: 0 });
    const many = Array.from({ length: 8 }, (_, n) => client(n + 2).getCookie());
    for (const one of many) say(one, UPDATE, update(1)); // the last is told 14,040 ms
    for (const one of many.slice(1, 7)) say(one, EXIT, encodeHardenedExit({ serial: 2, httpPort: 80 }));
    const [ack] = many[7]!.say(UPDATE, update(2), { messageId: id(++ids) });
    expect(ack?.updateIntervalMs).toBe(7020);
    const toldMs = network.nowMs;
    network.run(toldMs + 14_030);
    expect(system.table()).toEqual(["10.0.0.9:80"]);
    say(many[7]!, UPDATE, update(3));
    network.run(network.nowMs + 7021);
    expect(system.table()).toEqual([]);
  });

  test("an entry with a short lifetime expires in time though one with a long lifetime was there first", () => {
    const { system, client, network } = hardened({ wire: "auto", maxUpdatesPerSecond: 0.001 });
    say(client(2).getCookie(), UPDATE, update(1));
    new RawClient(network, "10.0.0.3").send("1 10.0.0.3 80  1 1");
    network.run(network.nowMs + 1);
    const registeredMs = network.nowMs;
    network.run(registeredMs + 22_060 - 1);
    expect(system.table()).toHaveLength(2);
    network.run(registeredMs + 22_060);
    expect(system.table()).toEqual(["10.0.0.2:80"]);
  });
});

describe("auto: both wires at one port", () => {
  function both() {
    const { system, client, network } = hardened({ wire: "auto" });
    const old = new RawClient(network, "10.0.0.3");
    const report = (packet: string): string[] => {
      const before = old.received.length;
      old.send(packet);
      network.run(network.nowMs + 3);
      return old.received.slice(before);
    };
    const two = client(2).getCookie();
    say(two, UPDATE, update(1, ["a"]));
    return { system, client, network, report, two };
  }

  test("entries of both see each other", () => {
    const { report, two } = both();
    report("1 10.0.0.3 80 a b  1 1");
    expect(report("2 a 1 1")).toEqual(["2 a 2 1", "5 10.0.0.2 80 10.0.0.3 80  1 1"]);
    const [, answer] = two.say(LOOKUP, encodeHardenedLookup({ cursor: ZERO, file: "a" }), { messageId: id(++ids) });
    const page = decodeResultPage(fragmentOf(answer!));
    expect(page.ok && page.value.sources).toEqual([
      { ip: "10.0.0.2", httpPort: 80, isProven: true, description: { sizeBytes: 5, sha256: HASH } },
      { ip: "10.0.0.3", httpPort: 80, isProven: false, description: undefined },
    ]);
    const [, listing] = two.say(VIEW, encodeHardenedView(ZERO), { messageId: id(++ids) });
    const listed = decodeListingPage(fragmentOf(listing!));
    expect(listed.ok && listed.value.entries.map(({ files, isProven }) => [files, isProven])).toEqual([
      [["a"], true],
      [["a", "b"], false],
    ]);
  });

  test("what is registered over the hardened wire cannot be changed, refreshed or removed over the report's", () => {
    const { system, report, network } = both();
    const [before] = system.directory.entries();
    network.run(1000);
    expect(report("1 10.0.0.2 80 trap.exe  1 1")).toEqual(["1 10.0.0.2 80 trap.exe  2 1"]);
    report("1 10.0.0.2 80 a  1 1");
    report("3 10.0.0.2 80  1 1");
    expect(system.directory.entries()).toEqual([before]);
    expect(system.directoryHost.noted("reject")).toEqual([
      "UPDATE of 10.0.0.2:80, which is registered over the hardened wire",
      "UPDATE of 10.0.0.2:80, which is registered over the hardened wire",
      "EXIT of 10.0.0.2:80, which is registered over the hardened wire",
    ]);
  });

  test("what is registered over the report's is taken over by the peer that proves to be there", () => {
    const { system, client, report } = both();
    report("1 10.0.0.4 80 trap.exe  1 1");
    const four = client(4).getCookie();
    expect(say(four, EXIT, encodeHardenedExit({ serial: 1, httpPort: 80 }))).toEqual(["ACK 2/1"]);
    expect(system.table()).toContain("10.0.0.4:80 trap.exe"); // it never registered that
    say(four, UPDATE, update(2, ["mine"]));
    expect(system.table()).toEqual(["10.0.0.2:80 a", "10.0.0.4:80 mine"]);
    report("3 10.0.0.4 80  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a", "10.0.0.4:80 mine"]);
  });

  test("with wire: report a hardened packet is rubbish, and with wire: hardened the report's", () => {
    for (const [wire, table] of [
      ["report", ["10.0.0.3:80"]],
      ["hardened", ["10.0.0.2:80"]],
    ] as const) {
      const { system, client, network } = hardened({ wire });
      say(client(2).getCookie(), UPDATE, update(1));
      new RawClient(network, "10.0.0.3").send("1 10.0.0.3 80  1 1");
      network.run(network.nowMs + 3);
      expect(system.table()).toEqual(table);
    }
  });
});

test("a directory behind a link-local address registers what others can reach", () => {
  const { system, network } = hardened();
  const client = new HardenedClient(network, "fe80::2%eth0").getCookie();
  expect(say(client, UPDATE, update(1))).toEqual(["ACK 2/1"]);
  expect(system.directory.entries().map(({ ip }) => ip)).toEqual(["fe80::2"]);
});
