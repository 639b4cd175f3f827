/**
 * A process that runs one scenario after another through the built command line and answers with what is to be committed
 * of each: `node worker.mjs DIST`, started by run.mjs.
 */

import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { COMMITTED, LEFT_OUT, LIST, MAX_COMMITTED_BYTES, rankOf } from "./layout.mjs";

/** Exit codes of `peerlab run` that leave a whole folder: the expectations are met, or they are not. */
const WHOLE = [0, 1];
const CHUNK_BYTES = 1024 * 1024;

const { runCli } = await import(pathToFileURL(join(process.argv[2], "cli", "program.js")).href);

process.on("message", async ({ file, name, out }) => {
  try {
    process.send({ files: await filesOf(file, name, out) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on("disconnect", () => process.exit());
process.send({ ready: true });

/** Runs one scenario in the folder `out`. File name -> text. */
async function filesOf(file, name, out) {
  const said = [];
  const exitCode = await runCli(["run", file, "--out", out, "--quiet"], silentConsole(said));
  if (!WHOLE.includes(exitCode)) throw new Error(said.join("").trim() || `exit code ${exitCode}`);
  const folder = join(out, name);
  const names = readdirSync(folder).toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  const isSmall = (name) => COMMITTED.includes(name) && statSync(join(folder, name)).size <= MAX_COMMITTED_BYTES;
  const small = names.filter(isSmall);
  const listed = names.filter((name) => !isSmall(name) && !LEFT_OUT.includes(name));
  const files = Object.fromEntries(small.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  files[LIST] = listText(
    file,
    listed.map((name) => ({ name, ...sizeAndHash(join(folder, name)) })),
  );
  rmSync(folder, { recursive: true }); // up to some hundred MB
  return files;
}

function listText(file, entries) {
  const lines = entries.map(({ name, bytes, sha256 }) => `${sha256}  ${String(bytes).padStart(10)}  ${name}`);
  return [
    "# The other files of this run: SHA-256, size in bytes, name. To have them:",
    `# npx peerlab run ${file} --out reports/latest`,
    ...lines,
    "",
  ].join("\n");
}

function sizeAndHash(path) {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(CHUNK_BYTES);
  const fd = openSync(path, "r");
  let bytes = 0;
  try {
    for (;;) {
      const read = readSync(fd, buffer);
      if (read === 0) return { bytes, sha256: hash.digest("hex") };
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(fd);
  }
}

/** Nobody watches: results go nowhere, diagnostics into `said`. No variable of this machine is seen. */
function silentConsole(said) {
  const into = (take) =>
    new Writable({
      write(chunk, _encoding, done) {
        take(String(chunk));
        done();
      },
    });
  return {
    stdin: Readable.from([]),
    stdout: into(() => {}),
    stderr: into((text) => said.push(text)),
    env: {},
    interrupted: new AbortController().signal,
    nowMs: () => performance.now(),
  };
}
