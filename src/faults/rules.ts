/**
 * Faults are rules: an ordered list, and the first rule that matches a packet decides what becomes of it. Scripted
 * rules and random ones are the same mechanism; a packet that no rule matches is delivered.
 */

import type { PacketKind } from "../core/transport.ts";
import type { Clock } from "../trace/clock.ts";
import { draw, type Key, Purpose } from "./keyed-random.ts";
import type { Fault, FaultAction, FaultMatch, GilbertElliottOptions, LinkOptions, Partition } from "./options.ts";

const NS_PER_MS = 1e6;

/** What rules read of a packet. */
export interface RuledPacket {
  /** `segment`: of a byte stream. */
  readonly kind: PacketKind | "segment";
  readonly type: string;
  readonly message: number;
  readonly seq: number;
  readonly attempt: number;
  /** Who it is, in 64 bits: see identity.ts. */
  readonly idA: number;
  readonly idB: number;
}

/** What rules need of a link: the key of its draws (itself), and the state of its channel. */
export interface RuledLink extends Key {
  channel: ChannelState | undefined;
}

export interface FaultRule {
  /** How the trace names the rule: `loss`, `burst loss`, `partition`, `fault 1`, ... */
  readonly name: string;
  readonly action: FaultAction;
  matches(packet: RuledPacket, link: RuledLink, clock: Clock): boolean;
}

const DROP: FaultAction = { do: "drop" };

/** Independent loss, corruption or duplication: each packet with the same probability. */
class RandomRule implements FaultRule {
  readonly name: string;
  readonly action: FaultAction;
  private readonly probability: number;
  private readonly purpose: number;

  constructor(name: string, probability: number, purpose: number, action: FaultAction) {
    this.name = name;
    this.probability = probability;
    this.purpose = purpose;
    this.action = action;
  }

  matches(packet: RuledPacket, link: RuledLink): boolean {
    return draw(link, packet.idA, packet.idB, this.purpose) < this.probability;
  }
}

/** The state of one link's Gilbert-Elliott channel. */
export interface ChannelState {
  /** Steps taken; the state below is the one after them. */
  steps: number;
  bad: boolean;
}

/**
 * Loss by a Gilbert-Elliott channel (Gilbert 1960, Elliott 1963). The n-th step of a link's channel always goes the
 * same way. With a step per packet the state a packet meets depends on its place among the packets of its link; with a
 * step per slot of time, on when it is sent.
 */
class BurstLossRule implements FaultRule {
  readonly name = "burst loss";
  readonly action = DROP;
  private readonly options: GilbertElliottOptions;

  constructor(options: GilbertElliottOptions) {
    this.options = options;
  }

  matches(packet: RuledPacket, link: RuledLink, clock: Clock): boolean {
    const { p, r, lossGood, lossBad, step } = this.options;
    link.channel ??= { steps: 0, bad: startsBad(link, p, r) };
    const channel = link.channel;
    const target = step === "packet" ? channel.steps + 1 : Math.floor(clock.nowNs / (step.slotMs * NS_PER_MS));
    for (; channel.steps < target; channel.steps++) {
      const u = draw(link, channel.steps | 0, 1, Purpose.channelState);
      channel.bad = channel.bad ? u >= r : u < p;
    }
    const loss = channel.bad ? lossBad : lossGood;
    return draw(link, packet.idA, packet.idB, Purpose.burstLoss) < loss;
  }
}

/** A channel starts in its stationary distribution. */
function startsBad(key: Key, p: number, r: number): boolean {
  return p > 0 && draw(key, 0, 0, Purpose.channelState) < p / (p + r);
}

/** Nothing passes while it lasts. */
class PartitionRule implements FaultRule {
  readonly name = "partition";
  readonly action = DROP;
  private readonly startNs: number;
  private readonly endNs: number;

  constructor(partition: Partition) {
    this.startNs = Math.round(partition.startMs * NS_PER_MS);
    this.endNs = Math.round(partition.endMs * NS_PER_MS);
  }

  matches(_packet: RuledPacket, _link: RuledLink, { nowNs }: Clock): boolean {
    return nowNs >= this.startNs && nowNs < this.endNs;
  }
}

/** "The n-th packet that matches": what a scenario's `faults` are made of. One rule counts over all links. */
export class ScriptedRule implements FaultRule {
  readonly name: string;
  readonly action: FaultAction;
  private readonly match: FaultMatch;
  private readonly nth: ReadonlySet<number> | undefined;
  private readonly afterNs: number;
  private readonly beforeNs: number;
  private count = 0;

  constructor(name: string, fault: Fault) {
    this.name = name;
    this.action = fault.action;
    this.match = fault.match;
    this.nth = fault.match.nth === undefined ? undefined : new Set(fault.match.nth);
    this.afterNs = Math.round((fault.match.afterMs ?? 0) * NS_PER_MS);
    this.beforeNs = Math.round((fault.match.beforeMs ?? Number.POSITIVE_INFINITY) * NS_PER_MS);
  }

  /** Can this rule ever match on a link from `from` to `to`? */
  concerns(from: string, to: string): boolean {
    return (this.match.from ?? from) === from && (this.match.to ?? to) === to;
  }

  matches(packet: RuledPacket, _link: RuledLink, { nowNs }: Clock): boolean {
    const { kind, type, message, seq, attempt } = this.match;
    if (kind !== undefined && kind !== packet.kind) return false;
    if (type !== undefined && type !== packet.type) return false;
    if (message !== undefined && message !== packet.message) return false;
    if (seq !== undefined && seq !== packet.seq) return false;
    if (attempt !== undefined && attempt !== packet.attempt) return false;
    if (nowNs < this.afterNs || nowNs >= this.beforeNs) return false;
    this.count++;
    return this.nth === undefined || this.nth.has(this.count);
  }
}

export function partitionRule(partition: Partition): FaultRule {
  return new PartitionRule(partition);
}

/** The random rules of one direction of a link, in the order in which they are asked. */
export function randomRules(options: LinkOptions): FaultRule[] {
  const rules: FaultRule[] = [];
  if (options.loss > 0) rules.push(new RandomRule("loss", options.loss, Purpose.loss, DROP));
  if (options.gilbertElliott) rules.push(new BurstLossRule(options.gilbertElliott));
  if (options.corrupt > 0) {
    rules.push(new RandomRule("corruption", options.corrupt, Purpose.corrupt, { do: "corrupt", offset: undefined }));
  }
  if (options.duplicate > 0) {
    rules.push(new RandomRule("duplication", options.duplicate, Purpose.duplicate, { do: "duplicate", laterMs: 0 }));
  }
  return rules;
}
