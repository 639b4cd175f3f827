/** The file-sharing system as its users have it: a directory and peers as processes of their own, over loopback. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { need } from "../support/needs.ts";
import { builtCli, peerlab } from "./built-cli.ts";
import { Running, startDirectory, startPeer } from "./process.ts";

/** The report's file. */
const FILE_BYTES = 58_710;

beforeAll(() => {
  builtCli();
}, 120_000);

/** A folder with files of so many bytes. */
function folderWith(files: Record<string, number> = {}): string {
  const folder = temporaryFolder();
  for (const [name, length] of Object.entries(files)) writeFileSync(join(folder, name), contentOf(name, length));
  return folder;
}

function contentOf(name: string, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + name.length) & 255);
}

/** Asks again until the directory's list shows what is expected: an update may be on its way. */
async function viewUntil(address: string, expected: RegExp): Promise<string> {
  for (;;) {
    const { out } = await peerlab(["view", "--directory", address]);
    if (expected.test(out)) return out;
  }
}

describe("the report's tests, with menus that are piped", { timeout: 60_000 }, () => {
  test("1: H3 shares new.txt, lists it, and the directory shows it", async () => {
    const { address } = await startDirectory();
    await startPeer(address, folderWith());
    const { peer, httpPort } = await startPeer(address, folderWith({ "new.txt": FILE_BYTES }));
    peer.pipe("2", "new.txt", "4", "6", "5");
    const { exitCode, out } = await peer.ended;
    expect(exitCode).toBe(0);
    expect(out).toContain(`new.txt is shared\n`);
    expect(out).toContain(`choice: 4\n1 127.0.0.1 ${httpPort} new.txt\n`);
    expect(out).toMatch(new RegExp(`\\['127\\.0\\.0\\.1', '${httpPort}', 'new\\.txt', \\d{10}(\\.\\d+)?\\]\n`));
    expect(out).toMatch(/\['127\.0\.0\.1', '\d+', \d{10}(\.\d+)?\]\n/); // the other one, without a file
  });

  test("2: H2 deletes recv.txt; seen from H3 and from H2 it has the others", async () => {
    const { address } = await startDirectory();
    const names = { "new.txt": 10, "recv.txt": 10, "file1.txt": 10 };
    const h2 = await startPeer(address, folderWith(names), "--share", ...Object.keys(names));
    const h3 = await startPeer(address, folderWith({ "f1.txt": 10 }), "--share", "f1.txt");
    await viewUntil(address, /'new\.txt', 'recv\.txt', 'file1\.txt'.*\n.*'f1\.txt'/);
    await h2.peer.ask("3\nrecv.txt", /recv\.txt is no longer shared\n/);
    for (const { peer } of [h3, h2]) {
      const [line] = await peer.ask("6", new RegExp(`\\['127\\.0\\.0\\.1', '${h2.httpPort}'[^\\]]*\\]`));
      expect(line).toMatch(/'new\.txt', 'file1\.txt', \d/);
    }
  });

  test("3: H4 looks new.txt up, is offered H2 and H3, takes H2, and has the file of 58,710 bytes", async () => {
    const { address } = await startDirectory();
    const h2 = await startPeer(address, folderWith({ "new.txt": FILE_BYTES }), "--share-all");
    await viewUntil(address, /new\.txt/);
    const h3 = await startPeer(address, folderWith({ "new.txt": FILE_BYTES }), "--share-all");
    await viewUntil(address, /new\.txt.*new\.txt/s);
    const folder = folderWith();
    const { peer } = await startPeer(address, folder);
    peer.pipe("1", "new.txt", "0", "5");
    const { exitCode, out } = await peer.ended;
    expect(exitCode).toBe(0);
    expect(out).toContain(`choice 0: 127.0.0.1 ${h2.httpPort}\nchoice 1: 127.0.0.1 ${h3.httpPort}\n`);
    expect(out).toMatch(/: 0\n\(200, 'OK'\) 58710 bytes in /);
    expect(readdirSync(folder)).toEqual(["new.txt"]);
    expect(new Uint8Array(readFileSync(join(folder, "new.txt")))).toEqual(contentOf("new.txt", FILE_BYTES));
  });

  test("4: H4 is offered H2 only, asks H3 for it anyway, and has 404", async () => {
    const { address } = await startDirectory();
    const h3 = await startPeer(address, folderWith({ "f1.txt": 1, "f3.txt": 1 }), "--share-all");
    await startPeer(address, folderWith({ "new.txt": FILE_BYTES, "file1.txt": 1 }), "--share-all");
    await viewUntil(address, /'new\.txt'/);
    const folder = folderWith();
    const { peer } = await startPeer(address, folder);
    peer.pipe("1", "new.txt", `127.0.0.1 ${h3.httpPort}`, "5");
    const { exitCode, out } = await peer.ended;
    expect(exitCode).toBe(0);
    expect(out).toMatch(/choice 0: /);
    expect(out).not.toMatch(/choice 1: /);
    expect(out).toContain("(404, 'file not found')\n");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("several sources at once: `all`", async () => {
    const { address } = await startDirectory();
    const content = { "big.bin": 3_000_000 };
    await startPeer(address, folderWith(content), "--share-all");
    await startPeer(address, folderWith(content), "--share-all");
    await viewUntil(address, /big\.bin.*big\.bin/s);
    const folder = folderWith();
    const { peer } = await startPeer(address, folder);
    peer.pipe("1", "big.bin", "all", "5");
    const { out } = await peer.ended;
    expect(out).toMatch(/\(200, 'OK'\) 3000000 bytes/);
    expect(out.match(/^from 127\.0\.0\.1 \d+: \d+ bytes/gm)).toHaveLength(2);
    expect(readFileSync(join(folder, "big.bin")).equals(contentOf("big.bin", 3_000_000))).toBe(true);
  });
});

describe("three terminals", { timeout: 60_000 }, () => {
  test("share, find, view and get, as README shows", async () => {
    const { directory, address } = await startDirectory();
    const { httpPort } = await startPeer(address, folderWith({ "new.txt": 100 }), "--share", "new.txt");
    await directory.waitFor(/joined 127\.0\.0\.1:\d+ with new\.txt\n/, "err");
    expect(await peerlab(["find", "new.txt", "--directory", address])).toMatchObject({
      exitCode: 0,
      out: `127.0.0.1 ${httpPort}\n`,
      err: "",
    });
    const to = temporaryFolder();
    const got = await peerlab(["get", "new.txt", "--directory", address, "--to", to]);
    expect(got).toMatchObject({ exitCode: 0, err: "" });
    expect(got.out).toMatch(new RegExp(`^\\(200, 'OK'\\) 100 bytes in .*\n${join(to, "new.txt")}\n$`));
    expect(readFileSync(join(to, "new.txt")).equals(contentOf("new.txt", 100))).toBe(true);
    // Nobody else has joined: clients of one question are no peers.
    const { out } = await peerlab(["view", "--directory", address, "--json"]);
    expect(JSON.parse(out)).toEqual({
      peers: [{ ip: "127.0.0.1", httpPort, files: ["new.txt"], lastUpdateMs: expect.any(Number) }],
    });
  });

  test("--json documents, also of what went wrong", async () => {
    const { address } = await startDirectory();
    const { httpPort } = await startPeer(address, folderWith({ "new.txt": 100 }), "--share-all");
    await viewUntil(address, /new\.txt/);
    const json = async (...args: string[]) => {
      const { exitCode, out } = await peerlab([...args, "--json"]);
      return { exitCode, document: JSON.parse(out) };
    };
    expect(await json("find", "new.txt", "--directory", address)).toEqual({
      exitCode: 0,
      document: { name: "new.txt", sources: [{ ip: "127.0.0.1", httpPort }] },
    });
    const error = { kind: "refused", exitCode: 1, message: "404 file not found", problems: [] };
    expect(await json("find", "other", "--directory", address)).toEqual({
      exitCode: 1,
      document: { name: "other", sources: [], error },
    });
    const to = join(temporaryFolder(), "copy.txt");
    const got = await json("get", "new.txt", "--from", `127.0.0.1:${httpPort}`, "--to", to);
    expect(got).toMatchObject({
      exitCode: 0,
      document: { name: "new.txt", file: to, fetched: true, bytes: 100, sources: [{ ip: "127.0.0.1", httpPort }] },
    });
    const missing = await json("get", "other", "--from", `127.0.0.1:${httpPort}`, "--to", to, "--overwrite");
    expect(missing).toMatchObject({
      exitCode: 1,
      document: { fetched: false, error: { kind: "refused", message: "(404, 'file not found')" } },
    });
    expect((await json("get", "new.txt", "--directory", address, "--to", to)).document.error).toMatchObject({
      message: expect.stringContaining("exists"),
    });
  });

  test("over IPv6", async (context) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
    need(context, "IPv6", hasIpv6);
    const directory = new Running(["directory", "--listen", "[::1]:0"]);
    const [, address = ""] = await directory.waitFor(/listening on (\[::1\]:\d+)/, "err");
    const listen = ["--listen", "[::1]:0", "--http", "[::1]:0"];
    const peer = new Running([
      "peer",
      "--directory",
      address,
      "--folder",
      folderWith({ "a b.txt": 10 }),
      "--share-all",
      ...listen,
    ]);
    const [, port] = await peer.waitFor(/peer ::1 (\d+), directory/, "err");
    await directory.waitFor(/joined \[::1\]:\d+ with a%20b\.txt/, "err");
    const to = temporaryFolder();
    const got = await peerlab(["get", "a b.txt", "--directory", address, "--to", to, "--json"]);
    expect(JSON.parse(got.out)).toMatchObject({ fetched: true, sources: [{ ip: "::1", httpPort: Number(port) }] });
    expect(readFileSync(join(to, "a b.txt")).equals(contentOf("a b.txt", 10))).toBe(true);
  });

  test("peers of one machine need no ports chosen: a default one that is taken is replaced", async () => {
    const { address } = await startDirectory();
    const start = async () => {
      const peer = new Running(["peer", "--directory", address, "--folder", folderWith()]);
      const [, httpPort] = await peer.waitFor(/peer 127\.0\.0\.1 (\d+), directory/, "err");
      return { peer, httpPort };
    };
    const first = await start();
    const second = await start();
    expect(second.httpPort).not.toBe(first.httpPort);
    expect(second.peer.err).toContain("UDP port 8888 is taken: another one will do (--listen chooses)\n");
    expect(second.peer.err).toContain("HTTP port 8080 is taken: another one will do (--http chooses)\n");
    await viewUntil(address, /'\d+', .*\n.*'\d+', /);
  });

  test("what is there is not replaced without being asked to", async () => {
    const { address } = await startDirectory();
    const { httpPort } = await startPeer(address, folderWith({ "new.txt": 100 }), "--share-all");
    await viewUntil(address, /new\.txt/);
    const to = folderWith({ "new.txt": 1 });
    const get = ["get", "new.txt", "--from", `127.0.0.1:${httpPort}`, "--to", to];
    const refused = await peerlab(get);
    expect(refused).toMatchObject({ exitCode: 2, out: "" });
    expect(refused.err).toContain(`${join(to, "new.txt")} exists: replace it with --overwrite`);
    const { peer } = await startPeer(address, to);
    peer.pipe("1", "new.txt", "0");
    expect((await peer.ended).out).toMatch(/failed: .*new\.txt/);
    expect(readFileSync(join(to, "new.txt"))).toHaveLength(1);
    expect(await peerlab([...get, "--overwrite"])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(to, "new.txt"))).toHaveLength(100);
  });

  test("a directory's --json document comes when it listens, and stays the only one", async () => {
    const directory = new Running(["directory", "--listen", "127.0.0.1:0", "--json", "--quiet"]);
    await directory.waitFor(/\n\}\n/);
    const { listen, addresses } = JSON.parse(directory.out);
    expect(addresses).toEqual([`127.0.0.1:${listen.port}`]);
    expect(await peerlab(["view", "--directory", addresses[0]])).toMatchObject({
      exitCode: 0,
      out: "",
      err: "the directory lists no peers\n",
    });
    directory.child.kill("SIGTERM");
    const { exitCode, out } = await directory.ended;
    expect(exitCode).toBe(130);
    expect(() => JSON.parse(out)).not.toThrow();
  });
});
