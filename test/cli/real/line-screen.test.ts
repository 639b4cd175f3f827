import { describe, expect, test } from "vitest";
import { LineScreen } from "../../../src/cli/real/line-screen.ts";
import { askUntil } from "../../../src/cli/real/screen.ts";
import { fakeConsole } from "../fake-console.ts";

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

const screenOf = (options: Parameters<typeof fakeConsole>[0] = {}) => {
  const console = fakeConsole(options);
  return { console, screen: new LineScreen(console.stdin, console.stdout, console.interrupted) };
};

describe("lines from a pipe", () => {
  test("all of them are read, one by one, however slow the answers are", async () => {
    const { console, screen } = screenOf();
    console.stdin.end(Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(""));
    await turns(20); // all is there before anybody asks
    for (let i = 0; i < 5000; i++) {
      if (i % 500 === 0) await turns();
      expect(await screen.ask("> ")).toBe(`line ${i}`);
    }
    expect(await screen.ask("> ")).toBeUndefined();
    expect(await screen.ask("> ")).toBeUndefined();
  });

  test("the last line needs no end; \\r\\n and UTF-8 cut in the middle are lines like others", async () => {
    const { console, screen } = screenOf();
    const bytes = new TextEncoder().encode("caf\u00e9\r\nlast");
    console.stdin.write(bytes.subarray(0, 4));
    await turns();
    console.stdin.end(bytes.subarray(4));
    expect([await screen.ask(""), await screen.ask(""), await screen.ask("")]).toEqual([
      "caf\u00e9",
      "last",
      undefined,
    ]);
  });

  test("a session reads as one that was typed: answers of a script are shown behind their prompts", async () => {
    const { console, screen } = screenOf();
    console.stdin.end("4\n");
    await screen.ask("choice: ");
    screen.print("1 10.0.0.3 80");
    await screen.ask("choice: ");
    expect(console.out()).toBe("choice: 4\n1 10.0.0.3 80\nchoice: \n");
  });

  test("a terminal echoes by itself", async () => {
    const { console, screen } = screenOf({ terminal: { columns: 80 } });
    console.stdin.write("4\n");
    await screen.ask("choice: ");
    expect(console.out()).toBe("choice: ");
  });
});

describe("Ctrl-C", () => {
  test("ends a question that waits", async () => {
    const { console, screen } = screenOf();
    const answer = screen.ask("> ");
    await turns();
    console.interrupt();
    expect(await answer).toBeUndefined();
  });

  test("what was piped ahead counts for nothing then", async () => {
    const { console, screen } = screenOf();
    console.stdin.write("one\ntwo\n");
    expect(await screen.ask("> ")).toBe("one");
    console.interrupt();
    expect(await screen.ask("> ")).toBeUndefined();
  });
});

describe("a notice in between", () => {
  test("shows the open prompt again behind it", async () => {
    const { console, screen } = screenOf();
    const answer = screen.ask("choice: ");
    screen.interject(() => console.stdout.write("the directory is back\n"));
    console.stdin.write("5\n");
    await answer;
    screen.interject(() => console.stdout.write("later\n"));
    expect(console.out()).toBe("choice: \nthe directory is back\nchoice: 5\nlater\n");
  });
});

test("a question is asked until its answer makes sense", async () => {
  const { console, screen } = screenOf();
  console.stdin.end("a\nb\n7\n");
  const read = (text: string) =>
    /^\d$/.test(text) ? { ok: true as const, value: Number(text) } : { ok: false as const, error: "a digit" };
  expect(await askUntil(screen, "? ", read)).toBe(7);
  expect(console.out()).toBe("? a\na digit\n? b\na digit\n? 7\n");
  expect(await askUntil(screen, "? ", read)).toBeUndefined();
});
