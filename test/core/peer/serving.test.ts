/** What a request for a file is answered with: RFC 9110, 8.8 (validators), 13 (conditions), 14 (ranges). */

import { describe, expect, test } from "vitest";
import { fileAnswer, serveFile } from "../../../src/core/peer/serving.ts";
import type { BodyPart, FileBody, FileRequest, ResponseHead } from "../../../src/core/transport.ts";

const TEXT = "0123456789abcdefghij";
const MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";
const file: FileBody = {
  sizeBytes: TEXT.length,
  read: (first, last) => new TextEncoder().encode(TEXT.slice(first, last + 1)),
  validators: { etag: '"v2"', formerEtags: ['"v1"'], lastModifiedMs: 784_111_777_000 },
  contentType: "text/plain",
  sha256: new Uint8Array(32),
};
const description = {
  etag: '"v2"',
  "last-modified": MODIFIED,
  "content-disposition": 'attachment; filename="new.txt"',
  "x-content-type-options": "nosniff",
  "repr-digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
};

function ask(request: Partial<FileRequest> & { headers?: Record<string, string> }, body = file) {
  const { head, content } = fileAnswer({ method: "GET", name: "new.txt", ...request }, body, () => "B");
  return { ...head, body: content === undefined ? undefined : textOf(content) };
}

const textOf = (content: readonly BodyPart[]): string =>
  content
    .map((part) => new TextDecoder().decode(part instanceof Uint8Array ? part : part.file.read(part.first, part.last)))
    .join("");

describe("a file that is known well", () => {
  test("200: its type, its version, its name and its digest", () => {
    expect(ask({})).toEqual({
      status: 200,
      reason: "OK",
      headers: { "content-type": "text/plain", "content-length": "20", "accept-ranges": "bytes", ...description },
      body: TEXT,
    });
  });

  test("HEAD: the head of a GET, whatever range it names", () => {
    const { body: _, ...head } = ask({});
    expect(ask({ method: "HEAD" })).toEqual({ ...head, body: undefined });
    expect(ask({ method: "HEAD", headers: { range: "bytes=0-4" } })).toEqual({ ...head, body: undefined });
  });

  test("a name beyond ASCII is offered for saving as it is", () => {
    expect(ask({ name: "\u00dcbung.txt" }).headers["content-disposition"]).toBe(
      "attachment; filename=\"_bung.txt\"; filename*=UTF-8''%C3%9Cbung.txt",
    );
  });

  test("one whose bytes alone are known gets none of that", () => {
    const { sizeBytes, read } = file;
    expect(ask({}, { sizeBytes, read }).headers).toEqual({
      "content-type": "application/octet-stream",
      "content-length": "20",
      "accept-ranges": "bytes",
    });
  });
});

describe("conditions", () => {
  test.each([
    [{ "if-none-match": '"v2"' }, 304],
    [{ "if-none-match": '"v1"' }, 304],
    [{ "if-modified-since": MODIFIED }, 304],
    [{ "if-match": '"v0"' }, 412],
    [{ "if-unmodified-since": "Sun, 06 Nov 1994 08:49:36 GMT" }, 412],
    [{ "if-match": '"v2"' }, 200],
  ])("%j: %i for GET and HEAD alike", (headers, status) => {
    for (const method of ["GET", "HEAD"] as const) expect(ask({ method, headers }).status).toBe(status);
  });

  test("304 says which version it is, and nothing of a length (15.4.5)", () => {
    const answer = ask({ headers: { "if-none-match": "*" } });
    expect(answer).toEqual({ status: 304, reason: "Not Modified", headers: { etag: '"v2"' }, body: undefined });
  });

  test("412 is empty", () => {
    const answer = ask({ headers: { "if-match": '"v0"' } });
    expect(answer).toMatchObject({ status: 412, headers: { "content-length": "0" }, body: undefined });
  });

  test("they come before the range (13.2.2)", () => {
    expect(ask({ headers: { "if-match": '"v0"', range: "bytes=0-4" } }).status).toBe(412);
    expect(ask({ headers: { "if-none-match": '"v2"', range: "bytes=99-" } }).status).toBe(304);
  });
});

describe("one range", () => {
  test.each([
    [{ first: 0, last: 4 }, "bytes 0-4/20", "01234"],
    [{ first: 15 }, "bytes 15-19/20", "fghij"],
    [{ suffixBytes: 5 }, "bytes 15-19/20", "fghij"],
    [{ suffixBytes: 500 }, "bytes 0-19/20", TEXT],
  ])("%j: 206", (range, contentRange, body) => {
    expect(ask({ range })).toMatchObject({
      status: 206,
      headers: { ...description, "content-range": contentRange, "content-length": String(body.length) },
      body,
    });
  });

  test.each([{ first: 20 }, { suffixBytes: 0 }])("%j: 416, which says how long the file is", (range) => {
    const { status, headers, body } = ask({ range });
    expect([status, body]).toEqual([416, undefined]);
    expect(headers).toMatchObject({ "content-range": "bytes */20", "content-length": "0" });
    expect(headers).not.toHaveProperty("content-disposition");
  });
});

