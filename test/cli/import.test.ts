/** `peerlab import`: captures in, traces out; and what is said of files that are none. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { udpFrame } from "../../src/trace/pcapng/frames.ts";
import { bytesOf, concat } from "../contract/world.ts";
import { peerlab, scenarioFile, temporaryFolder } from "./fake-console.ts";

/** A run's own capture. */
async function captured(): Promise<{ folder: string; file: string }> {
  const folder = temporaryFolder();
  await peerlab(["run", scenarioFile(folder, "bulk"), "--out", folder, "--quiet"]);
  return { folder, file: join(folder, "bulk", "trace.pcapng") };
}

/** A Linux cooked pcap file, as tcpdump writes it: an update and its ACK half a second later. */
function classicPcap(texts: readonly string[] = ["1 10.0.0.2 80  1 1", "1 10.0.0.2 80  2 1"]): Uint8Array {
  const header = new Uint8Array(24);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint32(20, 113, true);
  const there = { sourceHost: "10.0.0.2", sourcePort: 8888, destinationHost: "10.0.0.1", destinationPort: 7777 };
  const back = { sourceHost: "10.0.0.1", sourcePort: 7777, destinationHost: "10.0.0.2", destinationPort: 8888 };
  const records = texts.map((text, i) => {
    const frame = udpFrame(i % 2 === 0 ? there : back, i % 2 === 0 ? 0 : 4, i, bytesOf(text));
    const record = new Uint8Array(16 + frame.length);
    const head = new DataView(record.buffer);
    head.setUint32(0, 100, true);
    head.setUint32(4, i * 500_000, true);
    head.setUint32(8, frame.length, true);
    head.setUint32(12, frame.length, true);
    record.set(frame, 16);
    return record;
  });
  return concat([header, ...records]);
}

function fileWith(bytes: Uint8Array): string {
  const file = join(temporaryFolder(), "capture.pcap");
  writeFileSync(file, bytes);
  return file;
}

describe("peerlab import", () => {
  test("a run's own capture gives its chart, its hosts by name, and the files", async () => {
    const { folder, file } = await captured();
    const { exitCode, out } = await peerlab(["import", file, "--out", join(folder, "imported")]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^sender -> receiver: \d+ samples/);
    expect(out).toMatch(/trace\.pcapng: \d+ datagrams and 0 segments between sender, receiver in/);
    const files = readdirSync(join(folder, "imported", "trace")).sort();
    const names = ["charts.svg", "charts.txt", "ladder.svg", "report.html", "rtt.csv", "trace.csv", "trace.jsonl"];
    expect(files).toEqual(names);
    expect(readFileSync(join(folder, "imported", "trace", "trace.csv"), "utf8")).toMatch(
      /\n[\d.]+,drop,sender,receiver,/,
    );
  });

  test("its report says what it is of, has no verdicts and no seed, and is named last", async () => {
    const { folder, file } = await captured();
    const { out } = await peerlab(["import", file, "--out", join(folder, "imported")]);
    const path = join(folder, "imported", "trace", "report.html");
    expect(out.endsWith(`\nopen in a browser: ${path}\n`)).toBe(true);
    const page = readFileSync(path, "utf8");
    expect(page).toContain("<h1>trace</h1>");
    expect(page).toMatch(/Imported from trace\.pcapng: \d+ datagrams and 0 segments between sender, receiver\./);
    expect(page).toMatch(/<dt>Trace hash<\/dt><dd><code>[0-9a-f]{16}</);
    expect(page).toContain("of real time");
    for (const word of ["<dt>Seed", "Verdicts</h2>", "PASS", "RAN"]) expect(page).not.toContain(word);
  });

  test("a pcap file of tcpdump: addresses for names, or those that are given", async () => {
    const file = fileWith(classicPcap());
    const plain = JSON.parse((await peerlab(["import", file, "--json"])).out);
    expect(plain).toMatchObject({ hosts: ["10.0.0.2", "10.0.0.1"], datagrams: 2, durationMs: 500, startMs: 100_000 });
    const named = JSON.parse((await peerlab(["import", file, "--json", "--name", "10.0.0.1=H1"])).out);
    expect(named.hosts).toEqual(["10.0.0.2", "H1"]);
  });

  test("--port passes over what goes to other ports", async () => {
    const { exitCode, err } = await peerlab(["import", fileWith(classicPcap()), "--port", "9999"]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/no datagram of the 2015 wire \(2 datagrams and 0 segments of others\)/);
  });

  test("never writes over the capture that it reads", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "trace"));
    const file = join(folder, "trace", "trace.pcapng");
    writeFileSync(file, classicPcap());
    const { exitCode, err } = await peerlab(["import", file, "--out", folder]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/the capture's own folder/);
    expect(readFileSync(file).length).toBe(classicPcap().length);
  });

  test.each([
    [["--name", "H1"], /--name H1: expected ADDRESS=NAME/],
    [["--name", "10.0.0.1=a=b"], /expected ADDRESS=NAME/],
    [["--port", "0"], /--port 0: expected a port from 1 to 65535/],
    [["--estimator", "guess"], /Allowed choices are report, rfc6298, fixed/],
    [["--out", ""], /--out is empty/],
  ])("%j is bad usage", async (args, message) => {
    const { exitCode, err } = await peerlab(["import", fileWith(classicPcap()), ...args]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(message);
  });

  test("what is no capture is bad usage; what cannot be read is a failure", async () => {
    const text = await peerlab(["import", fileWith(bytesOf("time_ms,event"))]);
    expect([text.exitCode, text.err]).toEqual([
      2,
      expect.stringContaining("neither a pcapng nor a pcap file (at byte 0)"),
    ]);
    const missing = await peerlab(["import", join(temporaryFolder(), "none.pcap")]);
    expect([missing.exitCode, missing.err]).toEqual([
      3,
      expect.stringMatching(/cannot read .*none\.pcap: there is no such/),
    ]);
  });
});
