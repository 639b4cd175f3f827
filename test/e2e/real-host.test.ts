/** A process that opens a real host and closes it again ends by itself; one whose participant has a bug ends with it. */

import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { builtCli } from "./built-cli.ts";

/** Runs a module with NodeHost and Recorder imported. */
function run(body: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const dist = dirname(dirname(builtCli()));
  const url = (path: string): string => JSON.stringify(pathToFileURL(join(dist, path)).href);
  const code = `
    import { NodeHost } from ${url("transport/node-host.js")};
    import { Recorder } from ${url("trace/recorder.js")};
    const open = (name, handlers = {}) => NodeHost.open({
      name, recorder: new Recorder(), bind: { host: "127.0.0.1", port: 0 }, http: { host: "127.0.0.1", port: 0 },
      boot: () => ({ start() {}, stop() {}, onDatagram() {}, onFileRequest() {}, onConnection: () => ({ onData() {} }), ...handlers }),
    });
    const info = { kind: "data", type: "X", message: 1, seq: 1, total: 1, attempt: 1, retransmissionOf: 0 };
    ${body}`;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--input-type=module", "-e", code],
      { timeout: 30_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test("opened and closed: no socket and no timer keeps the process alive", { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run(`
    const [a, b] = [await open("a"), await open("b")];
    a.createTimer(() => {}).set(3_600_000);
    a.send(b.self, new Uint8Array(1), info);
    a.connect(b.self, { onData() {} });
    a.request(b.http, { method: "GET", name: "x" }, { onHead() {}, onData() {}, onEnd() {}, onError() {} });
    setTimeout(async () => {
      await Promise.all([a.close(), b.close()]);
      console.log("closed");
    }, 50);`);
  expect([code, stdout.trim(), stderr]).toEqual([0, "closed", ""]);
});

test("a bug that nobody looks out for ends the process, and is printed", { timeout: 120_000 }, async () => {
  const { code, stderr } = await run(`
    const host = await open("host");
    host.createTimer(() => { throw new Error("a bug of the participant"); }).set(1);`);
  expect(code).toBe(1);
  expect(stderr).toContain("a bug of the participant");
});
