/** Runs scenarios in processes side by side, one for each processor, and gathers what is to be committed of them. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderOf, REPORTS } from "./layout.mjs";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

/**
 * Path below reports/ -> text, for all `scenarios`, which are best ordered with the longest first. Rejects where one cannot
 * be run, with an error that says which and why. `dist`: the build that runs them. `signal` breaks off.
 */
export async function runAll(scenarios, dist, signal) {
  const texts = new Map();
  const queue = [...scenarios];
  const out = mkdtempSync(join(tmpdir(), "peerlab-reports-"));
  const workers = Array.from({ length: Math.min(availableParallelism(), queue.length) }, () => fork(WORKER, [dist]));
  const stop = () => {
    for (const worker of workers) worker.kill("SIGKILL");
  };
  signal.addEventListener("abort", stop);
  try {
    await Promise.all(workers.map((worker) => serve(worker, queue, out, texts)));
  } finally {
    stop();
    await Promise.all(workers.map((worker) => worker.exitCode ?? worker.signalCode ?? once(worker, "exit")));
    rmSync(out, { recursive: true, force: true });
  }
  return texts;
}

/** Gives one worker scenario after scenario, until none is left. */
async function serve(worker, queue, out, texts) {
  await answerOf(worker, "the first scenario");
  for (let scenario = queue.shift(); scenario !== undefined; scenario = queue.shift()) {
    const { file, name } = scenario;
    worker.send({ file, name, out });
    const { files, error } = await answerOf(worker, file);
    if (error !== undefined) throw new Error(`${file} could not be run, so that ${REPORTS}/ is as it was:\n${error}`);
    for (const [name, text] of Object.entries(files)) texts.set(`${folderOf(file)}/${name}`, text);
  }
}

function answerOf(worker, file) {
  return new Promise((resolve, reject) => {
    const onEnd = (code, signal) =>
      reject(new Error(`the process for ${file} ended before its time: ${signal ?? code}`));
    worker.once("exit", onEnd);
    worker.once("message", (message) => {
      worker.off("exit", onEnd);
      resolve(message);
    });
  });
}
