/** One request, one answer: complete or an error, never both, never twice, whatever the connection does. */

import { describe, expect, test } from "vitest";
import { ClientExchange } from "../../src/core/client-exchange.ts";
import { endpoint, type FileRequest, type ResponseHandlers } from "../../src/core/transport.ts";
import { type NodeTrace, silentTrace } from "../../src/trace/node-trace.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

/** An exchange, and in order what its user, its trace and its connection were told. */
function exchange(react: Partial<ResponseHandlers> = {}, request: FileRequest = { method: "GET", name: "new.txt" }) {
  const told: string[] = [];
  const trace: NodeTrace = { ...silentTrace, http: (note, peer, size) => void told.push(`${peer} ${note} ${size}`) };
  const handlers: ResponseHandlers = {
    onHead: (head) => {
      told.push(`head ${head.status}`);
      react.onHead?.(head);
    },
    onData: (data) => {
      told.push(`data ${text(data)}`);
      react.onData?.(data);
    },
    onEnd: () => void told.push("end"),
    onError: (reason) => void told.push(`error ${reason}`),
  };
  const release = (isComplete: boolean) => void told.push(isComplete ? "released" : "given up");
  const one = new ClientExchange(endpoint("10.0.0.2", 80), request, handlers, trace, release);
  return { one, told };
}

describe("a client's HTTP exchange", () => {
  test("the report's request, and an answer in pieces", () => {
    const { one, told } = exchange();
    expect(text(one.begin())).toMatch(/^GET new\.txt HTTP\/1\.1\r\n/);
    one.push(bytes(ANSWER.slice(0, 20)));
    one.push(bytes(`${ANSWER.slice(20)}hel`));
    expect(one.isOver).toBe(false);
    one.push(bytes("lo"));
    expect(one.isOver).toBe(true);
    const [request, ...rest] = told;
    expect(request).toMatch(/^10\.0\.0\.2:80 GET new\.txt HTTP\/1\.1 \d+$/);
    expect(rest).toEqual([
      "10.0.0.2:80 200 OK undefined",
      "head 200",
      "data hel",
      "data lo",
      "released",
      "10.0.0.2:80 complete 5 bytes 5",
      "end",
    ]);
  });

  test("after its end nothing more is said, whatever comes", () => {
    const { one, told } = exchange();
    one.push(bytes(`${ANSWER}hello`));
    const before = told.length;
    one.push(bytes("HTTP/1.1 500 No\r\n\r\n"));
    one.end();
    one.fail("reset");
    expect(told).toHaveLength(before);
  });

  test("a connection that ends too early is an incomplete answer, and one that is none a bad one", () => {
    const cut = exchange();
    cut.one.push(bytes(`${ANSWER}hel`));
    cut.one.end();
    expect(cut.told.slice(-3)).toEqual(["given up", "10.0.0.2:80 failed: incomplete 3", "error incomplete"]);
    const rubbish = exchange();
    rubbish.one.push(bytes("SSH-2.0-OpenSSH\r\n\r\n"));
    expect(rubbish.told[0]).toBe("given up");
    expect(rubbish.told[1]).toMatch(/^10\.0\.0\.2:80 failed: bad-response \(.+\) 0$/);
    expect(rubbish.told[2]).toBe("error bad-response");
  });

  test("why it failed is in the trace, with the detail where that says more", () => {
    const plain = exchange();
    plain.one.fail("refused");
    plain.one.fail("timeout");
    expect(plain.told).toEqual(["given up", "10.0.0.2:80 failed: refused 0", "error refused"]);
    const detailed = exchange();
    detailed.one.fail("reset", "ECONNRESET");
    expect(detailed.told[1]).toBe("10.0.0.2:80 failed: reset (ECONNRESET) 0");
  });

  test("a user who cancels in the middle of a piece hears nothing of the rest of it", () => {
    const { one, told } = exchange({ onHead: () => one.fail("cancelled") });
    one.push(bytes(`${ANSWER}hello`));
    expect(told).toEqual([
      "10.0.0.2:80 200 OK undefined",
      "head 200",
      "given up",
      "10.0.0.2:80 failed: cancelled 0",
      "error cancelled",
    ]);
  });

  test("a name that no request can carry is refused at once", () => {
    expect(() => exchange({}, { method: "GET", name: "" })).toThrow(RangeError);
  });
});
