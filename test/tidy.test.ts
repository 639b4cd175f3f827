/** The house keeps its rules: tidy/rules.ts has them as tables. Here the files are held against them, and they against examples. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkFile } from "./tidy/check.ts";
import { NODE_ONLY, PACKAGES } from "./tidy/rules.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What git ignores, and git itself. */
const NOT_OURS = new Set([".git", "node_modules", "dist", "coverage", "reports/latest"]);

function filesUnder(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(path)) return [];
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("this repository", () => {
  const files = filesUnder();

  test("keeps the rules in every file", () => {
    expect(files.filter((path) => path.startsWith("src/core/")).length).toBeGreaterThan(5);
    const problems = files.flatMap((path) => {
      const text = read(path);
      return text.includes("\0") ? [] : checkFile(path, text);
    });
    expect(problems).toEqual([]);
  });

  test("has no exception for a file that is gone", () => {
    const files = [...NODE_ONLY, ...Object.keys(PACKAGES)].filter((place) => /^src\/\w+\/[\w-]+$/.test(place));
    expect(files).toContain("src/faults/keyed-random");
    expect(files.filter((place) => !existsSync(join(ROOT, place)) && !existsSync(join(ROOT, `${place}.ts`)))).toEqual(
      [],
    );
  });
});

const OPENING = "/** A file made up to see the rules at work. */\n";
const check = (path: string, code: string): string[] => checkFile(path, OPENING + code);

