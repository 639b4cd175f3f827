/** From the text of a lesson file to a lesson, or to all that is wrong with it. */

import { formatPath, type Problem } from "../scenario/problems.ts";
import { schemaFindings } from "../scenario/schema-findings.ts";
import { plainValue, readYaml } from "../scenario/yaml.ts";
import { type Lesson, lessonSchema } from "./lesson.ts";

export type LessonResult =
  | { readonly ok: true; readonly lesson: Lesson }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseLesson(text: string, file: string): LessonResult {
  const { document, map, problems: yamlProblems, isReadable } = readYaml(text, file);
  if (!isReadable) return { ok: false, problems: yamlProblems };
  const plain = plainValue(document);
  const findings = plain.ok ? schemaFindings(lessonSchema, plain.value) : [plain.finding];
  const problems = findings.map(({ at: _, ...finding }) => ({
    ...finding,
    file,
    ...map.locate(finding),
    path: formatPath(finding.path),
  }));
  if (yamlProblems.length > 0 || problems.length > 0 || !plain.ok) {
    return { ok: false, problems: [...yamlProblems, ...problems] };
  }
  return { ok: true, lesson: { ...lessonSchema.parse(plain.value), file } };
}
