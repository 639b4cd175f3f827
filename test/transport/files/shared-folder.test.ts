/** A folder on disk as the serving half of a FileStore. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FileBody } from "../../../src/core/transport.ts";
import { DiskFile } from "../../../src/transport/files/disk-file.ts";
import { versionOf } from "../../../src/transport/files/file-version.ts";
import { hashEtag, SharedFolder, SharedFolderError } from "../../../src/transport/files/shared-folder.ts";
import { SmallFile, SmallFiles } from "../../../src/transport/files/small-files.ts";
import { ask, fetchFile, get, startFolderServer, tempFolder } from "../http/support.ts";

const isRoot = process.getuid?.() === 0;

function open(
  folder: SharedFolder,
  name: string,
): Promise<{ body: FileBody | undefined; problem: string | undefined }> {
  return new Promise((resolve) => folder.open(name, (body, problem) => resolve({ body, problem })));
}

async function textOf(folder: SharedFolder, name: string): Promise<string | undefined> {
  const { body } = await open(folder, name);
  if (body === undefined) return undefined;
  const text = Buffer.from(body.read(0, body.sizeBytes - 1)).toString();
  body.close?.();
  return text;
}

describe("what is in it", () => {
  test("regular files by name, in a fixed order; no folders, links or dotfiles", async () => {
    const path = tempFolder();
    for (const name of ["b", "a", "\u00fc", "B", "a b", ".hidden"]) writeFileSync(join(path, name), name);
    mkdirSync(join(path, "sub"));
    symlinkSync("a", join(path, "link"));
    const folder = new SharedFolder(path);
    expect(folder.names()).toEqual(["B", "a", "a b", "b", "\u00fc"]);
    for (const name of folder.names()) {
      expect(folder.has(name)).toBe(true);
      expect(await textOf(folder, name)).toBe(name);
    }
  });

  test("a dotfile only where it was named", async () => {
    const path = tempFolder();
    for (const name of [".a", ".b", ".c"]) writeFileSync(join(path, name), name);
    const folder = new SharedFolder(path, { dotfiles: [".a"] });
    expect(folder.names()).toEqual([".a"]);
    folder.allowDotfile(".b");
    expect([folder.has(".a"), folder.has(".b"), folder.has(".c")]).toEqual([true, true, false]);
    expect([await textOf(folder, ".b"), await textOf(folder, ".c")]).toEqual([".b", undefined]);
  });

  test("a file of any size is read where it is wanted", async () => {
    const path = tempFolder();
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
    writeFileSync(join(path, "large"), bytes);
    const { body } = await open(new SharedFolder(path), "large");
    expect(body).toBeInstanceOf(DiskFile);
    expect(Buffer.from(body!.read(100_000, 100_099)).equals(bytes.subarray(100_000, 100_100))).toBe(true);
    body?.close?.();
  });

  test("a folder that is reached by a link is served by its own name", () => {
    const path = tempFolder();
    mkdirSync(join(path, "real"));
    symlinkSync("real", join(path, "link"));
    expect(new SharedFolder(join(path, "link")).path).toBe(new SharedFolder(join(path, "real")).path);
  });
});

describe("what goes wrong", () => {
  test("no such folder, and none at all", () => {
    const path = tempFolder();
    writeFileSync(join(path, "file"), "");
    expect(() => new SharedFolder(join(path, "nowhere"))).toThrow(/nowhere does not exist: make it, or give another/);
    expect(() => new SharedFolder(join(path, "file"))).toThrow(/is not a folder: give the folder/);
    try {
      new SharedFolder(join(path, "nowhere"));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SharedFolderError);
      expect((error as SharedFolderError).code).toBe("ENOENT");
    }
  });

  test("a folder that may not be read", () => {
    // The superuser may read everything: another user tries, in a process of its own.
    const path = tempFolder();
    const closed = join(path, "closed");
    mkdirSync(closed);
    chmodSync(path, 0o755);
    chmodSync(closed, 0);
    if (isRoot) {
      const tried = spawnSync("ls", [closed], { uid: 65534 });
      expect(tried.status).not.toBe(0);
      return;
    }
    expect(() => new SharedFolder(closed)).toThrow(/may not be read: change its permissions/);
  });

  test("a folder that is removed while it is shared: said once, 503, and well again when it is back", async () => {
    const base = tempFolder();
    const path = join(base, "share");
    mkdirSync(path);
    writeFileSync(join(path, "new.txt"), "content");
    const problems: string[] = [];
    const { port, folder } = await startFolderServer(path, {}, { onProblem: (problem) => problems.push(problem) });
    expect((await fetchFile(port)).body.toString()).toBe("content");
    renameSync(path, `${path}.gone`);
    for (let i = 0; i < 3; i++) {
      const answer = await ask(port, get("/new.txt"));
      expect(answer.statusLine).toMatch(/ 503 /);
      expect(answer.headers["retry-after"]).toBe("5");
    }
    expect(problems).toEqual([`the folder ${folder.path} does not exist: make it, or give another`]);
    expect(folder.has("new.txt")).toBe(false);
    expect(() => folder.names()).toThrow(SharedFolderError);
    await expect(folder.hash("new.txt")).resolves.toBeUndefined();
    renameSync(`${path}.gone`, path);
    expect((await fetchFile(port)).body.toString()).toBe("content");
    rmSync(join(path, "new.txt"));
    expect((await fetchFile(port)).head?.status).toBe(404);
  });

  test("a folder that becomes a file", async () => {
    const path = join(tempFolder(), "share");
    mkdirSync(path);
    const folder = new SharedFolder(path);
    rmSync(path, { recursive: true });
    writeFileSync(path, "");
    expect(await open(folder, "new.txt")).toEqual({ body: undefined, problem: `${folder.path} is no folder any more` });
    expect(folder.has("new.txt")).toBe(false);
  });

  test("a file that is written to all the time is not served as if it were one version", async () => {
    const path = tempFolder();
    const file = join(path, "log");
    writeFileSync(file, "0");
    const writing = setInterval(() => appendFileSync(file, "x"), 5);
    const { body, problem } = await open(new SharedFolder(path), "log");
    clearInterval(writing);
    expect([body, problem]).toEqual([undefined, "log cannot be read now: it is being written to"]);
  });
});

/** What was written so far is no longer new: opening it waits for nothing. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));

describe("hashes", () => {
  const sha256 = (text: string): Uint8Array => new Uint8Array(createHash("sha256").update(text).digest());

  test("of a file: its SHA-256 and its size, the same from then on in its answers", async () => {
    const path = tempFolder();
    writeFileSync(join(path, "new.txt"), "content");
    const { port, folder } = await startFolderServer(path);
    const former = (await fetchFile(port)).head?.headers ?? {};
    expect(former).not.toHaveProperty("repr-digest");
    expect(await folder.hash("new.txt")).toEqual({ sha256: sha256("content"), sizeBytes: 7 });
    const { head } = await fetchFile(port);
    expect(head?.headers.etag).toBe(hashEtag(sha256("content")));
    expect(head?.headers["repr-digest"]).toBe(`sha-256=:${Buffer.from(sha256("content")).toString("base64")}:`);
    // A download that began before the hash was known goes on all the same.
    const resumed = await fetchFile(port, { range: { first: 3 }, headers: { "if-range": former.etag ?? "" } });
    expect([resumed.head?.status, resumed.body.toString()]).toEqual([206, "tent"]);
  });

  test("of large files, many at a time, each read once", async () => {
    const path = tempFolder();
    const names = Array.from({ length: 5 }, (_, i) => `file${i}`);
    for (const name of names) writeFileSync(join(path, name), name.repeat(500_000));
    const folder = new SharedFolder(path);
    const hashes = await Promise.all([...names, ...names].map((name) => folder.hash(name)));
    for (const [i, hash] of hashes.entries()) expect(hash?.sha256).toEqual(sha256(names[i % 5]!.repeat(500_000)));
    expect(hashes[0]).toBe(hashes[5]);
  });

  test("belong to a version: a changed file has none until it is hashed anew", async () => {
    const path = tempFolder();
    writeFileSync(join(path, "new.txt"), "one");
    const { port, folder } = await startFolderServer(path);
    await folder.hash("new.txt");
    writeFileSync(join(path, "new.txt"), "two");
    const { head, body } = await fetchFile(port);
    expect(body.toString()).toBe("two");
    expect(head?.headers).not.toHaveProperty("repr-digest");
    expect((await folder.hash("new.txt"))?.sha256).toEqual(sha256("two"));
  });

  test("of a file that changes meanwhile: rejected, and the next one is not held up", async () => {
    const path = tempFolder();
    writeFileSync(join(path, "large"), "");
    truncateSync(join(path, "large"), 300_000_000);
    writeFileSync(join(path, "small"), "x");
    const folder = new SharedFolder(path);
    await settled();
    const large = folder.hash("large");
    const small = folder.hash("small");
    // Well within the time that 300 MB take.
    setTimeout(() => appendFileSync(join(path, "large"), "x"), 20);
    await expect(large).rejects.toThrow("large cannot be hashed: the file changed while it was being hashed");
    expect((await small)?.sizeBytes).toBe(1);
  });

  test("of an empty file, and of none", async () => {
    const path = tempFolder();
    writeFileSync(join(path, "empty"), "");
    const folder = new SharedFolder(path);
    expect(await folder.hash("empty")).toEqual({ sha256: sha256(""), sizeBytes: 0 });
    expect(await folder.hash("nope")).toBeUndefined();
  });
});

describe("small files that are kept", () => {
  const facts = { contentType: "text/plain", validators: { etag: '"v1"', lastModifiedMs: 0 } };
  const keep = (small: SmallFiles, path: string, bytes: Uint8Array): void =>
    small.keep(path, new SmallFile(bytes, facts), versionOf(statSync(path, { bigint: true })));

  test("are good while the file is the same, and no longer", () => {
    const path = join(tempFolder(), "a");
    writeFileSync(path, "one");
    const small = new SmallFiles();
    keep(small, path, Buffer.from("one"));
    expect(small.get(path)?.read(0, 2).toString()).toBe("one");
    writeFileSync(path, "other");
    expect(small.get(path)).toBeUndefined();
    rmSync(path);
    expect(small.get(path)).toBeUndefined();
  });

  test("have a limit: the longest unused go", () => {
    const folder = tempFolder();
    const small = new SmallFiles();
    const paths = Array.from({ length: 300 }, (_, i) => join(folder, `f${i}`));
    for (const path of paths) {
      writeFileSync(path, "x");
      keep(small, path, new Uint8Array(63 * 1024));
      expect(small.get(paths[0]!), "what is used stays").toBeDefined();
    }
    const kept = paths.filter((path) => small.get(path) !== undefined);
    expect(kept.length).toBeLessThan(265);
    expect(kept.length).toBeGreaterThan(250);
    expect(kept.at(-1)).toBe(paths.at(-1));
    for (const path of paths) small.forget(path);
    expect(paths.some((path) => small.get(path) !== undefined)).toBe(false);
  });
});
