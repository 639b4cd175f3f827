/** A peer on the hardened wire: the same outcomes as on the report's, and what only this wire can tell. */

import { describe, expect, test } from "vitest";
import type { FileStore } from "../../../src/core/peer/file-store.ts";
import { generatedFile } from "../../../src/core/peer/generated-file.ts";
import { BytesFile, MemoryFileStore } from "../../../src/core/peer/memory-store.ts";
import { defaultPeerOptions } from "../../../src/core/peer/options.ts";
import { Peer } from "../../../src/core/peer/peer.ts";
import type { FileDescription } from "../../../src/core/wire/hardened/fields.ts";
import { updateFileBytes } from "../../../src/core/wire/hardened/requests.ts";
import { encodeText } from "../../../src/core/wire/text.ts";
import { arqOptions, FileSharing, hardenedArqOptions } from "../support/file-sharing.ts";

const ARQ = { arq: hardenedArqOptions };
const KEY = encodeText("correct horse battery staple");

function outcomesOf(peer: Peer, file: string): unknown[] {
  const outcomes: unknown[] = [];
  peer.lookup(file, (outcome) => outcomes.push(outcome));
  peer.view((outcome) => outcomes.push(outcome));
  return outcomes;
}

describe("outcomes", () => {
  test("are the same on both wires, but for size, hash and proof of the sources", () => {
    const seen = (["report", "hardened"] as const).map((wire) => {
      const system = new FileSharing({ wire });
      const options = wire === "report" ? { arq: arqOptions } : ARQ;
      system.joined(2, { "new.txt": 10, a: 1 }, options);
      system.joined(3, { "my file.txt": 3 }, options);
      const { peer, host } = system.peer(4, {}, options);
      system.network.run(1000);
      const more: unknown[] = [];
      peer.lookup("new.txt", (outcome) => more.push(outcome));
      peer.lookup("nobody has it", (outcome) => more.push(outcome));
      peer.view((outcome) => more.push(outcome));
      peer.lookup("", (outcome) => more.push(outcome));
      peer.exit((outcome) => more.push(outcome));
      system.network.run(2000);
      return { more, actions: host.noted("action") };
    });
    const plain = (text: string): unknown =>
      JSON.parse(
        text
          .replace(/,"isProven":true,"sizeBytes":\d+,"sha256":"[0-9a-f]{64}"/g, "")
          .replace(/"lastUpdateMs":[\d.]+/g, '"lastUpdateMs":0'),
      );
    expect(plain(JSON.stringify(seen[1]!.more))).toEqual(plain(JSON.stringify(seen[0]!.more)));
    const actions = (all: string[]): string[] => all.map((text) => text.replace(/\d{10}\.\d+/g, "T"));
    expect(actions(seen[1]!.actions)).toEqual(actions(seen[0]!.actions));
  });

  test("a look-up says the size and the SHA-256 of each source's file", () => {
    const system = new FileSharing({ wire: "hardened" });
    const { files } = system.peer(5);
    files.put("hello.txt", new BytesFile(encodeText("hello\n")));
    const peer = new Peer(
      system.network.host("10.0.0.2", 8888, 80),
      { ...defaultPeerOptions, ...ARQ, directory: system.directoryHost.self, http: { ip: "10.0.0.2", port: 80 } },
      files,
    );
    system.network.hosts.get("10.0.0.2:8888")!.participant = peer;
    peer.share("hello.txt");
    peer.start();
    system.network.run(100);
    const outcomes = outcomesOf(peer, "hello.txt");
    system.network.run(200);
    const sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    expect(outcomes[0]).toEqual({
      status: "found",
      sources: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, sizeBytes: 6, sha256 }],
    });
  });

  test("an answer to another question is turned down, and the question goes on waiting", () => {
    const system = new FileSharing({ wire: "hardened" });
    const { peer, host } = system.joined(2, { a: 1 }, ARQ);
    system.network.run(100);
    // The answer to the first look-up is lost until that has been given up.
    system.network.lose = ({ info }) => info.type === "RESULT" && system.network.nowMs < 10_200;
    const outcomes: unknown[] = [];
    peer.lookup("a", ({ status }) => outcomes.push(status));
    system.network.run(10_150);
    expect(outcomes).toEqual(["failed"]);
    peer.lookup("other", (outcome) => outcomes.push(outcome));
    system.network.run(30_000);
    expect(outcomes).toEqual(["failed", { status: "error", code: 404, text: "file not found" }]);
    expect(host.noted("reject").some((note) => note.includes("409 unknown message"))).toBe(true);
  });

  test("nobody but the directory is listened to", () => {
    const system = new FileSharing({ wire: "hardened" });
    const { peer, host } = system.joined(2, { a: 1 }, ARQ);
    system.network.run(100);
    const before = system.network.sent.length;
    const [packet] = system.network.sent;
    peer.onDatagram(system.network.host("10.0.0.66", 7777).self, packet!.datagram);
    expect(system.network.sent.length).toBe(before);
    expect(host.noted("reject")).toEqual(["a packet that is not from the directory"]);
  });
});

