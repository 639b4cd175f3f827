/**
 * Makes a checkout ready for use: the right Node, the packages, the build. What the npm scripts share. Plain
 * JavaScript without packages, because it runs before there are any. It talks on stderr: stdout is for results.
 */

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const at = (...path) => join(ROOT, ...path);
const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));

/** The command line, built. */
export const CLI = at("dist", "cli", "main.js");

/** What the build is made of. */
const BUILD_INPUTS = ["src", "scripts/bundle-page.mjs", "tsconfig.json", "tsconfig.build.json", "package.json"];

const say = (text) => process.stderr.write(`peerlab: ${text}\n`);

/** Ends the process, with the exit code of a runtime failure, where this Node is too old. */
export function requireNode() {
  const wanted = manifest.engines.node.replace(/^\D*/, "");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = wanted.split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  say(`needs Node ${wanted} or newer, and this is Node ${process.versions.node}. Install a newer one from nodejs.org.`);
  process.exit(3);
}

/** `npm ci`, where node_modules is missing, incomplete or older than the lock file. */
export function ensureInstalled() {
  requireNode();
  const installed = at("node_modules", ".package-lock.json"); // npm writes it last
  if (existsSync(installed) && modifiedMs(installed) >= modifiedMs(at("package-lock.json"))) return;
  say("installing packages (npm ci) ...");
  runOrExit(...npm("ci", "--include=dev", "--no-audit", "--no-fund"));
}

/** Builds, where dist is missing or older than what it is made of. */
export function ensureBuilt() {
  const built = existsSync(CLI) ? modifiedMs(at("dist")) : 0;
  if (BUILD_INPUTS.every((input) => newestMs(at(input)) < built)) return;
  build();
}

/** src -> dist. The old dist stays until the new one is whole; its date is when the build began. */
export function build() {
  say("building ...");
  const startedAt = new Date();
  const fresh = at("node_modules", ".peerlab-dist");
  rmSync(fresh, { recursive: true, force: true });
  runOrExit(process.execPath, [
    at("node_modules", "typescript", "bin", "tsc"),
    "-p",
    "tsconfig.build.json",
    "--outDir",
    fresh,
  ]);
  runOrExit(process.execPath, [at("scripts", "bundle-page.mjs"), fresh]);
  rmSync(at("dist"), { recursive: true, force: true });
  renameSync(fresh, at("dist"));
  chmodSync(CLI, 0o755);
  utimesSync(at("dist"), startedAt, startedAt);
}

/** Runs Node on a program in the foreground and resolves to its exit code; a signal's is 128 and its number. */
export function runNode(program, args, environment = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  // A Ctrl-C reaches the child as well: it decides how to end, and this process waits for it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Command and arguments of the npm that started this process, or of the one on the path. */
function npm(...args) {
  const program = process.env.npm_execpath;
  return program?.endsWith("npm-cli.js") ? [process.execPath, [program, ...args]] : ["npm", args];
}

function runOrExit(command, args) {
  const done = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ["ignore", 2, 2],
    shell: command === "npm" && process.platform === "win32",
  });
  if (done.error !== undefined) throw done.error;
  if (done.status === 0) return;
  say(`failed: ${args.join(" ")}`);
  process.exit(3);
}

function modifiedMs(path) {
  return statSync(path).mtimeMs;
}

/** The latest change of a file, or of anything in a folder: a removed file changes its folder. */
function newestMs(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
