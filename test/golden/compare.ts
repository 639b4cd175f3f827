/** Compares what is made now with a committed file, line by line; or writes the file, under UPDATE_GOLDEN=1. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const UPDATE = process.env.UPDATE_GOLDEN === "1";

/** `file`: its path from the repository's root. Throws with the first line that differs. */
export function compareWithGolden(file: string, actual: string): void {
  const place = new URL(file, ROOT);
  if (UPDATE) {
    mkdirSync(new URL(".", place), { recursive: true });
    writeFileSync(place, actual);
  }
  if (!existsSync(place)) throw new Error(`there is no ${file}: write it with UPDATE_GOLDEN=1`);
  const expected = readFileSync(place, "utf8").split("\n");
  const lines = actual.split("\n");
  const at = lines.findIndex((line, i) => line !== expected[i]);
  if (at < 0 && lines.length === expected.length) return;
  const i = at >= 0 ? at : lines.length;
  throw new Error(
    `${file}:${i + 1} is the first line that differs\n  expected ${expected[i] ?? "the end"}\n  but got  ${lines[i] ?? "the end"}\nto write it anew: UPDATE_GOLDEN=1`,
  );
}
