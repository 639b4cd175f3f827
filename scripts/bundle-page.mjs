/**
 * Bundles the script and the style of the HTML report: `node scripts/bundle-page.mjs DIST` writes
 * DIST/report/page/page.js and page.css. What a report file embeds is these two, minified and self-contained.
 */

import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

const OPTIONS = {
  absWorkingDir: root,
  entryPoints: { page: "src/report/page/main.ts", style: "src/report/page/page.css" },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** The texts of the script and the style. */
export function bundledPage() {
  const { outputFiles } = buildSync({ ...OPTIONS, write: false, outdir: join(root, "dist", "report", "page") });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  return { script: text(".js"), style: text(".css") };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const dist = process.argv[2];
  if (dist === undefined) throw new Error("usage: node scripts/bundle-page.mjs DIST");
  buildSync({ ...OPTIONS, outdir: join(dist, "report", "page") });
}
