/**
 * `node bench/http.mjs [--quick] [--json]`, after a build: how fast peerlab's HTTP server is, beside nginx with sendfile (one large
 * file to curl) and npm's `send` (small files over many connections), in the same run, in turn. Parts whose programs are
 * missing are left out, and say so. The goals are figures to look at: missing one is no failure.
 */

import { execFile, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { median } from "./measure.mjs";

const GOAL_OF_NGINX = 0.85;
const GOAL_OF_SEND = 2;
const GOAL_MEMORY_BYTES = 150 * 1024 * 1024;
const SMALL_BYTES = 58_710;
const CONNECTIONS = 16;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const sizes = options.quick
  ? { rounds: 1, largeBytes: 64 * 1024 * 1024, seconds: 1 }
  : { rounds: 5, largeBytes: 1024 * 1024 * 1024, seconds: 2 };

const run = promisify(execFile);
const say = (line = "") => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
const row = (name, ...cells) => say(`  ${name.padEnd(26)}${cells.map((cell) => cell.padStart(14)).join("")}`);
const verdict = (isMet, goal) => (options.quick ? `(${goal})` : `${isMet ? "meets" : "MISSES"} ${goal}`);
const isThere = (program, flag = "--version") => spawnSync(program, [flag]).error === undefined;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "peerlab-bench-"));
const running = [];

/** A server of ours; `usage` gets the most memory it has held, and its processor time so far. */
async function startServer(kind) {
  const server = fork(here("http-server.mjs"), [kind, join(folder, "files")]);
  running.push(server);
  const [{ port }] = await once(server, "message");
  const usage = async () => {
    server.send("usage");
    return (await once(server, "message"))[0];
  };
  return { port, usage };
}

/** nginx as its makers recommend it for files, with one worker and nothing of the machine's own configuration. */
async function startNginx() {
  const port = await freePort();
  const at = (name) => join(folder, name);
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${at(name)};`);
  const configuration = `
    ${process.getuid?.() === 0 ? "user root root;" : ""}
    worker_processes 1; daemon off; pid ${at("pid")}; error_log ${at("error.log")};
    events { worker_connections 256; }
    http {
      ${temp.join(" ")} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
      server { listen 127.0.0.1:${port}; root ${at("files")}; }
    }`;
  writeFileSync(at("nginx.conf"), configuration);
  const server = spawn("nginx", ["-e", at("error.log"), "-p", folder, "-c", at("nginx.conf")], { stdio: "inherit" });
  running.push(server);
  for (let tries = 0; tries < 100; tries++) {
    const { error } = await run("curl", ["-sf", "-o", "/dev/null", `http://127.0.0.1:${port}/small`]).catch(
      (error) => ({ error }),
    );
    if (error === undefined) return { port };
    await sleep(50);
  }
  throw new Error("nginx does not answer: its error is above");
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Each once to warm up, then in turn, so that a slow moment of the machine falls on all. Medians. */
async function inTurn(names, measure) {
  const figures = names.map(() => []);
  for (let round = 0; round <= sizes.rounds; round++) {
    for (const [index, name] of names.entries()) {
      const figure = await measure(name);
      if (round > 0) figures[index].push(figure);
    }
  }
  return Object.fromEntries(names.map((name, index) => [name, median(figures[index])]));
}

async function bytesPerSecond(port) {
  const format = ["-w", "%{size_download} %{time_total}"];
  const { stdout } = await run("curl", ["-sf", "-o", "/dev/null", ...format, `http://127.0.0.1:${port}/large`]);
  const [bytes, seconds] = stdout.split(" ").map(Number);
  if (bytes !== sizes.largeBytes) throw new Error(`curl got ${bytes} bytes, not ${sizes.largeBytes}`);
  return bytes / seconds;
}

const withWrk = isThere("wrk", "-v");

