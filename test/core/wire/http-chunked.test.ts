/** Bodies in chunks (RFC 9112, 7.1). */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_HEAD_BYTES, ResponseParser } from "../../../src/core/wire/http.ts";
import { MAX_CHUNK_LINE_BYTES } from "../../../src/core/wire/http-chunked.ts";
import { latin1, latin1Text, pieces } from "./bytes.ts";

const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

function read(...chunks: Uint8Array[]) {
  const seen = { body: "", ended: false };
  const parser = new ResponseParser("GET", {
    onHead() {},
    onData(bytes) {
      expect(bytes.length, "no empty pieces").toBeGreaterThan(0);
      seen.body += latin1Text(bytes);
    },
    onEnd() {
      seen.ended = true;
    },
  });
  parser.push(latin1(HEAD));
  for (const chunk of chunks) parser.push(chunk);
  return { ...seen, isComplete: parser.isComplete, failure: parser.end()?.reason };
}

describe("a body in chunks", () => {
  test.each([
    ["0\r\n\r\n", ""],
    ["5\r\nhello\r\n0\r\n\r\n", "hello"],
    ["5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", "hello world"],
    ["A\r\n0123456789\r\n000\r\n\r\n", "0123456789"],
    ["a\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n"],
    // Extensions (7.1.1) and trailer fields (7.1.2) are passed over.
    ['5;a;b=c;d="e;f"\r\nhello\r\n0;last\r\nExpires: never\r\nX:y\r\n\r\n', "hello"],
    ["5 ;a\r\nhello\r\n0\r\n\r\n", "hello"],
  ])("%j", (text, body) => {
    expect(read(latin1(text))).toEqual({ body, ended: true, isComplete: true, failure: undefined });
  });

  test.each([
    ["", "incomplete"],
    ["5\r\nhell", "incomplete"],
    ["5\r\nhello\r\n", "incomplete"],
    ["5\r\nhello\r\n0\r\n", "incomplete"],
    ["5\r\nhello\r\n0\r\nX: y\r\n", "incomplete"],
    ["\r\n", "bad-chunk"],
    ["x\r\n", "bad-chunk"],
    ["-5\r\nhello\r\n", "bad-chunk"],
    ["0x5\r\nhello\r\n", "bad-chunk"],
    ["5\nhello\n0\n\n", "incomplete"],
    ["5\r\nhello0\r\n\r\n", "bad-chunk"],
    ["5\r\nhelloX\n", "bad-chunk"],
    ["20000000000000\r\n", "bad-chunk"],
    ["fffffffffffffffff\r\n", "bad-chunk"],
    ["0\r\nno field\r\n\r\n", "bad-header"],
    ["0\r\n\r\nx", "after-end"],
  ])("%j: %s", (text, failure) => {
    expect(read(latin1(text)).failure).toBe(failure);
  });

  test("a chunk's line has at most 1 KiB, the trailer as much as a head", () => {
    const extension = (bytes: number) => latin1(`0;${"x".repeat(bytes - 4)}\r\n\r\n`);
    expect(read(extension(MAX_CHUNK_LINE_BYTES)).ended).toBe(true);
    expect(read(extension(MAX_CHUNK_LINE_BYTES + 1))).toMatchObject({ ended: false, failure: "bad-chunk" });
    const trailer = (bytes: number) => latin1(`0\r\n${"X: y\r\n".repeat((bytes - 2) / 6)}\r\n`);
    expect(read(trailer(MAX_HEAD_BYTES - 2)).ended).toBe(true);
    expect(read(trailer(MAX_HEAD_BYTES + 4))).toMatchObject({ ended: false, failure: "head-too-large" });
  });

  test("property: any body, cut into chunks and pieces anyhow, comes back", () => {
    const body = fc.string({ unit: "binary-ascii", maxLength: 60 });
    const cuts = fc.array(fc.nat(1000), { maxLength: 8, size: "max" });
    fc.assert(
      fc.property(body, cuts, cuts, (text, chunkCuts, pieceCuts) => {
        const chunks = pieces(latin1(text), chunkCuts).filter(({ length }) => length > 0);
        const wire = `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${latin1Text(chunk)}\r\n`).join("")}0\r\n\r\n`;
        expect(read(...pieces(latin1(wire), pieceCuts))).toMatchObject({ body: text, ended: true, failure: undefined });
      }),
    );
  });

  test("property: no bytes throw, and how they are cut makes no difference", () => {
    const text = fc.string({
      unit: fc.constantFrom("0", "2", "a", "\r\n", "\r", ";", "x", ": "),
      maxLength: 14,
      size: "max",
    });
    const cuts = fc.array(fc.nat(1000), { maxLength: 6, size: "max" });
    fc.assert(
      fc.property(text, cuts, (text, cuts) => {
        expect(read(...pieces(latin1(text), cuts))).toEqual(read(latin1(text)));
      }),
      { numRuns: 500 },
    );
  });
});
