/**
 * Golden traces: the lessons of lessons.ts, told in words, compared line by line with test/golden/*.txt. To write those
 * anew, run with UPDATE_GOLDEN=1 (`npm run golden`), and read the difference before you commit it.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import { Tape } from "../support/tape.ts";
import { LESSONS, type Lesson } from "./lessons.ts";
import { narrate } from "./narrate.ts";

const FOLDER = new URL("./", import.meta.url);
const UPDATE = process.env.UPDATE_GOLDEN === "1";
const LINE_WIDTH = 118;

function traceOf({ name, lesson, yaml }: Lesson): string {
  const parsed = parseScenario(`name: ${name}\ndescription: ${name}\n${yaml}`, `${name}.yaml`);
  if (!parsed.ok)
    throw new Error(parsed.problems.map(({ line, message }) => `${name}.yaml:${line} ${message}`).join("\n"));
  const tape = new Tape();
  runScenario(parsed.scenario, { sinks: [tape] });
  return `${wrap(lesson)}\n\n${narrate(tape)}\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(" ")) {
    if (line.length + word.length >= LINE_WIDTH) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

test.each(LESSONS.map((lesson) => [lesson.name, lesson] as const))("%s", (name, lesson) => {
  const file = new URL(`${name}.txt`, FOLDER);
  const actual = traceOf(lesson);
  if (UPDATE) writeFileSync(file, actual);
  if (!existsSync(file)) throw new Error(`there is no test/golden/${name}.txt: write it with UPDATE_GOLDEN=1`);
  const expected = readFileSync(file, "utf8").split("\n");
  const lines = actual.split("\n");
  const at = lines.findIndex((line, i) => line !== expected[i]);
  if (at >= 0 || lines.length !== expected.length) {
    const i = at >= 0 ? at : lines.length;
    throw new Error(
      `test/golden/${name}.txt:${i + 1} is the first line that differs\n  expected ${expected[i] ?? "the end"}\n  but got  ${lines[i] ?? "the end"}\nto write it anew: UPDATE_GOLDEN=1`,
    );
  }
});

test("every golden file belongs to a lesson", () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
  expect(files.toSorted()).toEqual(LESSONS.map(({ name }) => `${name}.txt`).toSorted());
});
