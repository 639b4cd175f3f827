/**
 * Fault rules in front of real sockets: with the same names, seed and packets, the same packets are lost, doubled and
 * damaged as in the simulated network. No timers are involved: a sender sends a list of packets, a receiver acknowledges
 * what arrives.
 */

import { afterEach, describe, expect, test } from "vitest";
import { endpoint, type PacketInfo, type Participant, type Transport } from "../../src/core/transport.ts";
import {
  defaultLinkOptions,
  defaultNetworkOptions,
  type Fault,
  type LinkOptions,
  type NetworkOptions,
} from "../../src/faults/options.ts";
import { SimNetwork } from "../../src/sim/network.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { describeReport } from "../../src/transport/describe.ts";
import { FaultyNetwork } from "../../src/transport/faulty-network.ts";
import { Tape } from "../support/tape.ts";
import { bytes, INFO, RealWorld, until } from "./support.ts";

const SEED = "two worlds";

/** What a sender sends: some messages of some packets, each some times. */
function* packets(): Generator<{ info: PacketInfo; datagram: Uint8Array }> {
  for (let message = 1; message <= 8; message++) {
    for (let seq = 1; seq <= 5; seq++) {
      for (let attempt = 1; attempt <= 3; attempt++) {
        const info: PacketInfo = { ...INFO, message, seq, total: 5, attempt };
        yield { info, datagram: bytes(`8 message ${message} attempt ${attempt} ${seq} 5`) };
      }
    }
  }
}

/** Acknowledges every packet that comes. */
function acknowledge(transport: Transport): Partial<Participant> {
  return {
    onDatagram(from, datagram) {
      const text = new TextDecoder().decode(datagram);
      const [seq, total] = text.split(" ").slice(-2).map(Number);
      const info: PacketInfo = { ...INFO, kind: "ack", message: 0, seq: (seq ?? 0) + 1, total: total ?? 0 };
      transport.send(from, bytes(`ack of ${text}`), info);
    },
  };
}

/** What became of all packets: in no order, since in the real world delays are not exact. */
function fates(tape: Tape): string[] {
  const seen = ["send", "deliver", "drop", "duplicate", "corrupt"];
  return tape.rows
    .filter(({ event }) => seen.includes(event))
    .map(({ event, node, peer, packetId, type, seq, total, attempt, bytes: length, note }) => {
      const id = type.endsWith("-ACK") ? "" : `#${packetId}`; // ACKs are numbered in the order in which they are sent
      return `${event} ${node} ${peer} ${id} ${type} ${seq}/${total} attempt ${attempt}, ${length} bytes ${note}`;
    })
    .toSorted();
}

function simulated(network: NetworkOptions): string[] {
  const tape = new Tape();
  const sim = new SimNetwork(SEED, new Recorder([tape]), network);
  const idle = { start() {}, stop() {}, onDatagram() {} };
  const b = endpoint("10.0.0.2", 7777);
  const boot = (transport: Transport): Participant => ({ ...idle, ...acknowledge(transport) });
  const sender = sim.addHost({ name: "A", endpoint: endpoint("10.0.0.1", 7777), boot: () => idle });
  sim.addHost({ name: "B", endpoint: b, boot }).start();
  sender.start();
  sim.at(0, () => {
    for (const { info, datagram } of packets()) sender.send(b, datagram, info);
  });
  sim.run();
  return fates(tape);
}