describe("If-Range (13.1.5)", () => {
  test.each([
    ['"v2"', 206],
    ['"v1"', 206],
    [MODIFIED, 206],
    ['"v0"', 200],
    ['W/"v2"', 200],
    ["Sun, 06 Nov 1994 08:49:38 GMT", 200],
    ["nonsense", 200],
  ])("%s: %i", (ifRange, status) => {
    const answer = ask({ range: { first: 15 }, headers: { "if-range": ifRange } });
    expect([answer.status, answer.body]).toEqual([status, status === 206 ? "fghij" : TEXT]);
    const several = ask({ headers: { range: "bytes=0-0,5-5", "if-range": ifRange } });
    expect(several.status).toBe(status);
  });

  test("a range that the file does not have is no matter of another version", () => {
    expect(ask({ range: { first: 99 }, headers: { "if-range": '"v0"' } }).status).toBe(200);
  });
});

describe("several ranges (14.6)", () => {
  test("206 with a part for each, as long as it says", () => {
    const { status, headers, body } = ask({ headers: { range: "bytes=0-1,-2" } });
    expect(status).toBe(206);
    expect(headers["content-type"]).toBe("multipart/byteranges; boundary=B");
    expect(headers).not.toHaveProperty("content-range");
    expect(body).toBe(
      "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/20\r\n\r\n01" +
        "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 18-19/20\r\n\r\nij" +
        "\r\n--B--\r\n",
    );
    expect(headers["content-length"]).toBe(String(body?.length));
    expect(headers).toMatchObject(description);
  });

  test("those that overlap or touch are one, and one that is left is no multipart", () => {
    expect(ask({ headers: { range: "bytes=0-5,3-8" } })).toMatchObject({
      status: 206,
      headers: { "content-range": "bytes 0-8/20", "content-type": "text/plain" },
      body: "012345678",
    });
    expect(ask({ headers: { range: "bytes=0-1,99-" } })).toMatchObject({ status: 206, body: "01" });
    expect(ask({ headers: { range: "bytes=0-1, ," } })).toMatchObject({ status: 206, body: "01" });
  });

  test("none that the file has: 416", () => {
    expect(ask({ headers: { range: "bytes=20-,30-40" } }).status).toBe(416);
  });

  test.each(["bytes=0-1,x", "lines=0-1,5-6", `bytes=${Array.from({ length: 51 }, () => "0-0").join(",")}`])(
    "%s: the whole file",
    (range) => {
      expect(ask({ headers: { range } })).toMatchObject({ status: 200, body: TEXT });
    },
  );

  test("an empty file has no ranges", () => {
    const empty: FileBody = { sizeBytes: 0, read: () => new Uint8Array(0) };
    expect(ask({ headers: { range: "bytes=0-,-5" } }, empty).status).toBe(416);
    expect(ask({}, empty)).toMatchObject({ status: 200, headers: { "content-length": "0" }, body: undefined });
  });
});

describe("who closes the file", () => {
  function serve(request: Partial<FileRequest>, problem?: string) {
    let closed = 0;
    const answers: { head: ResponseHead; content: readonly BodyPart[] | undefined }[] = [];
    const files = {
      open: (_name: string, found: (body: FileBody | undefined, problem?: string) => void): void =>
        problem === undefined ? found({ ...file, close: () => void closed++ }) : found(undefined, problem),
      has: () => true,
      create: () => expect.unreachable(),
      partial: () => expect.unreachable(),
    };
    const response = {
      respond: (head: ResponseHead, content?: readonly BodyPart[]) => void answers.push({ head, content }),
    };
    serveFile(files, true, { method: "GET", name: "new.txt", ...request }, response, () => "B");
    expect(answers).toHaveLength(1);
    return { ...answers[0]!, closed };
  }

  test("the transport, where there is a body", () => {
    expect(serve({}).closed).toBe(0);
    expect(serve({ headers: { range: "bytes=0-0,2-2" } }).closed).toBe(0);
  });

  test("else who opened it, once", () => {
    expect(serve({ method: "HEAD" }).closed).toBe(1);
    expect(serve({ range: { first: 99 } }).closed).toBe(1);
    expect(serve({ headers: { "if-none-match": "*" } }).closed).toBe(1);
    expect(serve({ headers: { "if-match": '"v0"' } }).closed).toBe(1);
  });

  test("503 where a file cannot be read now", () => {
    expect(serve({}, "too many open files").head).toEqual({
      status: 503,
      reason: "Service Unavailable",
      headers: { "content-length": "0", "retry-after": "5" },
    });
  });
});
