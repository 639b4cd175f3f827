/** The trace of real runs: the events and columns of the simulated ones, as far as a process can know them. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ArqReceiver, ArqSender } from "../../src/core/arq/bare.ts";
import { type ArqOptions, defaultArqOptions } from "../../src/core/arq/options.ts";
import { endpoint } from "../../src/core/transport.ts";
import { reportWire } from "../../src/core/wire/report.ts";
import { defaultNetworkOptions } from "../../src/faults/options.ts";
import { describeReport } from "../../src/transport/describe.ts";
import { FaultyNetwork } from "../../src/transport/faulty-network.ts";
import type { NodeHost } from "../../src/transport/node-host.ts";
import { bytes, INFO, RealWorld, until } from "./support.ts";

const arq: ArqOptions = { ...defaultArqOptions, wire: reportWire };

let world: RealWorld;
beforeEach(() => {
  world = new RealWorld();
});
afterEach(() => world.close());

describe("between hosts of one process", () => {
  /** A bulk sender and its receiver, with the first transmission of packet 2 lost. */
  async function bulk(): Promise<void> {
    const faults = new FaultyNetwork({
      seed: "trace",
      network: {
        ...defaultNetworkOptions,
        faults: [{ match: { kind: "data", seq: 2, attempt: 1 }, action: { do: "drop" } }],
      },
    });
    const options = { ...arq, rto: { ...arq.rto, initialMs: 20, minMs: 20 } };
    const receiver = await world.open("receiver", {}, { faults, boot: (host) => new ArqReceiver(host, options) });
    const sender = await world.open("sender", {}, { faults, boot: (host) => new ArqSender(host, options) });
    let isDone = false;
    (sender.participant as ArqSender).bulk(receiver.self, { messages: 1, packets: 2, bytes: 64 }, () => {
      isDone = true;
    });
    await until("the message", () => isDone);
  }

  test("a message in two packets, one of them lost once: every event, in words", async () => {
    await bulk();
    const told = world.tape.rows.map(({ event, node, peer, type, seq, total, attempt, note }) =>
      [event, node, peer, type, seq, total, attempt, note.replace(/ ?[\d.]+ ms$/, " T")].join(" ").trim(),
    );
    expect(told).toEqual([
      "state receiver   -1 -1 -1 started",
      "state sender   -1 -1 -1 started",
      "send sender receiver DATA 1 2 1",
      "deliver receiver sender DATA 1 2 1",
      "send receiver sender DATA-ACK 2 2 1",
      "deliver sender receiver DATA-ACK 2 2 1",
      "rtt sender receiver  -1 -1 -1 sample T",
      "send sender receiver DATA 2 2 1",
      "drop sender receiver DATA 2 2 1 fault 1",
      "timeout sender receiver DATA 2 2 1  T",
      "send sender receiver DATA 2 2 2 retransmission",
      "deliver receiver sender DATA 2 2 2",
      "send receiver sender DATA-ACK 3 2 1",
      "state receiver sender DATA -1 2 -1 received",
      "deliver sender receiver DATA-ACK 3 2 1",
      "rtt sender receiver  -1 -1 -1 ambiguous T",
      "state sender receiver DATA 1 2 3 delivered T",
    ]);
  });

  test("packet ids count from 1, and a deliver has its send's", async () => {
    await bulk();
    const ids = (event: "send" | "deliver"): number[] => world.tape.find({ event }).map(({ packetId }) => packetId);
    expect(ids("send")).toEqual([1, 2, 3, 4, 5]);
    expect(ids("deliver")).toEqual([1, 2, 4, 5]);
    expect(world.tape.find({ event: "timeout" })[0]?.packetId).toBe(3);
  });

  test("times are those of the events, on a clock that begins near zero and never goes back", async () => {
    await bulk();
    const times = world.tape.rows.map(({ timeNs }) => timeNs);
    expect(times.every((time, i) => Number.isInteger(time) && time >= (times[i - 1] ?? 0))).toBe(true);
    expect(times[0]).toBeLessThan(60e9);
    const [lost] = world.tape.find({ event: "send", packetId: 3 });
    const [timeout] = world.tape.find({ event: "timeout" });
    expect(timeout!.timeMs - lost!.timeMs).toBeGreaterThanOrEqual(timeout!.valueMs);
  });

  test("rtt.csv has its rows", async () => {
    await bulk();
    expect(world.tape.rtt.map(({ node, peer, kind }) => `${node} ${peer} ${kind}`)).toEqual([
      "sender receiver sample",
      "sender receiver timeout",
      "sender receiver ambiguous",
    ]);
  });

  test("equal datagrams of two senders are not mixed up, nor are two of one", async () => {
    const b = await world.open("B");
    const [a1, a2] = [await world.open("A1"), await world.open("A2")];
    const ids = [a1, a2, a1, a2, a1].map((from, i) => from.send(b.self, bytes("same"), { ...INFO, message: i + 1 }));
    await until("all", () => world.tape.find({ event: "deliver" }).length === 5);
    const delivered = world.tape.find({ event: "deliver" });
    expect(delivered.map(({ packetId, peer }) => `${packetId} ${peer}`).toSorted()).toEqual(
      ids.map((id, i) => `${id} ${i % 2 === 0 ? "A1" : "A2"}`).toSorted(),
    );
  });

  test("a host that is opened again has been restarted, and its packets have fates of their own", async () => {
    const first = await world.open("H");
    const port = first.self.port;
    await first.close();
    const again = await world.open("H", {}, { bind: { host: "127.0.0.1", port } });
    expect(world.tape.notes({ event: "state" })).toEqual(["started", "restarted"]);
    expect([first.incarnation, again.incarnation]).toEqual([1, 3]); // as the simulated host counts: up, down, up
  });
});