describe("the same packets as in the simulated network", () => {
  const world = { current: new RealWorld() };
  afterEach(async () => {
    await world.current.close();
    world.current = new RealWorld();
  });

  async function real(network: NetworkOptions, expected: number): Promise<string[]> {
    const { tape } = world.current;
    const faults = new FaultyNetwork({ seed: SEED, network });
    const sender = await world.current.open("A", {}, { faults });
    const receiver = await world.current.open(
      "B",
      {},
      { faults, boot: (host) => ({ start() {}, stop() {}, onDatagram() {}, ...acknowledge(host) }) },
    );
    for (const { info, datagram } of packets()) sender.send(receiver.self, datagram, info);
    await until("all of it", () => fates(tape).length >= expected);
    return fates(tape);
  }

  const link = (options: Partial<LinkOptions>): NetworkOptions => ({
    ...defaultNetworkOptions,
    link: { ...defaultLinkOptions, ...options },
  });
  const scripted = (...faults: Fault[]): NetworkOptions => ({ ...defaultNetworkOptions, faults });

  test.each<[string, NetworkOptions]>([
    ["no faults at all", defaultNetworkOptions],
    ["independent loss", link({ loss: 0.3 })],
    ["loss, duplication and corruption", link({ loss: 0.1, duplicate: 0.2, corrupt: 0.2 })],
    ["a burst-loss channel", link({ gilbertElliott: { p: 0.1, r: 0.3, lossGood: 0, lossBad: 1, step: "packet" } })],
    ["a delay that is drawn", link({ delay: { distribution: "uniform", minMs: 1, maxMs: 20 }, loss: 0.2 })],
    ["a full queue", link({ rateBitsPerSecond: 1000, queue: { packets: 3 } })],
    ["a largest datagram", link({ maxDatagramBytes: 23 })],
    [
      "one direction worse than the other",
      { ...link({ loss: 0.1 }), links: [{ from: ["B"], to: ["A"], options: { loss: 0.6 } }] },
    ],
    [
      "scripted faults",
      scripted(
        { match: { message: 2, seq: 3, attempt: 1 }, action: { do: "drop" } },
        { match: { kind: "ack", message: 4 }, action: { do: "drop" } },
        { match: { kind: "ack", nth: [2, 5] }, action: { do: "duplicate", laterMs: 3 } },
        { match: { from: "A", seq: 5 }, action: { do: "corrupt", offset: 2 } },
        { match: { to: "B", type: "DATA", attempt: 2 }, action: { do: "delay", extraMs: 5 } },
      ),
    ],
    ["a partition", { ...defaultNetworkOptions, partitions: [cut("A", "B")] }],
  ])("%s", async (name, network) => {
    const expected = simulated(network);
    expect(expected.length).toBeGreaterThan(100);
    if (name === "a full queue") {
      // The queue empties while time passes, and time passes here: what is dropped at the sender is what matters.
      const dropped = (fates: string[]): string[] => fates.filter((fate) => fate.startsWith("drop A"));
      await real(network, 2 * 120 - 10);
      expect(dropped(fates(world.current.tape))).toEqual(dropped(expected));
    } else {
      expect(await real(network, expected.length)).toEqual(expected);
    }
  });
});

function cut(from: string, to: string): NetworkOptions["partitions"][number] {
  return { from: [from], to: [to], twoWay: false, startMs: 0, endMs: Number.POSITIVE_INFINITY };
}

