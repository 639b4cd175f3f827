import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { endpoint } from "../../../src/core/transport.ts";
import { AddressPlan } from "../../../src/scenario/real/address-plan.ts";
import type { HostOptions } from "../../../src/scenario/schema.ts";

const base = { startMs: 0, clockDriftPpm: 0 };
const directory = (address: string, port: number): HostOptions =>
  ({ ...base, name: `d ${address}`, role: "directory", address, port }) as unknown as HostOptions;
const peer = (address: string, port: number, httpPort: number): HostOptions =>
  ({
    ...base,
    name: `p ${address}`,
    role: "peer",
    address,
    port,
    httpPort,
    files: [],
    shares: [],
    directory: "d",
  }) as unknown as HostOptions;

/** Takes a port, for datagrams or for streams, until the test is over. */
async function take(kind: "udp" | "tcp", address: string): Promise<number> {
  if (kind === "tcp") {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => void server.listen(0, address, resolve));
    return (server.address() as { port: number }).port;
  }
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => void socket.bind(0, address, resolve));
  return socket.address().port;
}

test("hosts are on loopback, known by the scenario's addresses in both directions", async () => {
  const hosts = [directory("10.0.0.1", 7777), peer("10.0.0.2", 8888, 80)];
  const plan = await AddressPlan.make(hosts);
  const { udp, http } = plan.place("p 10.0.0.2");
  expect([udp.host, http?.host]).toEqual([expect.stringMatching(/^127\./), udp.host]);
  expect(plan.place("d 10.0.0.1").http).toBe(undefined);
  expect(plan.realDatagramEnd(endpoint("10.0.0.2", 8888))).toBe(udp);
  expect(plan.realHttpEnd(endpoint("10.0.0.2", 80))).toBe(http);
  expect(plan.scenarioEnd(endpoint(udp.host, udp.port)).key).toBe("10.0.0.2:8888");
  expect(plan.nameOf("10.0.0.2")).toBe("p 10.0.0.2");
});

test("what no host of the scenario has is nowhere, and never the real network", async () => {
  const plan = await AddressPlan.make([peer("10.0.0.2", 8888, 80)]);
  expect(plan.realDatagramEnd(endpoint("10.0.0.2", 8889))).toBe(undefined);
  expect(plan.realDatagramEnd(endpoint("10.0.0.9", 8888))).toBe(undefined);
  expect(plan.realHttpEnd(endpoint("10.0.0.2", 8888))).toBe(undefined);
  const stranger = endpoint("127.0.0.1", 1);
  expect(plan.scenarioEnd(stranger)).toBe(stranger);
  expect(plan.nameOf("10.0.0.9")).toBe(undefined);
});

test("a port that somebody has is left to him, for datagrams and for streams", async () => {
  const own = "127.0.0.1";
  const [udp, tcp] = [await take("udp", own), await take("tcp", own)];
  const plan = await AddressPlan.make([peer("10.0.0.1", udp, tcp)]);
  const place = plan.place("p 10.0.0.1");
  expect([place.udp.port, place.http?.port]).not.toContain(udp);
  expect([place.udp.port, place.http?.port]).not.toContain(tcp);
});

test("hosts with the same ports, and a host with one number for both, get ports of their own", async () => {
  // 10.0.0.3 and 11.0.0.3 would have the same loopback address.
  const hosts = [peer("10.0.0.3", 8123, 8123), peer("11.0.0.3", 8123, 8123), directory("12.0.0.3", 8123)];
  const plan = await AddressPlan.make(hosts);
  const ends = hosts.flatMap(({ name }) => [plan.place(name).udp, plan.place(name).http ?? []].flat());
  expect(new Set(ends.map(({ key }) => key)).size).toBe(5);
});

test("a port that was taken since is given up for another one", async () => {
  const host = peer("10.0.0.1", 8124, 8125);
  const plan = await AddressPlan.make([host]);
  const before = plan.place(host.name);
  expect(await plan.placeToOpen(host)).toBe(before);
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => void socket.bind(before.udp.port, before.udp.host, resolve));
  const after = await plan.placeToOpen(host);
  expect(after.udp.key).not.toBe(before.udp.key);
  expect(plan.realDatagramEnd(endpoint("10.0.0.1", 8124))).toBe(after.udp);
  expect(plan.scenarioEnd(before.udp)).toBe(before.udp);
});
