/** The file server's side of HTTP (RFC 9112, RFC 9110), over raw sockets. */

import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { type FileBody, type FileRequest, type FileResponse, wholeFile } from "../../../src/core/transport.ts";
import { responseHead } from "../../../src/core/wire/http.ts";
import { silentTrace } from "../../../src/trace/node-trace.ts";
import { FileServer } from "../../../src/transport/http/file-server.ts";
import { afterTest, ask, get, RawClient, serving, splitAnswers, startServer, waitFor } from "./support.ts";

const NEW_TXT = Buffer.from("the file's content");
const serveNewTxt = serving({ "new.txt": NEW_TXT, empty: new Uint8Array(0) });
const REPORT = "GET new.txt HTTP/1.1\r\nHost: 10.0.0.2\r\nAccept-Encoding: identity\r\n\r\n";

describe("the report's request", () => {
  test("67 bytes without a slash: 200 OK, and the file", async () => {
    const { port, lines } = await startServer(serveNewTxt);
    expect(REPORT).toHaveLength(67);
    const answer = await ask(port, REPORT);
    expect(answer.statusLine).toBe("HTTP/1.1 200 OK");
    expect(answer.body).toEqual(NEW_TXT);
    expect(lines.http).toEqual(["GET new.txt HTTP/1.1", "200 OK"]);
  });

  test("for a file that is not there: 404 file not found", async () => {
    const { port } = await startServer(serveNewTxt);
    const answer = await ask(port, REPORT.replace("new.txt", "f1.txt"));
    expect(answer.statusLine).toBe("HTTP/1.1 404 file not found");
    expect(answer.headers).toMatchObject({ "content-length": "0" });
  });

  test("in pieces of one byte", async () => {
    const { port } = await startServer(serveNewTxt);
    const client = new RawClient(port);
    client.socket.setNoDelay(true);
    for (const byte of REPORT) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.answers(1))[0]?.body).toEqual(NEW_TXT);
  });
});

