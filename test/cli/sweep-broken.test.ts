/** A run that breaks in a thread: no scenario does that on purpose, so that the threads are played by this test. */

import { expect, test, vi } from "vitest";
import { fakeConsole, peerlab, scenarioFile, temporaryFolder } from "./fake-console.ts";

vi.mock("tinypool", () => {
  class Tinypool {
    async run() {
      return { ok: false, broken: "the run with --seed 42-3 broke: no reason" };
    }
    async destroy() {}
  }
  return { Tinypool };
});

test("is exit code 3, and the message names its seed", async () => {
  const file = scenarioFile(temporaryFolder(), "bulk");
  const console = fakeConsole();
  const { exitCode, out, err } = await peerlab(["sweep", file], console);
  expect({ exitCode, out, err }).toEqual({
    exitCode: 3,
    out: "",
    err: `peerlab: ${file}: the run with --seed 42-3 broke: no reason\n`,
  });
  const json = await peerlab(["sweep", file, "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ sweep: null, error: { kind: "runtime", exitCode: 3 } });
});
