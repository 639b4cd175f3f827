import { describe, expect, test } from "vitest";
import { serveFile } from "../../../src/core/peer/serving.ts";
import {
  type Exchange,
  endpoint,
  type FileBody,
  type FileRequest,
  type ResponseHandlers,
  type ResponseHead,
  wholeFile,
} from "../../../src/core/transport.ts";
import { fileResponse, responseHead } from "../../../src/core/wire/http.ts";
import { request } from "../../../src/sim/stream/http-client.ts";
import { type FileRequestHandler, serveFiles } from "../../../src/sim/stream/http-server.ts";
import { expectBytes, pattern, type SentSegment, Spy, text, Wire, type WireOptions } from "./wire.ts";

/** What a client heard of one exchange. */
class Answer implements ResponseHandlers {
  readonly events: string[] = [];
  head: ResponseHead | undefined = undefined;
  private readonly parts: Uint8Array[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.parts.flatMap((part) => [...part]));
  }

  get length(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  onHead(head: ResponseHead): void {
    this.head = head;
    this.events.push(`${head.status} ${head.reason}`);
  }

  onData(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
    if (this.events.at(-1) !== "data") this.events.push("data");
  }

  onEnd(): void {
    this.events.push("end");
  }

  onError(reason: string): void {
    this.events.push(`error: ${reason}`);
  }
}

/** A file in memory that notes how much of it was read at a time. */
function fileOf(bytes: Uint8Array) {
  const reads: number[] = [];
  const body: FileBody = {
    sizeBytes: bytes.length,
    read(first, last) {
      reads.push(last - first + 1);
      return bytes.subarray(first, last + 1);
    },
  };
  return { body, reads };
}

const NEW_TXT = pattern(58_710);
const newTxt = fileOf(NEW_TXT);

/** Serves new.txt as a peer would, and nothing else. */
const serveNewTxt: FileRequestHandler = (_from, { method, name, range }, response) => {
  if (name !== "new.txt") return response.respond(responseHead(404));
  const { head, body } = fileResponse(newTxt.body.sizeBytes, range);
  if (body === undefined || method === "HEAD") return response.respond(head);
  return response.respond(head, [{ file: newTxt.body, ...body }]);
};

function exchangeHosts(options: WireOptions = {}, handler: FileRequestHandler = serveNewTxt) {
  const wire = new Wire(options);
  const client = wire.host("10.0.0.4");
  const server = wire.host("10.0.0.2");
  serveFiles(server.layer, 80, handler);
  const get = (what: Partial<FileRequest> = {}, handlers: ResponseHandlers = new Answer()): Exchange =>
    request(client.layer, endpoint("10.0.0.2", 80), { method: "GET", name: "new.txt", ...what }, handlers);
  return { wire, client, server, get };
}

