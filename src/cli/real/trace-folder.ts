/**
 * The trace of a real run: trace.csv, rtt.csv and trace.jsonl in the folder of --trace, filled as it goes. A disk that is
 * full ends the trace and is said once; what is traced goes on.
 */

import { join } from "node:path";
import { RttCsvSink } from "../../trace/csv/rtt-csv.ts";
import { TraceCsvSink } from "../../trace/csv/trace-csv.ts";
import type { RttRow, TraceEvent, TraceSink } from "../../trace/events.ts";
import { TraceJsonlSink } from "../../trace/jsonl/trace-jsonl.ts";
import { makeFolder, OutputFile } from "../run-folder.ts";

type Sink = TraceSink & { end(): void };

export class TraceFolder implements TraceSink {
  private readonly files: OutputFile[] = [];
  private readonly onFailure: (message: string) => void;
  private sinks: readonly Sink[] = [];

  /** CliError where the folder cannot be made or written. `onFailure` is told what ended the trace before its time. */
  constructor(folder: string, onFailure: (message: string) => void) {
    this.onFailure = onFailure;
    makeFolder(folder);
    const open = (name: string): OutputFile["write"] => {
      const file = new OutputFile(join(folder, name));
      this.files.push(file);
      return file.write;
    };
    try {
      this.sinks = [
        new TraceCsvSink(open("trace.csv")),
        new RttCsvSink(open("rtt.csv")),
        new TraceJsonlSink(open("trace.jsonl")),
      ];
    } catch (error) {
      this.closeFiles();
      throw error;
    }
  }

  onEvent(event: TraceEvent): void {
    this.guarded(() => {
      for (const sink of this.sinks) sink.onEvent?.(event);
    });
  }

  onRtt(row: RttRow): void {
    this.guarded(() => {
      for (const sink of this.sinks) sink.onRtt?.(row);
    });
  }

  /** Writes out the last rows and closes the files. */
  close(): void {
    this.guarded(() => {
      for (const sink of this.sinks) sink.end();
    });
    this.sinks = [];
    this.closeFiles();
  }

  private guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.sinks = [];
      this.onFailure(`${error instanceof Error ? error.message : String(error)}; the trace ends here`);
    }
  }

  private closeFiles(): void {
    for (const file of this.files.splice(0)) file.close();
  }
}
