/** Node's loader hooks for .ts files: esbuild takes the types away. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const { code } = await transform(await readFile(fileURLToPath(url), "utf8"), { loader: "ts", format: "esm" });
  return { format: "module", shortCircuit: true, source: code };
}
