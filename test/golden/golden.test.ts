/**
 * Golden traces: the lessons of lessons.ts, told in words, compared line by line with test/golden/*.txt. To write those
 * anew, run with UPDATE_GOLDEN=1 (`npm run golden`), and read the difference before you commit it.
 */

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import { Tape } from "../support/tape.ts";
import { compareWithGolden } from "./compare.ts";
import { LESSONS, type Lesson } from "./lessons.ts";
import { narrate } from "./narrate.ts";

const FOLDER = new URL("./", import.meta.url);
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
  compareWithGolden(`test/golden/${name}.txt`, traceOf(lesson));
});

test("every golden file belongs to a lesson", () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
  expect(files.toSorted()).toEqual(LESSONS.map(({ name }) => `${name}.txt`).toSorted());
});
