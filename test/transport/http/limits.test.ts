/** What the file server holds against clients that are too many, too slow, or never done. */

import { describe, expect, test } from "vitest";
import type { FileResponse } from "../../../src/core/transport.ts";
import { responseHead } from "../../../src/core/wire/http.ts";
import type { StreamedFile } from "../../../src/transport/http/streamed-file.ts";
import { ask, get, RawClient, serving, splitAnswers, startServer, waitFor } from "./support.ts";

const serveNewTxt = serving({ "new.txt": Buffer.from("content") });

/** A file of any size that costs nothing, and says how much of it was read. */
class EndlessFile implements StreamedFile {
  readonly sizeBytes: number;
  readBytes = 0;
  closed = 0;
  constructor(sizeBytes = 10_000_000_000) {
    this.sizeBytes = sizeBytes;
  }
  read(): Uint8Array {
    throw new Error("a streamed file is not read at once");
  }
  fill(target: Uint8Array, _first: number, done: () => void): void {
    this.readBytes += target.length;
    setImmediate(done);
  }
  close(): void {
    this.closed++;
  }
}

describe("time", () => {
  test("a head that comes a byte at a time is cut off, however steadily it comes: 408", async () => {
    const { server, port, lines } = await startServer(serveNewTxt, { headTimeoutMs: 500, idleTimeoutMs: 60_000 });
    const client = new RawClient(port).send(get("/new.txt").slice(0, -2));
    const dripping = setInterval(() => client.send("X"), 5);
    const [answer] = splitAnswers(Buffer.from(await client.untilEnd(), "latin1"));
    clearInterval(dripping);
    expect(answer?.statusLine).toBe("HTTP/1.1 408 Request Timeout");
    expect(answer?.headers.connection).toBe("close");
    expect(lines.rejects).toEqual(["HTTP request: the request's head took too long"]);
    client.socket.end();
    await waitFor("the end of the connection", () => server.connectionCount === 0);
  });

  test("the same for the second request of a connection, which waited for the first to be answered", async () => {
    let first: FileResponse | undefined;
    const { port } = await startServer(
      (_from, _request, response) => {
        first = response;
      },
      { headTimeoutMs: 100, idleTimeoutMs: 60_000 },
    );
    const client = new RawClient(port).send(`${get("/a")}GET /b HT`);
    await waitFor("the first request", () => first !== undefined);
    first?.respond(responseHead(404));
    const answers = splitAnswers(Buffer.from(await client.untilEnd(), "latin1"));
    expect(answers.map(({ statusLine }) => statusLine.slice(9, 12))).toEqual(["404", "408"]);
  });

  test("a connection on which nothing is asked ends without a word", async () => {
    const { server, port, lines } = await startServer(serveNewTxt, { idleTimeoutMs: 50, headTimeoutMs: 60_000 });
    const silent = new RawClient(port);
    expect(await silent.untilEnd()).toBe("");
    const done = new RawClient(port).send(get("/new.txt"));
    expect(splitAnswers(Buffer.from(await done.untilEnd(), "latin1"))).toHaveLength(1);
    expect(lines.rejects).toEqual([]);
    for (const { socket } of [silent, done]) socket.end();
    await waitFor("the end of the connections", () => server.connectionCount === 0);
  });

  test("an answer that the participant takes its time for is waited for", async () => {
    const { port } = await startServer(
      (_from, _request, response) => void setTimeout(() => response.respond(responseHead(404)), 200),
      { idleTimeoutMs: 20, headTimeoutMs: 20, stallTimeoutMs: 20 },
    );
    expect((await ask(port, get("/a"))).statusLine).toMatch(/404/);
  });

  test("a client that does not close behind the last answer is closed", async () => {
    const { server, port } = await startServer(serveNewTxt, { lingerMs: 50 });
    const client = new RawClient(port).send(get("/new.txt", "Connection: close\r\n"));
    await client.untilEnd();
    await waitFor("the end of the connection", () => server.connectionCount === 0);
  });
});

describe("a client that takes nothing", () => {
  test("is broken off; what was read for it is no more than two blocks and what the system holds", async () => {
    const file = new EndlessFile();
    const { server, port, lines } = await startServer(serving({ big: file }), {
      stallTimeoutMs: 100,
      minUploadBytesPerSecond: 10_000_000,
    });
    const client = new RawClient(port);
    client.socket.pause();
    client.send(get("/big"));
    await waitFor("the upload", () => server.uploadCount === 1);
    await waitFor("the end of the connection", () => server.connectionCount === 0);
    expect(lines.http.at(-1)).toBe("broken off: the client takes too little of the answer");
    expect(file.closed).toBe(1);
    expect(file.readBytes).toBeLessThan(200_000_000);
    expect(server.uploadCount).toBe(0);
  });

  test("is no burden for the others", async () => {
    const { port } = await startServer(serving({ big: new EndlessFile(), "new.txt": Buffer.from("content") }));
    const stuck = Array.from({ length: 10 }, () => new RawClient(port));
    for (const client of stuck) {
      client.socket.pause();
      client.send(get("/big"));
    }
    for (let i = 0; i < 20; i++) expect((await ask(port, get("/new.txt"))).statusLine).toMatch(/200/);
  });

  test("while it pipelines: what it sends is not read for ever", async () => {
    const { server, port, lines } = await startServer(serving({ "new.txt": new Uint8Array(60_000) }), {
      stallTimeoutMs: 500,
      minUploadBytesPerSecond: 10_000_000,
    });
    const client = new RawClient(port);
    client.socket.pause();
    // More answers than any system's buffers hold, and more requests than they do.
    const requests = get("/new.txt").repeat(1_000_000);
    client.send(requests);
    let unsentBytes = 0;
    await waitFor("the end of the connection", () => {
      if (!client.isClosed) unsentBytes = client.socket.writableLength;
      return lines.http.at(-1)?.startsWith("broken off") ?? false;
    });
    expect(unsentBytes, "a write counts as unsent until the system has taken all of it").toBe(requests.length);
    expect(server.uploadCount).toBe(0);
  });
});

