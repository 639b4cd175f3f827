/** Files on disk on their way out: whole, with constant memory, and never a mixture of two versions. */

import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BlockPool, MAX_BLOCK_BYTES } from "../../../src/transport/http/block-pool.ts";
import type { StreamedFile } from "../../../src/transport/http/streamed-file.ts";
import { TokenBucket } from "../../../src/transport/http/token-bucket.ts";
import { Upload, type UploadPort } from "../../../src/transport/http/upload.ts";
import { pattern } from "../../contract/world.ts";
import {
  Answer,
  ask,
  fetchFile,
  get,
  RawClient,
  request,
  serving,
  startFolderServer,
  startServer,
  tempFolder,
  waitFor,
} from "./support.ts";

const MIB = 1024 * 1024;

/** A folder with one file, and its server. */
async function serveFile(bytes: Uint8Array, name = "new.txt") {
  const folder = tempFolder();
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, ...(await startFolderServer(folder)) };
}

/** Descriptors of this process that are of files under a path; where the system does not tell, none. */
function openDescriptors(path: string): number {
  if (process.platform !== "linux") return 0;
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false; // the descriptor that read the folder
    }
  }).length;
}

describe("a file on disk", () => {
  test.each([0, 1, 58_710, 63 * 1024, 63 * 1024 + 1, 64 * 1024, 5 * MIB + 3])(
    "of %i bytes arrives as it is",
    async (size) => {
      const bytes = pattern(size);
      const { port, server, path } = await serveFile(bytes);
      const answer = await fetchFile(port);
      expect(answer.events).toEqual(["200 OK", "end"]);
      expect(answer.body.equals(bytes)).toBe(true);
      // A second time: from memory, where it is small.
      expect((await fetchFile(port)).body.equals(bytes)).toBe(true);
      await waitFor("the end of the connections", () => server.connectionCount === 0);
      expect(openDescriptors(path)).toBe(0);
    },
  );

  test("any range of it, and several", async () => {
    const bytes = pattern(3 * MIB);
    const { port } = await serveFile(bytes);
    for (const [first, last] of [
      [0, 0],
      [65_535, 65_536],
      [MIB - 1, 2 * MIB],
      [3 * MIB - 1, 3 * MIB - 1],
    ] as const) {
      const answer = await fetchFile(port, { range: { first, last } });
      expect(answer.body.equals(bytes.subarray(first, last + 1)), `${first}-${last}`).toBe(true);
    }
    const several = await fetchFile(port, { headers: { range: `bytes=0-99,${MIB}-${2 * MIB},-7` } });
    expect(several.bytes).toBe(Number(several.head?.headers["content-length"]));
    expect(several.body.includes(Buffer.from(bytes.subarray(MIB, 2 * MIB + 1)))).toBe(true);
  });

  test("what it says of itself", async () => {
    const { port, path } = await serveFile(Buffer.from("hello"), "\u00dcbung 1.html");
    const { head } = await fetchFile(port, { name: "\u00dcbung 1.html" });
    expect(head?.headers).toMatchObject({
      "content-type": "text/html",
      "content-length": "5",
      "accept-ranges": "bytes",
      "last-modified": new Date(Math.floor(statSync(path).mtimeMs / 1000) * 1000).toUTCString(),
      "content-disposition": "attachment; filename=\"_bung 1.html\"; filename*=UTF-8''%C3%9Cbung%201.html",
    });
    expect(head?.headers.etag).toMatch(/^"v1-[\w-]{22}"$/);
    expect(head?.headers).not.toHaveProperty("repr-digest");
  });

  test("resumes with If-Range, and begins anew where the file has become another", async () => {
    const { port, path } = await serveFile(pattern(100_000));
    const etag = (await fetchFile(port, { method: "HEAD" })).head?.headers.etag ?? "";
    const rest = { range: { first: 50_000 }, headers: { "if-range": etag } };
    expect((await fetchFile(port, rest)).head?.status).toBe(206);
    writeFileSync(path, pattern(100_000).reverse());
    const answer = await fetchFile(port, rest);
    expect([answer.head?.status, answer.bytes]).toEqual([200, 100_000]);
    expect(answer.head?.headers.etag).not.toBe(etag);
  });
});

