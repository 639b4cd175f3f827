import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ResponseHead } from "../../../src/core/transport.ts";
import {
  fileResponse,
  formatResponseHead,
  MAX_HEAD_BYTES,
  ResponseParser,
  responseHead,
} from "../../../src/core/wire/http.ts";
import { latin1, latin1Text, pieces } from "./bytes.ts";

/** What a client sees of a connection that carries these pieces and ends. */
function read(method: string, chunks: readonly Uint8Array[]) {
  const seen = { head: undefined as ResponseHead | undefined, body: "", ended: false };
  const parser = new ResponseParser(method, {
    onHead: (head) => {
      expect(seen.head, "one head").toBeUndefined();
      seen.head = head;
    },
    onData: (bytes) => {
      expect(bytes.length, "no empty pieces").toBeGreaterThan(0);
      seen.body += latin1Text(bytes);
    },
    onEnd: () => {
      expect(seen.ended, "one end").toBe(false);
      seen.ended = true;
    },
  });
  for (const chunk of chunks) parser.push(chunk);
  const completeBeforeEnd = parser.isComplete;
  const failure = parser.end();
  return { ...seen, completeBeforeEnd, failure };
}

const readText = (text: string, method = "GET") => read(method, [latin1(text)]);

describe("heads of a file server", () => {
  const text = (head: ResponseHead) => latin1Text(formatResponseHead(head));

  test("200 OK with the whole file", () => {
    const { head, body } = fileResponse(58_710);
    expect(text(head)).toBe("HTTP/1.1 200 OK\r\nContent-Length: 58710\r\nAccept-Ranges: bytes\r\n\r\n");
    expect(body).toEqual({ first: 0, last: 58_709 });
    expect(fileResponse(0).body).toBeUndefined();
  });

  test("206 with a part", () => {
    const { head, body } = fileResponse(1000, { suffixBytes: 100 });
    expect(text(head)).toBe(
      "HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\nContent-Range: bytes 900-999/1000\r\nAccept-Ranges: bytes\r\n\r\n",
    );
    expect(body).toEqual({ first: 900, last: 999 });
  });

  test("416 where there is no such part", () => {
    const { head, body } = fileResponse(1000, { first: 1000 });
    expect(head).toMatchObject({ status: 416, headers: { "content-length": "0", "content-range": "bytes */1000" } });
    expect(body).toBeUndefined();
  });

  test("404 has the report's phrase", () => {
    expect(text(responseHead(404, { "content-length": "0" }))).toBe(
      "HTTP/1.1 404 file not found\r\nContent-Length: 0\r\n\r\n",
    );
  });

  test("nothing can break out of its line", () => {
    for (const head of [
      { status: 99, reason: "", headers: {} },
      { status: 200.5, reason: "", headers: {} },
      { status: 200, reason: "a\r\nb", headers: {} },
      { status: 200, reason: "", headers: { a: "b\r\nc" } },
      { status: 200, reason: "", headers: { "": "b" } },
    ]) {
      expect(() => formatResponseHead(head), JSON.stringify(head)).toThrow(RangeError);
    }
  });

  test("property: what a server sends is what its client sees", () => {
    const range = fc.option(
      fc.record({ first: fc.nat(60), more: fc.nat(60) }).map(({ first, more }) => ({ first, last: first + more })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 50 }), range, (file, range) => {
        const { head, body } = fileResponse(file.length, range);
        const sent = body === undefined ? "" : file.slice(body.first, body.last + 1);
        const seen = readText(latin1Text(formatResponseHead(head)) + sent);
        expect(seen.failure).toBeUndefined();
        expect({ ...seen.head, headers: { ...seen.head?.headers } }).toEqual(head);
        expect(seen.body).toBe(sent);
        expect(seen.completeBeforeEnd).toBe(true);
      }),
    );
  });
});