describe("sharing", () => {
  /** A store whose answers come when the test says so. */
  class SlowStore extends MemoryFileStore {
    readonly waiting: (() => void)[] = [];
    override describe(name: string, done: (description: FileDescription | undefined) => void): void {
      this.waiting.push(() => super.describe(name, done));
    }
  }

  function slow() {
    const system = new FileSharing({ wire: "hardened" });
    const files = new SlowStore();
    files.put("a", generatedFile("a", 100));
    const host = system.network.host("10.0.0.2", 8888, 80);
    const peer = new Peer(
      host,
      { ...defaultPeerOptions, ...ARQ, directory: system.directoryHost.self, http: { ip: "10.0.0.2", port: 80 } },
      files,
    );
    host.participant = peer;
    peer.start();
    const pass = (): void => system.network.run(system.network.nowMs + 100);
    pass();
    return { system, files, host, peer, pass };
  }

  test("a file is listed once the store has said what it is", () => {
    const { system, files, host, peer, pass } = slow();
    expect(peer.share("a")).toEqual({ ok: true, note: "being read for its hash" });
    expect(peer.share("a")).toEqual({ ok: true, note: "being read for its hash" });
    pass();
    expect(system.table()).toEqual(["10.0.0.2:80"]);
    expect(files.waiting).toHaveLength(1);
    files.waiting[0]!();
    pass();
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
    expect(host.noted("action").at(-1)).toBe("share a -> ok");
  });

  test("one that is taken back meanwhile, or is gone, is not", () => {
    const { system, files, host, peer, pass } = slow();
    peer.share("a");
    expect(peer.unshare("a")).toEqual({ ok: true });
    files.waiting[0]!();
    peer.share("a");
    files.delete("a");
    files.waiting[1]!();
    pass();
    expect(system.table()).toEqual(["10.0.0.2:80"]);
    expect(host.noted("action").at(-1)).toBe("share a -> no such file: a");
  });

  test("a store that cannot describe its files can share none, and says why", () => {
    const system = new FileSharing({ wire: "hardened" });
    const { host } = system.peer(2);
    const files: FileStore = {
      open() {},
      has: () => true,
      create: () => ({ write() {}, finish() {}, discard() {} }),
      partial() {},
    };
    const peer = new Peer(
      host,
      { ...defaultPeerOptions, ...ARQ, directory: system.directoryHost.self, http: { ip: "10.0.0.2", port: 80 } },
      files,
    );
    expect(peer.share("a")).toEqual({ ok: false, error: expect.stringContaining("size and hash") });
  });

  test.each([
    ["report", arqOptions, "10.0.0.2 80 ".length, "a ".length],
    ["hardened", hardenedArqOptions, 10, updateFileBytes("a")],
  ] as const)("the %s wire's update may be as long as its limit, and not a byte longer", (wire, arq, head, each) => {
    const many = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [String.fromCharCode(97 + i), 1]));
    const system = new FileSharing({ wire });
    const { peer } = system.peer(2, many, { arq, maxUpdateBytes: head + 25 * each });
    for (const name of Object.keys(many).slice(0, 25)) expect(peer.share(name)).toEqual({ ok: true });
    const error = `the update would be longer than ${head + 25 * each} bytes: unshare some`;
    expect(peer.share("z")).toEqual({ ok: false, error });
    peer.unshare("a");
    expect(peer.share("z")).toEqual({ ok: true });
    peer.start();
    system.network.run(100);
    expect(system.directory.entries()[0]?.files).toHaveLength(25);
    const longest = system.peer(3, { a: 1 }, { arq, maxUpdateBytes: head + each - 1 }).peer;
    expect(longest.share("a").ok).toBe(false);
  });
});

