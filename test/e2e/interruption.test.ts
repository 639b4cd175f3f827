/** Ctrl-C, lost directories and readers that go away, with real processes. */

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { ReportDirectory } from "../interop/report-directory.ts";
import { builtCli, peerlab } from "./built-cli.ts";
import { Running, startDirectory, startPeer } from "./process.ts";

/** What the issue allows for leaving; a machine that is busy gets some more. */
const LEAVING_MS = 2000;

beforeAll(() => {
  builtCli();
}, 120_000);

describe("Ctrl-C", { timeout: 60_000 }, () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s: a peer leaves the directory and ends with 130",
    async (signal) => {
      const { directory, address } = await startDirectory();
      const { peer, httpPort } = await startPeer(address, temporaryFolder());
      await directory.waitFor(/joined/, "err");
      peer.child.kill(signal);
      const { exitCode } = await peer.ended;
      expect(exitCode).toBe(130);
      await directory.waitFor(new RegExp(`left 127\\.0\\.0\\.1:${httpPort} at its exit`), "err");
    },
  );

  test("a directory ends with 130, sums up, and its trace is whole", async () => {
    const trace = join(temporaryFolder(), "trace");
    const { directory, address } = await startDirectory("--trace", trace, "--name", "H1");
    await peerlab(["view", "--directory", address]);
    directory.child.kill("SIGINT");
    const { exitCode, err } = await directory.ended;
    expect(exitCode).toBe(130);
    expect(err).toMatch(/directory closed: nobody came\n$/);
    expect(readdirSync(trace).sort()).toEqual(["rtt.csv", "trace.csv", "trace.jsonl"]);
    const lines = readFileSync(join(trace, "trace.csv"), "utf8").split("\n");
    expect(lines.at(-1)).toBe("");
    expect(lines.some((line) => /^[\d.]+,deliver,H1,127\.0\.0\.1:\d+,\d+,VIEW,1,1,/.test(line))).toBe(true);
    expect(lines.some((line) => /^[\d.]+,send,H1,127\.0\.0\.1:\d+,\d+,LISTING,1,1,1,/.test(line))).toBe(true);
  });

  test("a peer whose directory does not answer gives up on its exit in time", async () => {
    const { directory, address } = await startDirectory();
    const { peer } = await startPeer(address, temporaryFolder());
    await directory.waitFor(/joined/, "err");
    directory.child.kill("SIGKILL");
    await directory.ended;
    const start = performance.now();
    peer.child.kill("SIGINT");
    const { exitCode } = await peer.ended;
    expect(exitCode).toBe(130);
    expect(performance.now() - start).toBeLessThan(2 * LEAVING_MS);
  });

  test("the second one ends at once", async () => {
    const { directory, address } = await startDirectory();
    const { peer } = await startPeer(address, temporaryFolder());
    await directory.waitFor(/joined/, "err");
    directory.child.kill("SIGSTOP"); // no ACK of the exit will come
    peer.child.kill("SIGINT");
    peer.child.kill("SIGTERM");
    expect((await peer.ended).exitCode).toBe(130);
  });

  test("a download is kept, and the next one goes on from there", async () => {
    const { address } = await startDirectory();
    const folder = temporaryFolder();
    const content = Uint8Array.from({ length: 4_000_000 }, (_, i) => (i * 31 + (i >> 8) * 7) & 255);
    writeFileSync(join(folder, "big.bin"), content);
    const { httpPort } = await startPeer(address, folder, "--share-all");
    const to = temporaryFolder();
    const get = ["get", "big.bin", "--from", `127.0.0.1:${httpPort}`, "--to", to];
    const first = new Running([...get, "--limit", "400kB/s"]);
    await waitForFile(to, 300_000);
    first.child.kill("SIGINT");
    const ended = await first.ended;
    expect(ended.exitCode).toBe(130);
    expect(ended.err).toMatch(/interrupted; .* are kept: the next try goes on from there\n$/);
    expect(readdirSync(to)).not.toContain("big.bin");
    const second = await peerlab([...get, "--json"]);
    expect(second.exitCode).toBe(0);
    expect(JSON.parse(second.out).resumedBytes).toBeGreaterThan(0);
    expect(readFileSync(join(to, "big.bin")).equals(content)).toBe(true);
  });
});

