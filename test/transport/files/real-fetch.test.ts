/** Fetches over real sockets into a real folder: from our own file servers, through kill -9 of either side. */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { generatedFile } from "../../../src/core/peer/generated-file.ts";
import { serveFile } from "../../../src/core/peer/serving.ts";
import { silentTrace } from "../../../src/trace/node-trace.ts";
import { DownloadFolder } from "../../../src/transport/files/download-folder.ts";
import { FolderStore } from "../../../src/transport/files/folder-store.ts";
import { SharedFolder } from "../../../src/transport/files/shared-folder.ts";
import { FileServer, type FileServerOptions } from "../../../src/transport/http/file-server.ts";
import { realFetch } from "./real-fetch.ts";
import { namesIn, temporaryFolder, until } from "./support.ts";

// Disks and processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const SIZE = 5_000_000;
const CONTENT = generatedFile("big", SIZE).read(0, SIZE - 1);
const SHA256 = createHash("sha256").update(CONTENT).digest();
const EXPECTED = { expect: { sha256: Uint8Array.from(SHA256) } };
const SIDECAR = ".big.peerlab-part.json";

interface Running {
  readonly port: number;
  /** Range headers as they came; "" for none. */
  readonly ranges: string[];
  stop(): Promise<void>;
}

async function serving(content: Uint8Array, options: Partial<FileServerOptions> = {}): Promise<Running> {
  const path = temporaryFolder();
  writeFileSync(join(path, "big"), content);
  const files = new FolderStore(new SharedFolder(path), new DownloadFolder(path));
  const ranges: string[] = [];
  const server = await FileServer.listen(
    { host: "127.0.0.1", port: 0, ...options },
    (_from, request, response) => {
      ranges.push(request.headers?.range ?? "");
      serveFile(files, true, request, response, () => "a-boundary");
    },
    silentTrace,
  );
  onTestFinished(() => server.close());
  return { port: server.endpoint.port, ranges, stop: () => server.close() };
}

const holds = (folder: string): boolean => readFileSync(join(folder, "big")).equals(CONTENT);

test("from one source, in one plain request", async () => {
  const [source, folder] = [await serving(CONTENT), temporaryFolder()];
  expect(await realFetch(folder, "big", [source.port], EXPECTED).outcome).toMatchObject({
    status: "fetched",
    bytes: SIZE,
  });
  expect(source.ranges).toEqual([""]);
  expect(holds(folder)).toBe(true);
  expect(namesIn(folder)).toEqual(["big"]);
});

test("from three, one of which lies: it is named, and the file is right", async () => {
  const lie = CONTENT.map((byte) => byte ^ 1);
  const [a, b, c] = [await serving(CONTENT), await serving(lie), await serving(CONTENT)];
  const folder = temporaryFolder();
  const outcome = await realFetch(folder, "big", [a.port, b.port, c.port], EXPECTED).outcome;
  expect(outcome).toMatchObject({ status: "fetched" });
  const named = outcome.sources.filter(({ dropped }) => dropped !== undefined);
  // Where the fast ones leave it nothing to do, it delivers nothing wrong.
  expect(named.every(({ source, dropped }) => source.httpPort === b.port && dropped?.reason === "bad-bytes")).toBe(
    true,
  );
  expect(holds(folder)).toBe(true);
});

test("a source that goes away in mid-fetch: the other completes it", async () => {
  const slow = { uploadBytesPerSecond: 2_000_000, closeGraceMs: 1 };
  const [a, b] = [await serving(CONTENT, slow), await serving(CONTENT)];
  const folder = temporaryFolder();
  const { outcome } = realFetch(folder, "big", [a.port, b.port], { ...EXPECTED, bytesPerSecond: 8_000_000 });
  await until(() => a.ranges.length > 0);
  await a.stop();
  expect(await outcome).toMatchObject({ status: "fetched" });
  expect(holds(folder)).toBe(true);
});

test("cancelled and continued: only the rest is asked for, under the server's ETag", async () => {
  const [source, folder] = [await serving(CONTENT), temporaryFolder()];
  const first = realFetch(folder, "big", [source.port], { bytesPerSecond: 4_000_000 });
  await until(() => existsSync(join(folder, ".big.peerlab-part")));
  await until(() => readFileSync(join(folder, ".big.peerlab-part")).length > 0);
  first.handle.cancel();
  const cancelled = await first.outcome;
  expect(cancelled).toMatchObject({ status: "failed", reason: "cancelled", isKept: true });
  expect(namesIn(folder)).toEqual([".big.peerlab-part", SIDECAR]);
  const second = await realFetch(folder, "big", [source.port], {}).outcome;
  expect(second).toMatchObject({ status: "fetched", resumedBytes: cancelled.bytes });
  expect(source.ranges[1]).toBe(`bytes=${cancelled.bytes}-${SIZE - 1}`);
  expect(holds(folder)).toBe(true);
});

describe("in a process of its own", () => {
  async function child(...args: string[]): Promise<ChildProcess & { output: () => string }> {
    const script = join(temporaryFolder(), "real-fetch.mjs");
    const entry = fileURLToPath(new URL("./real-fetch.ts", import.meta.url));
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
      logLevel: "error",
    });
    const started = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    started.stdout.on("data", (text) => {
      output += text;
    });
    onTestFinished(() => void started.kill("SIGKILL"));
    return Object.assign(started, { output: () => output });
  }
  const ended = (one: ChildProcess): Promise<void> => new Promise((done) => one.once("close", () => done()));

  test("kill -9 of the downloader in mid-write: the next one takes the lock over and continues", async () => {
    const [source, folder] = [await serving(CONTENT, { uploadBytesPerSecond: 1_000_000 }), temporaryFolder()];
    const args = [folder, "big", SHA256.toString("hex"), String(source.port)] as const;
    const first = await child(...args);
    await until(() => existsSync(join(folder, SIDECAR)));
    expect(existsSync(join(folder, "big"))).toBe(false);
    const isGone = ended(first);
    first.kill("SIGKILL");
    await isGone;
    expect(namesIn(folder)).toEqual([".big.peerlab-part", SIDECAR, ".big.peerlab-part.lock"]);
    const second = await child(...args);
    await ended(second);
    const outcome = JSON.parse(second.output());
    expect(outcome).toMatchObject({ status: "fetched", bytes: SIZE });
    expect(outcome.resumedBytes).toBeGreaterThan(0);
    expect(source.ranges).toEqual(["", `bytes=${outcome.resumedBytes}-${SIZE - 1}`]);
    expect(holds(folder)).toBe(true);
    expect(namesIn(folder)).toEqual(["big"]);
  });

  test("while it lives, another download of that name is refused", async () => {
    const [source, folder] = [await serving(CONTENT, { uploadBytesPerSecond: 500_000 }), temporaryFolder()];
    const first = await child(folder, "big", SHA256.toString("hex"), String(source.port));
    await until(() => namesIn(folder).includes(".big.peerlab-part.lock"));
    expect(await realFetch(folder, "big", [source.port], EXPECTED).outcome).toMatchObject({
      status: "failed",
      reason: "not-stored",
      detail: `big is being downloaded by process ${first.pid}: wait for that, or end it`,
    });
  });
});
