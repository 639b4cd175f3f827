/** UDP and TCP at one port number. */

import { expect, test } from "vitest";
import { bindSockets, closeServer } from "../../src/transport/bind.ts";
import { bindStreams } from "../../src/transport/streams/host-streams.ts";
import { TransportError } from "../../src/transport/transport-error.ts";

const taken = new TransportError("EADDRINUSE", "taken");

test("port 0: where the TCP port of the same number is taken, another number is tried", async () => {
  const tried: number[] = [];
  const { udp, tcp } = await bindSockets("127.0.0.1", 0, 1 << 16, (address, port) => {
    tried.push(port);
    return tried.length < 4 ? Promise.reject(taken) : bindStreams(address, port);
  });
  expect(tried).toHaveLength(4);
  expect(udp.port).toBe(tried[3]);
  expect(tcp).not.toBeInstanceOf(TransportError);
  await Promise.all([udp.close(), closeServer(tcp)]);
});

test("port 0: not without end", async () => {
  let tries = 0;
  const { udp, tcp } = await bindSockets("127.0.0.1", 0, 1 << 16, () => {
    tries++;
    return Promise.reject(taken);
  });
  expect([tries, tcp]).toEqual([50, taken]);
  await udp.close();
});

test("a port that was asked for is not exchanged for another", async () => {
  const { udp: first, tcp: firstTcp } = await bindSockets("127.0.0.1", 0, 1 << 16);
  await Promise.all([first.close(), closeServer(firstTcp)]);
  const { udp, tcp } = await bindSockets("127.0.0.1", first.port, 1 << 16, () => Promise.reject(taken));
  expect([udp.port, tcp]).toEqual([first.port, taken]);
  await udp.close();
});
