/** The contract of a Transport: file requests and answers, as HTTP carries them. */

import { describe, expect, test } from "vitest";
import { BytesFile } from "../../src/core/peer/memory-store.ts";
import {
  type Exchange,
  type ExchangeError,
  type FileRequest,
  type FileResponse,
  type ResponseHandlers,
  type ResponseHead,
  wholeFile,
} from "../../src/core/transport.ts";
import { fileResponse, responseHead } from "../../src/core/wire/http.ts";
import { type ContractHost, type ContractWorld, concat, firstDifference, pattern, textOf } from "./world.ts";

const FILE = pattern(300_000);

/** What came of one request. */
class Answer implements ResponseHandlers {
  head: ResponseHead | undefined = undefined;
  readonly pieces: Uint8Array[] = [];
  readonly ends: string[] = [];

  onHead(head: ResponseHead): void {
    if (this.isOver || this.head) throw new Error("a head at the wrong time");
    this.head = head;
  }
  onData(bytes: Uint8Array): void {
    if (this.isOver || !this.head) throw new Error("a body at the wrong time");
    this.pieces.push(bytes.slice());
  }
  onEnd(): void {
    this.ends.push("complete");
  }
  onError(reason: ExchangeError): void {
    this.ends.push(reason);
  }

  get isOver(): boolean {
    return this.ends.length > 0;
  }
  get body(): Uint8Array {
    return concat(this.pieces);
  }
}

