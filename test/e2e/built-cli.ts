/**
 * The command as users have it: compiled, in a process of its own. Compiled once for each state of the sources, in a
 * folder inside node_modules so that it finds its dependencies.
 */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, "node_modules", ".cache", "peerlab-e2e");

/** The path of the compiled main.js. */
export function builtCli(): string {
  const build = join(cache, hashOfSources());
  if (!existsSync(build)) {
    removeOldBuilds();
    // Built aside and moved into place: test files run at the same time.
    const aside = `${build}-${process.pid}`;
    mkdirSync(aside, { recursive: true });
    compile(join(aside, "dist"));
    copyFileSync(join(root, "package.json"), join(aside, "package.json"));
    symlinkSync(join(root, "scenarios"), join(aside, "scenarios"));
    try {
      renameSync(aside, build);
    } catch {
      rmSync(aside, { recursive: true, force: true });
    }
  }
  return join(build, "dist", "cli", "main.js");
}

/** Those of older sources; one that another test may be using just now is younger than an hour. */
function removeOldBuilds(): void {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

function compile(outDir: string): void {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const args = ["-p", join(root, "tsconfig.build.json"), "--outDir", outDir, "--declaration", "false"];
  try {
    execFileSync(tsc, args, { stdio: "pipe" });
    execFileSync(process.execPath, [join(root, "scripts", "bundle-page.mjs"), outDir], { stdio: "pipe" });
  } catch (error) {
    const { stdout } = error as { stdout: Uint8Array };
    throw new Error(`the sources do not compile:\n${new TextDecoder().decode(stdout)}`);
  }
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).sort();
  for (const name of names.filter((name) => /\.(?:ts|css)$/.test(name))) {
    hash.update(name).update(readFileSync(join(root, "src", name)));
  }
  hash.update(readFileSync(join(root, "package.json"))).update(readFileSync(join(root, "tsconfig.json")));
  return hash.digest("hex").slice(0, 16);
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command; `act` may do something to the process. Neither CI nor colour settings are inherited. */
export function peerlab(args: string[], act: (child: ChildProcess) => void = () => {}): Promise<Ended> {
  const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const child = spawn(process.execPath, [builtCli(), ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  act(child);
  return new Promise((resolve) => {
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal, out, err }));
  });
}
