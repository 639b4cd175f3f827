/** Downloads on disk: the whole file under its name or none, continued from what is there, one at a time, errors in words. */

import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { generatedFile } from "../../../src/core/peer/generated-file.ts";
import { DownloadFolder } from "../../../src/transport/files/download-folder.ts";
import {
  digested,
  discarded,
  finished,
  kept,
  mountedFolder,
  namesIn,
  openPart,
  temporaryFolder,
  until,
} from "./support.ts";

// Disks and processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const MIB = 1 << 20;
const SIZE = 3 * MIB + 12_345;
const CONTENT = generatedFile("content", SIZE).read(0, SIZE - 1);
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const isContent = (path: string): boolean => readFileSync(path).equals(CONTENT);
const NOBODY = 65534;
const PART = ".new.txt.peerlab-part";

function folderOfItsOwn() {
  const path = temporaryFolder();
  return { path, folder: new DownloadFolder(path), file: join(path, "new.txt") };
}

describe("a whole file", () => {
  test("written in any order appears at the end, and nothing else is left", async () => {
    const { path, folder, file } = folderOfItsOwn();
    const { part, errors } = openPart(folder, "new.txt");
    expect(part.begin({ sizeBytes: SIZE })).toBeUndefined();
    const scratch = new Uint8Array(100_000);
    for (let from = Math.floor((SIZE - 1) / 100_000) * 100_000; from >= 0; from -= 100_000) {
      const piece = scratch.subarray(0, Math.min(100_000, SIZE - from));
      piece.set(CONTENT.subarray(from, from + piece.length));
      part.write(from, piece);
      piece.fill(0); // it was copied
    }
    expect(existsSync(file)).toBe(false);
    expect(folder.has("new.txt")).toBe(false);
    expect(await finished(part)).toBeUndefined();
    expect(isContent(file)).toBe(true);
    expect(namesIn(path)).toEqual(["new.txt"]);
    expect(errors).toEqual([]);
    expect(folder.has("new.txt")).toBe(true);
  });

  test("an empty one", async () => {
    const { folder, file } = folderOfItsOwn();
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: 0 });
    expect(await finished(part)).toBeUndefined();
    expect(statSync(file).size).toBe(0);
  });

  test("one that has a hole is not finished, and kept", async () => {
    const { path, folder } = folderOfItsOwn();
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE });
    part.write(0, CONTENT.subarray(0, 1000));
    part.write(1001, CONTENT.subarray(1001));
    expect(await finished(part)).toContain("not all of its bytes are there");
    expect(namesIn(path)).toEqual([PART, `${PART}.json`]);
  });

  test("is not put over an existing one, however late that came", async () => {
    const { folder, file } = folderOfItsOwn();
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE });
    part.write(0, CONTENT);
    writeFileSync(file, "mine");
    expect(await finished(part)).toMatch(/a file has that name already: .* \(EEXIST\)$/);
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(() => openPart(folder, "new.txt")).toThrow("new.txt exists already: choose another name");
    // What was downloaded is not lost.
    const again = openPart(folder, "new.txt", true);
    expect(again.part.left?.spans).toEqual([{ from: 0, to: SIZE }]);
    expect(await finished(again.part)).toBeUndefined();
    expect(isContent(file)).toBe(true);
  });

  test("nor over a dangling link, and with `overwrite` not through a link", async () => {
    const { path, folder, file } = folderOfItsOwn();
    const other = join(path, "other");
    symlinkSync(other, file);
    expect(() => openPart(folder, "new.txt")).toThrow("exists already");
    writeFileSync(other, "mine");
    const { part } = openPart(folder, "new.txt", true);
    part.begin({ sizeBytes: 1 });
    part.write(0, Uint8Array.of(65));
    expect(await finished(part)).toBeUndefined();
    expect(readFileSync(other, "utf8")).toBe("mine");
    expect(readFileSync(file, "utf8")).toBe("A");
  });

  test("a folder of that name", () => {
    const { folder, file } = folderOfItsOwn();
    mkdirSync(file);
    expect(() => openPart(folder, "new.txt", true)).toThrow("a folder has the name new.txt");
  });

  test.each(["../x", "..", "a/b", "/x", "a\0b", ""])("a name like %j leads nowhere", (name) => {
    const { path, folder } = folderOfItsOwn();
    expect(() => openPart(folder, name)).toThrow(/name/);
    expect(() => folder.pathOf(name)).toThrow(RangeError);
    expect(folder.has(name)).toBe(false);
    folder.create(name).finish((error) => expect(error).toMatch(/name/));
    expect(namesIn(path)).toEqual([]);
  });
});

