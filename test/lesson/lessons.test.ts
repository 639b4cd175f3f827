/** The committed lessons: they run, they ask what their runs answer, and their pages are the ones that follow from them. */

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { loadLessons, scenarioOf } from "../../src/lesson/files.ts";
import { lessonPage } from "../../src/lesson/page.ts";
import { play } from "../../src/lesson/play.ts";
import { formatProblem } from "../../src/scenario/problems.ts";

const loaded = loadLessons("docs/lessons");
if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
const { lessons } = loaded;
const STYLE = { columns: 80, color: false, symbols: false };

describe("the committed lessons", () => {
  test("are numbered from 1 without a gap", () => {
    expect(lessons.map(({ number }) => number)).toEqual(lessons.map((_, index) => index + 1));
    expect(lessons.length).toBeGreaterThanOrEqual(8);
  });

  test.each(lessons)(
    "lesson $number asks for predictions that its runs answer, of scenarios that pass",
    ({ lesson }) => {
      const runs = lesson.steps.flatMap((step) => ("run" in step ? [step.run] : []));
      expect(runs.some(({ predict }) => predict !== undefined)).toBe(true);
      for (const run of runs) {
        const { answer, passed, question, because } = play(run, scenarioOf(lesson, run), STYLE);
        if (run.predict !== undefined) expect(answer, run.predict.question).toBeDefined();
        expect(question + because).not.toMatch(/\{row/);
        if (run.set.length === 0) expect(passed, run.scenario).toBe(true);
      }
      expect(lesson.steps.some((step) => "ask" in step)).toBe(true);
    },
    60_000,
  );

  test("the page of a short one is what is committed", () => {
    const { number, lesson } = lessons[2]!;
    const source = relative("docs/lessons", lesson.file);
    const page = lessonPage(lesson, { number, source, scenarioOf: (run) => scenarioOf(lesson, run) });
    expect(page).toBe(readFileSync(lesson.file.replace(/\.yaml$/, ".md"), "utf8"));
  });

  test("the pictures that pages show are there", () => {
    const pictures = lessons.flatMap(({ lesson }) => {
      const page = readFileSync(lesson.file.replace(/\.yaml$/, ".md"), "utf8");
      return [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => join("docs/lessons", path!));
    });
    expect(pictures.length).toBeGreaterThan(3);
    const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
    for (const path of pictures) {
      expect(readFileSync(path, "utf8")).toMatch(/^<svg /);
      // Those who install the package have them as well.
      expect(
        files.some((entry) => path === entry || path.startsWith(`${entry}/`)),
        path,
      ).toBe(true);
    }
  });

  test("a page keeps answers in folds, and outputs that would give them away", () => {
    for (const { lesson } of lessons) {
      const page = readFileSync(lesson.file.replace(/\.yaml$/, ".md"), "utf8");
      const open = page.replace(/<details>.*?<\/details>/gs, "");
      expect(open).not.toMatch(/^\*\*[\d.]+( \w+)?\*\*$/m);
      expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
    }
  });
});
