/** Lessons on disk: finds them by number or path, and their scenarios beside them. The only file here that touches the disk. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { loadScenarios } from "../scenario/files.ts";
import { fileProblem, type Problem } from "../scenario/problems.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Lesson, Run } from "./lesson.ts";
import { parseLesson } from "./parse.ts";

export interface NumberedLesson {
  /** Its place among the lessons of its folder, from 1. */
  readonly number: number;
  readonly lesson: Lesson;
}

export type LessonsResult =
  | { readonly ok: true; readonly lessons: readonly NumberedLesson[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** All lessons of a folder: files named `1-some-title.yaml`, in the order of their numbers. */
export function loadLessons(folder: string): LessonsResult {
  const lessons: NumberedLesson[] = [];
  const problems: Problem[] = [];
  for (const { number, file } of lessonFiles(folder)) {
    const result = readLesson(file);
    if (result.ok) lessons.push({ number, lesson: result.lesson });
    else problems.push(...result.problems);
  }
  return problems.length === 0 ? { ok: true, lessons } : { ok: false, problems };
}

/** Reads one lesson, and sees to it that its scenarios can be read. */
export function readLesson(file: string): ReturnType<typeof parseLesson> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, problems: [fileProblem(file, `cannot be read: ${(error as Error).message}`)] };
  }
  const parsed = parseLesson(text, file);
  if (!parsed.ok) return parsed;
  const problems = parsed.lesson.steps.flatMap((step) =>
    "run" in step ? scenarioProblems(parsed.lesson, step.run) : [],
  );
  return problems.length === 0 ? parsed : { ok: false, problems };
}

/** The scenario of a run, with its settings. Throws where it cannot be read, which `readLesson` has made sure of. */
export function scenarioOf(lesson: Lesson, run: Run): Scenario {
  const loaded = loadScenario(lesson, run);
  const scenario = loaded.ok ? loaded.scenarios[0] : undefined;
  if (scenario === undefined) throw new Error(`${lesson.file}: the scenario ${run.scenario} cannot be read`);
  return scenario;
}

function scenarioProblems(lesson: Lesson, run: Run): readonly Problem[] {
  return loadScenario(lesson, run).problems;
}

function loadScenario(lesson: Lesson, run: Run): ReturnType<typeof loadScenarios> {
  const path = relative(process.cwd(), resolve(dirname(lesson.file), run.scenario));
  return loadScenarios([path], { settings: run.set });
}

export function lessonFiles(folder: string): { number: number; file: string }[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const number = /^(\d+)-.*\.ya?ml$/.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), file: join(folder, name) }];
    })
    .toSorted((a, b) => a.number - b.number);
}
