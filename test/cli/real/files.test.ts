/** The files that the real-mode commands read and write: the group's key, and the trace. */

import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CliError } from "../../../src/cli/exit-codes.ts";
import { readKeyFile } from "../../../src/cli/real/key-file.ts";
import { TraceFolder } from "../../../src/cli/real/trace-folder.ts";
import { EventCode } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { need } from "../../support/needs.ts";
import { temporaryFolder } from "../fake-console.ts";
import { fileSharingRun } from "./file-sharing-run.ts";

const thrown = (act: () => unknown): CliError => {
  try {
    act();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("it did not fail");
};

function keyFile(content: string | Uint8Array, mode = 0o600): string {
  const file = join(temporaryFolder(), "group.key");
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

describe("the group's key", () => {
  const read = (file: string) => {
    const warnings: string[] = [];
    const key = readKeyFile(file, (warning) => warnings.push(warning));
    return { key: new TextDecoder().decode(key), warnings };
  };

  test("is the file's bytes without the line end behind them", () => {
    expect(read(keyFile("0123456789abcdef"))).toEqual({ key: "0123456789abcdef", warnings: [] });
    expect(read(keyFile(" 0123456789abcde\r\n \n")).key).toBe(" 0123456789abcde");
  });

  test("has at least 16 bytes", () => {
    const file = keyFile("0123456789abcde\n");
    const error = thrown(() => read(file));
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(
      `the key in ${file} is too short: 15 bytes, at least 16 are needed; make one with: `,
    );
  });

  test("should be its owner's alone", () => {
    for (const mode of [0o640, 0o604]) {
      const file = keyFile("0123456789abcdef", mode);
      expect(read(file).warnings).toEqual([
        `warning: others on this machine may read the key in ${file}: chmod 600 it`,
      ]);
    }
  });

  test("that is not there, not a file, or no key at all", () => {
    const folder = temporaryFolder();
    expect(thrown(() => read(join(folder, "none"))).message).toMatch(/^there is no key file .*none; make one with: /);
    expect(thrown(() => read(folder)).message).toMatch(/is not a file/);
    expect(thrown(() => read(keyFile(new Uint8Array(4097)))).message).toMatch(
      /has 4097 bytes, at most 4096 are a key$/,
    );
    expect(read(keyFile("k".repeat(4096))).key).toHaveLength(4096);
  });
});

describe("the trace of a real run", () => {
  test("has the files and columns of a simulated one", () => {
    const folder = join(temporaryFolder(), "new", "trace");
    const trace = new TraceFolder(folder, (message) => {
      throw new Error(message);
    });
    fileSharingRun(trace);
    trace.close();
    const lines = readFileSync(join(folder, "trace.csv"), "utf8").split("\n");
    expect(lines[0]).toBe("time_ms,event,node,peer,packet_id,type,seq,total,attempt,bytes,note");
    expect(readFileSync(join(folder, "rtt.csv"), "utf8")).toMatch(/^time_ms,node,peer,packet_id,sample_rtt_ms/);
    expect(readFileSync(join(folder, "trace.jsonl"), "utf8").split("\n").length).toBeGreaterThanOrEqual(lines.length);
  });

  test("where it cannot be opened, the command does not start", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(thrown(() => new TraceFolder(file, () => {}))).toMatchObject({ exitCode: 3 });
    const folder = temporaryFolder();
    mkdirSync(join(folder, "rtt.csv"));
    expect(thrown(() => new TraceFolder(folder, () => {})).message).toContain("a folder is where a file should be");
  });

  test("where the disk is full, it ends and is said once; what is traced goes on", (context) => {
    need(context, "/dev/full", existsSync("/dev/full"));
    const folder = temporaryFolder();
    symlinkSync("/dev/full", join(folder, "trace.csv"));
    const failures: string[] = [];
    const trace = new TraceFolder(folder, (message) => failures.push(message));
    const recorder = new Recorder([trace]);
    const NONE = -1;
    for (let i = 0; i < 10_000; i++) {
      recorder.emit(EventCode.state, 0, 0, 0, 0, NONE, NONE, NONE, NONE, 0, Number.NaN);
    }
    expect(failures).toEqual([
      `cannot write ${join(folder, "trace.csv")}: no space left on the device; the trace ends here`,
    ]);
    trace.close();
    expect(failures).toHaveLength(1);
  });
});