describe("in a group", () => {
  test("members are served, and every datagram is sealed and fits", () => {
    const system = new FileSharing({ ...ARQ, groupKey: KEY });
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`file-${i}`, 1]));
    system.joined(2, many, { ...ARQ, groupKey: KEY });
    const { peer } = system.joined(3, {}, { ...ARQ, groupKey: KEY });
    system.network.run(500);
    const outcomes = outcomesOf(peer, "file-7");
    system.network.run(1000);
    expect(outcomes.map((outcome) => (outcome as { status: string }).status)).toEqual(["found", "listed"]);
    for (const { datagram } of system.network.sent) {
      expect([datagram[0], datagram[1]]).toEqual([0xf5, 0x53]);
      expect(datagram.length).toBeLessThanOrEqual(512);
    }
  });

  test("another key: silence, and a hint for the peer's user", () => {
    const system = new FileSharing({ ...ARQ, groupKey: KEY });
    const arq = { ...hardenedArqOptions, maxAttempts: 2 };
    const { peer, host } = system.joined(2, {}, { arq, groupKey: KEY.map((byte) => byte ^ 1) });
    const outcomes = outcomesOf(peer, "a");
    system.network.run(10_000);
    const hint = "nothing that this group key opens has come from 10.0.0.1:7777: is the key the same there?";
    expect(outcomes[0]).toEqual({ status: "failed", reason: "given-up", hint });
    expect(peer.directoryProblem).toBe(`the directory does not answer: ${hint}`);
    expect(host.noted("state")).toEqual([`the directory does not answer: ${hint}`]);
    expect(system.network.sent.filter(({ from }) => from.port === 7777)).toEqual([]);
    expect(system.table()).toEqual([]);
  });

  test("no key: a refusal in words, no longer than what it answers; nothing is stored", () => {
    const system = new FileSharing({ ...ARQ, groupKey: KEY });
    const { peer } = system.joined(2, {}, ARQ);
    const outcomes = outcomesOf(peer, "a");
    system.network.run(1000);
    expect(outcomes[0]).toEqual({ status: "error", code: 403, text: "membership required" });
    expect(peer.directoryProblem).toBe("the directory refuses the updates: 403 membership required");
    const bytes = (port: number): number[] =>
      system.network.sent.filter(({ from }) => from.port === port).map((packet) => packet.bytes);
    expect(bytes(7777).length).toBe(bytes(8888).length);
    for (const [i, length] of bytes(7777).entries()) expect(length).toBeLessThanOrEqual(bytes(8888)[i]!);
    expect(system.directory.held.senders).toBe(0);
  });

  test("a packet of a member that comes again from elsewhere does nothing", () => {
    const system = new FileSharing({ ...ARQ, groupKey: KEY });
    system.joined(2, { a: 1 }, { ...ARQ, groupKey: KEY });
    system.network.run(500);
    const before = system.directory.entries();
    const recorded = system.network.sent.filter(({ from }) => from.port === 8888);
    const replayer = system.network.host("10.0.0.66", 8888);
    for (const { datagram, from } of recorded) {
      system.directory.onDatagram(from, datagram);
      system.directory.onDatagram(replayer.self, datagram);
    }
    system.network.run(1000);
    expect(system.directory.entries()).toEqual(before);
  });

  test("a group key needs the hardened wire alone", () => {
    for (const wire of ["report", "auto"] as const) {
      expect(() => new FileSharing({ wire, groupKey: KEY })).toThrow(/wire hardened/);
    }
    expect(() => new FileSharing().peer(2, {}, { groupKey: KEY })).toThrow(/the hardened wire/);
    expect(() => new FileSharing({ ...ARQ, groupKey: KEY.subarray(0, 15) })).toThrow(/at least 16 bytes/);
  });
});
