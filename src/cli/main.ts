#!/usr/bin/env node
/** The `peerlab` command: gives the process's streams and signals to the commands, and their exit code back. */

import { ExitCode } from "./exit-codes.ts";
import { runCli } from "./program.ts";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The second Ctrl-C does not wait for files to be closed.
    if (interrupted.signal.aborted) process.exit(ExitCode.interrupted);
    interrupted.abort();
  });
}

let writeFailed = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is no failure; a disk that is full behind a redirection is.
    if (error.code === "EPIPE") return;
    writeFailed = true;
    if (stream === process.stdout) process.stderr.write(`peerlab: cannot write the results: ${error.message}\n`);
  });
}

const exitCode = await runCli(process.argv.slice(2), {
  // Opened by those who read it: no other command waits for an input.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  interrupted: interrupted.signal,
  nowMs: () => performance.now(),
});

process.on("beforeExit", () => {
  process.exitCode = writeFailed ? ExitCode.runtime : exitCode;
});
