/** The script and the style of the HTML report, as the build left them in dist. */

import { readFileSync } from "node:fs";
import type { PageAssets } from "../report/html/report-html.ts";
import { CliError } from "./exit-codes.ts";

/** The same folder from the sources and from the build: both are two levels below the package. */
const FOLDER = new URL("../../dist/report/page/", import.meta.url);

let assets: PageAssets | undefined;

/** Read once, when first needed. */
export function pageAssets(): PageAssets {
  assets ??= { script: read("page.js"), style: read("style.css") };
  return assets;
}

function read(name: string): string {
  try {
    return readFileSync(new URL(name, FOLDER), "utf8");
  } catch {
    throw new CliError(
      "runtime",
      `cannot write report.html: dist/report/page/${name} is missing; run \`npm run build\``,
    );
  }
}