describe("continuing", () => {
  const half = async (folder: DownloadFolder, version: object = {}): Promise<void> => {
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE, ...version });
    part.write(0, CONTENT.subarray(0, 2 * MIB));
    await kept(part);
  };

  test("what was kept is there, with its version, and only the rest is written", async () => {
    const { path, folder, file } = folderOfItsOwn();
    const version = { sha256: sha256(CONTENT), etag: { value: '"1"', source: "10.0.0.2:80" } };
    await half(folder, version);
    expect(namesIn(path)).toEqual([PART, `${PART}.json`]);
    const { part } = openPart(folder, "new.txt");
    const { spans, ...left } = part.left!;
    expect(spans).toEqual([{ from: 0, to: 2 * MIB }]);
    expect({ ...left, sha256: Buffer.from(left.sha256!) }).toEqual({ sizeBytes: SIZE, ...version });
    part.begin(left);
    part.write(2 * MIB, CONTENT.subarray(2 * MIB));
    expect(await digested(part, 0, SIZE)).toEqual({ ok: true, sha256: version.sha256 });
    expect(await finished(part)).toBeUndefined();
    expect(isContent(file)).toBe(true);
    expect(namesIn(path)).toEqual(["new.txt"]);
  });

  test("nothing written, nothing kept; discarded, nothing either", async () => {
    const { path, folder } = folderOfItsOwn();
    await kept(openPart(folder, "new.txt").part);
    expect(namesIn(path)).toEqual([]);
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE });
    part.write(0, CONTENT);
    await discarded(part);
    expect(namesIn(path)).toEqual([]);
  });

  test.each<[string, (json: string) => string]>([
    ["rubbish", () => "rubbish"],
    ["nothing", () => ""],
    ["null", () => "null"],
    ["half of it", (json) => json.slice(0, json.length / 2)],
    ["another format", (json) => json.replace("part 1", "part 2")],
    ["another name", (json) => json.replace("new.txt", "old.txt")],
    ["a size that is none", (json) => json.replace(`"sizeBytes":${SIZE}`, '"sizeBytes":-1')],
    ["a size below what is there", (json) => json.replace(`"sizeBytes":${SIZE}`, '"sizeBytes":5')],
    ["more than the part has", (json) => json.replace(`[0,${2 * MIB}]`, `[0,${2 * MIB + 1}]`)],
    ["spans that are none", (json) => json.replace(`[0,${2 * MIB}]`, "[9,3]")],
    ["spans of something", (json) => json.replace(`[0,${2 * MIB}]`, '["a","b"]')],
    ["no list of spans", (json) => json.replace(/\[\[.*\]\]/, "7")],
    ["no spans", (json) => json.replace(/\[\[.*\]\]/, "[]")],
    ["an ETag that is none", (json) => json.replace('"spans"', '"etag":7,"spans"')],
    ["a SHA-256 that is none", (json) => json.replace('"spans"', '"sha256":"xyz","spans"')],
    ["more than 4 MiB", (json) => json + " ".repeat(4 * MIB)],
  ])("a sidecar with %s: starts with nothing", async (_what, change) => {
    const { path, folder } = folderOfItsOwn();
    await half(folder);
    const sidecar = join(path, `${PART}.json`);
    const before = readFileSync(sidecar, "utf8");
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(sidecar, after);
    const { part } = openPart(folder, "new.txt");
    expect(part.left).toBeUndefined();
    expect(statSync(join(path, PART)).size).toBe(0);
    await discarded(part);
  });

  test("a sidecar without its part", async () => {
    const { path, folder } = folderOfItsOwn();
    await half(folder);
    rmSync(join(path, PART));
    const { part } = openPart(folder, "new.txt");
    expect(part.left).toBeUndefined();
    await discarded(part);
  });

  test("a part that is a link, or has a second name, is not written through", async () => {
    const { path, folder } = folderOfItsOwn();
    const precious = join(path, "precious");
    writeFileSync(precious, "precious");
    for (const make of [symlinkSync, linkSync]) {
      make(precious, join(path, PART));
      const { part } = openPart(folder, "new.txt");
      part.begin({ sizeBytes: 5 });
      part.write(0, Uint8Array.of(1, 2, 3, 4, 5));
      await discarded(part);
      expect(readFileSync(precious, "utf8")).toBe("precious");
    }
  });

  test("what is forgotten is not there, not even after a crash", async () => {
    const { path, folder } = folderOfItsOwn();
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE });
    part.write(0, CONTENT);
    part.forget({ from: 1000, to: 2000 });
    await digested(part, 0, 1); // everything before has been done
    const { spans } = JSON.parse(readFileSync(join(path, `${PART}.json`), "utf8"));
    expect(spans).toEqual([
      [0, 1000],
      [2000, SIZE],
    ]);
    await discarded(part);
  });

  test("another version after `clear`: what was there is never said to be of it", async () => {
    const { path, folder, file } = folderOfItsOwn();
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE + 5, sha256: sha256(CONTENT) });
    part.write(0, new Uint8Array(SIZE));
    part.clear();
    part.begin({ sizeBytes: SIZE, sha256: sha256(CONTENT) });
    part.write(MIB, CONTENT.subarray(MIB));
    await digested(part, MIB, MIB + 1);
    expect(existsSync(join(path, `${PART}.json`))).toBe(false);
    part.write(0, CONTENT.subarray(0, MIB));
    expect(await digested(part, 0, SIZE)).toEqual({ ok: true, sha256: sha256(CONTENT) });
    expect(await finished(part)).toBeUndefined();
    expect(isContent(file)).toBe(true);
  });
});

