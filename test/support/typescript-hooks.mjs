/** Node's loader hooks for .ts files: esbuild makes one program of the file that a thread begins with and all it imports. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(url)],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    write: false,
  });
  return { format: "module", shortCircuit: true, source: outputFiles[0].text };
}
