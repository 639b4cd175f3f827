/** The HTTP client of the real world, against file servers of every kind. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { endpoint } from "../../../src/core/transport.ts";
import {
  Answer,
  afterTest,
  fetchFile,
  request,
  serving,
  startForeignServer,
  startServer,
  TraceLines,
  waitFor,
} from "./support.ts";

/** A server that says the same to everybody, once something has come. */
const saying = (text: string, then: (socket: Socket) => void = (socket) => socket.end()) =>
  startForeignServer((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from(text, "latin1"));
      then(socket);
    });
  });

describe("what goes out", () => {
  async function sentBy(what: Parameters<typeof request>[1], name = "new.txt"): Promise<string> {
    let sent = "";
    const port = await startForeignServer((socket) => {
      socket.on("data", (bytes) => {
        sent += bytes.toString("latin1");
      });
    });
    request(endpoint("127.0.0.1", port), { name, ...what }, new Answer());
    await waitFor("the request", () => sent.includes("\r\n\r\n"));
    return sent.replace(`127.0.0.1:${port}`, "HOST");
  }

  test("the report's request, and nothing else", async () => {
    expect(await sentBy({})).toBe("GET new.txt HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: identity\r\n\r\n");
  });

  test("a range and further fields come behind it; a name is encoded", async () => {
    expect(await sentBy({ range: { first: 5, last: 9 }, headers: { "if-range": '"v1"' } }, "\u00fc 1")).toBe(
      'GET %C3%BC%201 HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: identity\r\nRange: bytes=5-9\r\nIf-Range: "v1"\r\n\r\n',
    );
    expect(await sentBy({ method: "HEAD", range: { suffixBytes: 5 } })).toMatch(
      /^HEAD new\.txt .+Range: bytes=-5\r\n/s,
    );
  });

  test("misuse is a RangeError, and nothing is sent", () => {
    const to = endpoint("127.0.0.1", 9);
    expect(() => request(to, { name: "" }, new Answer())).toThrow(RangeError);
    expect(() => request(to, { headers: { a: "b\r\nc" } }, new Answer())).toThrow(RangeError);
    expect(() => request(to, {}, new Answer(), { idleTimeoutMs: 0 })).toThrow(
      "idleTimeoutMs is a number above 0, not 0",
    );
  });
});

