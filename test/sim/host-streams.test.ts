/** File requests between simulated hosts, over links that lose and reorder, and across a crash. */

import { describe, expect, test } from "vitest";
import { BytesFile } from "../../src/core/peer/memory-store.ts";
import { endpoint, type Participant, type ResponseHandlers, wholeFile } from "../../src/core/transport.ts";
import { fileResponse } from "../../src/core/wire/http.ts";
import { concat, firstDifference, pattern } from "../contract/world.ts";
import { World, type WorldOptions } from "../support/world.ts";

const FILE = pattern(60_000);

class Server implements Participant {
  start(): void {}
  stop(): void {}
  onDatagram(): void {}
  onFileRequest: NonNullable<Participant["onFileRequest"]> = (_from, _request, response) => {
    response.respond(fileResponse(FILE.length).head, wholeFile(new BytesFile(FILE)));
  };
}

interface Download {
  readonly pieces: Uint8Array[];
  readonly ends: string[];
}

function serving(options: WorldOptions): { world: World; download(): Download; server: ReturnType<World["host"]> } {
  const world = new World(options);
  const server = world.host("server", () => new Server(), { httpPort: 80 });
  const client = world.probe("client");
  return {
    world,
    server,
    download() {
      const download: Download = { pieces: [], ends: [] };
      const handlers: ResponseHandlers = {
        onHead() {},
        onData: (bytes) => void download.pieces.push(bytes.slice()),
        onEnd: () => void download.ends.push("complete"),
        onError: (reason) => void download.ends.push(reason),
      };
      client.transport.request(endpoint(server.self.host, 80), { method: "GET", name: "file" }, handlers);
      return download;
    },
  };
}

const delay = { distribution: "exponential", meanMs: 20, minMs: 5 } as const;

describe("a download", () => {
  test.each<[string, WorldOptions]>([
    ["loss", { delay, loss: 0.1 }],
    ["bursts", { delay, gilbertElliott: { p: 0.05, r: 0.4, lossGood: 0, lossBad: 1, step: "packet" } }],
    ["duplication and corruption", { delay, duplicate: 0.2, corrupt: 0.1 }],
    ["a narrow queue", { delay, rateBitsPerSecond: 1e6, queue: { packets: 4 } }],
    ["small datagrams", { delay, maxDatagramBytes: 200 }],
  ])("comes through %s with not a byte lost or out of place", (_name, options) => {
    const { world, download } = serving(options);
    const { pieces, ends } = download();
    world.runTo(600_000);
    expect(ends).toEqual(["complete"]);
    expect(firstDifference(concat(pieces), FILE)).toBe(-1);
  });

  test("takes longer where packets are lost, and where they take longer", () => {
    const took = (options: WorldOptions): number => {
      const { world, download } = serving(options);
      const { ends } = download();
      while (ends.length === 0 && world.network.step(1, 600_000)) {
        // goes on
      }
      return world.network.nowMs;
    };
    const constant = (valueMs: number): WorldOptions => ({ delay: { distribution: "constant", valueMs } });
    const [near, far, lossy] = [took(constant(5)), took(constant(50)), took({ ...constant(5), loss: 0.1 })];
    expect(far / near).toBeCloseTo(10, 5);
    expect(lossy).toBeGreaterThan(1.5 * near);
  });

  test("breaks off where the server crashes; after its restart the next one comes through", () => {
    const { world, server, download } = serving({ delay, rateBitsPerSecond: 1e6 });
    const broken = download();
    world.runTo(200);
    server.crash();
    world.runTo(10_000);
    expect(broken.pieces.length).toBeGreaterThan(0);
    expect(broken.ends).toEqual(["reset"]);
    const refused = download();
    world.runTo(20_000);
    expect(refused.ends).toEqual(["refused"]);
    server.start();
    const whole = download();
    world.runTo(60_000);
    expect(whole.ends).toEqual(["complete"]);
    expect(firstDifference(concat(whole.pieces), FILE)).toBe(-1);
  });

  test("stands still while the server is paused, and goes on afterwards", () => {
    const { world, server, download } = serving({ delay, rateBitsPerSecond: 1e6 });
    const { pieces, ends } = download();
    world.runTo(200);
    server.pause();
    world.runTo(500);
    const before = pieces.length;
    world.runTo(3000);
    expect([pieces.length, ends]).toEqual([before, []]);
    server.resume();
    world.runTo(60_000);
    expect(ends).toEqual(["complete"]);
    expect(firstDifference(concat(pieces), FILE)).toBe(-1);
  });
});
