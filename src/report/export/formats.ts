/** The formats of other programs in which a run's trace can be written. */

import type { ChunkHandler } from "../../trace/csv/chunk-buffer.ts";
import type { TraceSink } from "../../trace/events.ts";
import { ChromeSink } from "./chrome.ts";
import { MermaidSink } from "./mermaid.ts";
import { ShivizSink } from "./shiviz.ts";

export const EXPORT_FORMATS = ["mermaid", "shiviz", "chrome"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The file of each format. */
export const EXPORT_FILES: Readonly<Record<ExportFormat, string>> = {
  mermaid: "trace.mmd",
  shiviz: "trace.shiviz",
  chrome: "trace.chrome.json",
};

export interface ExportSubject {
  /** What the file says that it is of. */
  readonly title: string;
  /** The hosts in the order in which a diagram has them; the others follow as they first appear. */
  readonly hosts?: readonly string[] | undefined;
}

/** A sink that writes a run in a format through `onChunk`; `end` writes the rest. */
export function openExport(
  format: ExportFormat,
  onChunk: ChunkHandler,
  subject: ExportSubject,
): TraceSink & { end(): void } {
  switch (format) {
    case "mermaid":
      return new MermaidSink(onChunk, subject);
    case "shiviz":
      return new ShivizSink(onChunk);
    case "chrome":
      return new ChromeSink(onChunk, { title: subject.title });
  }
}