describe("one at a time", () => {
  const lockPath = (path: string): string => join(path, `${PART}.lock`);

  test("a second download of a name is refused, and free when the first ends", async () => {
    const { folder } = folderOfItsOwn();
    const first = openPart(folder, "new.txt");
    expect(() => openPart(folder, "new.txt")).toThrow(
      "new.txt is being downloaded already: wait for that, or cancel it",
    );
    const other = openPart(folder, "other.txt");
    await discarded(other.part);
    await discarded(first.part);
    await discarded(openPart(folder, "new.txt").part);
  });

  const holder = (change: object): string => {
    const started = readFileSync("/proc/self/stat", "utf8").split(" ")[21]!;
    return JSON.stringify({ pid: process.pid, host: hostname(), started, token: "0123456789abcdef", ...change });
  };

  test.each<[string, object | string]>([
    ["of a process that is gone", { pid: 2 ** 22 + 1 }],
    ["of a process whose number another has now", { started: "1" }],
    ["that is rubbish", "rubbish"],
    ["that is empty", ""],
  ])("a lock %s is taken over", async (_what, content) => {
    const { path, folder } = folderOfItsOwn();
    writeFileSync(lockPath(path), typeof content === "string" ? content : holder(content));
    const { part } = openPart(folder, "new.txt");
    expect(() => openPart(folder, "new.txt")).toThrow("downloaded already");
    await discarded(part);
    expect(namesIn(path)).toEqual([]);
  });

  test.each([
    ["of another living process", { pid: process.ppid, started: "" }, `by process ${process.ppid}`],
    [
      "of another machine",
      { host: "elsewhere", pid: 1 },
      "on elsewhere (process 1): where that is not so any more, remove",
    ],
  ])("a lock %s holds", (_what, change, says) => {
    const { path, folder } = folderOfItsOwn();
    writeFileSync(lockPath(path), holder(change));
    expect(() => openPart(folder, "new.txt")).toThrow(says);
    expect(namesIn(path)).toEqual([`${PART}.lock`]);
  });
});

