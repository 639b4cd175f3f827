/** A console that remembers what was written, and a folder that is gone after the test. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Console, OutputStream } from "../../src/cli/output.ts";
import { runCli } from "../../src/cli/program.ts";

class Captured extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number | undefined;

  constructor(terminal: { columns: number } | undefined) {
    super({ decodeStrings: false });
    this.isTTY = terminal !== undefined;
    this.columns = terminal?.columns;
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.text += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
    done();
  }
}

export interface FakeConsole extends Console {
  /** What is typed or piped into the command. */
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly out: () => string;
  readonly err: () => string;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
}

export interface FakeConsoleOptions {
  /** Both streams are terminals of this width. */
  readonly terminal?: { columns: number };
  readonly env?: Record<string, string>;
  readonly nowMs?: () => number;
}

export function fakeConsole({ terminal, env = {}, nowMs = () => 0 }: FakeConsoleOptions = {}): FakeConsole {
  const stdout = new Captured(terminal);
  const stderr = new Captured(terminal);
  const controller = new AbortController();
  const stdin = Object.assign(new PassThrough(), terminal && { isTTY: true });
  return {
    stdin,
    stdout: stdout as unknown as OutputStream,
    stderr: stderr as unknown as OutputStream,
    env,
    interrupted: controller.signal,
    nowMs,
    out: () => stdout.text,
    err: () => stderr.text,
    interrupt: () => controller.abort(),
  };
}

/** Runs a command line and gives what became of it. */
export async function peerlab(args: string[], console: FakeConsole = fakeConsole()) {
  const exitCode = await runCli(args, console);
  return { exitCode, out: console.out(), err: console.err() };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "peerlab-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A bare sender over a lossy link: 20 packets, and what is expected of them. */
export function scenarioText(name: string, expectation = "send: { host: sender, delivered: 1 }", packets = 20): string {
  return `name: ${name}
description: A test of the command line.
seed: 42
network: { delay: 50ms, loss: 0.2 }
protocol: { attempts: unlimited, rto: { estimator: fixed, initial: 200ms, backoff: 1 } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, packets: ${packets}, bytes: 100B } } }]
expect: [{ ${expectation} }]
`;
}

/** Writes a scenario into a folder and gives its path. */
export function scenarioFile(folder: string, name: string, expectation?: string, packets?: number): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, scenarioText(name, expectation, packets));
  return file;
}