describe("a directory that comes and goes", { timeout: 60_000 }, () => {
  test("the user is told once when it is lost and once when it is back; files are served meanwhile", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "new.txt"), "hello");
    const lost = await ReportDirectory.open();
    const { port } = lost;
    const address = `127.0.0.1:${port}`;
    const { peer, httpPort } = await startPeer(address, folder, "--share-all", "--update-period", "200ms");
    await until(() => lost.entries.size === 1);
    lost.close();
    await peer.waitFor(/the directory 127\.0\.0\.1:\d+ does not answer/, "err");
    const got = await peerlab(["get", "new.txt", "--from", `127.0.0.1:${httpPort}`, "--to", temporaryFolder()]);
    expect(got.exitCode).toBe(0);
    await peer.ask("4", /1 127\.0\.0\.1 \d+ new\.txt\n/);
    const back = await ReportDirectory.open(port);
    await peer.waitFor(/the directory 127\.0\.0\.1:\d+ lists this peer now/, "err");
    expect([...back.entries.values()]).toMatchObject([{ httpPort: String(httpPort), files: ["new.txt"] }]);
    peer.pipe("5");
    expect((await peer.ended).exitCode).toBe(0);
    expect(peer.err.match(/does not answer/g)).toHaveLength(1);
    expect(peer.err.match(/lists this peer now/g)).toHaveLength(1);
    await until(() => back.entries.size === 0);
    back.close();
  });

  test("it need not be there at the start", async () => {
    const first = await ReportDirectory.open();
    const { port } = first;
    first.close();
    const { peer } = await startPeer(`127.0.0.1:${port}`, temporaryFolder(), "--update-period", "200ms");
    await peer.waitFor(/does not answer/, "err");
    const directory = await ReportDirectory.open(port);
    await peer.waitFor(/lists this peer now/, "err");
    directory.close();
  });
});

describe("streams that end", { timeout: 60_000 }, () => {
  test("the end of the input is an Exit", async () => {
    const { directory, address } = await startDirectory();
    const { peer } = await startPeer(address, temporaryFolder());
    await directory.waitFor(/joined/, "err");
    peer.pipe();
    expect((await peer.ended).exitCode).toBe(0);
    await directory.waitFor(/left/, "err");
  });

  test("--no-menu takes no notice of the input", async () => {
    const { directory, address } = await startDirectory();
    const { peer } = await startPeer(address, temporaryFolder(), "--no-menu");
    peer.pipe("5");
    await directory.waitFor(/joined/, "err");
    expect((await peerlab(["view", "--directory", address])).out).toMatch(/^\['127/);
    peer.child.kill("SIGTERM");
    expect(await peer.ended).toMatchObject({ exitCode: 130, out: "" });
  });

  test("a reader that goes away (`| head`) is no failure", async () => {
    const { directory, address } = await startDirectory();
    const { peer } = await startPeer(address, temporaryFolder());
    await directory.waitFor(/joined/, "err");
    for (const args of [["view"], ["view", "--json"]]) {
      const ended = await peerlab([...args, "--directory", address], (child) => child.stdout?.destroy());
      expect(ended).toMatchObject({ exitCode: 0, signal: null, err: "" });
    }
    peer.child.stdout?.destroy();
    peer.pipe("6", "4", "5");
    expect(await peer.ended).toMatchObject({ exitCode: 0, signal: null });
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Waits until the files of a folder together have so many bytes on the disk. */
async function waitForFile(folder: string, bytes: number): Promise<void> {
  const size = () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).blocks * 512, 0);
  await until(() => size() >= bytes);
}
