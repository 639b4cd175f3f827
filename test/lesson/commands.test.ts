/** What a lesson shows is what its command prints: whoever pastes it sees the same. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadLessons, scenarioOf } from "../../src/lesson/files.ts";
import { commandWords, play } from "../../src/lesson/play.ts";
import { fakeConsole, peerlab, temporaryFolder } from "../cli/fake-console.ts";

const COLUMNS = 100;
const loaded = loadLessons("docs/lessons");
if (!loaded.ok) throw new Error("a committed lesson is wrong");
const runs = loaded.lessons.flatMap(({ number, lesson }) =>
  lesson.steps.flatMap((step) => {
    if (!("run" in step)) return [];
    const scenario = scenarioOf(lesson, step.run);
    return [{ number, run: step.run, scenario, words: commandWords(step.run, scenario.file ?? "") }];
  }),
);

describe("the command of a lesson's step", () => {
  test.each(runs)("lesson $number: $words", async ({ run, scenario, words }) => {
    const { rows, predict, ...rest } = run;
    const event = predict?.event;
    const style = { columns: COLUMNS, color: false, symbols: true };
    // Rows of files are looked for there.
    const shown = play(
      { ...rest, rows: undefined, predict: event === undefined ? predict : undefined },
      scenario,
      style,
    );
    const folder = temporaryFolder();
    const args = words.map((word) => (word === "results" ? folder : word));
    const console = fakeConsole({ terminal: { columns: COLUMNS }, env: { NO_COLOR: "1" } });
    const { exitCode, out } = await peerlab(args, console);
    expect(exitCode).toBe(0);
    for (const part of shown.output.trimEnd().split("\n\n")) expect(out).toContain(part);
    if (event !== undefined) {
      const [, number, timeMs] = /event (\d+)\n\d+ {2}([\d.]+) ms/.exec(play(run, scenario, style).output)!;
      const csv = readFileSync(join(folder, scenario.name, "trace.csv"), "utf8").split("\n");
      expect(csv[Number(number)]).toMatch(new RegExp(`^${timeMs},${event.event},`));
    }
    if (rows === undefined) return;
    const lines = readFileSync(join(folder, scenario.name, "rtt.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeGreaterThan(rows.to);
  });
});