describe("a file that changes during its upload", () => {
  const SIZE = 40 * MIB;

  /** Begins an upload, holds it, has something done to the file, and lets it go on. */
  async function changedMidway(change: (path: string) => void) {
    const { port, path, lines, server } = await serveFile(new Uint8Array(SIZE));
    const answer = new Answer();
    const exchange = request(port, {}, answer);
    answer.onHead = (head) => {
      answer.head = head;
      exchange.pause();
    };
    await waitFor("the head", () => answer.head !== undefined);
    change(path);
    exchange.resume();
    await waitFor("the outcome", () => answer.isOver);
    await waitFor("the end of the connection", () => server.connectionCount === 0);
    await waitFor("the file's closing", () => openDescriptors(path) === 0);
    return { answer, lines };
  }

  test.each<[string, (path: string) => void]>([
    ["is appended to", (path) => appendFileSync(path, "more")],
    ["is cut", (path) => truncateSync(path, SIZE - 1)],
    ["is emptied", (path) => truncateSync(path, 0)],
    [
      "has one byte overwritten, and its time put back",
      (path) => {
        const { atime, mtime } = statSync(path);
        const fd = openSync(path, "r+");
        writeSync(fd, "x", SIZE - 1);
        closeSync(fd);
        utimesSync(path, atime, mtime);
      },
    ],
    [
      "is replaced by another",
      (path) => {
        writeFileSync(`${path}.new`, new Uint8Array(SIZE).fill(1));
        renameSync(`${path}.new`, path);
      },
    ],
    ["is deleted", (path) => rmSync(path)],
  ])("and %s: broken off, never complete", async (_what, change) => {
    const { answer, lines } = await changedMidway(change);
    // A reset; some systems tell a client that was not reading at that moment of the end alone.
    expect(["reset", "incomplete"]).toContain(answer.events.at(-1));
    expect(answer.bytes).toBeLessThan(SIZE);
    expect(lines.http.at(-1)).toMatch(/^broken off: the file has (changed|become shorter)$/);
  });

  test("but not by being read, or looked at", async () => {
    const { answer } = await changedMidway((path) => void statSync(path));
    expect([answer.events, answer.bytes]).toEqual([["end"], SIZE]);
  });
});

test("a small file that changes is the new one at the next request, from memory or not", async () => {
  const { port, path } = await serveFile(Buffer.from("version 0"));
  for (let version = 1; version <= 20; version++) {
    // The same size each time, and changed at once behind the answer: only a look at the version can tell.
    writeFileSync(path, `version ${version % 10}`);
    expect((await fetchFile(port)).body.toString()).toBe(`version ${version % 10}`);
  }
  rmSync(path);
  expect((await fetchFile(port)).head?.status).toBe(404);
});

