/**
 * Is a scenario the transfer that the closed forms speak of? One bare sender, one bare receiver, one order; independent
 * loss, constant delay, a fixed timeout (with or without back-off) not below the RTT. If not, why not, in words.
 */

import { type Envelope, MessageType, type WireFormat } from "../core/wire/packet.ts";
import { ZERO } from "../core/wire/uint64.ts";
import { LinkTable } from "../faults/link-table.ts";
import type { Action, LinkOptions, Scenario, TimelineEntry } from "../scenario/schema.ts";
import { plainWireOf, WIRE_FORMATS } from "../scenario/wires.ts";
import { formatMs } from "../trace/format-ms.ts";
import type { Losses, Timing } from "./closed-forms.ts";

export interface BareTransfer {
  readonly losses: Losses;
  /** `rttMs` is the mean over a message's packets. */
  readonly timing: Timing;
  /** Have all packets the same RTT? On a link with a rate, longer headers take longer. */
  readonly sameRtt: boolean;
  /** Transmissions of one packet before its message is given up; Infinity = never. */
  readonly attempts: number;
  readonly messages: number;
  /** Packets of each message. */
  readonly packets: number;
  readonly payloadBytesPerPacket: number;
  /** Rate of the link that the data takes; Infinity = none. */
  readonly rateBitsPerSecond: number;
  /** How long the receiver knows a copy of a message that it has had. */
  readonly rememberedMs: number;
}

export type Analysis =
  | { readonly ok: true; readonly transfer: BareTransfer }
  | { readonly ok: false; readonly reason: string };

export type Send = Extract<Action, { kind: "send" }>;
type Order = Extract<TimelineEntry, { kind: "action" }> & { readonly action: Send };

/** What the closed forms need to know of a scenario, or the first reason why they do not apply. */
export function bareTransfer(scenario: Scenario): Analysis {
  const order = theOrder(scenario);
  if (typeof order === "string") return refuse(order);
  const links = new LinkTable(scenario.network);
  const [there, back] = [
    links.profile(order.host, order.action.to).options,
    links.profile(order.action.to, order.host).options,
  ];
  const { arq } = scenario.protocol;
  const { rto } = arq;
  const { hasMessageIds } = wireOf(scenario);
  if (rto.estimator !== "fixed") return refuse(`the timeout is adaptive (rto.estimator: ${rto.estimator})`);
  const sizes = packetSizes(scenario, order.action);
  const largest = sizes.reduce((most, { dataBytes, ackBytes }) => Math.max(most, dataBytes, ackBytes), 0);
  const unfit = whatIsUnfit(there, largest) ?? whatIsUnfit(back, largest);
  if (unfit !== undefined) return refuse(unfit);
  const rtts = sizes.map(({ packets, ...size }) => ({ packets, rttMs: rttMs(there, back, size) }));
  const slowestMs = rtts.reduce((most, rtt) => Math.max(most, rtt.rttMs), 0);
  if (slowestMs > rto.initialMs) {
    return refuse(`the RTT (${formatMs(slowestMs)} ms) is above the timeout (${formatMs(rto.initialMs)} ms)`);
  }
  const sameRtt = rtts.every((rtt) => rtt.rttMs === slowestMs);
  const sumMs = rtts.reduce((sum, rtt) => sum + rtt.packets * rtt.rttMs, 0);
  const { messages, packets } = order.action;
  return {
    ok: true,
    transfer: {
      losses: { p: there.loss, q: back.loss },
      timing: {
        rttMs: sameRtt ? slowestMs : sumMs / packets,
        timeoutMs: rto.initialMs,
        backoff: rto.backoff,
        maxTimeoutMs: rto.maxMs,
      },
      attempts: arq.maxAttempts,
      sameRtt,
      messages,
      packets,
      payloadBytesPerPacket: payloadBytes(scenario, order.action),
      rateBitsPerSecond: there.rateBitsPerSecond,
      rememberedMs: hasMessageIds ? arq.exchangeLifetimeMs : arq.duplicateWindowMs,
    },
  };
}

function refuse(reason: string): Analysis {
  return { ok: false, reason };
}

