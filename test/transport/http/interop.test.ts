/** Programs that everybody has fetch our files: curl, wget, aria2c. Each is skipped, saying so, where it is missing; not in CI. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pattern } from "../../contract/world.ts";
import { afterTest, startFolderServer, type TestServer, tempFolder } from "./support.ts";

const SIZE = 3_000_000;
const BYTES = Buffer.from(pattern(SIZE));
const UNICODE = "\u00dcbung 1 \u{1f600}.txt";
const CI = process.env.CI === "true";

function isThere(program: string): boolean {
  const found = spawnSync(program, ["--version"]).status === 0;
  if (!found && !CI) process.stderr.write(`skipped: ${program} is not installed, so nobody tries our files with it\n`);
  return found || CI;
}

interface Run {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<Run> {
  const child: ChildProcess = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  afterTest(() => child.kill());
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (bytes) => out.push(bytes));
  child.stderr?.on("data", (bytes) => err.push(bytes));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.on("close", resolve);
  });
  return { code, out: Buffer.concat(out), err: Buffer.concat(err).toString() };
}

async function shared(): Promise<TestServer & { url: string; folder: string }> {
  const folder = tempFolder();
  writeFileSync(join(folder, "new.txt"), BYTES);
  writeFileSync(join(folder, UNICODE), "hello");
  const server = await startFolderServer(folder);
  return { ...server, folder, url: `http://127.0.0.1:${server.port}` };
}

const unicodePath = `/${encodeURIComponent(UNICODE)}`;

describe.runIf(isThere("curl"))("curl", () => {
  const curl = async (...args: string[]): Promise<Run> =>
    run("curl", ["-sS", "--max-time", "20", ...args], tempFolder());

  test("gets a file, twice on one connection", async () => {
    const { url, server } = await shared();
    const { code, out, err } = await curl(`${url}/new.txt`, `${url}/new.txt`, "-w", "%{stderr}%{num_connects} ");
    expect([code, err]).toEqual([0, "1 0 "]);
    expect(out.equals(Buffer.concat([BYTES, BYTES]))).toBe(true);
    expect(server.endpoint.port).toBeGreaterThan(0);
  });

  test("asks for the head, a range, the last bytes, and several ranges", async () => {
    const { url } = await shared();
    expect((await curl("-I", `${url}/new.txt`)).out.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await curl("-r", "100-199", `${url}/new.txt`)).out.equals(BYTES.subarray(100, 200))).toBe(true);
    expect((await curl("-r", "-100", `${url}/new.txt`)).out.equals(BYTES.subarray(-100))).toBe(true);
    const several = (await curl("-r", "0-9,100-199", "-D", "-", `${url}/new.txt`)).out.toString("latin1");
    expect(several).toMatch(/^HTTP\/1\.1 206 .*multipart\/byteranges; boundary=/s);
    expect(several.match(/Content-Range: bytes /g)).toHaveLength(2);
  });

  test("is told that nothing has changed (304), and what a PUT may not do (405)", async () => {
    const { url } = await shared();
    const head = (await curl("-I", `${url}/new.txt`)).out.toString();
    const etag = /^ETag: (.*)\r$/im.exec(head)?.[1] ?? "";
    const status = ["-o", "-", "-w", "%{http_code}"];
    expect((await curl(...status, "-H", `If-None-Match: ${etag}`, `${url}/new.txt`)).out.toString()).toBe("304");
    const date = /^Last-Modified: (.*)\r$/im.exec(head)?.[1] ?? "";
    expect((await curl(...status, "-z", date, `${url}/new.txt`)).out.toString()).toBe("304");
    expect((await curl(...status, "-T", "/dev/null", `${url}/new.txt`)).out.toString()).toBe("405");
    expect((await curl(...status, "-d", "x".repeat(100_000), `${url}/new.txt`)).out.toString()).toBe("405");
  });

  test("saves a name in Unicode", async () => {
    const { url } = await shared();
    expect((await curl(`${url}${unicodePath}`)).out.toString()).toBe("hello");
  });

  test("speaks HTTP/1.0, and goes on with a download (-C)", async () => {
    const { url } = await shared();
    expect((await curl("-0", `${url}/new.txt`)).out.equals(BYTES)).toBe(true);
    const folder = tempFolder();
    writeFileSync(join(folder, "part"), BYTES.subarray(0, 1_000_000));
    const { code } = await run("curl", ["-sS", "-C", "-", "-o", "part", `${url}/new.txt`], folder);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "part")).equals(BYTES)).toBe(true);
  });

  test("does not find what is not there, or not to be had", async () => {
    const { url } = await shared();
    for (const path of ["/nope", "/", "/../new.txt", "/%2e%2e/new.txt"]) {
      const { out } = await curl("--path-as-is", "-o", "-", "-w", "%{http_code}", `${url}${path}`);
      expect(out.toString(), path).toBe("404");
    }
  });
});

describe.runIf(isThere("wget"))("wget", () => {
  const wget = async (folder: string, ...args: string[]): Promise<Run> =>
    run("wget", ["-q", "--tries=1", ...args], folder);

  test("gets a file, goes on with a part of one, and keeps what has not changed", async () => {
    const { url } = await shared();
    const folder = tempFolder();
    expect((await wget(folder, `${url}/new.txt`)).code).toBe(0);
    expect(readFileSync(join(folder, "new.txt")).equals(BYTES)).toBe(true);
    writeFileSync(join(folder, "new.txt"), BYTES.subarray(0, 1_000_000));
    expect((await wget(folder, "-c", `${url}/new.txt`)).code).toBe(0);
    expect(readFileSync(join(folder, "new.txt")).equals(BYTES)).toBe(true);
    expect((await wget(folder, "-N", `${url}/new.txt`)).code).toBe(0);
  });

  test("saves a file under the name that we give it", async () => {
    const { url } = await shared();
    const folder = tempFolder();
    expect((await wget(folder, "--content-disposition", `${url}/new.txt?x=1`)).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["new.txt"]);
  });

  test("is told of what is not there by its exit code", async () => {
    const { url } = await shared();
    expect((await wget(tempFolder(), `${url}/nope`)).code).toBe(8);
  });
});

describe.runIf(isThere("aria2c"))("aria2c", () => {
  const quiet = ["--quiet=true", "--no-conf=true", "--max-tries=1", "--file-allocation=none"];
  const aria2c = async (folder: string, ...args: string[]): Promise<Run> => run("aria2c", [...quiet, ...args], folder);

  test("gets a file over several connections at once", async () => {
    const { url, lines } = await shared();
    const folder = tempFolder();
    const { code } = await aria2c(folder, "-x", "4", "-s", "4", "-k", "1M", `${url}/new.txt`);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "new.txt")).equals(BYTES)).toBe(true);
    expect(lines.http.filter((line) => line === "206 Partial Content").length).toBeGreaterThan(1);
  });

  test("gets one of a Unicode name", async () => {
    const { url } = await shared();
    const folder = tempFolder();
    expect((await aria2c(folder, "-o", "out", `${url}${unicodePath}`)).code).toBe(0);
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("hello");
  });
});
