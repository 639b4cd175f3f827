/** A built command that runs while a test talks to it: lines go in, and what comes out is waited for, never slept for. */

import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { builtCli, type Ended } from "./built-cli.ts";

/** Longer than anything here should take on a busy machine. */
const PATIENCE_MS = 20_000;

export class Running {
  out = "";
  err = "";
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  private hasEnded = false;
  private readonly looks = new Set<() => void>();

  /** Starts `peerlab ARGS...`; it is killed when the test ends. */
  constructor(args: readonly string[], options: { readonly cwd?: string; readonly env?: Record<string, string> } = {}) {
    const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
    const env = { ...inherited, ...options.env };
    this.child = spawn(process.execPath, [builtCli(), ...args], { cwd: options.cwd, env, stdio: "pipe" });
    this.child.stdin?.on("error", () => {}); // it has ended already
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.hear("out", text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => this.hear("err", text));
    this.ended = new Promise((resolve) => {
      this.child.on("close", (exitCode, signal) => {
        this.hasEnded = true;
        for (const look of [...this.looks]) look();
        resolve({ exitCode, signal, out: this.out, err: this.err });
      });
    });
    onTestFinished(() => {
      this.child.kill("SIGKILL");
    });
  }

  /** Types a line. */
  say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Types lines and ends the input. */
  pipe(...lines: readonly string[]): this {
    this.child.stdin?.end(lines.map((line) => `${line}\n`).join(""));
    return this;
  }

  /** Waits for a text on a stream; gives the match. */
  waitFor(pattern: RegExp, stream: "out" | "err" = "out", from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.looks.delete(look);
        act();
      };
      const look = (): void => {
        const match = pattern.exec(this[stream].slice(from));
        if (match !== null) settle(() => resolve(match));
        else if (this.hasEnded) settle(() => reject(new Error(`it ended before it said ${pattern}: ${this.said()}`)));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`it did not say ${pattern}: ${this.said()}`))),
        PATIENCE_MS,
      );
      this.looks.add(look);
      look();
    });
  }

  /** Types a line and waits for the answer to it. */
  ask(line: string, answer: RegExp): Promise<RegExpExecArray> {
    const from = this.out.length;
    this.say(line);
    return this.waitFor(answer, "out", from);
  }

  private hear(stream: "out" | "err", text: string): void {
    this[stream] += text;
    for (const look of [...this.looks]) look();
  }

  private said(): string {
    return JSON.stringify({ out: this.out.slice(-2000), err: this.err.slice(-2000) }, null, 1);
  }
}

/** A directory on loopback, at a port of its own. */
export async function startDirectory(...args: readonly string[]): Promise<{ directory: Running; address: string }> {
  const directory = new Running(["directory", "--listen", "127.0.0.1:0", ...args]);
  const [, address = ""] = await directory.waitFor(/listening on (127\.0\.0\.1:\d+)/, "err");
  return { directory, address };
}

/** A peer on loopback with ports of its own, once the directory knows it. */
export async function startPeer(
  directory: string,
  folder: string,
  ...args: readonly string[]
): Promise<{ peer: Running; httpPort: number }> {
  const listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const peer = new Running(["peer", "--directory", directory, "--folder", folder, ...listen, ...args]);
  const [, port] = await peer.waitFor(/peer 127\.0\.0\.1 (\d+), directory/, "err");
  return { peer, httpPort: Number(port) };
}
