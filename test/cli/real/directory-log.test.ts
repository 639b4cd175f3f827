import { describe, expect, test } from "vitest";
import { DirectoryLog } from "../../../src/cli/real/directory-log.ts";
import { EventCode, type TraceEvent } from "../../../src/trace/events.ts";
import { fileSharingRun } from "./file-sharing-run.ts";

const state = (timeMs: number, note: string, typeId = 0) =>
  ({ code: EventCode.state, timeMs, note, typeId }) as TraceEvent;

describe("the directory's log", () => {
  test("says who joins, changes, leaves and expires, and sums up", () => {
    const lines: string[] = [];
    const log = new DirectoryLog(
      (line) => lines.push(line),
      () => "12:00:00",
    );
    fileSharingRun(log);
    expect(lines).toEqual([
      "12:00:00 joined 10.0.0.2:80 with no files",
      "12:00:00 joined 10.0.0.3:80 with new.txt",
      "12:00:00 changed 10.0.0.3:80 to no files",
      "12:00:00 left 10.0.0.3:80 at its exit",
      "12:00:00 expired 10.0.0.2:80 after 3 missed updates",
    ]);
    expect(log.summary()).toBe("2 joined, 1 changed, 1 left, 1 expired");
  });

  test("messages' outcomes and other states are no news", () => {
    const lines: string[] = [];
    const log = new DirectoryLog((line) => lines.push(line));
    log.onEvent(state(0, "added by a message", 3));
    log.onEvent(state(0, "waiting for peers"));
    expect(lines).toEqual([]);
    expect(log.summary()).toBe("nobody came");
  });

  test("what was refused is counted", () => {
    const log = new DirectoryLog(() => {});
    for (let i = 0; i < 1234; i++) log.onEvent({ code: EventCode.reject } as TraceEvent);
    expect(log.summary()).toBe("1,234 packets or messages refused");
  });

  test("a crowd is cut to twenty lines a second", () => {
    const lines: string[] = [];
    const log = new DirectoryLog(
      (line) => lines.push(line),
      () => "t",
    );
    for (let i = 0; i < 100; i++) log.onEvent(state(500 + i, `added ${i} with no files`));
    expect(lines).toHaveLength(20);
    log.onEvent(state(1499, "added late with no files"));
    expect(lines).toHaveLength(20);
    log.onEvent(state(1500, "removed 7 at its exit"));
    expect(lines.slice(20)).toEqual(["t and 81 more changes in that second", "t left 7 at its exit"]);
    expect(log.summary()).toBe("101 joined, 1 left");
  });

  test("the time of day is local, to the second", () => {
    const lines: string[] = [];
    new DirectoryLog((line) => lines.push(line)).onEvent(state(0, "added x with no files"));
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d joined x/);
  });
});