describe("a faulty network", () => {
  let world: RealWorld;
  afterEach(() => world.close());

  test("delays: a packet arrives no sooner than its delay, those with the shorter delay first", async () => {
    world = new RealWorld();
    const network: NetworkOptions = {
      ...defaultNetworkOptions,
      faults: [{ match: { seq: 1 }, action: { do: "delay", extraMs: 60 } }],
      link: { ...defaultLinkOptions, delay: { distribution: "constant", valueMs: 25 } },
    };
    const arrived: [string, number][] = [];
    const sender = await world.open("A", {}, { faults: new FaultyNetwork({ seed: SEED, network }) });
    const receiver = await world.open("B", {
      onDatagram: (_from, datagram) => void arrived.push([new TextDecoder().decode(datagram), sender.now()]),
    });
    const startMs = sender.now();
    sender.send(receiver.self, bytes("slow"), { ...INFO, seq: 1 });
    sender.send(receiver.self, bytes("quick"), { ...INFO, seq: 2 });
    await until("both", () => arrived.length === 2);
    expect(arrived.map(([text]) => text)).toEqual(["quick", "slow"]);
    expect((arrived[0] as [string, number])[1] - startMs).toBeGreaterThanOrEqual(25);
    expect((arrived[1] as [string, number])[1] - startMs).toBeGreaterThanOrEqual(85);
  });

  test("may be changed while hosts run", async () => {
    world = new RealWorld();
    const faults = new FaultyNetwork({
      seed: SEED,
      network: { ...defaultNetworkOptions, link: { ...defaultLinkOptions, loss: 1 } },
    });
    let arrived = 0;
    const sender = await world.open("A", {}, { faults });
    const receiver = await world.open("B", { onDatagram: () => void arrived++ });
    sender.send(receiver.self, bytes("lost"), INFO);
    faults.change({ loss: 0 });
    sender.send(receiver.self, bytes("found"), { ...INFO, message: 2 });
    await until("the second", () => arrived > 0);
    faults.change({ from: ["A"], to: ["B"], options: { loss: 1 } });
    sender.send(receiver.self, bytes("lost again"), { ...INFO, message: 3 });
    expect(world.tape.notes({ event: "drop" })).toEqual(["loss", "loss"]);
    expect(arrived).toBe(1);
  });

  test("works on what arrives from other processes too, where it is asked to, and then in both directions", async () => {
    world = new RealWorld();
    const elsewhere = new RealWorld(); // another recorder: as good as another process
    const faults = new FaultyNetwork({
      seed: SEED,
      network: { ...defaultNetworkOptions, link: { ...defaultLinkOptions, loss: 0.5 } },
      arrivals: true,
    });
    let heard = 0;
    const directory = await world.open(
      "directory",
      { onDatagram: () => void heard++ },
      {
        faults,
        describe: describeReport("directory"),
      },
    );
    const peer = await elsewhere.open("peer");
    for (let i = 1; i <= 200; i++) peer.send(directory.self, bytes("1 10.0.0.2 80  1 1"), { ...INFO, message: i });
    const seen = (): number => world.tape.find({ event: "drop" }).length + heard;
    await until("all of them", () => seen() === 200);
    expect(heard).toBeGreaterThan(60);
    expect(heard).toBeLessThan(140);
    const [drop] = world.tape.find({ event: "drop" });
    expect(drop).toMatchObject({
      node: "directory",
      peer: peer.self.key,
      type: "UPDATE",
      seq: 1,
      total: 1,
      note: "loss",
    });
    expect(world.tape.find({ event: "deliver" })).toHaveLength(heard);
    for (let i = 1; i <= 100; i++) directory.send(peer.self, bytes("x"), { ...INFO, message: i });
    const lost = world.tape.find({ event: "drop" }).length - (200 - heard);
    expect(lost).toBeGreaterThan(25);
    expect(lost).toBeLessThan(75);
    await elsewhere.close();
  });

  test("leaves what arrives alone where it is not asked to", async () => {
    world = new RealWorld();
    const elsewhere = new RealWorld();
    const faults = new FaultyNetwork({
      seed: SEED,
      network: { ...defaultNetworkOptions, link: { ...defaultLinkOptions, loss: 1 } },
    });
    let heard = 0;
    const directory = await world.open("directory", { onDatagram: () => void heard++ }, { faults });
    const peer = await elsewhere.open("peer");
    for (let i = 1; i <= 20; i++) peer.send(directory.self, bytes("x"), { ...INFO, message: i });
    await until("all of them", () => heard === 20);
    await elsewhere.close();
  });

  test("an ACK of an arrival from elsewhere has a fate of its own each time", async () => {
    world = new RealWorld();
    const elsewhere = new RealWorld();
    const network = { ...defaultNetworkOptions, link: { ...defaultLinkOptions, loss: 0.5 } };
    const directory = await world.open(
      "directory",
      {},
      {
        faults: new FaultyNetwork({ seed: SEED, network }),
        boot: (host) => ({
          start() {},
          stop() {},
          onDatagram: (from) => void host.send(from, bytes("ack"), { ...INFO, kind: "ack", message: 0 }),
        }),
      },
    );
    let acks = 0;
    const peer = await elsewhere.open("peer", { onDatagram: () => void acks++ });
    for (let i = 1; i <= 100; i++) peer.send(directory.self, bytes("same bytes"), INFO);
    const drops = (): number => world.tape.find({ event: "drop" }).length;
    await until("all of them", () => acks + drops() === 100);
    expect(acks).toBeGreaterThan(25);
    expect(acks).toBeLessThan(75);
    await elsewhere.close();
  });
});