describe("what the rules refuse, and what they say to do instead", () => {
  test.each<[path: string, code: string, says: string]>([
    // Directions of imports.
    ["src/core/a.ts", 'import { SimNetwork } from "../sim/network.ts";', "may import only core, trace"],
    ["src/core/wire/a.ts", 'import type { Scenario } from "../../scenario/schema.ts";', "may import only core, trace"],
    ["src/core/a.ts", 'export * from "../report/chart.ts";', "may import only core, trace"],
    ["src/core/a.ts", 'import "../cli/main.ts";', "may import only"],
    ["src/core/a.ts", 'const x = import("../sim/network.ts");', "may import only"],
    ["src/trace/a.ts", 'import { endpoint } from "../core/transport.ts";', "may import only trace"],
    ["src/sim/a.ts", 'import type { NodeTransport } from "../transport/node.ts";', "may import only sim"],
    ["src/transport/a.ts", 'import { SimNetwork } from "../sim/network.ts";', "may import only transport"],
    ["src/scenario/a.ts", 'import { chart } from "../report/chart.ts";', "may import only scenario"],
    ["src/report/a.ts", 'import { SimNetwork } from "../sim/network.ts";', "may import only report"],
    ["src/cli/a.ts", 'import { helper } from "../../scripts/helper.ts";', "may import only cli"],
    ["src/sim/a.ts", 'import {\n  A,\n  B,\n} from "../index.ts";', "src/sim/a.ts:5:"],
    // What a browser lacks.
    ["src/core/a.ts", 'import { readFileSync } from "node:fs";', "must run in a browser"],
    ["src/scenario/load.ts", 'import type { Stats } from "node:fs";', "must run in a browser"],
    ["src/scenario/load.ts", 'import { readScenario } from "./files.ts";', "which needs Node"],
    ["src/scenario/run.ts", 'import { type A, udp } from "../transport/udp.ts";', "which needs Node"],
    ["src/trace/a.ts", "const b = Buffer.from(x);", "Uint8Array"],
    ["src/report/a.ts", "const wide = process.stdout.columns;", "passes in"],
    ["src/report/a.ts", 'const wide = process["stdout"];', "passes in"],
    ["src/scenario/a.ts", "console.log(x);", "src/cli does the printing"],
    ["src/core/a.ts", 'const fs = require("fs");', "passes in"],
    ["src/scenario/a.ts", "const here = __dirname;", "a browser does not have"],
    // Clocks, timers, chance.
    ["src/core/a.ts", "const t = Date.now();", "transport.now()"],
    ["src/scenario/a.ts", "const t = Date\n  .now();", "transport.now()"],
    ["src/core/a.ts", "const t = new Date();", "passes in"],
    ["src/sim/a.ts", "const t = new Date(ms).toISOString();", "dates are for whoever prints them"],
    ["src/sim/a.ts", "const t = performance.now();", "transport.now()"],
    ["src/sim/a.ts", "const t = Math.random();", "transport.random()"],
    ["src/sim/a.ts", "setTimeout(() => fire(), 10);", "transport.createTimer"],
    ["src/report/a.ts", "setTimeout(() => fire(), 10);", "transport.createTimer"],
    ["src/report/page/a.ts", "const t = Date.now();", "transport.now()"],
    ["src/core/a.ts", "const soon = queueMicrotask;", "transport.createTimer"],
    ["src/core/a.ts", "crypto.getRandomValues(bytes);", "transport.random()"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template belongs to the snippet
    ["src/trace/a.ts", "const note = `at ${Date.now()} ms`;", "transport.now()"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template belongs to the snippet
    ["src/trace/a.ts", "const note = `at ${{ a: `${Math.random()}` }.a} ms`;", "transport.random()"],
    // Waiting.
    ["src/core/a.ts", "export async function f() {}", "runs to its end"],
    ["src/core/a.ts", "const f = async (x) => x;", "runs to its end"],
    ["src/core/a.ts", "class A {\n  async f() {}\n}", "src/core/a.ts:3:"],
    ["src/sim/a.ts", "await f();", "runs to its end"],
    ["src/sim/a.ts", "function f(): Promise<void> {}", "runs to its end"],
    ["src/sim/a.ts", "for await (const x of y) {}", "runs to its end"],
    // The same bytes on every machine.
    ["src/sim/a.ts", "const x = Math.cos(u);", "Math.sqrt, Math.log or Math.exp"],
    ["src/sim/a.ts", "const x = Math.pow(u, 0.5);", "Math.sqrt, Math.log or Math.exp"],
    ["src/core/a.ts", "const x = 2 ** n;", "a product, a shift or a constant"],
    ["src/core/a.ts", "const x = 10 ** 3;", "a product, a shift or a constant"],
    ["src/core/a.ts", "x **= 2;", "a product, a shift or a constant"],
    ["src/core/a.ts", "for (const key in table) use(key);", "Object.keys"],
    ["src/scenario/a.ts", "names.sort((a, b) => a.localeCompare(b));", "`<` on strings"],
    ["src/report/a.ts", "const text = n.toLocaleString();", "`<` on strings"],
    // Packages.
    ["src/core/a.ts", 'import seedrandom from "seedrandom";', "only src/faults/keyed-random may"],
    ["src/faults/link.ts", 'import seedrandom from "seedrandom";', "only src/faults/keyed-random may"],
    ["src/sim/a.ts", 'import { parse } from "yaml";', "only src/scenario may"],
    ["src/scenario/a.ts", 'import { Command } from "commander";', "only src/cli may"],
    ["src/trace/csv/a.ts", 'import { stringify } from "csv-stringify";', "no place in src may"],
    ["src/cli/a.ts", 'import chalk from "chalk";', "no place in src may"],
    // Names.
    ["src/core/a.ts", "interface A { readonly timeout: number }", "timeout is a time without its unit"],
    ["src/core/a.ts", "function f(retryDelay: number) {}", "retryDelay is a time without its unit"],
    ["src/sim/a.ts", "interface A { updatePeriod?: number }", "end its name in Ms or Ns"],
    ["src/sim/a.ts", "let lifetimeSec: number;", "end its name in Ms or Ns"],
    // Tests that do not run.
    ["test/a.test.ts", "test.skip('x', () => {});", "marked skip"],
    ["test/a.test.ts", "describe.only('x', () => {});", "marked only"],
    ["test/a.test.ts", "it.concurrent.todo('x');", "marked todo"],
    // Left behind.
    ["src/core/a.ts", `// ${"TO"}DO: later`, "do it now"],
    ["scripts/a.mjs", `// ${"FIX"}ME`, "do it now"],
    ["docs/a.md", `see ${"/ho"}me/someone/notes.md`, "make it relative"],
    ["docs/a.md", `see \`${"/tm"}p/out.csv\``, "make it relative"],
    ["src/cli/a.ts", `const x = "${"/wo"}rk/main/dist";`, "make it relative"],
    ["package-lock.json", `"resolved": "https://${"regis"}try.example.org/a.tgz"`, "npm's configuration"],
  ])("%s: %s", (path, code, says) => {
    const problems = check(path, code);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });

  test("a file that does not say what it is for", () => {
    expect(checkFile("src/core/a.ts", "export const a = 1;\n")).toEqual([
      expect.stringContaining("src/core/a.ts:1: does not open"),
    ]);
    expect(checkFile("src/core/a.ts", "/** a.ts */\n")).toHaveLength(1);
    expect(checkFile("src/core/a.ts", "// A line comment is no doc comment, however long.\n")).toHaveLength(1);
    expect(checkFile("src/core/a.ts", `import "./b.ts";\n${OPENING}`)).toHaveLength(1);
  });

  test("a file of more than 400 lines", () => {
    expect(check("src/core/a.ts", "a();\n".repeat(399))).toEqual([]);
    expect(check("src/core/a.ts", "a();\n".repeat(400))).toEqual([expect.stringContaining("401 lines, more than 400")]);
  });
});

describe("what the rules leave alone", () => {
  test.each<[path: string, code: string]>([
    ["src/core/a.ts", 'import type { NodeTrace } from "../trace/node-trace.ts";'],
    ["src/core/arq/a.ts", 'import { endpoint } from "../transport.ts";'],
    ["src/sim/a.ts", 'import type { Transport } from "../core/transport.ts";'],
    ["src/scenario/run.ts", 'import { SimNetwork } from "../sim/network.ts";'],
    ["src/scenario/run.ts", 'import type { NodeHost } from "../transport/node.ts";'],
    ["src/scenario/run.ts", 'import { type A, type B } from "../transport/node.ts";'],
    ["src/scenario/files.ts", 'import { readFileSync } from "node:fs";\nconst here = process.cwd();'],
    ["src/report/a.ts", 'import asciichart from "asciichart";'],
    ["src/report/page/a.ts", "requestAnimationFrame(draw);"],
    [
      "src/cli/a.ts",
      'import { runScenario } from "../index.ts";\nimport { stdout } from "node:process";\nconsole.log(1);',
    ],
    ["src/index.ts", 'export * from "./scenario/run.ts";\nexport { readScenario } from "./scenario/files.ts";'],
    ["src/faults/keyed-random.ts", 'import seedrandom from "seedrandom";'],
    ["src/transport/a.ts", "setTimeout(() => performance.now(), Math.random() * 2 ** 4);"],
    ["src/cli/a.ts", "const t = Date.now();\nawait f();"],
    // Words about a thing are not the thing.
    ["src/core/a.ts", "// not Date.now(), not Math.random(), no 2 ** n, no async function"],
    ["src/core/a.ts", "/* setTimeout(f, 1)\n   await g() */"],
    ["src/core/a.ts", 'throw new Error("Math.random() is not for a protocol: Date.now()");'],
    ["src/core/a.ts", "const s = 'it\\'s Date.now()';"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template belongs to the snippet
    ["src/core/a.ts", "const s = `Date.now() ${now} Math.random() \\${Date.now()}`;"],
    ["src/core/a.ts", 'const r = /Date.now()[/"]Math.random()/g; const q = a / b / c;'],
    ["src/core/a.ts", "const half = (a + b) / 2; // Date.now() / 2"],
    ["src/core/a.ts", "const s = \"import x from '../sim/network.ts'\";"],
    // Names that only look like globals.
    ["src/core/a.ts", "this.process(packet); const process = 1; return { process: process };"],
    ["src/core/a.ts", "const b: ArrayBuffer = view.buffer; transport.now(); this.performance = 1;"],
    ["src/core/a.ts", "if (wasAsync) awaiting(); const { async: a } = b;"],
    ["src/scenario/a.ts", "const iso = new Date(ms).toISOString();"],
    ["src/scenario/a.ts", "export async function f(): Promise<void> {}"],
    ["src/core/a.ts", "const MAX_BYTES = 2 ** 24;"],
    ["src/core/a.ts", "for (const x of y) if (key in table) use(x);"],
    ["src/core/a.ts", "const x = Math.sqrt(Math.log(2)) * Math.exp(1) + Math.imul(3, 4) + Math.floor(a);"],
    // Names with units, and times that are not numbers.
    ["src/core/a.ts", "interface A { readonly timeoutMs: number; readonly delay: DelayOptions; periodNs: number }"],
    ["src/sim/a.ts", "interface A { rateBitsPerSecond: number; readonly timeout: Timer }"],
    ["src/cli/a.ts", "function f(timeout: number) {}"],
    ["test/a.test.ts", "list.skip(3); expect(only).toBe(todo);\ntest.each([1])('%s', () => {});"],
    ["docs/a.md", "see ./home/x, https://example.org/home/x and ~/work/x"],
  ])("%s: %s", (path, code) => {
    expect(check(path, code)).toEqual([]);
  });
});