describe("what goes wrong on the disk, in words", () => {
  test("no folder, no folder any more, a file instead of it", async () => {
    const { path, folder } = folderOfItsOwn();
    const gone = new DownloadFolder(join(path, "gone"));
    expect(() => openPart(gone, "new.txt")).toThrow("the folder is not there");
    writeFileSync(join(path, "file"), "");
    expect(() => openPart(new DownloadFolder(join(path, "file")), "new.txt")).toThrow("is no folder");
    const { part } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE });
    part.write(0, CONTENT);
    rmSync(path, { recursive: true });
    expect(await finished(part)).toMatch(/^cannot put new.txt in its place: the folder is not there .*\(ENOENT\)$/);
  });

  test("a folder that was moved away in mid-download: said at the next checkpoint", async () => {
    const { path, folder } = folderOfItsOwn();
    const { part, errors } = openPart(folder, "new.txt");
    part.begin({ sizeBytes: SIZE });
    part.write(0, CONTENT.subarray(0, MIB));
    renameSync(path, `${path}-moved`);
    try {
      await until(() => errors.length > 0);
      expect(errors).toEqual([expect.stringContaining("cannot save how far new.txt is: the folder is not there")]);
      await kept(part);
    } finally {
      renameSync(`${path}-moved`, path);
    }
  });

  test("too large for the disk: said before the first byte", async (context) => {
    const folder = new DownloadFolder(mountedFolder(context, "size=1m"));
    const { part } = openPart(folder, "new.txt");
    expect(part.begin({ sizeBytes: 2 * MIB })).toMatch(/^new.txt needs 2097152 bytes, and the disk has \d+ left/);
    await discarded(part);
  });

  test("the disk is full in mid-download: said once, what is there is kept, and continued when there is room", async (context) => {
    const path = mountedFolder(context, "size=4m");
    const folder = new DownloadFolder(path);
    const { part, errors } = openPart(folder, "new.txt");
    expect(part.begin({ sizeBytes: SIZE })).toBeUndefined();
    part.write(0, CONTENT.subarray(0, MIB));
    await digested(part, 0, 1);
    writeFileSync(join(path, "filler"), new Uint8Array(2 * MIB + 500_000));
    for (let at = MIB; at < SIZE; at += MIB) part.write(at, CONTENT.subarray(at, at + MIB));
    await until(() => errors.length > 0);
    expect(errors).toEqual(["cannot write new.txt: the disk is full: make room and start the download again (ENOSPC)"]);
    await kept(part);
    rmSync(join(path, "filler"));
    const again = openPart(folder, "new.txt").part;
    const there = again.left!.spans;
    expect(there).toHaveLength(1);
    expect(there[0]!.from).toBe(0);
    expect(there[0]!.to).toBeGreaterThanOrEqual(MIB - 65_536); // 64 KiB were given up for the sidecar
    again.begin({ sizeBytes: SIZE });
    again.write(there[0]!.to, CONTENT.subarray(there[0]!.to));
    expect(await finished(again)).toBeUndefined();
    expect(isContent(join(path, "new.txt"))).toBe(true);
  });

  test("a read-only file system", (context) => {
    const folder = new DownloadFolder(mountedFolder(context, "size=1m,ro"));
    expect(() => openPart(folder, "new.txt")).toThrow("the file system is read-only: choose another folder (EROFS)");
  });

  test("a folder without the right to write", () => {
    const path = temporaryFolder();
    chmodSync(path, 0o755);
    const closed = join(path, "closed");
    mkdirSync(closed, { mode: 0o555 });
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid!(NOBODY); // whom permissions stop
    try {
      expect(() => openPart(new DownloadFolder(closed), "new.txt")).toThrow("permission denied: choose a folder");
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });
});

test("memory is bounded: asks to wait, and says when there is room again", async () => {
  const { folder } = folderOfItsOwn();
  const { part, drains } = openPart(folder, "new.txt");
  part.begin({ sizeBytes: 64 * MIB });
  const piece = new Uint8Array(100_000);
  let at = 0;
  let waits = 0;
  while (at < 64 * MIB) {
    const isReady = part.write(at, piece.subarray(0, Math.min(piece.length, 64 * MIB - at)));
    at += piece.length;
    if (isReady) continue;
    waits++;
    // Between two waits there are never more than 9 MiB.
    expect(at).toBeLessThanOrEqual(waits * 9 * MIB);
    await until(() => drains.count === waits);
  }
  expect(waits).toBeGreaterThan(5);
  expect(await finished(part)).toBeUndefined();
});

test("the SHA-256 is that of the bytes that are there now, whatever was hashed before", async () => {
  const { folder } = folderOfItsOwn();
  const { part } = openPart(folder, "new.txt");
  part.begin({ sizeBytes: SIZE, sha256: sha256(CONTENT) });
  const wrong = CONTENT.slice();
  wrong.fill(7, 1000, 2 * MIB);
  part.write(0, wrong);
  expect(await digested(part, 0, SIZE)).toEqual({ ok: true, sha256: sha256(wrong) });
  part.forget({ from: 1000, to: 2 * MIB });
  part.write(1000, CONTENT.subarray(1000, 2 * MIB));
  expect(await digested(part, 1000, 2 * MIB)).toEqual({ ok: true, sha256: sha256(CONTENT.subarray(1000, 2 * MIB)) });
  expect(await digested(part, 0, SIZE)).toEqual({ ok: true, sha256: sha256(CONTENT) });
  await discarded(part);
});