describe("answers", () => {
  test.each([
    ["/new.txt", "200 OK"],
    ["http://10.0.0.2/new.txt", "200 OK"],
    ["/new.txt?x=1", "200 OK"],
    ["/n%65w.txt", "200 OK"],
    ["/", "404 file not found"],
    ["*", "404 file not found"],
    ["/New.txt", "404 file not found"],
  ])("GET %s: %s", async (target, status) => {
    const { port } = await startServer(serveNewTxt);
    expect((await ask(port, get(target))).statusLine).toBe(`HTTP/1.1 ${status}`);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND"])(
    "%s: 405, which says what is allowed; the connection goes on",
    async (method) => {
      const { port } = await startServer(serveNewTxt);
      const client = new RawClient(port).send(get("/new.txt", "", method) + get("/new.txt"));
      const [refusal, answer] = await client.answers(2);
      expect(refusal?.statusLine).toBe("HTTP/1.1 405 Method Not Allowed");
      expect(refusal?.headers.allow).toBe("GET, HEAD");
      expect(answer?.statusLine).toBe("HTTP/1.1 200 OK");
    },
  );

  test("HEAD: GET's head, and not one byte more", async () => {
    const { port } = await startServer(serveNewTxt);
    const client = new RawClient(port).send(get("/new.txt", "", "HEAD") + get("/new.txt"));
    const [head, whole] = await client.answers(2, ["HEAD", "GET"]);
    expect({ ...head?.headers, date: "" }).toEqual({ ...whole?.headers, date: "" });
    expect(head?.headers["content-length"]).toBe(String(NEW_TXT.length));
  });

  test("206, 416 and several ranges", async () => {
    const { port } = await startServer(serveNewTxt);
    const range = (value: string) => ask(port, get("/new.txt", `Range: bytes=${value}\r\n`));
    expect(await range("4-7")).toMatchObject({ statusLine: "HTTP/1.1 206 Partial Content", body: Buffer.from("file") });
    expect((await range("-7")).body).toEqual(Buffer.from("content"));
    expect(await range("18-")).toMatchObject({
      statusLine: "HTTP/1.1 416 Range Not Satisfiable",
      headers: { "content-range": "bytes */18", "content-length": "0" },
    });
    const several = await range("0-2,-1");
    expect(several.headers["content-type"]).toMatch(/^multipart\/byteranges; boundary=boundary-\d+$/);
    expect(several.body.toString()).toMatch(/\r\n\r\nthe\r\n--.*\r\n\r\nt\r\n--.*--\r\n$/s);
  });

  test("304 has no body and no length; what follows is the next answer", async () => {
    const file: FileBody = {
      sizeBytes: NEW_TXT.length,
      read: (first, last) => NEW_TXT.subarray(first, last + 1),
      validators: { etag: '"v1"', lastModifiedMs: 0 },
    };
    const { port } = await startServer(serving({ "new.txt": file }));
    const client = new RawClient(port).send(get("/new.txt", 'If-None-Match: "v1"\r\n') + get("/new.txt"));
    const [notModified, whole] = await client.answers(2);
    expect(notModified?.statusLine).toBe("HTTP/1.1 304 Not Modified");
    expect(notModified?.headers).not.toHaveProperty("content-length");
    expect(notModified?.headers.etag).toBe('"v1"');
    expect(whole?.body).toEqual(NEW_TXT);
  });

  test("carry the date of their making", async () => {
    const { port } = await startServer(serveNewTxt);
    const beforeMs = Math.floor(Date.now() / 1000) * 1000;
    const date = Date.parse((await ask(port, REPORT)).headers.date ?? "");
    expect(date).toBeGreaterThanOrEqual(beforeMs);
    expect(date).toBeLessThanOrEqual(Date.now());
  });

  test("an empty file is a whole answer", async () => {
    const { port } = await startServer(serveNewTxt);
    expect((await ask(port, get("/empty"))).headers["content-length"]).toBe("0");
  });

  test("the client's address comes with its request, IPv6 too", async () => {
    for (const host of ["127.0.0.1", "::1"]) {
      const { server, port } = await startServer(
        (from, _request, response) => response.respond(responseHead(200, { "x-from": from.key })),
        {},
        host,
      );
      const client = new RawClient(port, host).send(REPORT);
      const [answer] = await client.answers(1);
      const { localPort } = client.socket;
      expect(answer?.headers["x-from"]).toBe(host === "::1" ? `[::1]:${localPort}` : `127.0.0.1:${localPort}`);
      expect(server.endpoint.key).toBe(host === "::1" ? `[::1]:${port}` : `127.0.0.1:${port}`);
    }
  });

  test("one that is too late for its client is dropped, and its file closed", async () => {
    let late: FileResponse | undefined;
    const { server, port } = await startServer((_from, _request, response) => {
      late = response;
    });
    const client = new RawClient(port).send(REPORT);
    await waitFor("the request", () => late !== undefined);
    client.socket.resetAndDestroy();
    await waitFor("its connection's end", () => server.connectionCount === 0);
    let closed = 0;
    const file: FileBody = { sizeBytes: 3, read: () => NEW_TXT, close: () => void closed++ };
    late?.respond(responseHead(200), [...wholeFile(file), ...wholeFile(file)]);
    expect(closed).toBe(1);
    expect(server.uploadCount).toBe(0);
  });

  test("there is one to each request", async () => {
    let failure: unknown;
    const { port } = await startServer((_from, _request, response) => {
      response.respond(responseHead(404));
      try {
        response.respond(responseHead(404));
      } catch (error) {
        failure = error;
      }
    });
    await ask(port, REPORT);
    expect(failure).toEqual(new Error("this request is answered already: call respond once"));
  });
});

describe("persistence (RFC 9112, 9.3)", () => {
  test.each([
    ["1.1", "", "keep-alive"],
    ["1.1", "Connection: close\r\n", "close"],
    ["1.1", "Connection: Upgrade, CLOSE\r\n", "close"],
    ["1.1", "Connection: close, keep-alive\r\n", "close"],
    ["1.0", "", "close"],
    ["1.0", "Connection: Keep-Alive\r\n", "keep-alive"],
    ["1.0", "Connection: keep-alive\r\nConnection: close\r\n", "close"],
  ])("HTTP/%s, %j: %s", async (version, headers, connection) => {
    const { server, port } = await startServer(serveNewTxt);
    const client = new RawClient(port).send(`GET /new.txt HTTP/${version}\r\nHost: h\r\n${headers}\r\n`);
    const [answer] = await client.answers(1);
    expect(answer?.headers.connection).toBe(connection);
    expect(answer?.body).toEqual(NEW_TXT);
    if (connection === "close") {
      await client.untilEnd();
      client.socket.end();
      await waitFor("the end of the connection", () => server.connectionCount === 0);
      expect(client.wasReset).toBe(false);
    } else {
      client.send(get("/new.txt"));
      expect(await client.answers(2)).toHaveLength(2);
    }
  });

  test("a client that ends its direction behind the request gets its answer", async () => {
    const { port } = await startServer(serveNewTxt);
    const client = new RawClient(port).send(REPORT);
    client.socket.end();
    expect(splitAnswers(Buffer.from(await client.untilEnd(), "latin1"))[0]?.body).toEqual(NEW_TXT);
    expect(client.wasReset).toBe(false);
  });

  test("a client that connects and leaves is no failure", async () => {
    const { server, port, lines } = await startServer(serveNewTxt);
    const client = new RawClient(port);
    client.socket.end();
    expect(await client.untilEnd()).toBe("");
    await waitFor("the end of the connection", () => server.connectionCount === 0);
    expect(lines.rejects).toEqual([]);
  });
});

describe("pipelining (RFC 9112, 9.3.2)", () => {
  test("answers come in the order of the requests, whoever is ready first", async () => {
    const open: [FileRequest, FileResponse][] = [];
    const { port } = await startServer((_from, request, response) => void open.push([request, response]));
    const client = new RawClient(port).send(get("/a") + get("/b") + get("/c"));
    for (let i = 0; i < 3; i++) {
      await waitFor("the next request", () => open.length > 0);
      expect(open, "one at a time").toHaveLength(1);
      const [request, response] = open.pop()!;
      response.respond(responseHead(200, { "x-name": request.name }));
    }
    expect((await client.answers(3)).map(({ headers }) => headers["x-name"])).toEqual(["a", "b", "c"]);
  });

  test("3,000 requests in one go, the last of them cut in two", async () => {
    const { port } = await startServer(serveNewTxt);
    const requests = get("/new.txt").repeat(3000);
    const client = new RawClient(port).send(requests.slice(0, -7));
    expect(await client.answers(2999)).toHaveLength(2999);
    client.send(requests.slice(-7));
    const answers = await client.answers(3000);
    expect(new Set(answers.map(({ statusLine }) => statusLine))).toEqual(new Set(["HTTP/1.1 200 OK"]));
  });

  test("what waits does not grow with the answers given", async () => {
    let asked = 0;
    const { port } = await startServer((_from, _request, response) => {
      if (++asked <= 2000) setImmediate(() => response.respond(responseHead(404)));
    });
    // More than any system's buffers hold: the client cannot get rid of it while the server does not read.
    const requests = get("/a").repeat(1_000_000);
    const client = new RawClient(port).send(requests);
    await waitFor("the request that is not answered", () => asked === 2001);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.socket.writableLength, "a write counts until the system has all of it").toBe(requests.length);
  });

  test("behind a request that closes, nothing is answered", async () => {
    const { port, lines } = await startServer(serveNewTxt);
    const client = new RawClient(port).send(get("/new.txt", "Connection: close\r\n") + get("/new.txt"));
    expect(splitAnswers(Buffer.from(await client.untilEnd(), "latin1"))).toHaveLength(1);
    expect(lines.http).toHaveLength(2);
  });

  test("behind a request that cannot be read, nothing is answered", async () => {
    const { port } = await startServer(serveNewTxt);
    const client = new RawClient(port).send(`${get("/new.txt")}nonsense\r\n\r\n${get("/new.txt")}`);
    const answers = splitAnswers(Buffer.from(await client.untilEnd(), "latin1"));
    expect(answers.map(({ statusLine }) => statusLine)).toEqual(["HTTP/1.1 200 OK", "HTTP/1.1 400 Bad Request"]);
  });
});

