/** `peerlab import`: captures in, traces out; and what is said of files that are none. */

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
function classicPcap(
  texts: readonly string[] = ["1 10.0.0.2 80  1 1", "1 10.0.0.2 80  2 1"],
  apartMicroseconds = 500_000,
): Uint8Array {
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
    head.setUint32(4, i * apartMicroseconds, true);
    head.setUint32(8, frame.length, true);
    head.setUint32(12, frame.length, true);
    record.set(frame, 16);
    return record;
  });
  return concat([header, ...records]);
}

/** Updates of so many hosts to one, with their ACKs. */
function manyHosts(count: number, [update = "", ack = ""]: readonly string[]): Uint8Array {
  const one = { destinationHost: "10.0.0.1", destinationPort: 7777, sourcePort: 8888 };
  const frames = Array.from({ length: count }, (_, i) => {
    const there = { ...one, sourceHost: `10.0.1.${i + 1}` };
    const back = { sourceHost: "10.0.0.1", sourcePort: 7777, destinationHost: there.sourceHost, destinationPort: 8888 };
    return [udpFrame(there, 0, i, bytesOf(update)), udpFrame(back, 4, i, bytesOf(ack))];
  }).flat();
  const header = classicPcap([]);
  const records = frames.map((frame, i) => {
    const record = new Uint8Array(16 + frame.length);
    const head = new DataView(record.buffer);
    head.setUint32(0, 100 + i, true);
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

  test("--name by address and port, and IPv6 addresses in any spelling", async () => {
    const file = fileWith(classicPcap());
    const args = ["--name", "10.0.0.1:7777=H1", "--name", "[2001:0DB8::0001]:80=H6", "--name", "2001:0db8::2=H7"];
    const { exitCode, out } = await peerlab(["import", file, "--json", ...args]);
    expect([exitCode, JSON.parse(out).hosts]).toEqual([0, ["10.0.0.2", "H1"]]);
  });

  test("a name or a port that nothing in the capture has is said, with what there is", async () => {
    const file = fileWith(classicPcap());
    const { exitCode, err } = await peerlab([
      "import",
      file,
      "--name",
      "10.9.9.9=Typo",
      "--port",
      "7777",
      "--port",
      "9",
    ]);
    expect(exitCode).toBe(0);
    expect(err).toContain(
      "--name 10.9.9.9=Typo: no host of the capture has that address; there are 10.0.0.2, 10.0.0.1",
    );
    expect(err).toContain("--port 9: nothing in the capture goes to that port");
    expect(err).not.toContain("--port 7777");
  });

  test("a capture that cannot be imported leaves the results of an earlier one as they are", async () => {
    const folder = temporaryFolder();
    const file = fileWith(classicPcap());
    await peerlab(["import", file, "--out", folder]);
    const files = () =>
      readdirSync(join(folder, "capture")).map((name) => readFileSync(join(folder, "capture", name), "utf8"));
    const before = files();
    expect((await peerlab(["import", file, "--out", folder, "--port", "9"])).exitCode).toBe(2);
    expect(files()).toEqual(before);
  });

  test("a capture and a summary of somebody's own in the folder stay, and the capture's own folder is none to write to", async () => {
    const folder = temporaryFolder();
    const target = join(folder, "results", "trace");
    mkdirSync(target, { recursive: true });
    const own = join(target, "trace.pcapng");
    writeFileSync(own, classicPcap());
    writeFileSync(join(target, "summary.json"), "{}");
    symlinkSync(target, join(folder, "link"));
    const refused = await peerlab(["import", join(folder, "link", "trace.pcapng"), "--out", join(folder, "results")]);
    expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining("the capture's own folder") });
    const other = join(folder, "trace.pcap");
    writeFileSync(other, classicPcap());
    expect((await peerlab(["import", other, "--out", join(folder, "results")])).exitCode).toBe(0);
    expect([...readFileSync(own)]).toEqual([...classicPcap()]);
    expect(readFileSync(join(target, "summary.json"), "utf8")).toBe("{}");
  });

  test("of very many hosts the first are named", async () => {
    const texts = ["1 10.0.0.2 80  1 1", "1 10.0.0.2 80  2 1"];
    const args = Array.from({ length: 12 }, (_, i) => i);
    const file = fileWith(manyHosts(args.length, texts));
    const { out } = await peerlab(["import", file, "--no-charts"]);
    expect(out).toMatch(/between 13 hosts: (?:[\d.]+, ){8}\.\.\. in/);
  });

  test("--estimator rfc6298 has the floor and the granularity that a scenario's has", async () => {
    const folder = temporaryFolder();
    const file = fileWith(classicPcap());
    await peerlab(["import", file, "--estimator", "rfc6298", "--out", folder]);
    const rows = readFileSync(join(folder, "capture", "rtt.csv"), "utf8")
      .trim()
      .split("\n");
    // SRTT 500, RTTVAR 250: 1500. The second one, of 1 ms: 1 s.
    expect(rows.slice(1)).toEqual(["500,10.0.0.2,10.0.0.1,1,500,500,250,1500,sample"]);
    const quick = fileWith(classicPcap(["1 10.0.0.2 80  1 1", "1 10.0.0.2 80  2 1"], 1000));
    await peerlab(["import", quick, "--estimator", "rfc6298", "--out", folder, "--name", "10.0.0.1=H1"]);
    expect(readFileSync(join(folder, "capture", "rtt.csv"), "utf8")).toMatch(/,1,1,0\.5,1000,sample\n$/);
  });

  test("--attempts says when a sender gives a packet up", async () => {
    const update = "1 10.0.0.2 80  1 1";
    const file = fileWith(classicPcap([update, "1 10.0.0.2 80  3 5", update, "1 10.0.0.2 80  3 5", update]));
    const attemptsOf = async (...args: string[]) => {
      const folder = temporaryFolder();
      await peerlab(["import", file, "--out", folder, ...args]);
      const rows = readFileSync(join(folder, "capture", "trace.csv"), "utf8").split("\n");
      return rows.filter((row) => row.includes(",send,10.0.0.2,")).map((row) => row.split(",")[8]);
    };
    expect(await attemptsOf()).toEqual(["1", "2", "3"]);
    expect(await attemptsOf("--attempts", "2")).toEqual(["1", "2", "1"]);
    expect(await attemptsOf("--attempts", "unlimited")).toEqual(["1", "2", "3"]);
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
    [["--name", "10.0.0.1:0=H1"], /expected ADDRESS=NAME or ADDRESS:PORT=NAME/],
    [["--name", "::1:8001:x=H1"], /expected ADDRESS=NAME or ADDRESS:PORT=NAME/],
    [["--name", "[10.0.0.1]:80=H1"], /\[::1\]:8001=H1/],
    [["--attempts", "0"], /--attempts 0: expected a whole number from 1 to 999999999, or unlimited/],
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
      expect.stringMatching(/cannot read .*none\.pcap: there is no such file/),
    ]);
  });
});
