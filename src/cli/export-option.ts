/** The `--export` option of `run` and `import`: formats of other programs in which the trace is written as well. */

import { EXPORT_FILES, EXPORT_FORMATS, type ExportFormat } from "../report/export/formats.ts";
import { anyOf } from "../scenario/suggest.ts";
import { CliError } from "./exit-codes.ts";

export const EXPORT_HELP = `also write the trace for another program under --out: ${EXPORT_FORMATS.join(", ")}; may be repeated`;

/** The formats asked for, each once, in the order of EXPORT_FORMATS. CliError of kind `usage` where one makes no sense. */
export function exportFormats(given: readonly string[], out: string | undefined): readonly ExportFormat[] {
  for (const format of given) {
    if (!(EXPORT_FORMATS as readonly string[]).includes(format)) {
      throw new CliError("usage", `--export ${format}: expected ${anyOf(EXPORT_FORMATS)}`);
    }
  }
  if (given.length > 0 && out === undefined) {
    const files = given.map((format) => EXPORT_FILES[format as ExportFormat]);
    throw new CliError(
      "usage",
      `--export writes ${[...new Set(files)].join(" and ")} under --out, and there is none: add --out results`,
    );
  }
  return EXPORT_FORMATS.filter((format) => given.includes(format));
}
