/**
 * `npm run soak [-- --peers 2000 --seconds 120 --loss 0.1 --processes 4 --wire report --json]`: real peers on real sockets against one
 * directory, with loss in front of every socket. Holds the directory to two things: no live peer is ever missing from its
 * table, and none that left stays in it. Exit codes as peerlab's: 0 it held, 1 it did not, 2 bad usage, 3 it could not be run.
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled } from "./checkout.mjs";

const FIRST_PORT = 10_000;
/** Each process of peers lets one leave so often. */
const LEAVE_EVERY_MS = 400;
/** What a look at the table may be out of step with what a peer says, in ms: messages between processes take their time. */
const SLACK_MS = 1000;
const SHOWN = 10;

const options = readOptions();
ensureInstalled();
ensureBuilt();

const children = [];
const start = (file, argument) => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(argument)]);
  children.push(child);
  return child;
};
const firstWord = async (child) => {
  const [word] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`a process of the soak ended with ${code}`))),
  ]);
  return word;
};

/** port -> { state, atMs, path to it } as its peer last said. */
const peers = new Map();
const broken = [];
let looks = 0;
let joins = 0;
let exits = 0;
let unheard = 0;
let smallest = Number.POSITIVE_INFINITY;

function onPeer({ port, state, atMs }) {
  if (port === undefined) return;
  peers.set(port, { state, atMs });
  if (state === "in") joins++;
  if (state === "out") exits++;
  if (state === "exit unheard") unheard++;
}

/** Holds one look at the table against what the peers are sure of. */
function judge({ atMs, ports }) {
  looks++;
  const listed = new Set(ports);
  let live = 0;
  for (const [port, { state, atMs: sinceMs }] of peers) {
    if (state === "in") live++;
    if (atMs - sinceMs < SLACK_MS) continue;
    if (state === "in" && !listed.has(port))
      broken.push(`peer ${port} is alive since ${age(atMs, sinceMs)} and missing`);
    if (state === "out" && listed.has(port))
      broken.push(`peer ${port} left ${age(atMs, sinceMs)} ago and is still listed`);
  }
  if (live > 0) smallest = Math.min(smallest, listed.size);
}

const age = (nowMs, thenMs) => `${((nowMs - thenMs) / 1000).toFixed(1)} s`;

try {
  const { loss, wire, seed } = options;
  const directory = start("soak/directory.mjs", { loss, wire, seed });
  const { port: directoryPort } = await firstWord(directory);
  const perProcess = Math.ceil(options.peers / options.processes);
  for (let process = 0; process < options.processes; process++) {
    const firstPort = FIRST_PORT + process * perProcess;
    const count = Math.min(perProcess, options.peers - process * perProcess);
    if (count <= 0) break;
    const settings = {
      loss,
      wire,
      seed: `${seed} peers`,
      directoryPort,
      firstPort,
      count,
      leaveEveryMs: LEAVE_EVERY_MS,
    };
    const child = start("soak/peers.mjs", settings);
    await firstWord(child);
    child.on("message", onPeer);
  }
  directory.on("message", judge);
  process.stderr.write(`soak: ${options.peers} peers, ${loss * 100} % loss, ${options.seconds} s\n`);
  await new Promise((resolve) => setTimeout(resolve, options.seconds * 1000));
} catch (error) {
  process.stderr.write(`soak: ${error.message}\n`);
  process.exitCode = 3;
} finally {
  for (const child of children) if (child.connected) child.disconnect();
}

if (process.exitCode === undefined) {
  const alive = [...peers.values()].filter(({ state }) => state === "in").length;
  const everybodyCame = joins >= options.peers;
  if (!everybodyCame) broken.push(`${options.peers - joins} peers never got in: give it more than 10 seconds`);
  const passed = broken.length === 0 && looks > 0;
  const document = {
    ...options,
    passed,
    looks,
    joins,
    exits,
    exitsUnheard: unheard,
    alive,
    smallestTable: smallest,
    broken: broken.slice(0, 100),
  };
  if (options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else {
    process.stdout.write(
      `${passed ? "PASS" : "FAIL"} ${looks} looks at the table: ${broken.length} times a live peer was missing or one that left was listed\n` +
        `  ${joins} joins, ${exits} exits, ${unheard} exits that nobody acknowledged; ${alive} peers alive at the end\n` +
        broken
          .slice(0, SHOWN)
          .map((line) => `  ${line}\n`)
          .join(""),
    );
  }
  process.exitCode = passed ? 0 : 1;
}

function readOptions() {
  const usage =
    "usage: npm run soak -- [--peers 2000] [--seconds 120] [--loss 0.1] [--processes 4] [--wire report|hardened] [--seed 1] [--json]";
  const fail = (text) => {
    process.stderr.write(`soak: ${text}\n${usage}\n`);
    process.exit(2);
  };
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        peers: { type: "string", default: "2000" },
        seconds: { type: "string", default: "120" },
        loss: { type: "string", default: "0.1" },
        processes: { type: "string", default: "4" },
        wire: { type: "string", default: "report" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    fail(error.message);
  }
  const number = (name, isRight, expected) => {
    const value = Number(values[name]);
    if (values[name].trim() === "" || !isRight(value)) fail(`--${name} ${values[name]}: expected ${expected}`);
    return value;
  };
  const whole = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
  if (!["report", "hardened"].includes(values.wire)) fail(`--wire ${values.wire}: expected report or hardened`);
  return {
    peers: number("peers", whole(1, 20_000), "a whole number from 1 to 20000"),
    seconds: number("seconds", (value) => value > 0 && value <= 3600, "a number of seconds, up to 3600"),
    loss: number("loss", (value) => value >= 0 && value < 1, "a probability from 0 to below 1"),
    processes: number("processes", whole(1, 64), "a whole number from 1 to 64"),
    wire: values.wire,
    seed: values.seed,
    json: values.json,
  };
}
