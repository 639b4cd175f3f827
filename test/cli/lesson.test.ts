/** `peerlab lesson`: what it shows, asks and scores, with answers from a pipe. */

import { describe, expect, test } from "vitest";
import { fakeConsole, peerlab as onConsole } from "./fake-console.ts";

/** Runs the command with what is piped into it. */
function peerlab(args: string[], { input = "" } = {}) {
  const console = fakeConsole();
  console.stdin.end(input);
  return onConsole(args, console);
}

describe("peerlab lesson", () => {
  test("lists the lessons", async () => {
    const { exitCode, out } = await peerlab(["lesson"]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^1 {2}Why stop-and-wait is slow \(10 minutes\)\n/);
    expect(out.trimEnd().split("\n")).toHaveLength(8);
  });

  test("asks for predictions, says what is no figure, and keeps score", async () => {
    const { exitCode, out } = await peerlab(["lesson", "1"], { input: "30ms\nsoon\n400kbit/s\n\n\n" });
    expect(exitCode).toBe(0);
    expect(out).toContain("> 30ms\n");
    expect(out).toContain("Right: it is 30.02 ms.");
    expect(out).toContain('"soon" is no figure here');
    expect(out).toContain("Not quite: it is 263.45 kbit/s.");
    expect(out).toMatch(/1 of 2 predictions right\.\n+$/);
  });

  test("an answer is not shown before it was asked for", async () => {
    const { out } = await peerlab(["lesson", "1"], { input: "30ms\n" });
    expect(out.indexOf("> 30ms")).toBeLessThan(out.indexOf("30.02 ms"));
  });

  test("goes on without asking at the end of the input, and with --no-pause", async () => {
    for (const args of [
      ["lesson", "2"],
      ["lesson", "2", "--no-pause"],
    ]) {
      const { exitCode, out } = await peerlab(args, { input: "" });
      expect(exitCode).toBe(0);
      expect(out).toContain("it is 700 ms.");
      expect(out).not.toMatch(/predictions? right/);
    }
  });

  test("--json is one document", async () => {
    const { exitCode, out } = await peerlab(["lesson", "1", "--json"], { input: "30ms\n400kbit/s\n" });
    expect(exitCode).toBe(0);
    const { predictions, score } = JSON.parse(out);
    expect(score).toEqual({ right: 1, predicted: 2, of: 3 });
    expect(predictions.map(({ predicted, right }: Record<string, unknown>) => [predicted, right])).toEqual([
      [30, true],
      [400_000, false],
      [null, false],
    ]);
  });

  test.each([
    ["99", /there is no lesson 99: there are 1 to 8/],
    ["nowhere.yaml", /nowhere\.yaml: cannot be read/],
  ])("%s is bad usage", async (which, message) => {
    const { exitCode, err } = await peerlab(["lesson", which]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(message);
  });
});