describe("a file, asked for and sent", () => {
  test("200: the report's request on the wire, the whole file, everything closed", () => {
    const { wire, client, server, get } = exchangeHosts();
    const answer = new Answer();
    get({}, answer);
    expect(answer.events).toEqual([]);
    wire.run();
    const [asked] = wire.sent("SEGMENT", "10.0.0.4");
    expect(asked?.segment.payload).toEqual(
      text("GET new.txt HTTP/1.1\r\nHost: 10.0.0.2\r\nAccept-Encoding: identity\r\n\r\n"),
    );
    expect(asked?.segment.payload.length).toBe(67);
    expect(answer.events).toEqual(["200 OK", "data", "end"]);
    expect(answer.head?.headers).toMatchObject({ "content-length": "58710", connection: "close" });
    expectBytes(answer.bytes, NEW_TXT);
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test("both sides tell the trace", () => {
    const { wire, client, server, get } = exchangeHosts();
    get();
    wire.run();
    expect(client.http).toEqual(["GET new.txt HTTP/1.1", "200 OK", "complete 58710 bytes"]);
    expect(server.http).toEqual(["GET new.txt HTTP/1.1", "200 OK"]);
  });

  test("404: file not found, and no body", () => {
    const { wire, client, server, get } = exchangeHosts();
    const answer = new Answer();
    get({ name: "f1.txt" }, answer);
    wire.run();
    expect(answer.events).toEqual(["404 file not found", "end"]);
    expect(server.http).toEqual(["GET f1.txt HTTP/1.1", "404 file not found"]);
    expect(client.http.at(-1)).toBe("complete 0 bytes");
  });

  test("206: the bytes of the range", () => {
    const { wire, get } = exchangeHosts();
    const [middle, tail] = [new Answer(), new Answer()];
    get({ range: { first: 1000, last: 20_999 } }, middle);
    get({ range: { first: 58_000 } }, tail);
    wire.run();
    expect(middle.events).toEqual(["206 Partial Content", "data", "end"]);
    expect(middle.head?.headers["content-range"]).toBe("bytes 1000-20999/58710");
    expectBytes(middle.bytes, NEW_TXT.subarray(1000, 21_000));
    expectBytes(tail.bytes, NEW_TXT.subarray(58_000));
  });

  test("416: a range behind the end", () => {
    const { wire, get } = exchangeHosts();
    const answer = new Answer();
    get({ range: { first: 58_710 } }, answer);
    wire.run();
    expect(answer.events).toEqual(["416 Range Not Satisfiable", "end"]);
    expect(answer.head?.headers["content-range"]).toBe("bytes */58710");
  });

  test("HEAD: the length, and no body", () => {
    const { wire, get } = exchangeHosts();
    const answer = new Answer();
    get({ method: "HEAD" }, answer);
    wire.run();
    expect(answer.events).toEqual(["200 OK", "end"]);
    expect(answer.head?.headers["content-length"]).toBe("58710");
  });

  test("a name that needs encoding arrives as it was", () => {
    const names: string[] = [];
    const { wire, client, get } = exchangeHosts({}, (_from, { name }, response) => {
      names.push(name);
      response.respond(responseHead(404));
    });
    get({ name: "my file %41/ä.txt" });
    wire.run();
    expect(names).toEqual(["my file %41/ä.txt"]);
    expect(client.http[0]).toMatch(/^GET \S+ HTTP\/1.1$/);
  });

  test("an answer that comes later, and one without a length of its own", () => {
    const { wire, get } = exchangeHosts({}, (_from, _request, response) => {
      wire.at(5000, () => response.respond({ status: 200, reason: "OK", headers: {} }, wholeFile(newTxt.body)));
    });
    const answer = new Answer();
    get({}, answer);
    wire.run();
    expect(answer.head?.headers["content-length"]).toBe("58710");
    expectBytes(answer.bytes, NEW_TXT);
  });

  test("several at a time, over bad links", () => {
    let count = 0;
    const { wire, client, server, get } = exchangeHosts({
      fate: () => (++count % 7 === 0 ? [] : [5 + (count % 5) * 10]),
    });
    const answers = Array.from({ length: 5 }, () => new Answer());
    for (const answer of answers) get({}, answer);
    wire.run();
    for (const answer of answers) {
      expect(answer.events).toEqual(["200 OK", "data", "end"]);
      expectBytes(answer.bytes, NEW_TXT);
    }
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test("the body is read a piece at a time, as the stream takes it", () => {
    const { body, reads } = fileOf(pattern(1_000_000));
    const { wire, get } = exchangeHosts({}, (_from, _request, response) => {
      response.respond(responseHead(200, { "content-length": "1000000" }), wholeFile(body));
    });
    const answer = new Answer();
    get({}, answer);
    wire.run(31);
    expect(Math.max(...reads)).toBeLessThanOrEqual(16_384);
    expect(reads.reduce((a, b) => a + b, 0)).toBeLessThan(150_000);
    wire.run();
    expect(answer.length).toBe(1_000_000);
    expect(answer.events.at(-1)).toBe("end");
  });

  test("pause stops the flow within a window, for any time; resume lets it go on", () => {
    const { wire, get } = exchangeHosts({ stream: { receiveWindowBytes: 8000 } });
    const answer = new Answer();
    const exchange = get({}, answer);
    wire.run(60);
    exchange.pause();
    const before = answer.length;
    expect(before).toBeGreaterThan(0);
    wire.run(1_000_000);
    expect(answer.length).toBe(before);
    exchange.resume();
    wire.run();
    expect(answer.events).toEqual(["200 OK", "data", "end"]);
    expectBytes(answer.bytes, NEW_TXT);
  });

  test("pause before anything has come: for any time, too", () => {
    // The whole answer lies in the client's receive buffer long after the server has forgotten the stream.
    const { wire, client, server, get } = exchangeHosts();
    const answer = new Answer();
    const exchange = get({}, answer);
    exchange.pause();
    wire.run(1_000_000);
    expect(answer.events).toEqual([]);
    expect(server.layer.openStreams).toBe(0);
    exchange.resume();
    wire.run();
    expectBytes(answer.bytes, NEW_TXT);
    expect(client.layer.openStreams).toBe(0);
    expect(answer.events).toEqual(["200 OK", "data", "end"]);
  });
});

describe("what a peer's server does beyond that (RFC 9110)", () => {
  let closed = 0;
  const known: FileBody = {
    ...newTxt.body,
    validators: { etag: '"v1"', lastModifiedMs: 0 },
    close: () => void closed++,
  };
  const serveKnown: FileRequestHandler = (_from, request, response) => {
    const store = { open: (_: string, found: (body: FileBody) => void) => found(known), has: () => true };
    const never = { create: () => expect.unreachable(), partial: () => expect.unreachable() };
    serveFile({ ...store, ...never }, true, request, response, () => "B");
  };

  function ask(what: Partial<FileRequest>) {
    closed = 0;
    const { wire, get } = exchangeHosts({}, serveKnown);
    const answer = new Answer();
    get(what, answer);
    wire.run();
    expect(closed, "the file is closed once").toBe(1);
    return answer;
  }

  test("the last bytes of a file", () => {
    const answer = ask({ range: { suffixBytes: 1000 } });
    expect(answer.head?.headers["content-range"]).toBe("bytes 57710-58709/58710");
    expectBytes(answer.bytes, NEW_TXT.subarray(57_710));
  });

  test("several ranges", () => {
    const answer = ask({ headers: { range: "bytes=0-19999,30000-30000" } });
    expect(answer.head).toMatchObject({ status: 206, headers: { "content-type": "multipart/byteranges; boundary=B" } });
    expect(answer.length).toBe(Number(answer.head?.headers["content-length"]));
    expectBytes(answer.bytes.subarray(answer.length - 1 - 9, answer.length - 9), NEW_TXT.subarray(30_000, 30_001));
  });

  test("If-Range goes out with the request", () => {
    expect(ask({ range: { first: 58_000 }, headers: { "if-range": '"v1"' } }).events[0]).toBe("206 Partial Content");
    expect(ask({ range: { first: 58_000 }, headers: { "if-range": '"v0"' } }).events[0]).toBe("200 OK");
  });

  test("304 has neither a body nor a length", () => {
    const answer = ask({ headers: { "if-none-match": '"v1"' } });
    expect(answer.events).toEqual(["304 Not Modified", "end"]);
    expect(answer.head?.headers).not.toHaveProperty("content-length");
  });
});

describe("exactly one outcome", () => {
  test("cancel mid-way: `cancelled` at once, and nothing after; the server's stream is reset", () => {
    const { wire, client, server, get } = exchangeHosts();
    const answer = new Answer();
    const exchange = get({}, answer);
    wire.run(60);
    expect(answer.events).toEqual(["200 OK", "data"]);
    exchange.cancel();
    expect(answer.events).toEqual(["200 OK", "data", "error: cancelled"]);
    exchange.cancel();
    wire.run();
    expect(answer.events).toEqual(["200 OK", "data", "error: cancelled"]);
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
    expect(client.http.at(-1)).toBe("failed: cancelled");
  });

  test("cancel from within onHead: not one byte of the body after it", () => {
    const { wire, get } = exchangeHosts();
    const answer = new Answer();
    const exchange: Exchange = get(
      {},
      {
        onHead: (head) => {
          answer.onHead(head);
          exchange.cancel();
        },
        onData: (bytes) => answer.onData(bytes),
        onEnd: () => answer.onEnd(),
        onError: (reason) => answer.onError(reason),
      },
    );
    wire.run();
    expect(answer.events).toEqual(["200 OK", "error: cancelled"]);
  });

  test("cancel after the end does nothing", () => {
    const { wire, get } = exchangeHosts();
    const answer = new Answer();
    const exchange = get({}, answer);
    wire.run();
    exchange.cancel();
    exchange.pause();
    exchange.resume();
    wire.run();
    expect(answer.events).toEqual(["200 OK", "data", "end"]);
  });

  test("refused: no file server there", () => {
    const { wire, client } = exchangeHosts();
    const answer = new Answer();
    request(client.layer, endpoint("10.0.0.2", 8080), { method: "GET", name: "new.txt" }, answer);
    wire.run();
    expect(answer.events).toEqual(["error: refused"]);
  });

  test("timeout: nobody there at all", () => {
    const { wire, client } = exchangeHosts();
    const answer = new Answer();
    request(client.layer, endpoint("10.0.0.77", 80), { method: "GET", name: "new.txt" }, answer);
    wire.run();
    expect(answer.events).toEqual(["error: timeout"]);
  });

  test("reset: the server dies mid-body", () => {
    const { wire, client, server, get } = exchangeHosts();
    const answer = new Answer();
    get({}, answer);
    wire.run(60);
    server.layer.crash(true);
    wire.run();
    expect(answer.events).toEqual(["200 OK", "data", "error: reset"]);
    expect(client.layer.openStreams).toBe(0);
  });

  test("timeout: the server's host vanishes mid-body without a word; not before the exchange stood still for 120 s", () => {
    const { wire, client, server, get } = exchangeHosts();
    const answer = new Answer();
    get({}, answer);
    wire.run(60);
    server.layer.crash(false);
    server.isUnplugged = true;
    const [last] = wire.sent("SEGMENT", "10.0.0.2").slice(-1) as [SentSegment];
    wire.run(last.atMs + 10 + 119_999);
    expect(answer.events).toEqual(["200 OK", "data"]);
    wire.run(last.atMs + 10 + 120_000);
    expect(answer.events).toEqual(["200 OK", "data", "error: timeout"]);
    expect(client.layer.openStreams).toBe(0);
  });

  test("incomplete: the server ends the stream before the body is whole", () => {
    const { wire, client, server } = exchangeHosts();
    server.layer.listen(81, (stream) => {
      stream.write(text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"));
      stream.end();
      return { onData() {} };
    });
    const answer = new Answer();
    request(client.layer, endpoint("10.0.0.2", 81), { method: "GET", name: "new.txt" }, answer);
    wire.run();
    expect(answer.events).toEqual(["200 OK", "data", "error: incomplete"]);
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test.each([
    { server: "closes", openBetween: 0 },
    { server: "never closes, so that it is broken off after 120 s", openBetween: 1 },
  ])("complete while paused: the stream is not left behind where the server $server", ({ openBetween }) => {
    const { wire, client, server } = exchangeHosts();
    server.layer.listen(81, (stream) => {
      stream.write(text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
      if (openBetween === 0) stream.end();
      return { onData() {} };
    });
    const answer = new Answer();
    const exchange: Exchange = request(
      client.layer,
      endpoint("10.0.0.2", 81),
      { method: "GET", name: "new.txt" },
      {
        onHead: (head) => answer.onHead(head),
        onData: (bytes) => {
          answer.onData(bytes);
          exchange.pause();
        },
        onEnd: () => answer.onEnd(),
        onError: (reason) => answer.onError(reason),
      },
    );
    wire.run(1000);
    expect(answer.events).toEqual(["200 OK", "data", "end"]);
    expect(client.layer.openStreams).toBe(openBetween);
    wire.run();
    expect(client.layer.openStreams).toBe(0);
    expect(answer.events).toEqual(["200 OK", "data", "end"]);
  });

  test("reset: a file that turns out shorter than promised is never taken for whole", () => {
    const short: FileBody = { sizeBytes: 50_000, read: (first) => pattern(20_000).subarray(first, first + 5000) };
    const { wire, get } = exchangeHosts({}, (_from, _request, response) => {
      response.respond(responseHead(200, { "content-length": "50000" }), wholeFile(short));
    });
    const answer = new Answer();
    get({}, answer);
    wire.run();
    expect(answer.events.at(-1)).toBe("error: reset");
  });

  test.each(["what?\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n"])(
    "bad-response: %j",
    (bytes) => {
      const { wire, client, server } = exchangeHosts();
      server.layer.listen(81, (stream) => {
        stream.write(text(bytes));
        return { onData() {} };
      });
      const answer = new Answer();
      request(client.layer, endpoint("10.0.0.2", 81), { method: "GET", name: "new.txt" }, answer);
      wire.run();
      expect(answer.events).toEqual(["error: bad-response"]);
      expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
    },
  );

  test("a dead client hears nothing of its exchange", () => {
    const { wire, client, get } = exchangeHosts();
    const answer = new Answer();
    get({}, answer);
    wire.run(60);
    client.layer.crash(true);
    wire.run();
    expect(answer.events).toEqual(["200 OK", "data"]);
  });
});

describe("the server against bad clients", () => {
  function talk(bytes: string, end: boolean) {
    const hosts = exchangeHosts();
    const spy = new Spy(true);
    spy.stream = hosts.client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 80), spy);
    spy.stream.write(text(bytes));
    if (end) spy.stream.end();
    hosts.wire.run();
    return { ...hosts, spy };
  }

  test.each([
    { bytes: "GET new.txt\r\n\r\n", status: "400 Bad Request" },
    { bytes: "GET new.txt HTTP/3.0\r\nHost: x\r\n\r\n", status: "505 HTTP Version Not Supported" },
    { bytes: "PUT new.txt HTTP/1.1\r\nHost: x\r\n\r\n", status: "405 Method Not Allowed" },
    { bytes: "PUT new.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", status: "405 Method Not Allowed" },
    { bytes: "GET new.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", status: "413 Content Too Large" },
    {
      bytes: `GET new.txt HTTP/1.1\r\nHost: ${"x".repeat(20_000)}\r\n\r\n`,
      status: "431 Request Header Fields Too Large",
    },
  ])("$status", ({ bytes, status }) => {
    const { spy, server, client } = talk(bytes, false);
    expect(spy.text.split("\r\n")[0]).toBe(`HTTP/1.1 ${status}`);
    expect(spy.last).toBe("closed: ended");
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test("what it cannot read it reports", () => {
    expect(talk("GET new.txt\r\n\r\n", false).server.rejects).toEqual(["HTTP request: bad-request-line"]);
  });

  test("a client that says nothing and leaves", () => {
    const { spy, server } = talk("", true);
    expect(spy.events).toEqual(["open", "end", "closed: ended"]);
    expect(server.layer.openStreams).toBe(0);
    expect(server.rejects).toEqual([]);
  });

  test("a client that stays and says nothing is broken off after 120 s", () => {
    const { spy, server } = talk("GET new.txt HT", false);
    expect(spy.events).toEqual(["open", "closed: reset"]);
    expect(server.layer.openStreams).toBe(0);
  });

  test("of two requests on one stream the first is answered", () => {
    const once = "GET new.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    const { spy, server } = talk(once + once, false);
    expect(spy.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
    expect(server.http).toEqual(["GET new.txt HTTP/1.1", "200 OK"]);
    expect(spy.last).toBe("closed: ended");
  });

  test("a client that takes the answer and never closes is forgotten; it may still read, and then end in order", () => {
    const { wire, client, server } = exchangeHosts();
    const spy = new Spy();
    const stream = client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 80), spy);
    stream.write(text("GET x HTTP/1.1\r\nHost: x\r\n\r\n"));
    wire.run(1000);
    expect(spy.last).toBe("end");
    expect(server.layer.openStreams).toBe(1);
    wire.run();
    expect(server.layer.openStreams).toBe(0);
    expect(spy.last).toBe("end");
    stream.end();
    wire.run();
    expect(spy.last).toBe("closed: ended");
  });

  test("respond is called once", () => {
    const { wire, get } = exchangeHosts({}, (_from, _request, response) => {
      response.respond(responseHead(404));
      expect(() => response.respond(responseHead(404))).toThrow(/call respond once/);
    });
    get();
    wire.run();
    expect.assertions(1);
  });
});
