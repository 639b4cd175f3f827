/**
 * One direction of a link between two hosts: its fault rules, then its queue and rate, then its delay.
 */

import type { Clock } from "../trace/clock.ts";
import { type DelaySampler, delaySampler } from "./delay.ts";
import { deriveKey, draw, type Key, Purpose } from "./keyed-random.ts";
import type { LinkOptions } from "./options.ts";
import { type ChannelState, type FaultRule, type RuledPacket, randomRules } from "./rules.ts";

const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
const BITS_PER_BYTE = 8;

/** What links of the same kind have in common, made ready for use. */
export interface LinkProfile {
  readonly rules: readonly FaultRule[];
  readonly delay: DelaySampler;
  readonly options: LinkOptions;
  /** Nothing but rules and delay: no rate, no queue, no order to keep. */
  readonly isSimple: boolean;
  /** The delay where it is always the same; -1 where it is drawn for each packet. */
  readonly constantDelayNs: number;
}

/** `scripted` are the partitions and scripted faults that concern the link; they are asked before the random rules. */
export function linkProfile(options: LinkOptions, scripted: readonly FaultRule[]): LinkProfile {
  const delay = delaySampler(options.delay);
  return {
    rules: [...scripted, ...randomRules(options)],
    delay,
    constantDelayNs: options.delay.distribution === "constant" ? delay(0) : -1,
    options,
    isSimple: !options.keepOrder && options.rateBitsPerSecond === Number.POSITIVE_INFINITY,
  };
}

/** The transmitter of a link with a rate: what waits in it and when it is free again. */
class Transmitter {
  freeAtNs = 0;
  /** Departure times and sizes of the packets in the queue or being sent, oldest first; only a bounded queue is counted. */
  private readonly departures: { readonly atNs: number; readonly bytes: number }[] = [];
  private queuedBytes = 0;

  /** Takes a packet in; returns when its last bit leaves, or undefined where the queue is full. */
  accept(bytes: number, nowNs: number, options: LinkOptions): number | undefined {
    const { queue } = options;
    const startNs = Math.max(nowNs, this.freeAtNs);
    const departureNs = startNs + Math.round((bytes * BITS_PER_BYTE * NS_PER_S) / options.rateBitsPerSecond);
    if (queue === undefined) {
      this.freeAtNs = departureNs;
      return departureNs;
    }
    while (this.departures.length > 0 && (this.departures[0] as { atNs: number }).atNs <= nowNs) {
      this.queuedBytes -= (this.departures.shift() as { bytes: number }).bytes;
    }
    const full = "packets" in queue ? this.departures.length >= queue.packets : this.queuedBytes + bytes > queue.bytes;
    if (full) return undefined;
    this.freeAtNs = departureNs;
    this.departures.push({ atNs: departureNs, bytes });
    this.queuedBytes += bytes;
    return departureNs;
  }
}

/** What a link needs of a packet to put it on its way: its arrival is written to `atNs`. */
export interface CarriedPacket extends RuledPacket {
  atNs: number;
  /** 0 for the packet sent, 1 for the copy that a duplication made of it. */
  readonly copy: number;
  /** Bytes that count for rates and queues. */
  readonly lengthBytes: number;
}

/** `End`: a host of the simulated network, or whatever else has a name (the adapter in front of real sockets). */
export class Link<End extends { readonly name: string }> implements Key {
  readonly source: End;
  readonly destination: End;
  /** The key of all draws about packets of this link. */
  readonly a: number;
  readonly b: number;
  profile: LinkProfile;
  /** The state of the Gilbert-Elliott channel, where there is one. */
  channel: ChannelState | undefined = undefined;
  private transmitter: Transmitter | undefined = undefined;
  private lastArrivalNs = 0;

  constructor(seed: string, source: End, destination: End, profile: LinkProfile) {
    this.source = source;
    this.destination = destination;
    const key = deriveKey(seed, `link ${source.name} -> ${destination.name}`);
    this.a = key.a;
    this.b = key.b;
    this.profile = profile;
  }

  /** The rule that decides about a packet; undefined: no rule matches, it is delivered. */
  decide(packet: RuledPacket, clock: Clock): FaultRule | undefined {
    const rules = this.profile.rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as FaultRule;
      if (rule.matches(packet, this, clock)) return rule;
    }
    return undefined;
  }

  /** Sets when a packet that is sent now arrives; false where the queue is full. */
  schedule(packet: CarriedPacket, clock: Clock, extraMs: number): boolean {
    const profile = this.profile;
    let delayNs = profile.constantDelayNs;
    if (delayNs < 0) {
      const purpose = packet.copy === 0 ? Purpose.delay : Purpose.duplicateDelay;
      delayNs = profile.delay(draw(this, packet.idA, packet.idB, purpose));
    }
    if (extraMs === 0 && profile.isSimple) {
      packet.atNs = clock.nowNs + delayNs;
      return true;
    }
    return this.scheduleBehindOthers(packet, clock.nowNs, delayNs, Math.round(extraMs * NS_PER_MS));
  }

  /** Where packets wait for the transmitter, or may not overtake each other. */
  private scheduleBehindOthers(packet: CarriedPacket, nowNs: number, delayNs: number, extraNs: number): boolean {
    const { options } = this.profile;
    let departureNs: number | undefined = nowNs;
    if (options.rateBitsPerSecond !== Number.POSITIVE_INFINITY) {
      this.transmitter ??= new Transmitter();
      departureNs = this.transmitter.accept(packet.lengthBytes, nowNs, options);
      if (departureNs === undefined) return false;
    }
    let arrivalNs = departureNs + delayNs;
    if (options.keepOrder) {
      arrivalNs = Math.max(arrivalNs, this.lastArrivalNs);
      this.lastArrivalNs = arrivalNs;
    }
    // A scripted delay holds up its packet alone.
    packet.atNs = arrivalNs + extraNs;
    return true;
  }
}
