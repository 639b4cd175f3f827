import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatRequest,
  type HttpFailure,
  type HttpRequest,
  hostHeader,
  MAX_HEAD_BYTES,
  MAX_HEADER_FIELDS,
  nameToTarget,
  RequestParser,
  statusOfFailure,
  targetToName,
} from "../../../src/core/wire/http.ts";
import { latin1, latin1Text, pieces } from "./bytes.ts";

/** All that a parser says about a connection that carries these pieces and ends. */
function read(...chunks: Uint8Array[]): { requests: HttpRequest[]; failure: HttpFailure | undefined } {
  const requests: HttpRequest[] = [];
  const parser = new RequestParser((request) => requests.push(request));
  for (const chunk of chunks) parser.push(chunk);
  return { requests, failure: parser.end() };
}

const readText = (text: string) => read(latin1(text));

function requestOf(text: string): HttpRequest {
  const { requests, failure } = readText(text);
  expect(failure).toBeUndefined();
  expect(requests).toHaveLength(1);
  return requests[0]!;
}

const get = (target: string, headers = "Host: 10.0.0.2\r\n") => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;

describe("the report's request", () => {
  const captured = "GET new.txt HTTP/1.1\r\nHost: 10.0.0.2\r\nAccept-Encoding: identity\r\n\r\n";

  test("67 bytes, as captured", () => {
    const request = formatRequest({ method: "GET", target: "new.txt", host: "10.0.0.2" });
    expect(latin1Text(request)).toBe(captured);
    expect(request).toHaveLength(67);
  });

  test("a server reads it, though its target has no leading slash", () => {
    expect(requestOf(captured)).toMatchObject({
      method: "GET",
      target: "new.txt",
      name: "new.txt",
      minorVersion: 1,
      headers: { host: "10.0.0.2", "accept-encoding": "identity" },
    });
    expect(requestOf(captured).range).toBeUndefined();
  });

  test("a range and further headers come behind the report's own", () => {
    const request = formatRequest({
      method: "GET",
      target: "new.txt",
      host: "10.0.0.2",
      range: { first: 100, last: 199 },
      headers: { "if-range": '"v1"' },
    });
    const lines = 'Range: bytes=100-199\r\nIf-Range: "v1"\r\n\r\n';
    expect(latin1Text(request)).toBe(captured.replace(/\r\n$/, lines));
    expect(requestOf(latin1Text(request)).range).toEqual({ first: 100, last: 199 });
  });

  test("nothing can break out of its line", () => {
    const good = { method: "GET", target: "new.txt", host: "10.0.0.2" };
    for (const bad of [
      { method: "GET " },
      { method: "" },
      { target: "" },
      { target: "my file.txt" },
      { target: "a\r\nb" },
      { target: "\u00fc" },
      { host: "10.0.0.2\r\nX: y" },
      { headers: { "x\r\ny": "z" } },
      { headers: { x: "y\nz" } },
      { headers: { "x y": "z" } },
    ]) {
      expect(() => formatRequest({ ...good, ...bad }), JSON.stringify(bad)).toThrow(RangeError);
    }
  });

  test("the Host header", () => {
    expect(hostHeader("10.0.0.2", 80)).toBe("10.0.0.2");
    expect(hostHeader("10.0.0.2", 8080)).toBe("10.0.0.2:8080");
    expect(hostHeader("2001:db8::1", 80)).toBe("[2001:db8::1]");
    expect(hostHeader("::1", 8080)).toBe("[::1]:8080");
  });
});

describe("targets", () => {
  test.each([
    ["new.txt", "new.txt"],
    ["/new.txt", "new.txt"],
    ["http://10.0.0.2/new.txt", "new.txt"],
    ["HTTP://10.0.0.2:8080/my%20file.txt", "my file.txt"],
    ["/new.txt?version=2", "new.txt"],
    ["/a/b", "a/b"],
    ["/%2Fetc", "/etc"],
    ["/", ""],
    ["http://10.0.0.2", ""],
    ["http://10.0.0.2?x", ""],
  ])("%s asks for %j", (target, name) => {
    expect(requestOf(get(target)).name).toBe(name);
  });

  test.each([
    ["new.txt", "new.txt"],
    ["my file.txt", "my%20file.txt"],
    ["what?", "what%3F"],
    ["#1", "%231"],
    ["http://x/y", "http%3A//x/y"],
    ["/etc", "%2Fetc"],
    ["100%", "100%25"],
    ['"<>"', "%22%3C%3E%22"],
    ["Übung", "%C3%9Cbung"],
  ])("the name %j goes out as %s", (name, target) => {
    expect(nameToTarget(name)).toBe(target);
  });

  test("property: every name comes back from its target, with and without a leading slash", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (name) => {
        const target = nameToTarget(name);
        expect(targetToName(target)).toEqual({ ok: true, name });
        expect(targetToName(`/${target}`)).toEqual({ ok: true, name });
        expect(targetToName(`http://10.0.0.2:80/${target}?x=/#y`)).toEqual({ ok: true, name });
      }),
    );
  });

  test("a name that cannot travel is misuse", () => {
    expect(() => nameToTarget("")).toThrow(RangeError);
    expect(() => nameToTarget("\uD800")).toThrow(RangeError);
  });
});