async function answersPerSecond(port) {
  const { seconds } = sizes;
  if (!withWrk) {
    const { stdout } = await run(process.execPath, [
      here("http-load.mjs"),
      `${port}`,
      "/small",
      `${CONNECTIONS}`,
      `${seconds}`,
    ]);
    return Number(stdout);
  }
  const url = `http://127.0.0.1:${port}/small`;
  const { stdout } = await run("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk was not served well:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

async function largeFile(servers) {
  const title = `one file of ${sizes.largeBytes / 1024 / 1024} MiB to curl`;
  const missing = ["curl", "nginx"].filter((program) => !isThere(program, program === "nginx" ? "-v" : "--version"));
  if (missing.length > 0) {
    say(`${title}: left out, ${missing.join(" and ")} missing`);
    return { missing };
  }
  const figures = await inTurn(["nginx", "peerlab"], (name) => bytesPerSecond(servers[name].port));
  const ratio = figures.peerlab / figures.nginx;
  say(title);
  row("", "MB/s", "of nginx", "goal");
  row("nginx, sendfile", (figures.nginx / 1e6).toFixed(0));
  row("peerlab", (figures.peerlab / 1e6).toFixed(0), ratio.toFixed(2), verdict(ratio >= GOAL_OF_NGINX, "0.85"));
  return { bytesPerSecond: figures, ratio };
}

async function smallFiles(servers) {
  const names = ["send", "peerlab", ...(servers.nginx === undefined ? [] : ["nginx"])];
  // A busy machine gives a server of many threads more of its time than one of a single thread: so what each answer costs is told, too.
  const costs = { send: [], peerlab: [] };
  const figures = await inTurn(names, async (name) => {
    const { port, usage } = servers[name];
    const before = await usage?.();
    const perSecond = await answersPerSecond(port);
    const after = await usage?.();
    if (after) costs[name].push((after.cpuMicroseconds - before.cpuMicroseconds) / (perSecond * sizes.seconds));
    return perSecond;
  });
  const cpuMicroseconds = { send: median(costs.send), peerlab: median(costs.peerlab) };
  const ratio = figures.peerlab / figures.send;
  const generator = withWrk ? "wrk" : "a generator in Node (wrk is missing)";
  say(`files of ${SMALL_BYTES} bytes over ${CONNECTIONS} connections, from ${generator}`);
  row("", "answers/s", "of send", "goal", "µs CPU each");
  row("send on node:http", figures.send.toFixed(0), "", "", cpuMicroseconds.send.toFixed(0));
  const goal = verdict(ratio >= GOAL_OF_SEND, "2.00");
  row("peerlab", figures.peerlab.toFixed(0), ratio.toFixed(2), goal, cpuMicroseconds.peerlab.toFixed(0));
  if (servers.nginx !== undefined) {
    row("nginx, sendfile", figures.nginx.toFixed(0), (figures.nginx / figures.send).toFixed(2));
  }
  return { answersPerSecond: figures, ratio, cpuMicroseconds, generator: withWrk ? "wrk" : "node" };
}

async function memory(server) {
  const { maxRssBytes } = await server.usage();
  const megabytes = `${(maxRssBytes / 1024 / 1024).toFixed(0)} MiB`;
  say(`most memory of peerlab's process: ${megabytes}, ${verdict(maxRssBytes < GOAL_MEMORY_BYTES, "150 MiB")}`);
  return { maxRssBytes };
}

const machine = `Node ${process.versions.node}, ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}`;
say(`${machine}; median of ${sizes.rounds}, in turn${options.quick ? "; QUICK: too short to judge by" : ""}`);
const [load] = loadavg();
if (load > cpus().length / 2)
  say(`The machine is busy with other things (load ${load.toFixed(1)}): the figures are rough.`);
say();
try {
  const files = join(folder, "files");
  mkdirSync(files);
  for (const path of [folder, files]) chmodSync(path, 0o755);
  writeFileSync(join(files, "small"), Buffer.alloc(SMALL_BYTES, "peerlab "));
  closeSync(openSync(join(files, "large"), "w"));
  truncateSync(join(files, "large"), sizes.largeBytes);
  const servers = { peerlab: await startServer("peerlab"), send: await startServer("send") };
  if (isThere("nginx", "-v") && isThere("curl")) servers.nginx = await startNginx();
  const report = { machine, load, quick: options.quick, rounds: sizes.rounds, large: await largeFile(servers) };
  say();
  report.small = await smallFiles(servers);
  say();
  report.memory = await memory(servers.peerlab);
  if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  for (const server of running) server.kill();
  rmSync(folder, { recursive: true, force: true });
}
