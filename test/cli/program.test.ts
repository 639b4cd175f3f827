import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fakeConsole, peerlab } from "./fake-console.ts";

describe("the command line", () => {
  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await peerlab(["--version"])).toEqual({ exitCode: 0, out: `${version}\n`, err: "" });
  });

  test("help is a result: on stdout, exit code 0, with examples for every command", async () => {
    const commands = "run validate sweep diff lesson import init directory peer find view get".split(" ");
    for (const args of [["--help"], ...commands.map((command) => [command, "--help"]), ["help", "run"]]) {
      const { exitCode, out, err } = await peerlab(args);
      expect(exitCode).toBe(0);
      expect(out).toMatch(/\nExamples:\n {2}\$ peerlab \w+/);
      expect(err).toBe("");
    }
  });

  test("help lists all commands and the exit codes", async () => {
    const { out } = await peerlab(["--help"]);
    const listed = [...out.slice(out.indexOf("Commands:")).matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    const commands = "run validate sweep diff lesson import init directory peer find view get help".split(" ");
    expect(listed.slice(0, commands.length)).toEqual(commands);
    for (const word of ["Exit codes: 0", "130"]) expect(out).toContain(word);
  });

  test("help keeps to the terminal's width", async () => {
    const { out } = await peerlab(["run", "--help"], fakeConsole({ terminal: { columns: 70 } }));
    const options = out.slice(out.indexOf("Options:"), out.indexOf("Examples:"));
    for (const line of options.split("\n")) expect(line.length).toBeLessThanOrEqual(70);
  });

  test("no command at all: help on stderr, exit code 2", async () => {
    const { exitCode, out, err } = await peerlab([]);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(err).toContain("Usage: peerlab");
  });

  test("an unknown command suggests the one that was meant", async () => {
    const { exitCode, err } = await peerlab(["vaildate", "x.yaml"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("unknown command 'vaildate'");
    expect(err).toContain("Did you mean validate?");
  });

  test("an unknown option suggests the one that was meant", async () => {
    const { exitCode, err } = await peerlab(["run", "x.yaml", "--wacth"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("Did you mean --watch?");
  });

  test("with --json, bad usage is a document as well", async () => {
    const { exitCode, out } = await peerlab(["run", "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toEqual({
      error: { kind: "usage", exitCode: 2, message: "missing required argument 'path'", problems: [] },
    });
  });
});
