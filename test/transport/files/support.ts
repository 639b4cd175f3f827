/** What the tests of downloads on disk have in common: a folder of their own, parts opened and ended, file systems of a kind. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, type TestContext } from "vitest";
import type { DigestResult, PartialFile } from "../../../src/core/peer/file-store.ts";
import type { DownloadFolder } from "../../../src/transport/files/download-folder.ts";

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "peerlab-downloads-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Everything in a folder, hidden files included. */
export const namesIn = (folder: string): string[] => readdirSync(folder).sort();

export interface OpenPart {
  readonly part: PartialFile;
  readonly errors: string[];
  /** How often there was room again. */
  readonly drains: { count: number };
}

/** Opens a part; the error is thrown where it cannot be. */
export function openPart(folder: DownloadFolder, name: string, overwrite = false): OpenPart {
  const errors: string[] = [];
  const drains = { count: 0 };
  let opened: PartialFile | undefined;
  const options = {
    overwrite,
    onDrain: () => void drains.count++,
    onError: (error: string) => void errors.push(error),
  };
  folder.partial(name, options, (result) => {
    if (!result.ok) throw new Error(result.error);
    opened = result.part;
  });
  return { part: opened!, errors, drains };
}

export const finished = (part: PartialFile): Promise<string | undefined> => new Promise((done) => part.finish(done));
export const kept = (part: PartialFile): Promise<void> => new Promise((done) => part.keep(done));
export const discarded = (part: PartialFile): Promise<void> => new Promise((done) => part.discard(done));
export const digested = (part: PartialFile, from: number, to: number): Promise<DigestResult> =>
  new Promise((done) => part.digest({ from, to }, done));

/** Waits for a condition; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((soon) => setTimeout(soon, 5));
}

/** For what a system may lack: skipped with its reason on a user's machine, an error in CI. */
export function needs(context: TestContext, what: string, isThere: boolean): void {
  if (isThere) return;
  if (process.env.CI === "true") throw new Error(`this test needs ${what}`);
  context.skip(`this test needs ${what}`);
}

/** Mounts a tmpfs for one test, which needs root on Linux. */
export function mountedFolder(context: TestContext, options: string): string {
  needs(
    context,
    "root on Linux, to mount a small file system",
    process.getuid?.() === 0 && process.platform === "linux",
  );
  const folder = mkdtempSync(join(tmpdir(), "peerlab-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    rmSync(folder, { recursive: true });
    needs(context, `the right to mount a tmpfs (${error instanceof Error ? error.message.trim() : error})`, false);
  }
  onTestFinished(() => {
    execFileSync("umount", [folder], { stdio: "pipe" });
    rmSync(folder, { recursive: true });
  });
  return folder;
}