/** The one order of the timeline, or why there is none. */
function theOrder({ hosts, timeline, durationMs, network }: Scenario): Order | string {
  if (hosts.some(({ role }) => role !== "arq-sender" && role !== "arq-receiver")) {
    return "the scenario is more than a bare sender and receiver";
  }
  const [entry, ...others] = timeline;
  if (entry?.kind !== "action" || entry.action.kind !== "send" || others.length > 0) {
    return "the timeline is not one `send` and nothing else";
  }
  if (durationMs !== undefined) return "the run may be cut off by its `duration`";
  const { to } = entry.action;
  for (const host of hosts.filter(({ name }) => name === entry.host || name === to)) {
    if (host.startMs === undefined || host.startMs > entry.atMs) return `${host.name} does not run from the start`;
    if (host.clockDriftPpm !== 0) return `the clock of ${host.name} drifts`;
  }
  if (network.partitions.length > 0) return "there is a partition";
  if (network.faults.length > 0) return "there are scripted faults";
  return { ...entry, action: entry.action };
}

/** What of a link is not independent loss and constant delay. */
function whatIsUnfit(link: LinkOptions, packetBytes: number): string | undefined {
  if (link.delay.distribution !== "constant") return `the delay is not constant (${link.delay.distribution})`;
  if (link.gilbertElliott !== undefined) return "loss comes in bursts (gilbertElliott)";
  if (link.duplicate > 0) return "the network duplicates packets";
  if (link.corrupt > 0) return "the network corrupts packets";
  if (link.maxDatagramBytes < packetBytes) return "the packets are larger than the link's maxDatagram";
  if (link.queue !== undefined && "bytes" in link.queue && link.queue.bytes < packetBytes) {
    return "the packets are larger than the link's queue";
  }
  return undefined;
}

interface PacketSize {
  readonly dataBytes: number;
  readonly ackBytes: number;
}

const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
const BITS_PER_BYTE = 8;

/** Transmission and propagation there and back, in the whole nanoseconds of the simulator. */
function rttMs(there: LinkOptions, back: LinkOptions, { dataBytes, ackBytes }: PacketSize): number {
  return (oneWayNs(there, dataBytes) + oneWayNs(back, ackBytes)) / NS_PER_MS;
}

function oneWayNs({ delay, rateBitsPerSecond }: LinkOptions, bytes: number): number {
  const delayNs = delay.distribution === "constant" ? Math.round(delay.valueMs * NS_PER_MS) : Number.NaN;
  return delayNs + Math.round((bytes * BITS_PER_BYTE * NS_PER_S) / rateBitsPerSecond);
}

function payloadBytes(scenario: Scenario, { packets, bytes }: Send): number {
  return wireOf(scenario).fragmentCapacity(MessageType.DATA, packets, bytes);
}

function wireOf({ protocol }: Scenario): WireFormat {
  return WIRE_FORMATS[plainWireOf(protocol)];
}

/** Any envelope will do that could be one: they are all of one size. */
const ENVELOPE: Envelope = { messageId: { high: 0, low: 1 }, replyTo: ZERO, cookie: undefined };

/** The largest packet of an order, or the largest ACK of one. */
export function largestPackets(scenario: Scenario, send: Send): PacketSize {
  const sizes = packetSizes(scenario, send);
  const most = (of: (size: PacketSize) => number) => sizes.reduce((largest, size) => Math.max(largest, of(size)), 0);
  return { dataBytes: most(({ dataBytes }) => dataBytes), ackBytes: most(({ ackBytes }) => ackBytes) };
}

/**
 * The sizes of a message's packets. A header depends on its sequence number by its number of digits at most, and an
 * ACK's by that of the next, so that one packet stands for all up to the next power of ten.
 */
function packetSizes(scenario: Scenario, { packets, bytes }: Send): (PacketSize & { readonly packets: number })[] {
  const wire = wireOf(scenario);
  const plan = { totalPackets: packets, fragmentBytes: wire.fragmentCapacity(MessageType.DATA, packets, bytes) };
  const payload = { byteLength: packets * plan.fragmentBytes, copy() {} };
  const sizes: (PacketSize & { readonly packets: number })[] = [];
  const add = (first: number, last: number): void => {
    if (first > last) return;
    const datagram = wire.encodeData(MessageType.DATA, payload, plan, first, ENVELOPE);
    const packet = wire.decode(datagram);
    if (!packet.ok) throw new Error(`the ${wire.name} wire does not read its own packet: ${packet.reason}`);
    const ackBytes = wire.encodeAck(packet).length;
    sizes.push({ packets: last - first + 1, dataBytes: datagram.length, ackBytes });
  };
  for (let first = 1; first <= packets; first *= 10) {
    const last = Math.min(first * 10 - 1, packets);
    const isFull = last === first * 10 - 1;
    add(first, isFull ? last - 1 : last);
    if (isFull) add(last, last); // its ACK has a digit more
  }
  return sizes;
}
