import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { nameFrom } from "../../src/cli/init.ts";
import { SCENARIO_KINDS } from "../../src/cli/init-templates.ts";
import { peerlab, temporaryFolder } from "./fake-console.ts";

describe("peerlab init", () => {
  test.each(SCENARIO_KINDS)("writes a %s scenario with comments, which passes as it is", async (kind) => {
    const file = join(temporaryFolder(), "new", "My Lesson.yaml");
    const { exitCode, out } = await peerlab(["init", file, "--kind", kind]);
    expect(exitCode).toBe(0);
    expect(out).toBe(`wrote ${file}; run it with: npx peerlab run '${file}'\n`);
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^name: my-lesson$/m);
    expect(text.match(/#/g)?.length).toBeGreaterThan(10);
    const run = await peerlab(["run", file]);
    expect(run.exitCode).toBe(0);
    expect(run.out).toMatch(/^PASS my-lesson/m);
  });

  test("the lesson's expectation notices another loss rate", async () => {
    const file = join(temporaryFolder(), "lesson.yaml");
    await peerlab(["init", file]);
    expect((await peerlab(["run", file, "--set", "network.loss=0.3"])).exitCode).toBe(1);
  });

  test("the first line tells editors where the schema is", async () => {
    const outside = join(temporaryFolder(), "a.yaml");
    await peerlab(["init", outside]);
    const schema = fileURLToPath(new URL("../../scenarios/schema.json", import.meta.url));
    expect(schemaOf(outside)).toMatch(/^file:\/\//);
    expect(fileURLToPath(schemaOf(outside))).toBe(schema);

    const inside = fileURLToPath(new URL(`../../init-test-${process.pid}.yaml`, import.meta.url));
    onTestFinished(() => rmSync(inside, { force: true }));
    await peerlab(["init", inside]);
    expect(schemaOf(inside)).toBe("scenarios/schema.json");
    expect(resolve(dirname(inside), schemaOf(inside))).toBe(schema);
  });

  test("does not replace a file, unless --force says so", async () => {
    const file = join(temporaryFolder(), "mine.yaml");
    writeFileSync(file, "mine");
    const refused = await peerlab(["init", file]);
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain(`${file} exists: choose another name, or replace it with --force`);
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await peerlab(["init", file, "--force"])).exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("name: mine");
  });

  test("what cannot be written is exit code 3", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "taken.yaml"));
    const { exitCode, err } = await peerlab(["init", join(folder, "taken.yaml"), "--force"]);
    expect(exitCode).toBe(3);
    expect(err).toContain("taken.yaml: a folder is where a file should be");
  });

  test("an unknown kind names the known ones", async () => {
    const file = join(temporaryFolder(), "a.yaml");
    const { exitCode, err } = await peerlab(["init", file, "--kind", "lecture"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("lesson, file-sharing");
    expect(existsSync(file)).toBe(false);
  });
});

test("a scenario's name comes from the file's", () => {
  expect(nameFrom("lessons/My Lesson.yaml")).toBe("my-lesson");
  expect(nameFrom("RTT_estimator.v2.yml")).toBe("rtt-estimator-v2");
  expect(nameFrom("--.yaml")).toBe("scenario");
  expect(nameFrom("日本.yaml")).toBe("scenario");
});

function schemaOf(file: string): string {
  const [line = ""] = readFileSync(file, "utf8").split("\n");
  return /^# yaml-language-server: \$schema=(\S+)$/.exec(line)?.[1] ?? "";
}
