import { expect, test } from "vitest";
import {
  type FileVersion,
  isSameVersion,
  settlesInMs,
  versionEtag,
} from "../../../src/transport/files/file-version.ts";

const version: FileVersion = { sizeBytes: 5, mtimeNs: 1_000_000_001n, ctimeNs: 2_000_000_003n, ino: 7n, dev: 8n };
const others: Partial<FileVersion>[] = [
  { sizeBytes: 6 },
  { mtimeNs: 1_000_000_002n },
  { ctimeNs: 2_000_000_004n },
  { ino: 8n },
  { dev: 9n },
];

test("any difference makes another version, with another tag", () => {
  expect(isSameVersion(version, { ...version })).toBe(true);
  expect(versionEtag({ ...version })).toBe(versionEtag(version));
  for (const other of others) {
    expect(isSameVersion(version, { ...version, ...other })).toBe(false);
    expect(versionEtag({ ...version, ...other })).not.toBe(versionEtag(version));
  }
});

test("a tag is strong, and gives nothing of the disk away", () => {
  expect(versionEtag(version)).toMatch(/^"v1-[\w-]{22}"$/);
});

test.each([
  // ctime, now: fine times settle after 50 ms ...
  [2_000_000_003n, 2000, 50],
  [2_000_000_003n, 2049, 1],
  [2_000_000_003n, 2050, 0],
  // ... whole seconds after 2.1 s, to be safe on file systems that count every other second.
  [2_000_000_000n, 2000, 2100],
  [2_000_000_000n, 4099, 1],
  [2_000_000_000n, 4100, 0],
  // The clock of the file system may be a little ahead; far ahead it is wrong, and waiting is of no use.
  [2_000_000_003n, 1990, 60],
  [2_000_000_003n, 1949, 0],
])("changed at %d ns, looked at at %d ms: settles in %d ms", (ctimeNs, nowMs, leftMs) => {
  expect(settlesInMs({ ...version, ctimeNs }, nowMs)).toBe(leftMs);
});
