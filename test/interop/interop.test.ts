/**
 * Our directory and peers with programs that know the report's wire from its description alone (report-client.ts,
 * report-directory.ts), as processes over loopback.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { builtCli, peerlab } from "../e2e/built-cli.ts";
import { startDirectory, startPeer } from "../e2e/process.ts";
import { ReportClient, reportGet } from "./report-client.ts";
import { ReportDirectory } from "./report-directory.ts";

beforeAll(() => {
  builtCli();
}, 120_000);

const portOf = (address: string): number => Number(address.split(":")[1]);

async function openClient(directory: string): Promise<ReportClient> {
  const client = await ReportClient.open(portOf(directory));
  onTestFinished(() => client.close());
  return client;
}

describe("the report's peer at our directory", { timeout: 60_000 }, () => {
  test("registers, is found and listed, changes its list, and leaves", async () => {
    const { directory, address } = await startDirectory();
    const client = await openClient(address);
    await client.update(80, []);
    expect(client.heard).toEqual(["1 127.0.0.1 80  2 1"]); // the captured ACK
    await directory.waitFor(/joined 127\.0\.0\.1:80 with no files/, "err");
    expect(await client.lookup("new.txt")).toEqual({ type: 7, payload: "404 file not found" });

    await client.update(80, ["new.txt", "recv.txt"]);
    const other = await openClient(address);
    await other.update(8080, ["new.txt"]);
    expect(await other.lookup("new.txt")).toEqual({ type: 5, payload: "127.0.0.1 80 127.0.0.1 8080 " });
    const listing = await other.view();
    expect(listing.type).toBe(6);
    expect(listing.payload).toMatch(
      /^127\.0\.0\.1 80 new\.txt recv\.txt \d{10}\.\d{6}\n127\.0\.0\.1 8080 new\.txt \d{10}\.\d{6}\n$/,
    );
    await client.exit(80);
    await directory.waitFor(/left 127\.0\.0\.1:80 at its exit/, "err");
    expect((await openClient(address).then((third) => third.lookup("recv.txt"))).payload).toBe("404 file not found");
  });

  test("a list in several packets, and an answer in several", async () => {
    const { address } = await startDirectory();
    const client = await openClient(address);
    const files = Array.from({ length: 200 }, (_, i) => `file-${i}.txt`);
    await client.update(80, files);
    const { payload } = await client.view();
    expect(payload).toMatch(new RegExp(`^127\\.0\\.0\\.1 80 ${files.join(" ")} \\d{10}\\.\\d{6}\n$`));
    const found = await peerlab(["find", "file-199.txt", "--directory", address]);
    expect(found).toMatchObject({ exitCode: 0, out: "127.0.0.1 80\n" });
  });

  test("fetches a file from our peer with its 67 bytes, and hears 404 for another", async () => {
    const { address } = await startDirectory();
    const folder = temporaryFolder();
    const content = Uint8Array.from({ length: 58_710 }, (_, i) => (i * 31 + (i >> 8) * 7) & 255);
    writeFileSync(join(folder, "new.txt"), content);
    const { httpPort } = await startPeer(address, folder, "--share-all");
    const client = await openClient(address);
    let answer = await client.lookup("new.txt");
    while (answer.type !== 5) answer = await client.lookup("new.txt"); // the peer's update is on its way
    expect(answer.payload).toBe(`127.0.0.1 ${httpPort} `);
    const got = await reportGet("new.txt", httpPort, "10.0.0.2");
    expect({ status: got.status, reason: got.reason }).toEqual({ status: 200, reason: "OK" });
    expect(Buffer.from(got.body).equals(content)).toBe(true);
    expect(await reportGet("f1.txt", httpPort, "10.0.0.2")).toMatchObject({ status: 404, reason: "file not found" });
  });
});

describe("our peer at the report's directory", { timeout: 60_000 }, () => {
  const open = async (): Promise<ReportDirectory> => {
    const directory = await ReportDirectory.open();
    onTestFinished(() => directory.close());
    return directory;
  };

  test("registers with the captured bytes, looks up, downloads, views, shares, and leaves", async () => {
    const directory = await open();
    const address = `127.0.0.1:${directory.port}`;
    const folder = temporaryFolder();
    writeFileSync(join(folder, "new.txt"), "hello");
    const { peer: h2, httpPort } = await startPeer(address, folder, "--share", "new.txt");
    const to = temporaryFolder();
    writeFileSync(join(to, "mine.txt"), "mine");
    const { peer: h3, httpPort: own } = await startPeer(address, to);
    h3.pipe("6", "1", "new.txt", "0", "2", "mine.txt", "3", "mine.txt", "1", "nothing.txt", "5");
    const { exitCode, out } = await h3.ended;
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`\\['127\\.0\\.0\\.1', '${httpPort}', 'new\\.txt', \\d{10}(\\.\\d+)?\\]\n`));
    expect(out).toContain(`choice 0: 127.0.0.1 ${httpPort}\n`);
    expect(out).toMatch(/\(200, 'OK'\) 5 bytes/);
    expect(out).toContain("404 file not found\n");
    expect(readFileSync(join(to, "new.txt"), "utf8")).toBe("hello");
    for (const packet of [
      `1 127.0.0.1 ${own}  1 1`,
      "4  1 1",
      "2 new.txt 1 1",
      `1 127.0.0.1 ${own} mine.txt  1 1`,
      `3 127.0.0.1 ${own}  1 1`,
    ]) {
      expect(directory.heard).toContain(packet);
    }
    h2.pipe();
    await h2.ended;
    expect(directory.entries.size).toBe(0);
  });

  test("one-shot commands ask it, too; a long listing comes in many packets", async () => {
    const directory = await open();
    const address = `127.0.0.1:${directory.port}`;
    for (let i = 0; i < 40; i++) {
      const entry = { ip: "10.0.0.9", httpPort: String(80 + i), files: ["new.txt"], lastUpdate: "1425512907.613081" };
      directory.entries.set(`10.0.0.9 ${80 + i}`, entry);
    }
    const { exitCode, out } = await peerlab(["view", "--directory", address]);
    expect(exitCode).toBe(0);
    expect(out.split("\n").slice(0, -1)).toEqual(
      Array.from({ length: 40 }, (_, i) => `['10.0.0.9', '${80 + i}', 'new.txt', 1425512907.613081]`),
    );
    expect((await peerlab(["find", "new.txt", "--directory", address])).out.split("\n")).toHaveLength(41);
    expect(await peerlab(["find", "other.txt", "--directory", address])).toMatchObject({ exitCode: 1 });
  });
});