describe("an upload's memory", () => {
  /** An upload whose client takes blocks when it is told to. */
  function heldUpload(sizeBytes: number) {
    let held = 0;
    let most = 0;
    const pool = new BlockPool();
    const taken: { bytes: number; done: () => void }[] = [];
    const reads: (() => void)[] = [];
    let closed = 0;
    let ms = 0;
    const file: StreamedFile = {
      sizeBytes,
      read: () => expect.unreachable(),
      fill: (_target, _first, done) => void reads.push(() => done()),
      close: () => void closed++,
    };
    const events: string[] = [];
    const port: UploadPort = {
      pool: {
        take: (bytes: number) => {
          most = Math.max(most, ++held);
          return pool.take(bytes);
        },
        giveBack: (block: Buffer) => {
          held--;
          pool.giveBack(block);
        },
      } as BlockPool,
      bucket: new TokenBucket(Number.POSITIVE_INFINITY, { nowMs: () => 0, after: () => () => {} }),
      nowMs: () => ms,
      write: (bytes, done) => void taken.push({ bytes: bytes.length, done }),
      writeTogether: () => expect.unreachable(),
      onSent: () => void events.push("sent"),
      onBroken: (problem) => void events.push(problem),
    };
    const upload = new Upload(port, new Uint8Array(100), [{ file, first: 0, last: sizeBytes - 1 }]);
    upload.start();
    return {
      upload,
      reads,
      taken,
      events,
      pass: (byMs: number) => {
        ms += byMs;
      },
      get facts() {
        return { held, most, closed };
      },
    };
  }

  test("is two blocks at most: the next is read while one goes out", () => {
    const held = heldUpload(10 * MIB);
    const { reads, taken, events } = held;
    expect(reads).toHaveLength(1);
    reads.shift()?.();
    expect([taken.length, reads.length]).toEqual([1, 1]);
    reads.shift()?.();
    expect([taken.length, reads.length], "no third one").toEqual([2, 0]);
    let sent = 0;
    while (taken.length > 0) {
      const { bytes, done } = taken.shift()!;
      sent += bytes;
      expect(bytes).toBeLessThanOrEqual(MAX_BLOCK_BYTES);
      done();
      reads.shift()?.();
    }
    expect([sent, events]).toEqual([10 * MIB + 100, ["sent"]]);
    expect(held.facts).toEqual({ held: 0, most: 2, closed: 1 });
  });

  test("blocks grow for a client that takes them quickly, and shrink for one that does not", () => {
    const held = heldUpload(100 * MIB);
    const sizes: number[] = [];
    const step = (tookMs: number): void => {
      held.reads.shift()?.();
      const { bytes, done } = held.taken.shift()!;
      sizes.push(bytes);
      held.pass(tookMs);
      done();
    };
    for (let i = 0; i < 5; i++) step(1);
    for (let i = 0; i < 5; i++) step(10_000);
    expect(sizes[0]).toBe(64 * 1024);
    expect(Math.max(...sizes)).toBe(MAX_BLOCK_BYTES);
    expect(sizes.at(-1)).toBe(64 * 1024);
  });

  test("is given back, and the file closed, however it ends", () => {
    const sent = heldUpload(1000);
    sent.reads.shift()?.();
    sent.taken.shift()?.done();
    expect([sent.facts, sent.events]).toEqual([{ held: 0, most: 1, closed: 1 }, ["sent"]]);

    // Not while a read is under way: the descriptor might be another file's by then.
    const aborted = heldUpload(10 * MIB);
    aborted.upload.abort();
    expect(aborted.facts).toEqual({ held: 1, most: 1, closed: 0 });
    aborted.reads.shift()?.();
    expect([aborted.facts, aborted.events]).toEqual([{ held: 0, most: 1, closed: 1 }, []]);

    const between = heldUpload(10 * MIB);
    for (let i = 0; i < 2; i++) between.reads.shift()?.();
    between.upload.abort();
    expect(between.facts).toEqual({ held: 2, most: 2, closed: 1 });
    for (const { done } of between.taken) done();
    between.upload.abort();
    expect([between.facts, between.events]).toEqual([{ held: 0, most: 2, closed: 1 }, []]);
  });
});

test.each([1000, 500_000])("a file in memory that is shorter than its %i bytes is broken off", async (sizeBytes) => {
  const { port, lines, server } = await startServer(
    serving({
      "new.txt": { sizeBytes, read: (first, last) => new Uint8Array(Math.max(0, Math.min(last, 700) - first)) },
    }),
  );
  const answer = await fetchFile(port);
  expect(["reset", "incomplete"]).toContain(answer.events.at(-1));
  expect(lines.http.at(-1)).toBe("broken off: the file is shorter than it said");
  expect(server.uploadCount).toBe(0);
});

test("who leaves in the middle leaves nothing behind", async () => {
  const { port, server, path } = await serveFile(new Uint8Array(20 * MIB));
  for (let i = 0; i < 20; i++) {
    const client = new RawClient(port).send(get("/new.txt"));
    await waitFor("the first bytes", () => client.receivedBytes > 0);
    if (i % 2 === 0) client.socket.resetAndDestroy();
    else client.socket.destroy();
  }
  await waitFor("the end of the connections", () => server.connectionCount === 0);
  expect(server.uploadCount).toBe(0);
  // The last reads come back first.
  await waitFor("the files' closing", () => openDescriptors(path) === 0);
  expect((await ask(port, get("/new.txt", "Range: bytes=0-9\r\n"))).body).toHaveLength(10);
});
