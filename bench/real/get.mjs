/**
 * `peerlab get` of a large file with its SHA-256 checked, beside aria2c with a checksum, from the same peer, in turn. The peer and
 * the directory are peerlab's own, in processes of their own; the directory knows the file's hash (hardened wire).
 */

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLI } from "../../scripts/checkout.mjs";
import { Session } from "../../scripts/hosts/session.mjs";
import { median } from "../measure.mjs";

const GOAL_MEMORY_BYTES = 150 * 2 ** 20;
const NAME = "large.bin";
const BLOCK_BYTES = 1 << 20;
const LOOK_EVERY_MS = 20;

export async function getBesideAria2({ say, row, verdict, quick }) {
  if (spawnSync("aria2c", ["--version"]).error !== undefined) {
    say("downloads: left out: aria2c is not installed (package aria2)\n");
    return { leftOut: "aria2c is not installed" };
  }
  const [sizeBytes, rounds] = quick ? [32 * 2 ** 20, 1] : [2 ** 30, 3];
  const folder = mkdtempSync(join(tmpdir(), "peerlab-bench-get-"));
  const sessions = [];
  const peerlab = (...args) => {
    const session = new Session(args[0], [process.execPath, CLI, ...args]);
    sessions.push(session);
    return session;
  };
  try {
    const sha256 = writeLarge(join(folder, NAME), sizeBytes);
    const directory = peerlab("directory", "--listen", "127.0.0.1:0", "--json");
    const [, port] = await directory.waitFor(/"port": (\d+)/);
    const link = ["--directory", `127.0.0.1:${port}`, "--wire", "hardened"];
    const serving = [
      "--listen",
      "127.0.0.1:0",
      "--http",
      "127.0.0.1:0",
      "--folder",
      folder,
      "--share",
      NAME,
      "--no-menu",
    ];
    const peer = peerlab("peer", ...link, ...serving);
    const httpPort = await registered(link, peer);

    const get = [process.execPath, CLI, "get", NAME, ...link, "--to", join(folder, "got"), "--overwrite", "--quiet"];
    const url = `http://127.0.0.1:${httpPort}/${NAME}`;
    const aria2 = ["aria2c", "-q", "-x1", "-s1", "--file-allocation=none", "--allow-overwrite=true"];
    const aria2Command = [...aria2, `--checksum=sha-256=${sha256}`, "-d", folder, "-o", "got-by-aria2", url];
    const runs = { get: [], aria2: [] };
    for (let round = 0; round <= rounds; round++) {
      const figures = { get: await timed(get), aria2: await timed(aria2Command) };
      if (round > 0) for (const key of ["get", "aria2"]) runs[key].push(figures[key]);
    }
    const rate = (key) => sizeBytes / median(runs[key].map(({ seconds }) => seconds)) / 1e6;
    const memoryBytes = Math.max(...runs.get.map((run) => run.peakBytes));
    const ratio = rate("get") / rate("aria2");
    say(`${sizeBytes / 2 ** 20} MiB with SHA-256 checked, whole processes, from one peer`);
    row("", "MB/s", "of aria2c", "peak memory");
    row("aria2c --checksum", rate("aria2").toFixed(0), "1.00");
    row("peerlab get", rate("get").toFixed(0), ratio.toFixed(2), `${(memoryBytes / 2 ** 20).toFixed(0)} MiB`);
    const servingBytes = peakOf(peer.pid);
    say(
      `  ${verdict(ratio >= 1, "1.00")}; memory: get ${verdict(memoryBytes < GOAL_MEMORY_BYTES, "150 MiB")}, the peer at most ${(servingBytes / 2 ** 20).toFixed(0)} MiB`,
    );
    say();
    return {
      sizeBytes,
      megabytesPerSecond: { get: rate("get"), aria2: rate("aria2") },
      ratio,
      memoryBytes,
      servingBytes,
    };
  } finally {
    for (const session of sessions) await session.stop("SIGTERM");
    rmSync(folder, { recursive: true });
  }
}

/** Waits until the directory offers the file, and gives the port where it is. */
async function registered(link, peer) {
  for (;;) {
    const found = spawnSync(process.execPath, [CLI, "find", NAME, ...link, "--json"], { encoding: "utf8" });
    const port = /"httpPort": (\d+)/.exec(found.stdout ?? "")?.[1];
    if (port !== undefined) return Number(port);
    if (peer.exitCode !== undefined) throw new Error(`the peer of the bench ended: ${peer.errors}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Runs a command to its end: seconds, and the largest memory that was seen. */
async function timed([program, ...args]) {
  const startedMs = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, LOOK_EVERY_MS);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(looking);
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - startedMs) / 1000, peakBytes };
}

/** The most memory that a process has had, in bytes; 0 where the system does not say. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Writes a file whose blocks differ, and gives its SHA-256 in hex. */
function writeLarge(path, sizeBytes) {
  const fd = openSync(path, "w");
  const hash = createHash("sha256");
  const block = Buffer.alloc(BLOCK_BYTES, "peerlab");
  for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) {
    block.writeDoubleLE(at, 0);
    writeSync(fd, block);
    hash.update(block);
  }
  closeSync(fd);
  return hash.digest("hex");
}
