/** The files of one run, under --out: DIR/<scenario>/trace.csv, rtt.csv, summary.json, charts.txt. */

import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { RttCsvSink } from "../trace/csv/rtt-csv.ts";
import { TraceCsvSink } from "../trace/csv/trace-csv.ts";
import type { TraceSink } from "../trace/events.ts";
import { CliError } from "./exit-codes.ts";

const WRITTEN_AT_THE_END = ["summary.json", "charts.txt"] as const;

/**
 * Opens the files at once and fills the CSV files as the run goes, so that a long run does not grow memory. Everything
 * that goes wrong with a file is a CliError of kind `runtime` that names it.
 */
export class RunFolder {
  readonly sinks: readonly TraceSink[];
  private readonly folder: string;
  private readonly files: OutputFile[] = [];
  private readonly csv: readonly { end(): void }[];

  constructor(outFolder: string, scenarioName: string) {
    this.folder = join(outFolder, scenarioName);
    attempt("make the folder", this.folder, () => mkdirSync(this.folder, { recursive: true }));
    // A run that is broken off leaves no verdict of an older one beside its trace.
    for (const name of WRITTEN_AT_THE_END) {
      const path = join(this.folder, name);
      attempt("replace", path, () => rmSync(path, { force: true }));
    }
    try {
      const trace = new TraceCsvSink(this.open("trace.csv").write);
      const rtt = new RttCsvSink(this.open("rtt.csv").write);
      this.sinks = [trace, rtt];
      this.csv = [trace, rtt];
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Writes out the last rows of the CSV files. */
  endTraces(): void {
    for (const sink of this.csv) sink.end();
  }

  /** Writes a whole file. */
  write(name: (typeof WRITTEN_AT_THE_END)[number], text: string): void {
    const path = join(this.folder, name);
    attempt("write", path, () => writeFileSync(path, text));
  }

  /** Closes what is open, whatever became of the run. */
  close(): void {
    for (const file of this.files) file.close();
  }

  private open(name: string): OutputFile {
    const file = new OutputFile(join(this.folder, name));
    this.files.push(file);
    return file;
  }
}

class OutputFile {
  private readonly path: string;
  private fd: number | undefined;

  constructor(path: string) {
    this.path = path;
    this.fd = attempt("open", path, () => openSync(path, "w"));
  }

  readonly write = (chunk: Uint8Array): void => {
    const fd = this.fd;
    if (fd === undefined) throw new CliError("runtime", `cannot write ${this.path}: it is closed already`);
    attempt("write", this.path, () => {
      for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done);
    });
  };

  close(): void {
    const fd = this.fd;
    if (fd === undefined) return;
    this.fd = undefined;
    attempt("close", this.path, () => closeSync(fd));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a file is where a folder should be",
  EISDIR: "a folder is where a file should be",
  ENOENT: "there is no such folder",
  EMFILE: "too many open files",
};

/** Does something with a file; what goes wrong becomes a CliError that says what and why. */
export function attempt<T>(doing: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new CliError("runtime", `cannot ${doing} ${path}: ${REASONS[code] ?? message}`);
  }
}