describe("what cannot be read", () => {
  test.each([
    ["nonsense\r\n\r\n", 400],
    ["GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400],
    ["GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", 413],
    ["GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413],
    [`GET / HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    [`GET / HTTP/1.1\r\nHost: h\r\n${"X: y\r\n".repeat(101)}\r\n`, 431],
    ["GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501],
    ["GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400],
  ])("%j: %i, and the end of the connection", async (text, status) => {
    const { server, port, lines } = await startServer(serveNewTxt);
    const client = new RawClient(port).send(text);
    const [answer] = splitAnswers(Buffer.from(await client.untilEnd(), "latin1"));
    expect(answer?.statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer?.headers).toMatchObject({ connection: "close", "content-length": "0" });
    expect(lines.rejects).toHaveLength(1);
    client.socket.end();
    await waitFor("the end of the connection", () => server.connectionCount === 0);
  });

  test("half a request, and the end: 400", async () => {
    const { port } = await startServer(serveNewTxt);
    const client = new RawClient(port).send("GET /new.txt HT");
    client.socket.end();
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a body that nobody wants does not keep the client from reading why", async () => {
    const { port, lines } = await startServer(serveNewTxt, { lingerMs: 60_000 });
    const client = new RawClient(port).send(get("/new.txt", "Content-Length: 700000\r\n", "PUT"));
    client.send(new Uint8Array(700_000));
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 405 .*Connection: close/s);
    // It may even go on for a while.
    client.send(new Uint8Array(100_000));
    client.socket.end();
    await waitFor("the client's end", () => client.isClosed);
    expect(client.wasReset).toBe(false);
    expect(lines.http).toEqual(["PUT /new.txt HTTP/1.1", "405 Method Not Allowed"]);
  });

  test("one that has no end is cut off", async () => {
    const { server, port } = await startServer(serveNewTxt, { lingerMs: 60_000 });
    const client = new RawClient(port).send(get("/new.txt", "Content-Length: 70000000\r\n", "PUT"));
    client.send(new Uint8Array(20_000_000));
    await waitFor("the end of the connection", () => server.connectionCount === 0 && client.isClosed);
  });

  test("a target of any length is cut short in the trace", async () => {
    const { port, lines } = await startServer(serveNewTxt);
    await ask(port, get(`/${"x".repeat(100)}?${"y".repeat(10_000)}`));
    expect(lines.http[0]).toHaveLength("GET ... HTTP/1.1".length + 200);
  });
});

describe("listening", () => {
  test("on a port that is taken: rejected, with the system's code", async () => {
    const { port } = await startServer(serveNewTxt);
    const again = FileServer.listen({ host: "127.0.0.1", port }, serveNewTxt, silentTrace);
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("on an address that is not ours", async () => {
    const elsewhere = FileServer.listen({ host: "192.0.2.1", port: 0 }, serveNewTxt, silentTrace);
    await expect(elsewhere).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
  });

  test.each([
    [{ maxUploads: 0 }, "maxUploads is a number above 0, not 0: leave it out for 32"],
    [{ uploadBytesPerSecond: -5 }, "uploadBytesPerSecond is a number above 0, not -5"],
    [{ headTimeoutMs: Number.NaN }, "headTimeoutMs is a number above 0, not NaN: leave it out for 10000"],
    [{ lingerMs: "1s" as unknown as number }, "lingerMs is a number above 0, not 1s"],
  ])("with a limit that is none, %j: RangeError", async (limit, says) => {
    const listening = FileServer.listen({ host: "127.0.0.1", port: 0, ...limit }, serveNewTxt, silentTrace);
    await expect(listening).rejects.toThrow(RangeError);
    await expect(listening).rejects.toThrow(says);
  });
});

describe("close", () => {
  test("idle connections end at once, whether they have begun a request or not; nobody is let in", async () => {
    const { server, port } = await startServer(serveNewTxt, { closeGraceMs: 60_000 });
    const clients = [new RawClient(port), new RawClient(port).send("GET /new"), new RawClient(port).send(REPORT)];
    await waitFor("all of them", () => server.connectionCount === 3);
    await clients[2]?.answers(1);
    await server.close();
    await waitFor("their ends", () => clients.every(({ isClosed, hasEnded }) => isClosed || hasEnded));
    const late = connect(port, "127.0.0.1");
    afterTest(() => late.destroy());
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => late.on("error", resolve));
    expect(error.code).toBe("ECONNREFUSED");
  });

  test("an answer that is on its way gets through; the connection ends behind it", async () => {
    let open: FileResponse | undefined;
    const { server, port } = await startServer(
      (_from, _request, response) => {
        open = response;
      },
      { closeGraceMs: 60_000 },
    );
    const client = new RawClient(port).send(get("/a") + get("/b"));
    await waitFor("the request", () => open !== undefined);
    const closing = server.close();
    open?.respond(responseHead(200), [new Uint8Array(100_000)]);
    const answers = splitAnswers(Buffer.from(await client.untilEnd(), "latin1"));
    expect(answers).toHaveLength(1);
    expect(answers[0]?.headers.connection).toBe("close");
    expect(answers[0]?.body).toHaveLength(100_000);
    client.socket.end();
    await closing;
    expect(server.close()).toBe(closing);
  });

  test("an answer that takes longer than the grace is broken off: a reset, no end", async () => {
    const { server, port, lines } = await startServer(
      (_from, _request, response) => response.respond(responseHead(200), [new Uint8Array(50_000_000)]),
      { closeGraceMs: 20, uploadBytesPerSecond: 1_000_000 },
    );
    const client = new RawClient(port).send(REPORT);
    await waitFor("the first bytes", () => client.receivedBytes > 0);
    await server.close();
    await waitFor("the reset", () => client.isClosed);
    expect(client.wasReset).toBe(true);
    expect(client.hasEnded).toBe(false);
    expect(lines.http.at(-1)).toBe("broken off: the server closes");
  });
});
