/** The hardened wire, groups with a key, and fault rules in front of real sockets, with processes over loopback. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { builtCli, peerlab } from "./built-cli.ts";
import { startDirectory, startPeer } from "./process.ts";

beforeAll(() => {
  builtCli();
}, 120_000);

function folderWith(name: string, text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  return folder;
}

function keyFile(key: string): string {
  const file = join(temporaryFolder(), "group.key");
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return file;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the hardened wire", { timeout: 60_000 }, () => {
  test("peers of both wires meet at one directory; the hardened one knows sizes and hashes, and get checks them", async () => {
    const { directory, address } = await startDirectory();
    expect(directory.err).toContain("; wire auto\n");
    const old = await startPeer(address, folderWith("new.txt", "hello"), "--share-all");
    await directory.waitFor(/joined .* with new\.txt/, "err");
    const hardened = await startPeer(address, folderWith("new.txt", "hello"), "--share-all", "--wire", "hardened");
    await directory.waitFor(
      new RegExp(`(joined|changed) 127\\.0\\.0\\.1:${hardened.httpPort} (with|to) new\\.txt`),
      "err",
    );

    const plain = await peerlab(["find", "new.txt", "--directory", address]);
    expect(plain.out).toBe(`127.0.0.1 ${old.httpPort}\n127.0.0.1 ${hardened.httpPort}\n`);
    const found = await peerlab(["find", "new.txt", "--directory", address, "--wire", "hardened", "--json"]);
    expect(JSON.parse(found.out).sources).toEqual([
      { ip: "127.0.0.1", httpPort: old.httpPort, isProven: false },
      { ip: "127.0.0.1", httpPort: hardened.httpPort, isProven: true, sizeBytes: 5, sha256: sha256("hello") },
    ]);
    const to = temporaryFolder();
    const got = await peerlab(["get", "new.txt", "--directory", address, "--wire", "hardened", "--to", to]);
    expect(got.exitCode).toBe(0);
    expect(got.out).toContain(`SHA-256 ${sha256("hello")}\n`);
  });

  test("a peer whose bytes are not what the directory says is found out", async () => {
    const { directory, address } = await startDirectory();
    const folder = folderWith("new.txt", "hello");
    await startPeer(address, folder, "--share-all", "--wire", "hardened");
    await directory.waitFor(/ new\.txt/, "err");
    writeFileSync(join(folder, "new.txt"), "Hello"); // shared as "hello"
    const to = temporaryFolder();
    const got = await peerlab(["get", "new.txt", "--directory", address, "--wire", "hardened", "--to", to]);
    expect(got.exitCode).toBe(3);
    expect(got.err).toMatch(/^peerlab: failed: no source has the file as it should be .*another SHA-256\)\n$/m);
  });

  test("the menu shares over it: the answer comes when the file was read and the directory knows", async () => {
    const { address } = await startDirectory("--wire", "hardened");
    const { peer } = await startPeer(address, folderWith("new.txt", "hello"), "--wire", "hardened");
    peer.pipe("2", "new.txt", "6", "3", "new.txt", "6", "5");
    const { exitCode, out } = await peer.ended;
    expect(exitCode).toBe(0);
    expect(out).toMatch(/new\.txt is shared\n[^']*choice: 6\n\['127\.0\.0\.1', '\d+', 'new\.txt', \d/);
    expect(out).toMatch(/new\.txt is no longer shared\n[^']*choice: 6\n\['127\.0\.0\.1', '\d+', \d/);
  });
});

describe("a group with a key", { timeout: 60_000 }, () => {
  test("only who has it gets in, and whoever has not is told what to look at", async () => {
    const key = keyFile("the group's own secret");
    const { directory, address } = await startDirectory("--key-file", key);
    expect(directory.err).toContain("; wire hardened; only who has the key is heard\n");
    await startPeer(address, folderWith("new.txt", "hello"), "--share-all", "--key-file", key);
    await directory.waitFor(/ new\.txt/, "err");
    const view = ["view", "--directory", address, "--timeout", "1s"];
    expect((await peerlab([...view, "--key-file", key])).out).toMatch(/'new\.txt'/);
    for (const wire of ["report", "hardened"]) {
      expect(await peerlab([...view, "--wire", wire])).toMatchObject({ exitCode: expect.toBeOneOf([1, 3]), out: "" });
    }
    const wrong = await peerlab([...view, "--key-file", keyFile("another group's secret")]);
    expect(wrong.exitCode).toBe(3);
    expect(wrong.err).toMatch(/no answer from the directory .*: is the key the same there\?\n$/);
    const lost = await startPeer(address, temporaryFolder(), "--key-file", keyFile("another group's secret"));
    await lost.peer.waitFor(/does not answer \(.*is the key the same there\?\)/, "err");
  });

  test("a key on the report's wire, or one that is none, is bad usage", async () => {
    const key = keyFile("the group's own secret");
    for (const args of [
      ["directory", "--wire", "auto"],
      ["view", "--directory", "127.0.0.1", "--wire", "report"],
    ]) {
      const { exitCode, err } = await peerlab([...args, "--key-file", key]);
      expect(exitCode).toBe(2);
      expect(err).toMatch(/--key-file needs the hardened wire, and --wire is (auto|report)/);
    }
    const short = await peerlab(["view", "--directory", "127.0.0.1", "--key-file", keyFile("short")]);
    expect(short).toMatchObject({ exitCode: 2, err: expect.stringContaining("too short: 5 bytes") });
  });
});

describe("faults in front of the sockets", { timeout: 60_000 }, () => {
  test("packets are lost and delayed, the trace says by which rule, and the system works", async () => {
    const trace = join(temporaryFolder(), "trace");
    const faults = ["--faults", "loss=0.3 delay=5ms", "--fault-seed", "7"];
    const { directory, address } = await startDirectory(...faults, "--trace", trace);
    await startPeer(address, folderWith("new.txt", "hello"), "--share-all");
    for (let i = 0; i < 5; i++) {
      const { exitCode } = await peerlab(["find", `file-${i}`, "--directory", address, "--timeout", "30s"]);
      expect(exitCode).toBe(1);
    }
    directory.child.kill("SIGINT");
    await directory.ended;
    const rows = readFileSync(join(trace, "trace.csv"), "utf8").split("\n");
    const drops = rows.filter((row) => row.split(",")[1] === "drop");
    expect(drops.length).toBeGreaterThan(0);
    for (const row of drops) expect(row).toMatch(/,loss$/);
  });

  test("a scenario's network will do; what arrives is under its rules as well as what is sent", async () => {
    const file = join(temporaryFolder(), "bad-network.yaml");
    writeFileSync(
      file,
      `name: bad-network
description: The first question and the first answer are lost.
duration: 10s
network:
  faults:
    - { match: { type: LOOKUP, kind: data, nth: 1 }, do: drop }
    - { match: { type: ERROR, kind: data, nth: 1 }, do: drop }
hosts: { H1: { role: directory }, H2: { role: peer } }
timeline: [{ at: 1s, host: H2, do: { lookup: new.txt } }]
expect: [{ drops: { atLeast: 2 } }]
`,
    );
    const trace = join(temporaryFolder(), "trace");
    const { directory, address } = await startDirectory("--faults", file, "--trace", trace);
    expect((await peerlab(["find", "new.txt", "--directory", address])).exitCode).toBe(1);
    directory.child.kill("SIGINT");
    await directory.ended;
    const rows = readFileSync(join(trace, "trace.csv"), "utf8").split("\n");
    const drops = rows.filter((row) => row.split(",")[1] === "drop");
    expect(drops.map((row) => row.split(",")[5])).toEqual(["LOOKUP", "ERROR"]);
    expect(drops.map((row) => row.split(",").at(-1))).toEqual(["fault 1", "fault 2"]);
  });
});
