/** The real-mode commands told something that cannot be: the exit code, and words that say what to do. */

import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { peerlab, temporaryFolder } from "../fake-console.ts";

const DIRECTORY = ["--directory", "127.0.0.1"];
const LOOPBACK = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];

async function udpPortTaken(): Promise<number> {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket.address().port;
}

async function tcpPortTaken(): Promise<number> {
  const server: Server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

describe("bad usage: exit code 2", () => {
  test.each([
    [["directory", "--listen", "7777"], "Expected HOST:PORT; write :7777 for a port alone."],
    [["directory", "--listen", "10.0.0.1:70000"], "Expected a port from 0 to 65535, not 70000."],
    [["directory", "--wire", "reprot"], "Allowed choices are auto, report, hardened."],
    [["directory", "--update-period", "7"], "Did you mean 7ms?"],
    [["directory", "--missed-updates", "0"], "Expected a whole number from 1 up."],
    [["directory", "--fault-seed", ""], "argument '' is invalid. It is empty."],
    [["directory", "--trace", " "], "argument ' ' is invalid. It is empty."],
    [["peer"], "required option '--directory <host[:port]>' not specified"],
    [["peer", "--directory", "10.0.0.1:0"], "Expected a port from 1 to 65535, not 0."],
    [["peer", ...DIRECTORY, "--http", "web"], "Expected PORT or HOST:PORT, such as 8080 or web:8080."],
    [["peer", ...DIRECTORY, "--advertise", "host"], "Expected an IP address, such as 10.0.0.3."],
    [["peer", ...DIRECTORY, "--upload-limit", "10MB"], "Did you mean 10MB/s?"],
    [["peer", ...DIRECTORY, "--max-uploads", "0"], "Expected a whole number from 1 up."],
    [["find", "new.txt"], "required option '--directory <host[:port]>' not specified"],
    [["find", ...DIRECTORY], "missing required argument 'name'"],
    [["view", ...DIRECTORY, "--timeout", "0s"], "Expected a duration above 0 and at most 2400h."],
    [["get", "new.txt"], "whom to ask? give --directory HOST, or --from HOST:PORT"],
    [["get", "new.txt", "--from", "10.0.0.2"], "Expected HOST:PORT, such as 10.0.0.2:8080."],
    [["get", "new.txt", "--from", Array(65).fill("10.0.0.2:80").join(",")], "Expected at most 64 peers."],
  ])("%j", async (args, message) => {
    const { exitCode, out, err } = await peerlab(args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toContain(message);
  });

  test("a name that no file can have", async () => {
    for (const command of ["find", "get"]) {
      const { exitCode, err } = await peerlab([command, "x".repeat(256), ...DIRECTORY]);
      expect(exitCode).toBe(2);
      expect(err).toMatch(/255 bytes/);
    }
  });

  test("a folder or a file to share that is not there", async () => {
    const folder = temporaryFolder();
    const missing = join(folder, "missing");
    const noFolder = await peerlab(["peer", ...DIRECTORY, ...LOOPBACK, "--folder", missing]);
    expect(noFolder).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`the folder ${missing} does not exist`),
    });
    const noFile = await peerlab(["peer", ...DIRECTORY, ...LOOPBACK, "--folder", folder, "--share", "new.txt"]);
    expect(noFile).toMatchObject({ exitCode: 2, err: expect.stringContaining("no such file: new.txt") });
  });

  test("faults that are none, with what was meant", async () => {
    const text = await peerlab(["view", ...DIRECTORY, "--faults", "los=0.1"]);
    expect(text.exitCode).toBe(2);
    expect(text.err).toMatch(/did you mean "?loss"?/);
    const file = join(temporaryFolder(), "bad.yaml");
    writeFileSync(file, "name: bad\nnetwork: { los: 0.1 }\n");
    expect(await peerlab(["view", ...DIRECTORY, "--faults", file])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`${file}:2:12: network.los: unknown key`),
    });
    expect(await peerlab(["view", ...DIRECTORY, "--faults", "missing.yaml"])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("missing.yaml"),
    });
  });

  test("with --json it is a document, too", async () => {
    const { exitCode, out } = await peerlab(["get", "new.txt", "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toEqual({
      name: "new.txt",
      fetched: false,
      bytes: 0,
      sources: [],
      error: {
        kind: "usage",
        exitCode: 2,
        message: "whom to ask? give --directory HOST, or --from HOST:PORT",
        problems: [],
      },
    });
  });
});

describe("the network or the system says no: exit code 3", () => {
  test("a port that is taken, and the option that changes it", async () => {
    const udp = `127.0.0.1:${await udpPortTaken()}`;
    const taken = await peerlab(["directory", "--listen", udp]);
    expect(taken).toMatchObject({ exitCode: 3, out: "" });
    expect(taken.err).toMatch(/cannot listen on UDP port \d+ of 127\.0\.0\.1: another program.* \(--listen\)\n$/);

    const folder = ["--folder", temporaryFolder()];
    const http = `127.0.0.1:${await tcpPortTaken()}`;
    const peer = await peerlab(["peer", ...DIRECTORY, "--listen", "127.0.0.1:0", "--http", http, ...folder]);
    expect(peer).toMatchObject({ exitCode: 3, out: "" });
    expect(peer.err).toMatch(/cannot listen on HTTP port \d+ of 127\.0\.0\.1: another program.* \(--http\)\n$/);
  });

  test("an address that this machine does not have", async () => {
    const { exitCode, err } = await peerlab(["directory", "--listen", "192.0.2.1:7777"]);
    expect(exitCode).toBe(3);
    expect(err).toContain("192.0.2.1 is no address of this machine");
  });

  test("a name that nobody knows", async () => {
    const { exitCode, err } = await peerlab(["view", "--directory", "no-such-host.invalid"]);
    expect(exitCode).toBe(3);
    expect(err).toMatch(
      /^peerlab: cannot find the host "no-such-host\.invalid" of --directory: .*give its IP address\n$/,
    );
  });

  test("no directory there", async () => {
    const nobody = `127.0.0.1:${await udpPortTaken()}`;
    for (const args of [["find", "new.txt"], ["view"], ["get", "new.txt", "--to", temporaryFolder()]]) {
      const { exitCode, err } = await peerlab([...args, "--directory", nobody, "--timeout", "200ms"]);
      expect(exitCode).toBe(3);
      expect(err).toBe(
        `peerlab: no answer from the directory ${nobody} within 200 ms: check its address, and that it runs\n`,
      );
    }
  });

  test("a trace that cannot be written", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { exitCode, err } = await peerlab(["directory", "--listen", "127.0.0.1:0", "--trace", file]);
    expect(exitCode).toBe(3);
    expect(err).toContain(`cannot make the folder ${file}`);
  });
});
