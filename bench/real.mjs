/**
 * `npm run bench:real [-- --quick] [-- --json] [-- --only directory,peers,serving,get]`: the speed of real mode, each beside a
 * yardstick in the same run: the directory beside a bare echo server, the file server beside nginx and npm `send`, downloads beside
 * aria2c. A yardstick that is not installed is left out, and said. The goals are figures to look at: missing one is no failure.
 */

import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { directoryThroughput, manyPeers } from "./real/directory.mjs";
import { getBesideAria2 } from "./real/get.mjs";

const SECTIONS = { directory: directoryThroughput, peers: manyPeers, serving: fileServer, get: getBesideAria2 };

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string", default: Object.keys(SECTIONS).join() },
  },
});
const wanted = options.only.split(",");
for (const name of wanted) {
  if (name in SECTIONS) continue;
  process.stderr.write(`bench:real: --only ${name}: expected some of ${Object.keys(SECTIONS).join(", ")}\n`);
  process.exit(2);
}

const say = (line = "") => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
const tools = {
  say,
  row: (name, ...cells) => say(`  ${name.padEnd(28)}${cells.map((cell) => cell.padStart(16)).join("")}`),
  verdict: (isMet, goal) => (options.quick ? `(goal ${goal})` : `${isMet ? "meets" : "MISSES"} ${goal}`),
  quick: options.quick,
};

const machine = `Node ${process.versions.node}, ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}`;
const [load] = loadavg();
say(`${machine}${options.quick ? "; QUICK: too short to judge by" : ""}`);
if (load > cpus().length / 2)
  say(`The machine is busy with other things (load ${load.toFixed(1)}): the ratios are less certain.`);
say();
const report = { machine, load, quick: options.quick };
for (const name of wanted) report[name] = await SECTIONS[name](tools);
if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);

/** The file server's bench is a program of its own. */
function fileServer({ say, quick }) {
  const args = [fileURLToPath(new URL("http.mjs", import.meta.url)), ...(quick ? ["--quick"] : [])];
  if (!options.json) {
    spawnSync(process.execPath, args, { stdio: "inherit" });
    say();
    return undefined;
  }
  return JSON.parse(spawnSync(process.execPath, [...args, "--json"], { encoding: "utf8" }).stdout);
}
