import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { peerlab, scenarioFile, temporaryFolder } from "./fake-console.ts";

test("valid scenarios are named, exit code 0", async () => {
  const folder = temporaryFolder();
  const one = scenarioFile(folder, "one");
  expect(await peerlab(["validate", one])).toEqual({ exitCode: 0, out: `${one}: one\n1 scenario is valid\n`, err: "" });
  scenarioFile(folder, "two");
  expect((await peerlab(["validate", folder])).out).toMatch(/\n2 scenarios are valid\n$/);
  expect(JSON.parse((await peerlab(["validate", one, "--json"])).out)).toEqual({
    scenarios: [{ name: "one", file: one }],
  });
});

test("a scenario that would fail is valid all the same: nothing runs", async () => {
  const file = scenarioFile(temporaryFolder(), "fails", "send: { host: sender, delivered: 2 }");
  expect((await peerlab(["validate", file])).exitCode).toBe(0);
});

test("problems are exit code 2; with --json beside the scenarios that are right", async () => {
  const folder = temporaryFolder();
  const good = scenarioFile(folder, "good");
  const bad = join(folder, "bad.yaml");
  writeFileSync(bad, "name: bad\nhosts: []\n");
  const plain = await peerlab(["validate", folder]);
  expect(plain.exitCode).toBe(2);
  expect(plain.out).toBe("");
  expect(plain.err).toContain(`${bad}:2:8: hosts: `);
  const json = await peerlab(["validate", folder, "--json"]);
  expect(json.exitCode).toBe(2);
  const { scenarios, error } = JSON.parse(json.out);
  expect(scenarios).toEqual([{ name: "good", file: good }]);
  expect(error).toMatchObject({ kind: "bad-scenario", exitCode: 2 });
  expect(error.problems.map(({ file }: { file: string }) => file)).toContain(bad);
});

test("a folder without scenarios, and a path that does not exist", async () => {
  const folder = temporaryFolder();
  expect(await peerlab(["validate", folder])).toMatchObject({ exitCode: 2, out: "" });
  const { exitCode, err } = await peerlab(["validate", join(folder, "nowhere.yaml")]);
  expect(exitCode).toBe(2);
  expect(err).toContain("there is no such file or folder");
});