describe("reading a response (RFC 9112, 6.3)", () => {
  const sized = (length: number, body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${body}`;

  test("a body of a given length ends with its last byte", () => {
    expect(readText(sized(5, "hello"))).toMatchObject({ body: "hello", ended: true, completeBeforeEnd: true });
    expect(readText(sized(0, ""))).toMatchObject({ body: "", ended: true, completeBeforeEnd: true });
  });

  test("one byte short is incomplete", () => {
    expect(readText(sized(5, "hell"))).toMatchObject({
      body: "hell",
      ended: false,
      failure: { reason: "incomplete", offsetBytes: 42 },
    });
  });

  test("one byte too many is noticed, behind a whole body", () => {
    expect(readText(sized(5, "hello!"))).toMatchObject({
      body: "hello",
      ended: true,
      failure: { reason: "after-end", offsetBytes: 43 },
    });
  });

  test("a body without a length ends with the connection", () => {
    expect(readText("HTTP/1.0 200 OK\r\n\r\nhello")).toMatchObject({
      body: "hello",
      ended: true,
      completeBeforeEnd: false,
      failure: undefined,
    });
    expect(readText("HTTP/1.0 200 OK\r\n\r\n")).toMatchObject({ body: "", ended: true });
  });

  test.each([
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"],
    ["GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"],
    ["GET", "HTTP/1.1 304 Not Modified\r\n\r\n"],
  ])("the answer to %s has no body: %j", (method, text) => {
    expect(readText(text, method)).toMatchObject({ body: "", ended: true, completeBeforeEnd: true });
  });

  test("interim responses are passed over (RFC 9110, 15.2)", () => {
    const seen = readText(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${sized(2, "ok")}`);
    expect(seen).toMatchObject({ head: { status: 200 }, body: "ok", ended: true });
    expect(seen.head?.headers).not.toHaveProperty("link");
  });

  test("endless interim responses come to an end", () => {
    const seen = readText("HTTP/1.1 100 Continue\r\n\r\n".repeat(1000));
    expect(seen.failure).toEqual({ reason: "head-too-large", offsetBytes: MAX_HEAD_BYTES + 1 });
  });

  test("a phrase may be empty, or say more", () => {
    expect(readText("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n").head).toMatchObject({ status: 404, reason: "" });
    expect(readText("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n").head).toMatchObject({ status: 404, reason: "" });
    expect(readText("HTTP/1.1 404 file not found\r\nContent-Length: 0\r\n\r\n").head?.reason).toBe("file not found");
  });

  test.each([
    ["", "incomplete"],
    ["HTTP/1.1 200 OK\r\n", "incomplete"],
    ["1 10.0.0.2 80  1 1\r\n\r\n", "bad-status-line"],
    ["HTTP/2 200 OK\r\n\r\n", "bad-status-line"],
    ["HTTP/1.1 20 OK\r\n\r\n", "bad-status-line"],
    ["HTTP/1.1 600 OK\r\n\r\n", "bad-status-line"],
    ["HTTP/1.1 200 OK\r\nContent Length: 5\r\n\r\n", "bad-header"],
    ["HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n", "bad-content-length"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 9007199254740993\r\n\r\n", "bad-content-length"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", "bad-content-length"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "unsupported-transfer-encoding"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "unsupported-transfer-encoding"],
    ["HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "unsupported-transfer-encoding"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "bad-content-length"],
    [`HTTP/1.1 200 OK\r\nX: ${"x".repeat(MAX_HEAD_BYTES)}\r\n\r\n`, "head-too-large"],
  ])("%j: %s", (text, reason) => {
    expect(readText(text)).toMatchObject({ head: undefined, ended: false, failure: { reason } });
  });

  test("a length said twice is one length", () => {
    const text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok";
    expect(readText(text)).toMatchObject({ body: "ok", ended: true });
  });
});

test("property: how the bytes are cut makes no difference, and no bytes throw", () => {
  const response = fc
    .tuple(
      fc.constantFrom("", "HTTP/1.1 100 Continue\r\n\r\n", "\r\n", "x"),
      fc.constantFrom("200 OK", "206 Partial Content", "404 file not found", "204", "7"),
      fc.constantFrom("", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: x\r\n", "bad\r\n"),
      fc.string({ unit: "binary-ascii", maxLength: 12 }),
    )
    .map(([before, status, headers, body]) => latin1(`${before}HTTP/1.1 ${status}\r\n${headers}\r\n${body}`));
  const bytes = fc.oneof(response, fc.uint8Array({ maxLength: 40, size: "max" }));
  const cuts = fc.array(fc.nat(200), { maxLength: 8, size: "max" });
  fc.assert(
    fc.property(fc.constantFrom("GET", "HEAD"), bytes, cuts, (method, whole, cuts) => {
      expect(read(method, pieces(whole, cuts))).toEqual(read(method, [whole]));
    }),
    { numRuns: 500 },
  );
});
