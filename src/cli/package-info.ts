/** What the installed package says about itself. The paths hold from src/cli and from dist/cli alike. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version in package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The JSON Schema of scenario files that came with the package. */
export function schemaFile(): string {
  return fileURLToPath(new URL("../../scenarios/schema.json", import.meta.url));
}

/** The folder of the lessons that the package ships. */
export function lessonFolder(): string {
  return fileURLToPath(new URL("../../docs/lessons", import.meta.url));
}
