/** The script and the style of the HTML report, as the build left them in dist. For Node.js. */

import { readFileSync } from "node:fs";
import type { PageAssets } from "./report-html.ts";

/** The same folder from the sources and from the build: both are three levels below the package. */
const FOLDER = new URL("../../../dist/report/page/", import.meta.url);

let assets: PageAssets | undefined;

/** Read once, when first needed. Error where the build has not made them. */
export function pageAssets(): PageAssets {
  assets ??= { script: read("page.js"), style: read("style.css") };
  return assets;
}

function read(name: string): string {
  try {
    return readFileSync(new URL(name, FOLDER), "utf8");
  } catch (error) {
    throw new Error(`dist/report/page/${name} is missing; run \`npm run build\``, { cause: error });
  }
}