describe("between processes", () => {
  /** A directory in this process, and a sender in what is as good as another one: it has a recorder of its own. */
  async function twoProcesses(): Promise<{ directory: NodeHost; peer: NodeHost; elsewhere: RealWorld }> {
    const elsewhere = new RealWorld();
    const directory = await world.open("directory", {}, { describe: describeReport("directory") });
    return { directory, peer: await elsewhere.open("peer"), elsewhere };
  }

  test("the bytes say what a packet is; its id is one of this process's own, its peer an address", async () => {
    const { directory, peer, elsewhere } = await twoProcesses();
    const { self } = directory;
    for (const text of ["1 10.0.0.2 80  1 1", "5 10.0.0.3 80  2 1", "rubbish", "2 a b c 7 9"]) {
      peer.send(self, bytes(text), INFO);
    }
    await until("all", () => world.tape.find({ event: "deliver" }).length === 4);
    const told = world.tape
      .find({ event: "deliver" })
      .map(({ packetId, peer: from, type, seq, total, attempt }) => [packetId, from, type, seq, total, attempt]);
    const from = peer.self.key;
    expect(told).toEqual([
      [1, from, "UPDATE", 1, 1, -1],
      [2, from, "RESULT-ACK", 2, 1, -1],
      [3, from, "", -1, -1, -1],
      [4, from, "LOOKUP", 7, 9, -1],
    ]);
    await elsewhere.close();
  });

  test("without a description, a packet is known by its length alone", async () => {
    const elsewhere = new RealWorld();
    const [host, peer] = [await world.open("host"), await elsewhere.open("peer")];
    peer.send(host.self, bytes("1 10.0.0.2 80  1 1"), INFO);
    await until("it", () => world.tape.find({ event: "deliver" }).length === 1);
    expect(world.tape.find({ event: "deliver" })[0]).toMatchObject({ type: "", seq: -1, bytes: 18 });
    await elsewhere.close();
  });
});

describe("what does not get through", () => {
  test.each([
    ["larger than a datagram can be", "127.0.0.1", 65_508],
    ["not to an IP address", "localhost", 1],
    // An IPv6 address is none that an IPv4 socket can send to.
    ["not sent: EINVAL", "2001:db8::1", 1],
  ])("%s", async (note, address, length) => {
    const host = await world.open("H");
    const to = endpoint(address, 9);
    const id = host.send(to, new Uint8Array(length), INFO);
    await until("the drop", () => world.tape.find({ event: "drop" }).length === 1);
    expect(world.tape.find({ event: "drop" })[0]).toMatchObject({
      node: "H",
      peer: to.key,
      packetId: id,
      type: "DATA",
      bytes: length,
      note,
    });
  });

  test("sends that the system refuses are counted, each of them", async () => {
    const host = await world.open("H");
    for (let i = 0; i < 5; i++) {
      host.send(endpoint("2001:db8::1", 9), bytes("x"), INFO);
      await until("the refusal", () => host.counts.sendErrors === i + 1);
    }
    expect(world.tape.find({ event: "drop" })).toHaveLength(5);
  });

  test("a flood: what is over its source's budget is dropped before anybody sees it, and told of sparsely", async () => {
    const elsewhere = new RealWorld();
    let heard = 0;
    const host = await world.open(
      "H",
      { onDatagram: () => void heard++ },
      { budget: { datagramsPerSecond: 1e-9, burst: 100 } },
    );
    const flooder = await elsewhere.open("flooder");
    const sent = 2000;
    for (let i = 0; i < sent; i++) flooder.send(host.self, bytes("flood"), INFO);
    await until("the flood", () => heard + host.counts.overBudget === sent);
    expect([heard, host.counts.overBudget]).toEqual([100, 1900]);
    const drops = (): string[] => world.tape.notes({ event: "drop", node: "H" });
    expect(drops()[0]).toBe("over budget");
    await host.close();
    // The first, and then sums, at most one a second and one at the end.
    const summed = world.tape.find({ event: "drop", node: "H" }).slice(1);
    expect(summed.length).toBeLessThanOrEqual(1 + 20);
    expect(summed.map(({ note }) => Number(/^over budget: (\d+) more datagrams$/.exec(note)?.[1])).reduce(add)).toBe(
      1899,
    );
    expect(summed.map((row) => row.bytes).reduce(add)).toBe(1899 * 5);
    expect(summed[0]?.peer).toBe("127.0.0.1");
    await elsewhere.close();
  });

  test("hosts of the same process have no budget to use up", async () => {
    let heard = 0;
    const budget = { datagramsPerSecond: 1e-9, burst: 1 };
    const host = await world.open("H", { onDatagram: () => void heard++ }, { budget });
    const other = await world.open("other");
    for (let i = 0; i < 50; i++) other.send(host.self, bytes("x"), INFO);
    await until("all", () => heard === 50);
    expect(host.counts.overBudget).toBe(0);
  });

  test("addresses without end share one label", async () => {
    const host = await world.open("H");
    for (let i = 0; i < 70_000; i++) host.trace.state("seen", `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:9`);
    const peers = world.tape.find({ event: "state", note: "seen" }).map(({ peer }) => peer);
    expect(peers[0]).toBe("10.0.0.0:9");
    expect(peers.at(-1)).toBe("(another address)");
    expect(new Set(peers).size).toBeLessThanOrEqual(65_537);
    host.trace.state("still known by name", host.self.key);
    expect(world.tape.rows.at(-1)?.peer).toBe("H");
  });
});

function add(a: number, b: number): number {
  return a + b;
}
