/** The contract of a Transport: reliable byte streams. */

import { describe, expect, test } from "vitest";
import type { Endpoint, Stream, StreamCloseReason, StreamHandlers } from "../../src/core/transport.ts";
import { bytesOf, type ContractHost, type ContractWorld, concat, firstDifference, pattern, textOf } from "./world.ts";

/** One end of a stream, with all that happened to it. */
class End implements StreamHandlers {
  readonly pieces: Uint8Array[] = [];
  readonly events: string[] = [];
  stream: Stream | undefined = undefined;

  onOpen(stream: Stream): void {
    this.stream = stream;
    this.events.push("open");
  }
  onData(bytes: Uint8Array, stream: Stream): void {
    this.stream = stream;
    this.pieces.push(bytes.slice());
  }
  onDrain(): void {
    this.events.push("drain");
  }
  onEnd(): void {
    this.events.push("end");
  }
  onClose(reason: StreamCloseReason): void {
    this.events.push(`close ${reason}`);
  }

  get text(): string {
    return textOf(concat(this.pieces));
  }
  get isClosed(): boolean {
    return this.events.at(-1)?.startsWith("close") ?? false;
  }
}

/** A host that accepts streams, and the ends it has. */
async function server(world: ContractWorld, make = () => new End()): Promise<ContractHost & { ends: End[] }> {
  const ends: End[] = [];
  const host = await world.host({
    onConnection(stream) {
      const end = make();
      end.stream = stream;
      ends.push(end);
      return end;
    },
  });
  return { ...host, ends };
}

export function streamContract(current: () => ContractWorld): void {
  /** A client connected to a server. */
  async function connected(
    make?: () => End,
  ): Promise<{ world: ContractWorld; client: End; accepted: End; to: Endpoint }> {
    const world = current();
    const host = await server(world, make);
    const client = new End();
    const to = host.transport.self;
    client.stream = (await world.host()).transport.connect(to, client);
    await world.waitFor("the connection", () => client.events.length > 0 && host.ends.length > 0);
    return { world, client, accepted: host.ends[0] as End, to };
  }

  describe("streams", () => {
    test("open at both ends, and know whom they talk to; nothing is called within connect", async () => {
      const world = current();
      const host = await server(world);
      const client = new End();
      const stream = (await world.host()).transport.connect(host.transport.self, client);
      expect(client.events).toEqual([]);
      expect(stream.remote.key).toBe(host.transport.self.key);
      await world.waitFor("the connection", () => client.events.length > 0 && host.ends.length > 0);
      expect(client.events).toEqual(["open"]);
      expect(host.ends[0]?.events).toEqual([]); // onOpen is for the side that connects
    });

    test("carry bytes both ways, in order", async () => {
      const { world, client, accepted } = await connected();
      for (const word of ["one ", "two ", "three"]) client.stream?.write(bytesOf(word));
      accepted.stream?.write(bytesOf("the other way"));
      await world.waitFor("both texts", () => accepted.text.length === 13 && client.text.length === 13);
      expect([accepted.text, client.text]).toEqual(["one two three", "the other way"]);
    });

    test("may be written to before they are open", async () => {
      const world = current();
      const host = await server(world);
      const client = new End();
      const stream = (await world.host()).transport.connect(host.transport.self, client);
      stream.write(bytesOf("early"));
      await world.waitFor("the text", () => host.ends[0]?.text === "early");
    });

    test("end orderly: what was written arrives, then onEnd, and the other direction goes on (half-close)", async () => {
      const { world, client, accepted } = await connected();
      client.stream?.write(bytesOf("last words"));
      client.stream?.end();
      await world.waitFor("the end", () => accepted.events.includes("end"));
      expect(accepted.text).toBe("last words");
      expect(client.isClosed).toBe(false);
      accepted.stream?.write(bytesOf("still here"));
      await world.waitFor("the answer", () => client.text === "still here");
      accepted.stream?.end();
      await world.waitFor("both closed", () => client.isClosed && accepted.isClosed);
      expect(client.events).toEqual(["open", "end", "close ended"]);
      expect(accepted.events).toEqual(["end", "close ended"]);
    });

    test("ended by both sides at once close at both", async () => {
      const { world, client, accepted } = await connected();
      client.stream?.end();
      accepted.stream?.end();
      await world.waitFor("both closed", () => client.isClosed && accepted.isClosed);
      expect([client.events.at(-1), accepted.events.at(-1)]).toEqual(["close ended", "close ended"]);
    });

    test("aborted: the other side sees a reset; nothing more is called here but the close", async () => {
      const { world, client, accepted } = await connected();
      client.stream?.abort();
      await world.waitFor("the reset", () => accepted.isClosed);
      expect(accepted.events).toEqual(["close reset"]);
      await world.pass(20);
      expect(client.pieces).toEqual([]);
      expect(client.events.filter((event) => event.startsWith("close")).length).toBeLessThanOrEqual(1);
    });

    test("are refused where nobody listens", async () => {
      const world = current();
      const client = new End();
      const { transport } = await world.host();
      transport.connect(world.nobody, client);
      await world.waitFor("the refusal", () => client.isClosed);
      expect(client.events).toEqual(["close refused"]);
    });

    test("are refused by a participant that takes no connections", async () => {
      const world = current();
      const deaf = await world.host();
      const client = new End();
      (await world.host()).transport.connect(deaf.transport.self, client);
      await world.waitFor("the refusal", () => client.isClosed);
      expect(client.events).toEqual(["close refused"]);
    });

    test("closed: writing, ending and aborting do nothing any more", async () => {
      const { world, client, accepted } = await connected();
      client.stream?.end();
      accepted.stream?.end();
      await world.waitFor("both closed", () => client.isClosed && accepted.isClosed);
      const events = [...client.events];
      client.stream?.write(bytesOf("too late"));
      client.stream?.end();
      client.stream?.abort();
      await world.pass(20);
      expect(client.events).toEqual(events);
      expect(accepted.text).toBe("");
    });

    test("carry two megabytes without a byte lost, doubled or out of place, and ask the writer to wait", async () => {
      const { world, client, accepted } = await connected();
      const all = pattern(2 << 20);
      const PIECE = 50_000;
      let at = 0;
      let waits = 0;
      const feed = (): void => {
        while (at < all.length) {
          const piece = all.slice(at, at + PIECE);
          at += piece.length;
          if (client.stream?.write(piece) === false) {
            waits++;
            return;
          }
        }
        client.stream?.end();
      };
      client.onDrain = feed;
      feed();
      await world.waitFor("the end", () => accepted.events.includes("end"));
      expect(firstDifference(concat(accepted.pieces), all)).toBe(-1);
      expect(waits).toBeGreaterThan(0);
    });

    test("many at once do not mix", async () => {
      const world = current();
      const host = await server(world);
      const clients: End[] = [];
      const { transport } = await world.host();
      for (let i = 0; i < 10; i++) {
        const client = new End();
        clients.push(client);
        const stream = transport.connect(host.transport.self, client);
        stream.write(bytesOf(`stream ${i}`));
        stream.end();
      }
      await world.waitFor(
        "all ends",
        () => host.ends.length === 10 && host.ends.every(({ events }) => events.includes("end")),
      );
      expect(host.ends.map(({ text }) => text).toSorted()).toEqual(clients.map((_, i) => `stream ${i}`));
    });
  });
}
