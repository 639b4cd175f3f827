/** Writes what follows from other files: the JSON Schema for editors, the scenario reference, the lessons' pages. Run after a build. */

import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadLessons, scenarioOf } from "../dist/lesson/files.js";
import { lessonPage } from "../dist/lesson/page.js";
import { formatProblem } from "../dist/scenario/problems.js";
import { scenarioJsonSchema } from "../dist/scenario/reference.js";
import { scenarioReference } from "../dist/scenario/reference-markdown.js";

const root = new URL("../", import.meta.url);
process.chdir(fileURLToPath(root));
writeFileSync("scenarios/schema.json", `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
writeFileSync("docs/scenario-reference.md", scenarioReference());

const loaded = loadLessons("docs/lessons");
if (!loaded.ok) {
  for (const problem of loaded.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  process.exit(2);
}
for (const { number, lesson } of loaded.lessons) {
  const source = relative("docs/lessons", lesson.file);
  const page = lessonPage(lesson, { number, source, scenarioOf: (run) => scenarioOf(lesson, run) });
  writeFileSync(lesson.file.replace(/\.ya?ml$/, ".md"), page);
}
