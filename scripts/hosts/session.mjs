/**
 * A process on one of the hosts, and what it says: lines go in, and whoever waits for a text is told when it comes or why
 * it does not. Every process ends with the session, by its id.
 */

import { spawn } from "node:child_process";

export class Session {
  output = "";
  errors = "";
  exitCode = undefined;
  #child;
  #name;
  #waiting = new Set();

  /** Starts `command` (an array). `name` is what errors call it. */
  constructor(name, command, options = {}) {
    const [program, ...args] = command;
    this.#name = name;
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
    this.#child.stdout.setEncoding("utf8").on("data", (text) => this.#hear("output", text));
    this.#child.stderr.setEncoding("utf8").on("data", (text) => this.#hear("errors", text));
    this.#child.stdin.on("error", () => {}); // it has ended already: what waits for its answer says so
    this.ended = new Promise((resolve) => {
      const end = (code, signal) => {
        this.exitCode ??= code ?? signal ?? "not started";
        this.#look();
        resolve(this.exitCode);
      };
      this.#child.on("error", (error) => {
        this.errors += error.message;
        end();
      });
      this.#child.on("close", end);
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Types a line. */
  say(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Ends the input, as Ctrl-D does. */
  endInput() {
    this.#child.stdin.end();
  }

  signal(name) {
    if (this.exitCode === undefined) this.#child.kill(name);
  }

  /**
   * Resolves to the match of `pattern` in what came to stdout from `from` on (a length of `output`); rejects after
   * `timeoutMs`, or when the process ends without it, with what it did say.
   */
  async waitFor(pattern, { from = 0, timeoutMs = 30_000, stream = "output" } = {}) {
    const found = () => pattern.exec(this[stream].slice(from));
    const said = () =>
      `${this.#name} said:\n${indent(this.output.slice(-2000))}\nand on stderr:\n${indent(this.errors.slice(-2000))}`;
    return new Promise((resolve, reject) => {
      const settle = (done, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        done(value);
      };
      const look = () => {
        const match = found();
        if (match) settle(resolve, match);
        else if (this.exitCode !== undefined) {
          settle(reject, new Error(`${this.#name} ended with ${this.exitCode} before it said ${pattern}; ${said()}`));
        }
      };
      const timer = setTimeout(
        () => settle(reject, new Error(`${this.#name} did not say ${pattern} within ${timeoutMs / 1000} s; ${said()}`)),
        timeoutMs,
      );
      this.#waiting.add(look);
      look();
    });
  }

  /** Types a line and waits for an answer to it. */
  async ask(line, pattern, options = {}) {
    const from = this.output.length;
    this.say(line);
    return this.waitFor(pattern, { ...options, from });
  }

  /** Ends the process: `signal` first, and SIGKILL where that does not help within `graceMs`. */
  async stop(signal = "SIGTERM", graceMs = 5000) {
    this.signal(signal);
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  #hear(stream, text) {
    this[stream] += text;
    this.#look();
  }

  #look() {
    for (const look of [...this.#waiting]) look();
  }
}

function indent(text) {
  return text.trimEnd().replace(/^/gm, "  | ");
}
