/**
 * Has a run no end? A bare sender that never gives up goes on for ever where some packet, or its ACK, can never get
 * through. Only what is certain counts here; a run that turns out so meets the limit of its events (run-cell.ts).
 */

import { LinkTable } from "../faults/link-table.ts";
import type { Fault, LinkOptions, NetworkOptions, Partition } from "../faults/options.ts";
import type { Scenario } from "../scenario/schema.ts";
import { largestPackets, type Send } from "./bare-transfer.ts";

/** One direction of an order. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly kind: "data" | "ack";
  readonly packets: number;
  readonly largestBytes: number;
  /** When the order is given. */
  readonly atMs: number;
}

export function neverEnds(scenario: Scenario): boolean {
  const { hosts, timeline, durationMs, network, protocol } = scenario;
  const isBare = hosts.every(({ role }) => role === "arq-sender" || role === "arq-receiver");
  const givesUp = protocol.arq.maxAttempts !== Number.POSITIVE_INFINITY;
  // What delivers a packet after all, changes the network or stops a host may bring an end.
  const mayChange =
    network.faults.some(({ action }) => action.do !== "drop") ||
    timeline.some((entry) => entry.kind === "network" || entry.action.kind !== "send");
  if (!isBare || mayChange || givesUp || durationMs !== undefined) return false;
  const links = new LinkTable(network);
  return timeline.some((entry) => {
    if (entry.kind !== "action" || entry.action.kind !== "send") return false;
    return waysOf(scenario, entry.host, entry.atMs, entry.action).some((way) => {
      const { options } = links.profile(way.from, way.to);
      return isDead(options, way.largestBytes) || isCut(network, way);
    });
  });
}

function waysOf(scenario: Scenario, host: string, atMs: number, send: Send): readonly Way[] {
  const { dataBytes, ackBytes } = largestPackets(scenario, send);
  const { to, packets } = send;
  return [
    { from: host, to, kind: "data", packets, largestBytes: dataBytes, atMs },
    { from: to, to: host, kind: "ack", packets, largestBytes: ackBytes, atMs },
  ];
}

/** Does a link lose every packet, or every one of this size? */
function isDead({ loss, gilbertElliott, maxDatagramBytes, queue }: LinkOptions, largestBytes: number): boolean {
  if (loss === 1 || largestBytes > maxDatagramBytes) return true;
  if (queue !== undefined && "bytes" in queue && largestBytes > queue.bytes) return true;
  if (gilbertElliott === undefined) return false;
  const { p, r, lossGood, lossBad } = gilbertElliott;
  // A channel begins in its stationary state: one that never recovers is bad from the start.
  const [isEverGood, isEverBad] = [p === 0 || r > 0, p > 0];
  return (!isEverGood || lossGood === 1) && (!isEverBad || lossBad === 1);
}

function isCut({ partitions, faults }: NetworkOptions, way: Way): boolean {
  return partitions.some((partition) => separates(partition, way)) || faults.some((fault) => dropsAll(fault, way));
}

function separates({ from, to, twoWay, startMs, endMs }: Partition, way: Way): boolean {
  if (startMs > way.atMs || endMs !== Number.POSITIVE_INFINITY) return false;
  const names = (list: readonly string[], name: string) => list.includes("*") || list.includes(name);
  const isBetween = (a: string, b: string) => names(from, a) && names(to, b);
  return isBetween(way.from, way.to) || (twoWay && isBetween(way.to, way.from));
}

/** Does a scripted fault drop every transmission of some packet, or every ACK? */
function dropsAll({ match }: Fault, way: Way): boolean {
  const { from = way.from, to = way.to, kind = way.kind, afterMs = 0 } = match;
  if (from !== way.from || to !== way.to || kind !== way.kind || afterMs > way.atMs) return false;
  const { seq, type, message, attempt, beforeMs, nth } = match;
  if ([message, attempt, beforeMs, nth].some((limit) => limit !== undefined)) return false;
  if (way.kind === "ack") return seq === undefined && type === undefined;
  return (seq ?? 1) <= way.packets && (type ?? "DATA") === "DATA";
}
