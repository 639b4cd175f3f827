/**
 * A Screen over the process's streams, for a person or a script. Lines come through node:readline as an async iterator,
 * which keeps what was piped until it is asked for. The terminal stays in its own line mode: Ctrl-C is a signal, and
 * notices may come between.
 */

import { createInterface, type Interface } from "node:readline";
import type { InputStream, OutputStream } from "../output.ts";
import type { Screen } from "./screen.ts";

export class LineScreen implements Screen {
  private readonly lines: Interface;
  private readonly iterator: AsyncIterator<string>;
  private readonly output: OutputStream;
  private readonly echoes: boolean;
  private readonly stop: AbortSignal;
  /** The prompt on the screen that waits for its answer. */
  private openPrompt: string | undefined = undefined;

  /** Reads until the end of input, or until `stop` is aborted. */
  constructor(input: InputStream, output: OutputStream, stop: AbortSignal) {
    this.lines = createInterface({ input, terminal: false });
    this.iterator = this.lines[Symbol.asyncIterator]();
    this.output = output;
    // A terminal shows what is typed; of a script's answers the session would show nothing.
    this.echoes = input.isTTY !== true;
    this.stop = stop;
    // Whoever waits for a line gets the end of input instead.
    stop.addEventListener("abort", () => this.close(), { once: true });
  }

  print(line: string): void {
    this.output.write(`${line}\n`);
  }

  async ask(prompt: string): Promise<string | undefined> {
    this.output.write(prompt);
    this.openPrompt = prompt;
    const next = this.stop.aborted ? undefined : await this.iterator.next();
    this.openPrompt = undefined;
    // Lines that were read ahead count for nothing once it is over.
    if (next === undefined || next.done || this.stop.aborted) {
      this.output.write("\n");
      return undefined;
    }
    if (this.echoes) this.output.write(`${next.value}\n`);
    return next.value;
  }

  /** Says something in between by `write`; an open prompt is shown again behind it. */
  interject(write: () => void): void {
    if (this.openPrompt === undefined) write();
    else {
      this.output.write("\n");
      write();
      this.output.write(this.openPrompt);
    }
  }

  /** Lets go of the input, so that it keeps no process alive. */
  close(): void {
    this.lines.close();
  }
}