export function requestContract(current: () => ContractWorld): void {
  /** A host that serves one file, and keeps what was asked. */
  async function fileServer(): Promise<ContractHost & { asked: FileRequest[]; open: FileResponse[] }> {
    const asked: FileRequest[] = [];
    const open: FileResponse[] = [];
    const host = await current().host({
      onFileRequest(_from, request, response) {
        asked.push(request);
        if (request.name === "never") {
          open.push(response);
        } else if (request.name.startsWith("my file")) {
          const { head, body } = fileResponse(FILE.length, request.range);
          if (body === undefined) response.respond(head);
          else response.respond(head, [{ file: new BytesFile(FILE), ...body }]);
        } else {
          response.respond(responseHead(404));
        }
      },
    });
    return { ...host, asked, open };
  }

  async function ask(request: Partial<FileRequest>): Promise<{ answer: Answer; asked: FileRequest[] }> {
    const world = current();
    const server = await fileServer();
    const answer = new Answer();
    (await world.host()).transport.request(
      server.http,
      { method: "GET", name: "my file 100%.txt", ...request },
      answer,
    );
    expect(answer.isOver).toBe(false);
    await world.waitFor("the answer", () => answer.isOver);
    return { answer, asked: server.asked };
  }

  describe("file requests", () => {
    test("200: the whole file, byte for byte; the name arrives decoded", async () => {
      const { answer, asked } = await ask({});
      expect([answer.head?.status, answer.head?.reason, answer.ends]).toEqual([200, "OK", ["complete"]]);
      expect(answer.head?.headers["content-length"]).toBe(`${FILE.length}`);
      expect(firstDifference(answer.body, FILE)).toBe(-1);
      expect(asked).toMatchObject([{ method: "GET", name: "my file 100%.txt" }]);
    });

    test.each([
      [{ first: 0, last: 99 }, 0, 100],
      [{ first: 100_000, last: 200_000 }, 100_000, 200_001],
      [{ first: 299_999 }, 299_999, 300_000],
      [{ first: 299_990, last: 1_000_000 }, 299_990, 300_000],
    ])("206: a range, %j", async (range, start, end) => {
      const { answer, asked } = await ask({ range });
      expect([answer.head?.status, answer.ends]).toEqual([206, ["complete"]]);
      expect(answer.head?.headers["content-range"]).toBe(`bytes ${start}-${end - 1}/${FILE.length}`);
      expect(firstDifference(answer.body, FILE.slice(start, end))).toBe(-1);
      expect(asked[0]?.range).toEqual(range);
    });

    test("416: a range beyond the file has no body", async () => {
      const { answer } = await ask({ range: { first: 300_000 } });
      expect([answer.head?.status, answer.body.length, answer.ends]).toEqual([416, 0, ["complete"]]);
    });

    test("404: not found, and complete all the same", async () => {
      const { answer } = await ask({ name: "nobody has this" });
      expect([answer.head?.status, answer.body.length, answer.ends]).toEqual([404, 0, ["complete"]]);
    });

    test("HEAD: the head alone", async () => {
      const { answer } = await ask({ method: "HEAD" });
      expect([answer.head?.status, answer.body.length, answer.ends]).toEqual([200, 0, ["complete"]]);
      expect(answer.head?.headers["content-length"]).toBe(`${FILE.length}`);
    });

    test("of a name in other scripts arrives as it was given", async () => {
      const { asked } = await ask({ name: "Übung/ñandú ?&#.txt" });
      expect(asked[0]?.name).toBe("Übung/ñandú ?&#.txt");
    });

    test("refused where nobody serves files", async () => {
      const world = current();
      const answer = new Answer();
      (await world.host()).transport.request(world.nobody, { method: "GET", name: "x" }, answer);
      await world.waitFor("the refusal", () => answer.isOver);
      expect([answer.head, answer.ends]).toEqual([undefined, ["refused"]]);
    });

    test("cancelled before the answer: at once, and nothing comes afterwards", async () => {
      const world = current();
      const server = await fileServer();
      const answer = new Answer();
      const exchange = (await world.host()).transport.request(server.http, { method: "GET", name: "never" }, answer);
      await world.waitFor("the request", () => server.open.length === 1);
      exchange.cancel();
      expect(answer.ends).toEqual(["cancelled"]);
      server.open[0]?.respond(fileResponse(FILE.length).head, wholeFile(new BytesFile(FILE)));
      await world.pass(50);
      expect([answer.head, answer.ends]).toEqual([undefined, ["cancelled"]]);
      exchange.cancel();
      expect(answer.ends).toHaveLength(1);
    });

    test("cancelled in the middle of the body", async () => {
      const world = current();
      const server = await fileServer();
      const answer = new Answer();
      let exchange: Exchange | undefined;
      answer.onData = (bytes) => {
        answer.pieces.push(bytes.slice());
        exchange?.cancel();
      };
      exchange = (await world.host()).transport.request(server.http, { method: "GET", name: "my file" }, answer);
      await world.waitFor("the cancellation", () => answer.isOver);
      await world.pass(50);
      expect(answer.ends).toEqual(["cancelled"]);
      expect(answer.pieces).toHaveLength(1);
    });

    test("paused: the flow stops; resumed: it goes on to the end, complete", async () => {
      const world = current();
      const server = await fileServer();
      const answer = new Answer();
      let exchange: Exchange | undefined;
      let paused = false;
      answer.onData = (bytes) => {
        answer.pieces.push(bytes.slice());
        if (!paused) {
          paused = true;
          exchange?.pause();
        }
      };
      exchange = (await world.host()).transport.request(server.http, { method: "GET", name: "my file" }, answer);
      await world.waitFor("the first bytes", () => paused);
      await world.pass(50);
      expect(answer.isOver).toBe(false);
      const sofar = answer.body.length;
      expect(sofar).toBeLessThan(FILE.length);
      await world.pass(50);
      expect(answer.body.length).toBe(sofar);
      exchange.resume();
      await world.waitFor("the end", () => answer.isOver);
      expect(answer.ends).toEqual(["complete"]);
      expect(firstDifference(answer.body, FILE)).toBe(-1);
    });

    test("several at once, each with its own answer", async () => {
      const world = current();
      const server = await fileServer();
      const { transport } = await world.host();
      const answers = Array.from({ length: 5 }, (_, i) => {
        const answer = new Answer();
        const range = { first: i * 1000, last: i * 1000 + 999 };
        transport.request(server.http, { method: "GET", name: "my file", range }, answer);
        return answer;
      });
      await world.waitFor("all answers", () => answers.every(({ isOver }) => isOver));
      for (const [i, { body }] of answers.entries()) {
        expect(firstDifference(body, FILE.slice(i * 1000, i * 1000 + 1000))).toBe(-1);
      }
    });

    test("an empty file is complete at once", async () => {
      const world = current();
      const server = await world.host({
        onFileRequest: (_from, _request, response) =>
          response.respond(fileResponse(0).head, wholeFile(new BytesFile(new Uint8Array(0)))),
      });
      const answer = new Answer();
      (await world.host()).transport.request(server.http, { method: "GET", name: "empty" }, answer);
      await world.waitFor("the answer", () => answer.isOver);
      expect([answer.head?.status, textOf(answer.body), answer.ends]).toEqual([200, "", ["complete"]]);
    });
  });
}