describe("heads (RFC 9112)", () => {
  test("names of headers are in lower case, values trimmed, repeated ones joined", () => {
    const { headers } = requestOf("GET a HTTP/1.1\r\nHOST:h\r\nX-One: \t a b \t\r\nx-one:c\r\n__proto__: d\r\n\r\n");
    expect(Object.entries(headers)).toEqual([
      ["host", "h"],
      ["x-one", "a b, c"],
      ["__proto__", "d"],
    ]);
  });

  test("lines may end with LF alone, and empty lines may come first (2.2)", () => {
    expect(requestOf("\r\n\nGET new.txt HTTP/1.1\nHost: h\n\n").name).toBe("new.txt");
  });

  test("HTTP/1.0 needs no Host", () => {
    expect(requestOf("GET /new.txt HTTP/1.0\r\n\r\n").minorVersion).toBe(0);
  });

  test("a range means something for GET only, and a malformed one nothing", () => {
    expect(requestOf(get("a", "Host: h\r\nRange: bytes=-5\r\n")).range).toEqual({ suffixBytes: 5 });
    expect(requestOf(get("a", "Host: h\r\nRange: lines=1-5\r\n")).range).toBeUndefined();
    expect(requestOf("HEAD a HTTP/1.1\r\nHost: h\r\nRange: bytes=0-5\r\n\r\n").range).toBeUndefined();
  });

  test("requests of one connection come one after another", () => {
    const { requests, failure } = readText(get("a") + get("/b"));
    expect(requests.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(failure).toBeUndefined();
  });

  test.each([
    ["GET\r\n\r\n", "bad-request-line"],
    ["GET my file.txt HTTP/1.1\r\nHost: h\r\n\r\n", "bad-request-line"],
    ["GET a\r\n\r\n", "bad-request-line"],
    ["G(T a HTTP/1.1\r\nHost: h\r\n\r\n", "bad-request-line"],
    ["GET \xfc HTTP/1.1\r\nHost: h\r\n\r\n", "bad-request-line"],
    ["GET a HTTP/2.0\r\nHost: h\r\n\r\n", "bad-version"],
    [get("%zz"), "bad-target"],
    [get("a", ""), "bad-host"],
    [get("a", "Host: a\r\nHost: b\r\n"), "bad-host"],
    [get("a", "Host: h\r\nX : y\r\n"), "bad-header"],
    [get("a", "Host: h\r\n folded\r\n"), "bad-header"],
    [get("a", "Host: h\r\nno colon\r\n"), "bad-header"],
    [get("a", "Host: h\r\nX: a\rb\r\n"), "bad-line"],
    [get("a", "Host: h\r\nX: a\0b\r\n"), "bad-line"],
    [get("a", "Host: h\r\nContent-Length: 5\r\n"), "unexpected-body"],
    [get("a", "Host: h\r\nContent-Length: -5\r\n"), "bad-content-length"],
    [get("a", "Host: h\r\nContent-Length: 0\r\nContent-Length: 5\r\n"), "bad-content-length"],
    [get("a", "Host: h\r\nTransfer-Encoding: chunked\r\n"), "unexpected-body"],
    [get("a", "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n"), "unsupported-transfer-encoding"],
    ["GET a HTTP/1.1\r\nHost: h\r\n", "incomplete"],
    ["G", "incomplete"],
  ])("%j: %s", (text, reason) => {
    const { requests, failure } = readText(text);
    expect(failure?.reason).toBe(reason);
    expect(requests).toEqual([]);
  });

  test("no body is said to be no body", () => {
    expect(requestOf(get("a", "Host: h\r\nContent-Length: 0\r\n")).name).toBe("a");
  });

  test("a head has at most 16 KiB", () => {
    const head = (bytes: number) =>
      get("a", `Host: h\r\nX: ${"x".repeat(bytes - get("a", "Host: h\r\nX: \r\n").length)}\r\n`);
    expect(requestOf(head(MAX_HEAD_BYTES)).name).toBe("a");
    expect(readText(head(MAX_HEAD_BYTES + 1)).failure).toEqual({
      reason: "head-too-large",
      offsetBytes: MAX_HEAD_BYTES + 1,
    });
    expect(readText("\n".repeat(MAX_HEAD_BYTES + 1)).failure?.reason, "empty lines count").toBe("head-too-large");
    // Each head anew.
    expect(readText(head(MAX_HEAD_BYTES).repeat(3)).requests).toHaveLength(3);
  });

  test("a head's spaces cost no more than its other bytes", () => {
    // The square of the time for each would be half a minute for all.
    const spaces = " ".repeat(MAX_HEAD_BYTES - 100);
    const { requests } = readText(get("a", `Host: h\r\nX: a${spaces}b\r\n`).repeat(100));
    expect(requests).toHaveLength(100);
    expect(requests[0]?.headers.x).toBe(`a${spaces}b`);
  });

  test("a request of another method comes through with its body unread, as the connection's last", () => {
    const { requests, failure } = readText(`PUT a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n${get("b")}`);
    expect(requests).toMatchObject([{ method: "PUT", hasBody: true }]);
    expect(failure).toEqual({ reason: "unexpected-body", offsetBytes: 46 });
    expect(readText("PUT a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n").requests).toHaveLength(1);
    expect(readText(get("a").replace("GET", "DELETE") + get("b")).requests).toMatchObject([
      { method: "DELETE", hasBody: false },
      { method: "GET" },
    ]);
  });

  test("requests can be taken one at a time", () => {
    const names: string[] = [];
    const parser = new RequestParser(({ name }) => names.push(name), 100);
    const bytes = latin1(get("a") + get("b"));
    const behindFirst = parser.take(bytes, 0);
    expect([names, behindFirst, parser.isBetweenRequests]).toEqual([["a"], get("a").length, true]);
    parser.take(bytes.subarray(0, -1), behindFirst);
    expect([names, parser.isBetweenRequests, parser.consumedBytes]).toEqual([["a"], false, bytes.length - 1]);
    expect(parser.take(bytes, bytes.length - 1)).toBe(bytes.length);
    expect(names).toEqual(["a", "b"]);
    parser.take(latin1("x".repeat(101)), 0);
    expect(parser.failure).toEqual({ reason: "head-too-large", offsetBytes: bytes.length + 101 });
  });

  test("a head has at most 100 fields", () => {
    const fields = (count: number) => get("a", `Host: h\r\n${"x:y\r\n".repeat(count - 1)}`);
    expect(requestOf(fields(MAX_HEADER_FIELDS)).name).toBe("a");
    expect(readText(fields(MAX_HEADER_FIELDS + 1)).failure?.reason).toBe("too-many-headers");
  });

  test("a failure is final, says where, and has a status to answer with", () => {
    const parser = new RequestParser(() => expect.unreachable());
    const failure = parser.push(latin1("GET\r\n\r\n"));
    expect(failure).toEqual({ reason: "bad-request-line", offsetBytes: 7 });
    expect(parser.push(latin1(get("a")))).toBe(failure);
    expect(parser.end()).toBe(failure);
    expect(statusOfFailure("bad-request-line")).toBe(400);
    expect(statusOfFailure("head-too-large")).toBe(431);
    expect(statusOfFailure("bad-version")).toBe(505);
  });
});

const requestText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(get("new.txt"), get("/a%20b", "Host: h\r\nRange: bytes=1-\r\n")) },
      { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom("G", " ", "\r", "\n", ":", "x", "%"), maxLength: 9 }) },
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.join(""));

test("property: how the bytes are cut makes no difference, and no bytes throw", () => {
  const cuts = fc.array(fc.nat(200), { maxLength: 8, size: "max" });
  const bytes = fc.oneof(requestText.map(latin1), fc.uint8Array({ maxLength: 40, size: "max" }));
  fc.assert(
    fc.property(bytes, cuts, (whole, cuts) => {
      expect(read(...pieces(whole, cuts))).toEqual(read(whole));
    }),
  );
});
