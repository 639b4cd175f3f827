/** The files of one run, under --out: DIR/<scenario>/ with its traces, its capture, a summary, charts and pictures. */

import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXPORT_FILES, type ExportFormat, type ExportSubject, openExport } from "../report/export/formats.ts";
import { RttCsvSink } from "../trace/csv/rtt-csv.ts";
import { TraceCsvSink } from "../trace/csv/trace-csv.ts";
import type { TraceSink } from "../trace/events.ts";
import { TraceJsonlSink } from "../trace/jsonl/trace-jsonl.ts";
import { CliError } from "./exit-codes.ts";
import { RunCapture } from "./run-capture.ts";

const WRITTEN_AT_THE_END = ["summary.json", "charts.txt", "report.html", "ladder.svg", "charts.svg"] as const;
const CAPTURE = "trace.pcapng";
const SUMMARY = "summary.json";

/** The files of one run, in the order in which a reader wants them. Packets of a real run are the system's to capture. */
export function runFiles(isReal: boolean, exports: readonly ExportFormat[] = []): readonly string[] {
  const capture = isReal ? [] : [CAPTURE];
  return ["trace.csv", "rtt.csv", "trace.jsonl", ...capture, ...exportFiles(exports), ...WRITTEN_AT_THE_END];
}

/** The files of an import: no capture, which it has from elsewhere, and no verdicts. */
export function importFiles(exports: readonly ExportFormat[]): readonly string[] {
  return runFiles(true, exports).filter((name) => name !== SUMMARY);
}

function exportFiles(exports: readonly ExportFormat[]): readonly string[] {
  return exports.map((format) => EXPORT_FILES[format]);
}

/** What a folder has beside the trace. */
export interface RunFolderOptions {
  /** What the capture says that it is of; absent: there is none. */
  readonly captureTitle?: string | undefined;
  /** What is imported leaves a capture and a summary that are there alone: it makes none, and they may be somebody's own. */
  readonly isImport?: boolean;
  /** The trace in formats of other programs. */
  readonly exports?: { readonly formats: readonly ExportFormat[]; readonly subject: ExportSubject } | undefined;
}

/**
 * Opens the files at once and fills the traces as the run goes, so that a long run does not grow memory. Everything
 * that goes wrong with a file is a CliError of kind `runtime` that names it.
 */
export class RunFolder {
  /** Takes every packet with its bytes; absent: the run's packets are not captured. */
  readonly capture: RunCapture | undefined;
  private readonly folder: string;
  private readonly files: OutputFile[] = [];
  private readonly traces: readonly (TraceSink & { end(): void })[];

  constructor(
    outFolder: string,
    scenarioName: string,
    { captureTitle, exports, isImport = false }: RunFolderOptions = {},
  ) {
    this.folder = join(outFolder, scenarioName);
    makeFolder(this.folder);
    // A run that is broken off leaves no verdict of an older one beside its trace.
    for (const name of [CAPTURE, ...Object.values(EXPORT_FILES), ...WRITTEN_AT_THE_END]) {
      if (isImport && (name === CAPTURE || name === SUMMARY)) continue;
      const path = join(this.folder, name);
      attempt("replace", path, () => rmSync(path, { force: true }));
    }
    try {
      this.traces = [
        new TraceCsvSink(this.open("trace.csv").write),
        new RttCsvSink(this.open("rtt.csv").write),
        new TraceJsonlSink(this.open("trace.jsonl").write),
        ...(exports?.formats ?? []).map((format) =>
          openExport(format, this.open(EXPORT_FILES[format]).write, exports!.subject),
        ),
      ];
      this.capture = captureTitle === undefined ? undefined : new RunCapture(this.open(CAPTURE), captureTitle);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What fills the traces. */
  get sinks(): readonly TraceSink[] {
    return this.traces;
  }

  /** Writes out what is left of the traces. */
  endTraces(): void {
    for (const sink of this.traces) sink.end();
    this.capture?.end();
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

/** A file that is filled as a run goes. */
export class OutputFile {
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

  /** Writes over what is there, from byte `position` on. */
  writeAt(position: number, bytes: Uint8Array): void {
    const fd = this.fd;
    if (fd === undefined) throw new CliError("runtime", `cannot write ${this.path}: it is closed already`);
    attempt("write", this.path, () => writeSync(fd, bytes, 0, bytes.length, position));
  }

  close(): void {
    const fd = this.fd;
    if (fd === undefined) return;
    this.fd = undefined;
    attempt("close", this.path, () => closeSync(fd));
  }
}

/**
 * Makes a folder and those above it that are missing, one by one from the nearest that exists: Node's own `recursive`
 * tries for ever where a file system takes no folders (/proc).
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let nearest = resolve(folder);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) {
    missing.push(nearest);
    nearest = dirname(nearest);
  }
  attempt("make the folder", folder, () => {
    if (missing.length === 0) mustBeFolder(folder);
    for (const path of missing.toReversed()) makeOne(path, folder);
  });
}

function makeOne(path: string, wanted: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Its parent is there, so that what is missing is a file system that takes folders.
    if (code === "ENOENT") {
      throw new CliError("runtime", `cannot make the folder ${wanted}: no folder can be made in ${dirname(path)}`);
    }
    if (code !== "EEXIST") throw error;
    mustBeFolder(path);
  }
}

/** Somebody else may have made it in between. */
function mustBeFolder(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error(), { code: "EEXIST" });
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
    const reason = code === "ENOENT" && doing === "read" ? "there is no such file" : (REASONS[code] ?? message);
    throw new CliError("runtime", `cannot ${doing} ${path}: ${reason}`);
  }
}
