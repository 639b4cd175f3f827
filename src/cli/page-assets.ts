/** The script and the style of the HTML report, for the commands that write one. */

import { pageAssets as builtAssets } from "../report/html/page-files.ts";
import type { PageAssets } from "../report/html/report-html.ts";
import { CliError } from "./exit-codes.ts";

export function pageAssets(): PageAssets {
  try {
    return builtAssets();
  } catch (error) {
    throw new CliError("runtime", `cannot write report.html: ${(error as Error).message}`);
  }
}
