/** Downloads and serving (report-facts, Tests 3 and 4; RFC 9110, 14 for ranges). */

import { describe, expect, test } from "vitest";
import { generatedFile } from "../../../src/core/peer/generated-file.ts";
import type { DownloadOptions, DownloadOutcome } from "../../../src/core/peer/outcomes.ts";
import { endpoint, type FileRequest, type ResponseHead } from "../../../src/core/transport.ts";
import { FileSharing } from "../support/file-sharing.ts";

const H2 = { ip: "10.0.0.2", httpPort: 80 };
const SIZE_BYTES = 58_710;

/** H2 shares new.txt; H4 downloads. */
function downloading() {
  const sharing = new FileSharing();
  const h2 = sharing.joined(2, { "new.txt": SIZE_BYTES });
  const h4 = sharing.joined(4);
  sharing.network.run(100);
  const outcomes: DownloadOutcome[] = [];
  const download = (name = "new.txt", source = H2, options: DownloadOptions = {}) =>
    h4.peer.download(name, source, (outcome) => outcomes.push(outcome), options);
  return { sharing, network: sharing.network, h2, h4, outcomes, download };
}

const bytesOf = (name: string, first = 0, last = SIZE_BYTES - 1) => generatedFile(name, SIZE_BYTES).read(first, last);

describe("download", () => {
  test("Test 3: (200, 'OK'), and all 58,710 bytes are in the store", () => {
    const { network, h4, outcomes, download } = downloading();
    download();
    network.run(200);
    // Request and head take 1 ms each.
    expect(outcomes).toEqual([
      { status: "downloaded", httpStatus: 200, reason: "OK", bytes: SIZE_BYTES, elapsedMs: 2 },
    ]);
    expect(h4.files.get("new.txt")?.read(0, SIZE_BYTES - 1)).toEqual(bytesOf("new.txt"));
    expect(h4.host.noted("action").at(-1)).toBe("download new.txt from 10.0.0.2 80 -> (200, 'OK') 58710 bytes");
  });

  test("Test 4: a peer that does not share the file answers (404, 'file not found'); nothing is stored", () => {
    const { sharing, network, h4, outcomes, download } = downloading();
    sharing.joined(3, { "f1.txt": 10, "f3.txt": 10 });
    download("new.txt", { ip: "10.0.0.3", httpPort: 80 });
    network.run(200);
    expect(outcomes).toEqual([{ status: "refused", httpStatus: 404, reason: "file not found" }]);
    expect(h4.files.has("new.txt")).toBe(false);
    expect(h4.host.noted("action").at(-1)).toMatch(/-> \(404, 'file not found'\)$/);
  });

  test("a downloaded file is shared only when its user shares it", () => {
    const { sharing, network, h4, download } = downloading();
    download();
    network.run(200);
    expect(h4.peer.list()).toBe("1 10.0.0.4 80");
    h4.peer.share("new.txt");
    network.run(300);
    expect(sharing.table()).toContain("10.0.0.4:80 new.txt");
  });

  test("a range is fetched with 206, and the part stored under the name", () => {
    const { network, h4, outcomes, download } = downloading();
    download("new.txt", H2, { range: { first: 100, last: 199 } });
    network.run(200);
    expect(outcomes).toMatchObject([{ status: "downloaded", httpStatus: 206, bytes: 100 }]);
    expect(h4.files.get("new.txt")?.read(0, 99)).toEqual(bytesOf("new.txt", 100, 199));
  });

  test("a range behind the file's end: 416", () => {
    const { network, outcomes, download } = downloading();
    download("new.txt", H2, { range: { first: SIZE_BYTES } });
    network.run(200);
    expect(outcomes).toMatchObject([{ status: "refused", httpStatus: 416 }]);
  });

  test("an exchange that breaks off leaves nothing under the name, and no room taken", () => {
    const { network, h4, outcomes, download } = downloading();
    network.breakAfterBytes = 40_000;
    download();
    network.run(200);
    expect(outcomes).toEqual([{ status: "failed", reason: "reset" }]);
    expect(h4.files.has("new.txt")).toBe(false);
    expect(h4.files.heldBytes).toBe(0);
  });

  test("nobody there: refused by the host, not by HTTP", () => {
    const { network, outcomes, download } = downloading();
    download("new.txt", { ip: "10.0.0.99", httpPort: 80 });
    network.run(200);
    expect(outcomes).toEqual([{ status: "failed", reason: "refused" }]);
  });

  test("cancel ends it once", () => {
    const { network, h4, outcomes, download } = downloading();
    const handle = download();
    network.run(101);
    handle.cancel();
    handle.cancel();
    network.run(200);
    expect(outcomes).toEqual([{ status: "failed", reason: "cancelled" }]);
    expect(h4.files.has("new.txt")).toBe(false);
  });

  test("several at once", () => {
    const { network, h2, h4, outcomes, download } = downloading();
    h2.files.put("b", generatedFile("b", 20_000));
    h2.peer.share("b");
    download();
    download("b");
    network.run(200);
    expect(outcomes.map(({ status }) => status)).toEqual(["downloaded", "downloaded"]);
    expect(h4.files.get("b")?.sizeBytes).toBe(20_000);
  });

  test("stop cancels what is under way", () => {
    const { h4, outcomes, download } = downloading();
    download();
    h4.peer.stop();
    expect(outcomes).toEqual([{ status: "failed", reason: "cancelled" }]);
    download();
    expect(outcomes).toHaveLength(2);
  });

  test.each([
    ["a part that was not asked for", undefined, 206, "bytes 0-9/100"],
    ["another part than was asked for", { first: 0, last: 9 }, 206, "bytes 10-19/100"],
    ["more than was asked for", { first: 0, last: 9 }, 206, "bytes 0-19/100"],
    ["a part that does not say which", { first: 0, last: 9 }, 206, undefined],
  ])("%s does not pass for the file", (_what, range, status, contentRange) => {
    const { sharing, network, h4, outcomes, download } = downloading();
    const liar = sharing.network.host("10.0.0.66", 8888, 80);
    const headers: Record<string, string> = contentRange === undefined ? {} : { "content-range": contentRange };
    liar.participant = {
      start() {},
      stop() {},
      onDatagram() {},
      onFileRequest: (_from, _request, response) =>
        response.respond({ status, reason: "Partial Content", headers }, [
          { file: generatedFile("x", 100), first: 0, last: 9 },
        ]),
    };
    download("new.txt", { ip: "10.0.0.66", httpPort: 80 }, range === undefined ? {} : { range });
    network.run(200);
    expect(outcomes).toEqual([{ status: "failed", reason: "bad-response" }]);
    expect(h4.files.has("new.txt")).toBe(false);
  });

  test("a store without room: failed, with its reason", () => {
    const { sharing, network, outcomes } = downloading();
    const h5 = sharing.joined(5, {}, {}, { maxBytes: SIZE_BYTES - 1 });
    h5.peer.download("new.txt", H2, (outcome) => outcomes.push(outcome));
    network.run(200);
    expect(outcomes).toEqual([
      {
        status: "failed",
        reason: "not-stored",
        detail: "no room for new.txt: the store holds at most 58709 bytes",
      },
    ]);
    expect(h5.files.heldBytes).toBe(0);
  });
});

