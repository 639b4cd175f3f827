/** `peerlab lesson`: what it shows, asks and scores, with answers from a pipe. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { fakeConsole, peerlab as onConsole, temporaryFolder } from "./fake-console.ts";

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
    expect(out.replace(/\s+/g, " ")).toContain("Enter alone skips the question.");
    expect(out).toMatch(/Your predictions: 1 right, 1 wrong, 1 skipped\.\n+$/);
  });

  test("an answer is not shown before it was asked for", async () => {
    const { out } = await peerlab(["lesson", "1"], { input: "30ms\n" });
    expect(out.indexOf("> 30ms")).toBeLessThan(out.indexOf("30.02 ms"));
  });

  test("a picture is named, and its Markdown is not shown", async () => {
    const { out } = await peerlab(["lesson", "5", "--no-pause"]);
    expect(out.replace(/\s+/g, " ")).toContain(
      "[Picture on the lesson's page. A ladder diagram: the sender's timer expires",
    );
    expect(out).not.toContain(".svg");
  });

  test("a lesson of one's own keeps the paths that it names", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "mine.yaml");
    writeFileSync(file, "title: Mine\nminutes: 1\nsteps: [{ text: Run scenarios/mine.yaml. }]\n");
    expect((await peerlab(["lesson", file])).out).toContain("Run scenarios/mine.yaml.");
  });

  test("goes on without asking at the end of the input, and with --no-pause", async () => {
    for (const args of [
      ["lesson", "2"],
      ["lesson", "2", "--no-pause"],
    ]) {
      const { exitCode, out } = await peerlab(args, { input: "" });
      expect(exitCode).toBe(0);
      expect(out).toContain("It is 700 ms.");
      expect(out).not.toContain("Your predictions");
    }
  });

  test("Ctrl-C at a question gives no answer away", async () => {
    const console = fakeConsole({ terminal: { columns: 80 } });
    const done = onConsole(["lesson", "1"], console);
    await vi.waitUntil(() => console.out().includes("> "));
    console.interrupt();
    const { exitCode, out } = await done;
    expect(exitCode).toBe(130);
    expect(out).not.toContain("30.02");
    expect(out).not.toContain("peerlab run");
  });

  test("Ctrl-D at a terminal leaves, with the score and without the answers", async () => {
    const console = fakeConsole({ terminal: { columns: 80 } });
    const done = onConsole(["lesson", "1"], console);
    console.stdin.write("30ms\n");
    await vi.waitUntil(() => console.out().includes("ten times as fast"));
    console.stdin.end();
    const { exitCode, out } = await done;
    expect(exitCode).toBe(0);
    expect(out).not.toContain("263.45");
    expect(out).toContain("You left before the end");
    expect(out).toMatch(/Your predictions: 1 right, 0 wrong\.\n+$/);
  });

  test("a question that the run's figures are not part of is asked before the run", async () => {
    const console = fakeConsole({ terminal: { columns: 80 } });
    const done = onConsole(["lesson", "2"], console);
    await vi.waitUntil(() => console.out().includes("> "));
    expect(console.out()).not.toContain("PASS");
    console.stdin.end();
    await done;
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
