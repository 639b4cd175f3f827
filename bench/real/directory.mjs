/**
 * The directory's throughput on loopback beside a bare echo server, by the same load generator in the same run; and what a
 * look-up costs, and an entry takes, with 100,000 peers.
 */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../measure.mjs";

const GOAL = 0.6;
const OUTSTANDING = 64;

const start = (file, args = [], execArgv = []) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv });

/** The next message of a child; an error where it ends instead. */
function answer(child) {
  return new Promise((resolve, reject) => {
    const onExit = (code) =>
      reject(new Error(`a process of the bench ended with exit code ${code}; its error is above`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message);
    });
  });
}

/** One message to a child, and its answer. */
function ask(child, message) {
  child.send(message);
  return answer(child);
}

async function serve(file, args, execArgv) {
  const child = start(file, args, execArgv);
  return { child, ...(await answer(child)) };
}

/** Loads a server for some seconds; what it and the generator did, per second. */
async function measure(server, mode, seconds) {
  const generator = start("load.mjs");
  try {
    const before = (await ask(server.child, "cpu")).cpuMicros;
    const run = await ask(generator, { port: server.port, clients: OUTSTANDING, mode, seconds });
    const after = (await ask(server.child, "cpu")).cpuMicros;
    return {
      operationsPerSecond: run.operations / run.seconds,
      datagramsPerSecond: run.datagrams / run.seconds,
      lost: run.lost,
      serverCpuShare: (after - before) / 1e6 / run.seconds,
      generatorCpuShare: run.cpuMicros / 1e6 / run.seconds,
    };
  } finally {
    generator.disconnect();
  }
}

/** Rounds of A B C A B C, so that a slow moment of the machine falls on all; the medians of each figure. */
async function interleaved(variants, seconds, rounds) {
  const runs = variants.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [server, mode]] of variants.entries()) {
      const figures = await measure(server, mode, round === 0 ? Math.min(1, seconds) : seconds);
      if (round > 0) runs[index].push(figures);
    }
  }
  return runs.map((list) =>
    Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((figures) => figures[key]))])),
  );
}

export async function directoryThroughput({ say, row, verdict, quick }) {
  const [seconds, rounds] = quick ? [0.3, 1] : [3, 5];
  const echo = await serve("echo-server.mjs");
  const directory = await serve("directory-server.mjs", [], ["--expose-gc"]);
  try {
    const modes = [
      ["bare echo server", echo, "echo"],
      ["directory, keep-alives", directory, "keepalive"],
      ["directory, look-ups", directory, "lookup"],
      ["directory, both in turn", directory, "mix"],
    ];
    const figures = await interleaved(
      modes.map(([, server, mode]) => [server, mode]),
      seconds,
      rounds,
    );
    const ceiling = await measure(echo, "send", seconds);
    const base = figures[0].datagramsPerSecond;
    say(
      `directory on loopback: ${OUTSTANDING} clients, one question of each outstanding; datagrams in and out of the server`,
    );
    row("", "questions/s", "datagrams/s", "of echo", "server CPU", "generator CPU");
    for (const [index, [name]] of modes.entries()) {
      const { operationsPerSecond, datagramsPerSecond, serverCpuShare, generatorCpuShare, lost } = figures[index];
      row(
        name,
        count(operationsPerSecond),
        count(datagramsPerSecond),
        (datagramsPerSecond / base).toFixed(2),
        percent(serverCpuShare),
        percent(generatorCpuShare) + (lost > 0 ? ` lost ${lost}` : ""),
      );
    }
    const ratio = figures[3].datagramsPerSecond / base;
    say(`  both in turn: ${verdict(ratio >= GOAL, GOAL.toFixed(2))}`);
    say(`  the generator alone sends ${count(ceiling.datagramsPerSecond)} datagrams/s without waiting for answers`);
    say();
    return {
      outstanding: OUTSTANDING,
      modes: Object.fromEntries(modes.map(([, , mode], i) => [mode, figures[i]])),
      ratio,
      ceiling,
    };
  } finally {
    echo.child.disconnect();
    directory.child.disconnect();
  }
}

/** The cost of a look-up must not depend on how many peers there are. */
export async function manyPeers({ say, row, quick }) {
  const sizes = quick ? [1000, 10_000] : [1000, 100_000];
  const [seconds, rounds] = quick ? [0.3, 1] : [3, 3];
  const servers = [];
  try {
    for (const size of sizes) servers.push(await serve("directory-server.mjs", [String(size)], ["--expose-gc"]));
    const figures = await interleaved(
      servers.map((server) => [server, "mix"]),
      seconds,
      rounds,
    );
    say("registered peers with 5 files each: what they cost");
    row("peers", "questions/s", "datagrams/s", "bytes per entry");
    for (const [index, size] of sizes.entries()) {
      const { operationsPerSecond, datagramsPerSecond } = figures[index];
      row(count(size), count(operationsPerSecond), count(datagramsPerSecond), count(servers[index].entryBytes));
    }
    say();
    return sizes.map((peers, index) => ({ peers, ...figures[index], entryBytes: servers[index].entryBytes }));
  } finally {
    for (const { child } of servers) child.disconnect();
  }
}

const count = (value) => Math.round(value).toLocaleString("en-US");
const percent = (share) => `${Math.round(share * 100)} %`;
