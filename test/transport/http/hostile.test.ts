/**
 * Requests as fuzzers write them, over real sockets: whatever comes, the server answers in HTTP or closes, nothing of a
 * connection is left behind, and the next client is served. A fixed seed: FC_SEED explores further.
 */

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fetchFile, get, RawClient, startFolderServer, tempFolder, waitFor } from "./support.ts";

/** Requests to begin with. */
const SEEDS = [
  "GET new.txt HTTP/1.1\r\nHost: 10.0.0.2\r\nAccept-Encoding: identity\r\n\r\n",
  get("/new.txt", 'Range: bytes=0-99,200-299,-5\r\nIf-Range: "v1"\r\n'),
  get("/new.txt", 'If-None-Match: W/"a", "b"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n'),
  get("/new.txt", "Connection: close\r\n", "HEAD"),
  get("/%6eew%2etxt", "Content-Length: 0\r\n"),
  `${get("http://h:1/new.txt?x#y", "Transfer-Encoding: chunked\r\n")}5\r\nhello\r\n0\r\n\r\n`,
  "POST /new.txt HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
];
const MORSELS = [
  "\r",
  "\n",
  "\r\n\r\n",
  "\0",
  ":",
  " ",
  "%",
  "%00",
  "../",
  "HTTP/1.1",
  "bytes=",
  "-",
  ",",
  '"',
  "\xff",
  "9".repeat(40),
];

/** What is done to a request: something cut out, put in, doubled or changed, at a place. */
interface Mutation {
  readonly kind: "cut" | "insert" | "double" | "flip";
  readonly at: number;
  readonly length: number;
  readonly morsel: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("cut", "insert", "double", "flip"),
  at: fc.nat(400),
  length: fc.integer({ min: 1, max: 40 }),
  morsel: fc.constantFrom(...MORSELS),
});

function mutate(text: string, { kind, at, length, morsel }: Mutation): string {
  const from = at % (text.length + 1);
  const [before, piece, after] = [text.slice(0, from), text.slice(from, from + length), text.slice(from + length)];
  switch (kind) {
    case "cut":
      return before + after;
    case "insert":
      return before + morsel + piece + after;
    case "double":
      return before + piece.repeat(20) + after;
    case "flip":
      return (
        before +
        [...piece].map((character) => String.fromCharCode(character.charCodeAt(0) ^ (1 + (at % 255)))).join("") +
        after
      );
  }
}

const bytes = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...SEEDS), fc.array(mutation, { maxLength: 4 }))
      .map(([seed, list]) => list.reduce(mutate, seed)),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 200 }) },
);

interface Visit {
  readonly requests: string;
  readonly cut: number;
  readonly leaves: "ends" | "resets" | "waits";
}

const visit: fc.Arbitrary<Visit> = fc.record({
  requests: fc.array(bytes, { minLength: 1, maxLength: 3 }).map((list) => list.join("")),
  cut: fc.nat(500),
  leaves: fc.constantFrom("ends", "resets", "waits"),
});

/** Status lines of HTTP, or nothing: what may come of any bytes. */
const ANSWER = /^(?:$|HTTP\/1\.1 (?:200|206|304|400|404|405|408|412|413|416|431|501|503|505) )/;

test("3,000 visits: answered or closed, and nothing left", async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "new.txt"), randomBytes(70_000));
  const { port, server } = await startFolderServer(folder, {
    headTimeoutMs: 60,
    idleTimeoutMs: 60,
    stallTimeoutMs: 2000,
    lingerMs: 60,
  });
  const pay = async ({ requests, cut, leaves }: Visit): Promise<void> => {
    const client = new RawClient(port);
    client.send(requests.slice(0, cut));
    if (cut < requests.length) client.send(requests.slice(cut));
    if (leaves === "ends") client.socket.end();
    if (leaves === "resets") client.socket.resetAndDestroy();
    else await client.untilEnd();
    client.socket.destroy();
    if (leaves !== "resets") expect(client.text.slice(0, 40)).toMatch(ANSWER);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: 30, maxLength: 30 }), async (visits) => {
      await Promise.all(visits.map(pay));
    }),
    { numRuns: 100 },
  );
  await waitFor("the end of all connections", () => server.connectionCount === 0);
  expect(server.uploadCount).toBe(0);
  expect((await fetchFile(port)).bytes).toBe(70_000);
}, 60_000);