describe("serving", () => {
  function ask(request: Partial<FileRequest>, before: (s: ReturnType<typeof downloading>) => void = () => {}) {
    const system = downloading();
    before(system);
    const answers: { head: ResponseHead; range: { first: number; last: number } | undefined; bytes: number }[] = [];
    system.h2.peer.onFileRequest(
      endpoint("10.0.0.4", 40_000),
      { method: "GET", name: "new.txt", ...request },
      {
        respond(head, content = []) {
          const part = content[0];
          if (part === undefined || part instanceof Uint8Array) answers.push({ head, range: undefined, bytes: 0 });
          else {
            const { file, first, last } = part;
            answers.push({ head, range: { first, last }, bytes: file.read(first, last).length });
          }
        },
      },
    );
    expect(answers).toHaveLength(1);
    return answers[0]!;
  }
  const fileHeaders = { "content-type": "application/octet-stream", "accept-ranges": "bytes" };

  test("GET: 200 with the whole file", () => {
    expect(ask({})).toEqual({
      head: { status: 200, reason: "OK", headers: { ...fileHeaders, "content-length": "58710" } },
      range: { first: 0, last: SIZE_BYTES - 1 },
      bytes: SIZE_BYTES,
    });
  });

  test("HEAD: the same head and no body, whatever range it names", () => {
    const { head } = ask({});
    expect(ask({ method: "HEAD" })).toEqual({ head, range: undefined, bytes: 0 });
    expect(ask({ method: "HEAD", range: { first: 5 } }).head).toEqual(head);
  });

  test.each([
    [{ first: 0, last: 0 }, "bytes 0-0/58710", 1],
    [{ first: 58_709 }, "bytes 58709-58709/58710", 1],
    [{ first: 58_000, last: 99_999 }, "bytes 58000-58709/58710", 710],
  ])("range %j: 206 with %s", (range, contentRange, bytes) => {
    const answer = ask({ range });
    expect(answer.head.status).toBe(206);
    expect(answer.head.headers).toMatchObject({ "content-range": contentRange, "content-length": String(bytes) });
    expect(answer.bytes).toBe(bytes);
  });

  test("a range that starts at the file's end: 416", () => {
    const { head, bytes } = ask({ range: { first: SIZE_BYTES } });
    expect(head).toMatchObject({ status: 416, headers: { "content-range": "bytes */58710", "content-length": "0" } });
    expect(bytes).toBe(0);
  });

  test("an empty file is served", () => {
    const { head, range } = ask({ name: "empty" }, ({ h2 }) => {
      h2.files.put("empty", generatedFile("empty", 0));
      h2.peer.share("empty");
    });
    expect(head).toMatchObject({ status: 200, headers: { "content-length": "0" } });
    expect(range).toBeUndefined();
  });

  const notFound = { status: 404, reason: "file not found", headers: { "content-length": "0" } };

  test("404: what is in the store but not shared, what is shared but gone, and what never was", () => {
    expect(ask({}, ({ h2 }) => void h2.peer.unshare("new.txt")).head).toEqual(notFound);
    expect(ask({}, ({ h2 }) => h2.files.delete("new.txt")).head).toEqual(notFound);
    expect(ask({ name: "other" }).head).toEqual(notFound);
  });

  test("who has left serves nobody", () => {
    expect(ask({}, ({ h2 }) => h2.peer.exit(() => {})).head).toEqual(notFound);
  });
});
