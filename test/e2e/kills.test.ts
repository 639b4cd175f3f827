/** What dies without a word: the directory, a source in the middle of a download; and folders that go away. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { builtCli, peerlab } from "./built-cli.ts";
import { Running, startDirectory, startPeer } from "./process.ts";

const PERIOD_MS = 1000;
/** The first retransmission timeout. */
const TIMEOUT_MS = 1000;
/** What a busy machine may be late by. */
const SLACK_MS = 4000;

beforeAll(() => {
  builtCli();
}, 120_000);

const content = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) & 255));

function folderWith(name: string, bytes: Uint8Array | string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), bytes);
  return folder;
}

/** The HTTP ports in the directory's list. */
async function listed(address: string): Promise<number[]> {
  const { out } = await peerlab(["view", "--directory", address, "--json"]);
  return (JSON.parse(out).peers as { httpPort: number }[]).map(({ httpPort }) => httpPort).toSorted((a, b) => a - b);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function partBytes(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.endsWith("peerlab-part"))
    .reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
}

describe("kill -9", { timeout: 120_000 }, () => {
  test("of the directory, started again: all peers are back within one update period and a timeout", async () => {
    const { directory, address } = await startDirectory("--update-period", `${PERIOD_MS}ms`);
    const peers = [];
    for (let i = 0; i < 3; i++) {
      peers.push(await startPeer(address, temporaryFolder(), "--update-period", `${PERIOD_MS}ms`));
    }
    const ports = peers.map(({ httpPort }) => httpPort).toSorted((a, b) => a - b);
    await until(async () => (await listed(address)).length === 3);
    directory.child.kill("SIGKILL");
    await directory.ended;

    const again = new Running(["directory", "--listen", address, "--update-period", `${PERIOD_MS}ms`]);
    await again.waitFor(/listening on/, "err");
    const startedMs = performance.now();
    await again.waitFor(/(?:joined.*){3}/s, "err");
    expect(performance.now() - startedMs).toBeLessThan(PERIOD_MS + TIMEOUT_MS + SLACK_MS);
    expect(await listed(address)).toEqual(ports);
  });

  test("of a source in the middle of a download from two: it completes from the other, and the dead one is named", async () => {
    const { address } = await startDirectory();
    const bytes = content(3_000_000);
    const sources: Awaited<ReturnType<typeof startPeer>>[] = [];
    for (let i = 0; i < 2; i++) {
      sources.push(await startPeer(address, folderWith("big.bin", bytes), "--share-all", "--upload-limit", "1MB/s"));
    }
    await until(async () => (await listed(address)).length === 2);
    const to = temporaryFolder();
    const get = new Running(["get", "big.bin", "--directory", address, "--to", to, "--json"]);
    await until(() => partBytes(to) > 300_000);
    sources[0]!.peer.child.kill("SIGKILL");
    const { exitCode, out } = await get.ended;
    expect(exitCode).toBe(0);
    expect(readFileSync(join(to, "big.bin")).equals(bytes)).toBe(true);
    const document = JSON.parse(out);
    const dead = document.sources.find(({ httpPort }: { httpPort: number }) => httpPort === sources[0]!.httpPort);
    expect(dead.failures + (dead.dropped === null ? 0 : 1)).toBeGreaterThan(0);
    expect(document.sources.every(({ receivedBytes }: { receivedBytes: number }) => receivedBytes > 0)).toBe(true);
  });
});

describe("a folder that goes away", { timeout: 120_000 }, () => {
  test("the share: whoever asks is refused in words, and the peer stays", async () => {
    const { address } = await startDirectory();
    const folder = folderWith("new.txt", "hello");
    const { peer, httpPort } = await startPeer(address, folder, "--share-all");
    rmSync(folder, { recursive: true });
    const get = ["get", "new.txt", "--from", `127.0.0.1:${httpPort}`, "--to", temporaryFolder()];
    const gone = await peerlab(get);
    expect(gone.exitCode).toBe(3);
    expect(gone.err).toMatch(/no source is left \(127\.0\.0\.1:\d+: it says 503 Service Unavailable/);
    await peer.waitFor(/the folder .* does not exist: make it, or give another/, "err");
    await peer.ask("4", /1 127\.0\.0\.1 \d+ new\.txt\n/);
  });

  test("the destination: it is said in words, with the exit code of a runtime failure", async () => {
    const { address } = await startDirectory();
    const { httpPort } = await startPeer(address, folderWith("new.txt", "hello"), "--share-all");
    const { exitCode, err } = await peerlab([
      "get",
      "new.txt",
      "--from",
      `127.0.0.1:${httpPort}`,
      "--to",
      "/proc/1/new.txt",
    ]);
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^peerlab: failed: cannot download new\.txt into .*: the folder is not there/m);
  });
});
