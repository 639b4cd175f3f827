/**
 * docs/sweeps.md shows real output: every block that begins with `$ npx peerlab` is run and compared. To write the
 * output anew, run with UPDATE_GOLDEN=1, and read the difference before you commit it.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fakeConsole, peerlab } from "./fake-console.ts";

const PAGE = new URL("../../docs/sweeps.md", import.meta.url);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BLOCK = /^```\n\$ npx peerlab (.*)\n([\s\S]*?)```$/gm;

test("the page's commands give the page's output", { timeout: 120_000 }, async () => {
  expect(process.cwd()).toBe(ROOT.replace(/[\\/]$/, ""));
  const page = readFileSync(PAGE, "utf8");
  let actual = page;
  const blocks = [...page.matchAll(BLOCK)];
  expect(blocks.length).toBeGreaterThan(3);
  for (const [whole, command] of blocks) {
    const { out } = await peerlab(command!.split(" "), fakeConsole({ env: { COLUMNS: "80", CI: "true" } }));
    actual = actual.replace(whole, () => `\`\`\`\n$ npx peerlab ${command}\n${out}\`\`\``);
  }
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, actual);
  else expect(page).toBe(actual);
});