describe("answers of foreign servers", () => {
  test.each([
    ["with a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"],
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"],
    ["until the connection ends", "HTTP/1.0 200 OK\r\n\r\nhello", "hello"],
    ["behind interim answers", "HTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""],
    ["without a phrase", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello"],
  ])("%s", async (_what, text, body) => {
    const answer = await fetchFile(await saying(text));
    expect(answer.events.at(-1)).toBe("end");
    expect(answer.body.toString()).toBe(body);
  });

  test("a whole answer is complete though the server keeps the connection, and says more", async () => {
    let closed = false;
    const port = await saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world", (socket) => {
      socket.on("end", () => {
        closed = true;
      });
    });
    const answer = await fetchFile(port);
    expect([answer.events, answer.body.toString()]).toEqual([["200 OK", "end"], "hello"]);
    await waitFor("the client's end of the connection", () => closed);
  });

  test.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "incomplete"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "incomplete"],
    ["HTTP/1.1 200 OK\r\n", "incomplete"],
    ["", "incomplete"],
    ["what?\r\n\r\n", "bad-response"],
    ["HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "bad-response"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", "bad-response"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "bad-response"],
    [`HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, "bad-response"],
  ])("%j: %s", async (text, reason) => {
    const answer = await fetchFile(await saying(text));
    expect(answer.events.at(-1)).toBe(reason);
    expect(
      answer.events.filter((event) => !/^\d/.test(event)),
      "one outcome",
    ).toHaveLength(1);
  });

  test("a reset: `reset`, or `incomplete` where the system does not tell", async () => {
    const port = await saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", (socket) => {
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect(["reset", "incomplete"]).toContain((await fetchFile(port)).events.at(-1));
  });
});

describe("patience", () => {
  test("nobody listens: refused", async () => {
    const lines = new TraceLines();
    const answer = new Answer();
    request(endpoint("127.0.0.1", 9), {}, answer, {}, lines.trace);
    expect(answer.events, "not within the call").toEqual([]);
    await waitFor("the outcome", () => answer.isOver);
    expect(answer.events).toEqual(["refused"]);
    expect(lines.http).toEqual(["failed: refused (ECONNREFUSED)"]);
  });

  test("a connection that is never made: timeout", async () => {
    // A process that listens, and is stopped before it accepts: its backlog is full after a few, and then nothing comes back.
    const listening = `const s = require("node:net").createServer(); s.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      process.stdout.write(String(s.address().port)); });`;
    const child = spawn(process.execPath, ["-e", listening], { stdio: ["ignore", "pipe", "inherit"] });
    afterTest(() => child.kill("SIGKILL"));
    const [text] = await once(child.stdout, "data");
    child.kill("SIGSTOP");
    const port = Number(text);
    const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    afterTest(() => {
      for (const filler of fillers) filler.destroy();
    });
    await waitFor("a full backlog", () => fillers.some(({ readyState }) => readyState === "open"));
    const answers = Array.from({ length: 4 }, () => new Answer());
    for (const answer of answers) request(port, {}, answer, { connectTimeoutMs: 200, idleTimeoutMs: 200 });
    await waitFor("the outcomes", () => answers.every(({ isOver }) => isOver));
    for (const { events } of answers) expect(events).toEqual(["timeout"]);
  });

  test("a server that says nothing: timeout", async () => {
    const port = await startForeignServer(() => {});
    const answer = new Answer();
    request(port, {}, answer, { idleTimeoutMs: 50 });
    await waitFor("the outcome", () => answer.isOver);
    expect(answer.events).toEqual(["timeout"]);
  });

  test("one that stops in the middle: timeout; one that goes on, however slowly, is waited for", async () => {
    const stops = await saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", () => {});
    const stopped = new Answer();
    request(stops, {}, stopped, { idleTimeoutMs: 50 });
    const drips = await startForeignServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
      const drop = (left: number): void => {
        socket.write("x");
        if (left > 1) setTimeout(drop, 20, left - 1);
      };
      drop(20);
    });
    const dripping = new Answer();
    request(drips, {}, dripping, { idleTimeoutMs: 300 });
    await waitFor("the outcomes", () => stopped.isOver && dripping.isOver);
    expect(stopped.events).toEqual(["200 OK", "timeout"]);
    expect([dripping.events, dripping.bytes]).toEqual([["200 OK", "end"], 20]);
  });

  test("a pause is no silence", async () => {
    const { port } = await startServer(serving({ "new.txt": new Uint8Array(5_000_000) }));
    const answer = new Answer();
    const exchange = request(port, {}, answer, { idleTimeoutMs: 30 });
    answer.onHead = () => exchange.pause();
    await waitFor("the pause", () => answer.bytes > 0 || answer.events.length === 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answer.isOver).toBe(false);
    exchange.resume();
    await waitFor("the outcome", () => answer.isOver);
    expect([answer.events, answer.bytes]).toEqual([["end"], 5_000_000]);
  });
});

describe("pause and cancel", () => {
  test("a pause holds the server up: it cannot send more than the system holds", async () => {
    const { server, port } = await startServer(serving({ "new.txt": new Uint8Array(100_000_000) }));
    const answer = new Answer();
    const exchange = request(port, {}, answer);
    exchange.pause();
    await waitFor("the connection", () => server.connectionCount === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([answer.events, server.uploadCount]).toEqual([[], 1]);
    exchange.pause();
    exchange.resume();
    exchange.resume();
    await waitFor("the outcome", () => answer.isOver);
    expect([answer.events, answer.bytes]).toEqual([["200 OK", "end"], 100_000_000]);
  });

  test("cancel: at once, once, and the server's upload ends", async () => {
    const lines = new TraceLines();
    const { server, port } = await startServer(serving({ "new.txt": new Uint8Array(100_000_000) }));
    const answer = new Answer();
    const exchange = request(port, {}, answer, {}, lines.trace);
    exchange.pause();
    await waitFor("the upload", () => server.uploadCount === 1);
    exchange.cancel();
    expect(answer.events).toEqual(["cancelled"]);
    exchange.cancel();
    exchange.resume();
    await waitFor("the end of the upload", () => server.uploadCount === 0 && server.connectionCount === 0);
    expect(answer.events).toEqual(["cancelled"]);
    expect(lines.http.at(-1)).toBe("failed: cancelled");
  });

  test("cancel before there is a connection", async () => {
    const { server, port, lines } = await startServer(serving({}));
    const answer = new Answer();
    request(port, {}, answer).cancel();
    expect(answer.events).toEqual(["cancelled"]);
    await fetchFile(port);
    await waitFor("the end of the connections", () => server.connectionCount === 0);
    expect(lines.http).toHaveLength(2);
  });

  test("the trace has the request, the answer and the outcome", async () => {
    const lines = new TraceLines();
    const { port } = await startServer(serving({ "new.txt": new Uint8Array(10) }));
    const answer = new Answer();
    request(port, {}, answer, {}, lines.trace);
    await waitFor("the outcome", () => answer.isOver);
    expect(lines.http).toEqual(["GET new.txt HTTP/1.1", "200 OK", "complete 10 bytes"]);
  });
});