test("a client that takes too little, though always something, is broken off", async () => {
  const { server, port, lines } = await startServer(serving({ big: new EndlessFile() }), {
    stallTimeoutMs: 300,
    minUploadBytesPerSecond: 1_000_000_000,
  });
  const client = new RawClient(port);
  client.socket.pause();
  client.send(get("/big"));
  await waitFor("the upload", () => server.uploadCount === 1);
  // A few bytes every few ms: the window opens now and then, but never by as much as the limit asks for.
  const dripping = setInterval(() => client.socket.read(100), 10);
  await waitFor("the end of the connection", () => server.connectionCount === 0);
  clearInterval(dripping);
  expect(lines.http.at(-1)).toBe("broken off: the client takes too little of the answer");
});

describe("numbers", () => {
  test("of connections: one more is answered 503 with Retry-After; when one has gone there is room", async () => {
    const { server, port, lines } = await startServer(serveNewTxt, { maxConnections: 2 });
    const first = new RawClient(port).send(get("/new.txt"));
    const second = new RawClient(port).send(get("/new.txt"));
    await Promise.all([first.answers(1), second.answers(1)]);
    const third = await ask(port, get("/new.txt"));
    expect(third.statusLine).toBe("HTTP/1.1 503 Service Unavailable");
    expect(third.headers).toMatchObject({ "retry-after": "5", connection: "close" });
    expect(lines.rejects).toEqual(["HTTP connection: too many"]);
    first.socket.end();
    await waitFor("the end of the first", () => server.connectionCount === 1);
    expect((await ask(port, get("/new.txt"))).statusLine).toMatch(/200/);
  });

  test("of connections from one address", async () => {
    const { server, port, lines } = await startServer(serveNewTxt, { maxConnectionsPerAddress: 1 });
    const first = new RawClient(port).send(get("/new.txt"));
    await first.answers(1);
    expect((await ask(port, get("/new.txt"))).statusLine).toMatch(/503/);
    first.socket.end();
    await waitFor("the end of the first", () => server.connectionCount === 0);
    expect((await ask(port, get("/new.txt"))).statusLine).toMatch(/200/);
    expect(lines.rejects).toEqual(["HTTP connection: too many from one address"]);
  });

  test("of connections, a thousand more than there is room for: those inside are served", async () => {
    const { server, port } = await startServer(serveNewTxt, { maxConnections: 50, maxConnectionsPerAddress: 1000 });
    const clients = Array.from({ length: 50 }, () => new RawClient(port).send(get("/new.txt")));
    for (const client of clients) await client.answers(1);
    const others = Array.from({ length: 1000 }, () => new RawClient(port).send(get("/new.txt")));
    await waitFor("the others' ends", () => others.every(({ isClosed, hasEnded }) => isClosed || hasEnded));
    expect(others.some(({ text }) => text.includes(" 200 "))).toBe(false);
    expect(server.connectionCount).toBe(50);
    for (const client of clients) {
      client.send(get("/new.txt"));
      expect(await client.answers(2)).toHaveLength(2);
    }
  });

  test("of uploads: one more is answered 503 with Retry-After, and its file closed; small answers go on", async () => {
    const file = new EndlessFile();
    const another = new EndlessFile();
    const { server, port } = await startServer(serving({ file, another }), { maxUploads: 2 });
    const busy = [new RawClient(port).send(get("/file")), new RawClient(port).send(get("/file"))];
    for (const client of busy) {
      await waitFor("the first bytes", () => client.receivedBytes > 0);
      client.socket.pause();
    }
    const client = new RawClient(port).send(get("/another") + get("/nope") + get("/another", "", "HEAD"));
    const answers = await client.answers(3, ["GET", "GET", "HEAD"]);
    expect(answers.map(({ statusLine }) => statusLine.slice(9, 12))).toEqual(["503", "404", "200"]);
    expect(answers[0]?.headers).toMatchObject({ "retry-after": "5", connection: "keep-alive" });
    expect([another.closed, another.readBytes]).toEqual([2, 0]);
    for (const { socket } of busy) socket.destroy();
    await waitFor("the end of the uploads", () => server.uploadCount === 0);
    expect((await ask(port, get("/file", "Range: bytes=0-9\r\n"))).body).toHaveLength(10);
  });

  test("of bytes per second, over all uploads together", async () => {
    const { port } = await startServer(serving({ "new.txt": new Uint8Array(150_000) }), {
      uploadBytesPerSecond: 1_000_000,
    });
    const startedMs = performance.now();
    const answers = await Promise.all([ask(port, get("/new.txt")), ask(port, get("/new.txt"))]);
    // 300 kB, of which a tenth of a second's may go at once; and one piece may go on credit.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(95);
    for (const { body } of answers) expect(body).toHaveLength(150_000);
  });
});
