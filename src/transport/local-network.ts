/**
 * What the hosts of one process have in common, as far as they write into one recorder: the clock, the timers, the
 * numbers of packets, and who is who. So a packet between two of them bears one id at both ends, and the trace calls
 * each by its name.
 */

import type { EventCode } from "../trace/events.ts";
import type { Peer } from "../trace/node-trace.ts";
import type { Recorder } from "../trace/recorder.ts";
import { TypeLabels } from "../trace/type-labels.ts";
import type { Flights } from "./datagrams/flights.ts";
import { NodeAlarm } from "./timers/alarm.ts";
import { TimerQueue } from "./timers/timer-queue.ts";

const NS_PER_MS = 1e6;
/** Addresses that the trace tells apart; later ones share one label, so that senders without end do not grow memory. */
const MAX_LABELLED_ADDRESSES = 1 << 16;
const ANOTHER_ADDRESS = "(another address)";

/** A host of this process, as the others see it. */
export interface LocalHost {
  readonly name: string;
  readonly nameId: number;
  /** The datagrams on their way to it from hosts of this process. */
  readonly flights: Flights;
}

const networks = new WeakMap<Recorder, LocalNetwork>();

export class LocalNetwork {
  readonly recorder: Recorder;
  readonly timers: TimerQueue;
  readonly types: TypeLabels;
  private readonly startMs = performance.now();
  private packetIds = 0;
  /** By the keys of all addresses that reach it. */
  private readonly hosts = new Map<string, LocalHost>();
  /** By address: the label of the host's name, or of the address. */
  private readonly peerLabels = new Map<string, number>();
  private labelledAddresses = 0;
  /** How often each host was opened, by name. */
  private readonly openings = new Map<string, number>();

  /** The network of a recorder; made when first asked for, which is when the run's time begins. */
  static of(recorder: Recorder): LocalNetwork {
    let network = networks.get(recorder);
    if (network === undefined) {
      network = new LocalNetwork(recorder);
      networks.set(recorder, network);
    }
    return network;
  }

  private constructor(recorder: Recorder) {
    this.recorder = recorder;
    this.types = new TypeLabels(recorder.labels);
    this.timers = new TimerQueue(
      () => this.nowNs(),
      (onRing) => new NodeAlarm(onRing),
    );
  }

  /** The time since the run began, by a clock that never goes back, in whole ns. */
  nowNs(): number {
    return Math.round((performance.now() - this.startMs) * NS_PER_MS);
  }

  /** Moves the recorder's clock to now, which the next events bear; returns it. */
  tick(): number {
    const nowNs = this.nowNs();
    this.recorder.clock.nowNs = nowNs;
    return nowNs;
  }

  nextPacketId(): number {
    return ++this.packetIds;
  }

  /** A host opens: how often a host of this name has done so, this time included. */
  countOpening(name: string): number {
    const count = (this.openings.get(name) ?? 0) + 1;
    this.openings.set(name, count);
    return count;
  }

  /** The trace calls these addresses by the host's name from now on. */
  name(nameId: number, keys: Iterable<string>): void {
    for (const key of keys) this.peerLabels.set(key, nameId);
  }

  /** Packets to these addresses are known when they arrive. */
  join(host: LocalHost, keys: Iterable<string>): void {
    for (const key of keys) this.hosts.set(key, host);
  }

  /** The host's sockets are closed. Its name stays with its addresses. */
  leave(host: LocalHost, keys: Iterable<string>): void {
    for (const key of keys) if (this.hosts.get(key) === host) this.hosts.delete(key);
    for (const other of this.hosts.values()) other.flights.forget(host);
  }

  /** The host of this process that has an address. */
  hostAt(key: string): LocalHost | undefined {
    return this.hosts.get(key);
  }

  labelOf(peer: Peer): number {
    return this.peerLabel(peer.key);
  }

  /** The label under which the trace knows an address: the host's name where this process knows it. */
  peerLabel(key: string): number {
    const known = this.peerLabels.get(key);
    if (known !== undefined) return known;
    const { labels } = this.recorder;
    if (this.labelledAddresses >= MAX_LABELLED_ADDRESSES) return labels.id(ANOTHER_ADDRESS);
    this.labelledAddresses++;
    const id = labels.id(key);
    this.peerLabels.set(key, id);
    return id;
  }

  /** The name under which fault rules know an address: the host's where this process knows it, else the address. */
  peerName(key: string): string {
    const known = this.peerLabels.get(key);
    return known === undefined ? key : this.recorder.labels.text(known);
  }

  /** An event without a packet, now. */
  say(
    code: (typeof EventCode)[keyof typeof EventCode],
    nameId: number,
    peerId: number,
    note: string,
    bytes: number,
  ): void {
    this.tick();
    const { recorder } = this;
    recorder.emit(code, nameId, peerId, 0, 0, -1, -1, -1, bytes, recorder.labels.oneOff(note), Number.NaN);
  }
}
