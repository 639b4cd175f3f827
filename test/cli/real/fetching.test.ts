/** What a user reads of a fetch, and what becomes of it in a --json document. */

import { describe, expect, test } from "vitest";
import { expectedFile } from "../../../src/cli/real/expected-file.ts";
import { fetchDocument } from "../../../src/cli/real/fetch-document.ts";
import { outcomeLines } from "../../../src/cli/real/fetching.ts";
import type { FetchOutcome, SourceReport } from "../../../src/core/peer/fetch/outcomes.ts";

const source = (n: number, rest: Partial<SourceReport> = {}): SourceReport => ({
  source: { ip: `10.0.0.${n}`, httpPort: 80 },
  state: "idle",
  requests: 1,
  failures: 0,
  receivedBytes: 1000,
  duplicateBytes: 0,
  bytesPerSecond: 1e6,
  ...rest,
});

const refused = {
  reason: "refused",
  text: "404 file not found",
  http: { status: 404, reason: "file not found" },
} as const;
const slow = { reason: "slow", text: "1 kB/s where others have 1 MB/s" } as const;

const fetched = (rest: object = {}): FetchOutcome => ({
  status: "fetched",
  bytes: 58_710,
  resumedBytes: 0,
  elapsedMs: 12,
  sources: [source(2)],
  notes: [],
  ...rest,
});

const failed = (rest: object = {}): FetchOutcome => ({
  status: "failed",
  reason: "no-source",
  detail: "nobody is left to ask",
  isKept: false,
  bytes: 0,
  resumedBytes: 0,
  elapsedMs: 12,
  sources: [source(2)],
  notes: [],
  ...rest,
});

describe("in words", () => {
  test("a download as the report prints it, with its time and rate", () => {
    expect(outcomeLines(fetched())).toEqual(["(200, 'OK') 58710 bytes in 0.012 s, 4.89 MB/s"]);
    expect(outcomeLines(fetched({ elapsedMs: 0 }))).toEqual(["(200, 'OK') 58710 bytes in 0.000 s"]);
  });

  test("one that went on where an earlier one ended: its rate is that of what came", () => {
    expect(outcomeLines(fetched({ resumedBytes: 58_000, elapsedMs: 1000 }))).toEqual([
      "(200, 'OK') 58710 bytes in 1.000 s, 710 B/s",
      "58000 of them were there from before",
    ]);
  });

  test("several sources: who delivered what, and who was dropped", () => {
    const sources = [
      source(2, { receivedBytes: 40_000 }),
      source(3, { receivedBytes: 20_000, duplicateBytes: 1290, dropped: slow }),
    ];
    expect(outcomeLines(fetched({ sources, notes: ["started again: the file changed"] })).slice(1)).toEqual([
      "from 10.0.0.2 80: 40000 bytes",
      "from 10.0.0.3 80: 18710 bytes; dropped: 1 kB/s where others have 1 MB/s",
      "started again: the file changed",
    ]);
  });

  test("what was checked is shown", () => {
    expect(outcomeLines(fetched({ sha256: new Uint8Array(32).fill(171) })).at(-1)).toBe(`SHA-256 ${"ab".repeat(32)}`);
  });

  test("a refusal as the report prints it", () => {
    expect(outcomeLines(failed({ sources: [source(3, { dropped: refused })] }))).toEqual(["(404, 'file not found')"]);
    const rude = { ...refused, http: { status: 403, reason: "\u001b[2Jgo" } };
    expect(outcomeLines(failed({ sources: [source(3, { dropped: rude })] }))).toEqual(["(403, '?[2Jgo')"]);
  });

  test("other failures, and what is kept of them", () => {
    expect(outcomeLines(failed())).toEqual(["failed: nobody is left to ask"]);
    expect(outcomeLines(failed({ isKept: true, bytes: 1_500_000 }))).toEqual([
      "failed: nobody is left to ask",
      "1.50 MB are kept: the next try goes on from there",
    ]);
    const both = [source(2, { dropped: refused }), source(3, { dropped: refused })];
    expect(outcomeLines(failed({ sources: both }))).toEqual(["failed: nobody is left to ask"]);
  });
});

describe("which file is expected", () => {
  const at = (n: number, hash?: string) => ({
    ip: `10.0.0.${n}`,
    httpPort: 80,
    ...(hash && { sha256: hash.repeat(64), sizeBytes: Number.parseInt(hash, 16) }),
  });

  test("nothing, where no directory knows: the sources are all the same", () => {
    const sources = [at(2), at(3)];
    expect(expectedFile(sources)).toEqual({ expect: {}, sources, others: [] });
  });

  test("the one that most have; those that have another are left out, those of which nothing is known are not", () => {
    const sources = [at(2, "a"), at(3, "b"), at(4), at(5, "b")];
    expect(expectedFile(sources)).toEqual({
      expect: { sha256: new Uint8Array(32).fill(0xbb), sizeBytes: 11 },
      sources: [sources[1], sources[2], sources[3]],
      others: [sources[0]],
    });
  });

  test("the first, where two are even", () => {
    expect(expectedFile([at(2, "a"), at(3, "b")]).others).toEqual([at(3, "b")]);
  });
});

describe("as a document", () => {
  test("a file that was fetched", () => {
    const sha256 = new Uint8Array(32).fill(1);
    expect(
      fetchDocument("new.txt", "to/new.txt", fetched({ sha256, sources: [source(2, { dropped: refused })] })),
    ).toEqual({
      name: "new.txt",
      file: "to/new.txt",
      fetched: true,
      bytes: 58_710,
      resumedBytes: 0,
      elapsedMs: 12,
      sha256: "01".repeat(32),
      notes: [],
      sources: [
        {
          ip: "10.0.0.2",
          httpPort: 80,
          receivedBytes: 1000,
          duplicateBytes: 0,
          requests: 1,
          failures: 0,
          dropped: { reason: "refused", text: "404 file not found", http: { status: 404, reason: "file not found" } },
        },
      ],
    });
  });

  test("one that was not, and one that never began", () => {
    expect(fetchDocument("new.txt", "new.txt", failed())).toMatchObject({ fetched: false, sha256: null });
    expect(fetchDocument("new.txt", undefined, undefined)).toEqual({
      name: "new.txt",
      fetched: false,
      bytes: 0,
      sources: [],
    });
  });
});
