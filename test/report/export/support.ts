/** What a sink writes, as text; and runs of a scenario into one. */

import type { ExportFormat } from "../../../src/report/export/formats.ts";
import { openExport } from "../../../src/report/export/formats.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { runScenario } from "../../../src/scenario/run.ts";
import type { TraceSink } from "../../../src/trace/events.ts";

type ExportSink = TraceSink & { end(): void };

export class Written {
  chunks = 0;
  private readonly parts: string[] = [];
  private readonly decoder = new TextDecoder("utf-8", { fatal: true });

  readonly onChunk = (chunk: Uint8Array): void => {
    this.chunks++;
    this.parts.push(this.decoder.decode(chunk, { stream: true }));
  };

  get text(): string {
    return this.parts.join("");
  }
}

/** What a sink writes of events that `tell` gives it. */
export function writtenBy(
  open: (onChunk: (chunk: Uint8Array) => void) => ExportSink,
  tell: (sink: TraceSink) => void,
): string {
  const written = new Written();
  const sink = open(written.onChunk);
  tell(sink);
  sink.end();
  return written.text;
}

/** Runs a scenario, given without its name and description, into a sink. */
export function runInto(yaml: string): (sink: TraceSink) => void {
  const parsed = parseScenario(`name: story\ndescription: story\n${yaml}`, "story.yaml");
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return (sink) => void runScenario(parsed.scenario, { sinks: [sink] });
}

export function exported(format: ExportFormat, yaml: string): string {
  return writtenBy((onChunk) => openExport(format, onChunk, { title: "story" }), runInto(yaml));
}