test("any order of writes, forgetting, clearing, and leaving for another day gives what it should", async () => {
  const spans = fc
    .tuple(fc.oneof(fc.constant(0), fc.nat(2 * MIB)), fc.nat(2 * MIB))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), span: spans, fill: fc.nat(255) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("forget" as const), span: spans }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom("clear" as const, "reopen" as const, "digest" as const) }),
    },
  );
  const bytes = 2 * MIB + 1;
  const path = temporaryFolder();
  const folder = new DownloadFolder(path);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const version = { sizeBytes: bytes, sha256: new Uint8Array(32) };
      const model = Buffer.alloc(bytes);
      const there = Buffer.alloc(bytes);
      let { part } = openPart(folder, "any");
      part.begin(version);
      for (const one of steps) {
        if (one.kind === "write") {
          const { from, to } = one.span;
          // As a fetch does: bytes that are there are forgotten before others are written over them.
          part.forget(one.span);
          part.write(from, Buffer.alloc(to - from, one.fill));
          model.fill(one.fill, from, to);
          there.fill(1, from, to);
        } else if (one.kind === "forget") {
          part.forget(one.span);
          there.fill(0, one.span.from, one.span.to);
        } else if (one.kind === "clear") {
          part.clear();
          part.begin(version);
          there.fill(0);
        } else if (one.kind === "digest") {
          if (!there.includes(0)) expect(await digested(part, 0, bytes)).toEqual({ ok: true, sha256: sha256(model) });
        } else {
          await kept(part);
          ({ part } = openPart(folder, "any"));
          const found = Buffer.alloc(bytes);
          for (const { from, to } of part.left?.spans ?? []) found.fill(1, from, to);
          expect(found.equals(there)).toBe(true);
          part.begin(version);
        }
      }
      for (let at = 0; at < bytes; at += 100_000) {
        const end = Math.min(at + 100_000, bytes);
        if (there.subarray(at, end).includes(0)) {
          part.forget({ from: at, to: end });
          part.write(at, CONTENT.subarray(at, end));
          model.set(CONTENT.subarray(at, end), at);
        }
      }
      expect(await digested(part, 0, bytes)).toEqual({ ok: true, sha256: sha256(model) });
      expect(await finished(part)).toBeUndefined();
      expect(readFileSync(join(path, "any")).equals(model)).toBe(true);
      rmSync(join(path, "any"));
      expect(namesIn(path)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

describe("the report's simple download", () => {
  test("a file that is whole, or none", () => {
    const { path, folder, file } = folderOfItsOwn();
    const dropped = folder.create("new.txt");
    dropped.write(CONTENT);
    dropped.discard();
    expect(namesIn(path)).toEqual([]);
    const sink = folder.create("new.txt");
    sink.write(CONTENT.subarray(0, 1000));
    expect(existsSync(file)).toBe(false);
    const errors: (string | undefined)[] = [];
    folder.create("new.txt").finish((error) => errors.push(error));
    sink.write(CONTENT.subarray(1000));
    sink.finish((error) => errors.push(error));
    folder.create("new.txt").finish((error) => errors.push(error));
    new DownloadFolder(path, { overwrite: true }).create("new.txt").finish((error) => errors.push(error));
    expect(errors).toEqual([
      expect.stringContaining("is being downloaded already"),
      undefined,
      expect.stringContaining("new.txt exists already"),
      undefined,
    ]);
    expect(statSync(file).size).toBe(0);
    expect(namesIn(path)).toEqual(["new.txt"]);
  });

  test("a full disk is said at the end", (context) => {
    const path = mountedFolder(context, "size=1m");
    const sink = new DownloadFolder(path).create("new.txt");
    sink.write(CONTENT);
    sink.write(CONTENT);
    sink.finish((error) => expect(error).toMatch(/^cannot write new.txt: the disk is full: .*\(ENOSPC\)$/));
    expect(namesIn(path)).toEqual([]);
  });
});
