/**
 * The simulated network: hosts, the links between them, and virtual time. Everything that happens goes through one
 * event queue and one recorder; the same seed gives the same events.
 */

import type { Endpoint } from "../core/transport.ts";
import { Link } from "../faults/link.ts";
import { LinkTable } from "../faults/link-table.ts";
import type { LinkOptions, LinkOverride, NetworkOptions } from "../faults/options.ts";
import type { Recorder } from "../trace/recorder.ts";
import { EventQueue, type QueuedEvent } from "./event-queue.ts";
import { SimEndpoint, SimHost, type SimHostOptions } from "./host.ts";
import { Traffic } from "./traffic.ts";

export class SimNetwork {
  readonly queue: EventQueue;
  readonly recorder: Recorder;
  readonly seed: string;
  readonly hosts: SimHost[] = [];
  private readonly byName = new Map<string, SimHost>();
  private readonly byAddress = new Map<string, SimHost>();
  private readonly linkTable: LinkTable;
  private readonly links: Link<SimHost>[] = [];
  readonly traffic: Traffic;

  constructor(seed: string, recorder: Recorder, options: NetworkOptions) {
    this.seed = seed;
    this.recorder = recorder;
    this.queue = new EventQueue(recorder.clock);
    this.linkTable = new LinkTable(options);
    this.traffic = new Traffic(this);
  }

  /** Adds a host, down at first. RangeError where the name or the address is taken. */
  addHost(options: SimHostOptions): SimHost {
    const address = options.endpoint.host;
    if (this.byName.has(options.name))
      throw new RangeError(`there is a host ${options.name} already: choose another name`);
    const other = this.byAddress.get(address);
    if (other) throw new RangeError(`${address} is the address of ${other.name}: give ${options.name} one of its own`);
    const host = new SimHost(this, options);
    this.hosts.push(host);
    this.byName.set(options.name, host);
    this.byAddress.set(address, host);
    return host;
  }

  host(name: string): SimHost | undefined {
    return this.byName.get(name);
  }

  hostAt(address: string): SimHost | undefined {
    return this.byAddress.get(address);
  }

  /** The virtual time in ms. */
  get nowMs(): number {
    return this.queue.nowNs / 1e6;
  }

  /** Plans something for a time, in true ms since the start of the run. */
  at(timeMs: number, what: () => void): void {
    const event: QueuedEvent = { atNs: Math.max(this.queue.nowNs, Math.round(timeMs * 1e6)), happen: what };
    this.queue.push(event);
  }

  /** Lets at most `maxEvents` queued events happen, none after `untilMs`; false where nothing is left to do. */
  step(maxEvents: number, untilMs: number): boolean {
    const untilNs = Math.round(untilMs * 1e6);
    const queue = this.queue;
    for (let i = 0; i < maxEvents; i++) {
      if (queue.nextNs > untilNs || queue.length === 0) {
        if (untilNs !== Number.POSITIVE_INFINITY) queue.clock.nowNs = Math.max(queue.clock.nowNs, untilNs);
        return false;
      }
      queue.step();
    }
    return true;
  }

  /** Runs until `untilMs`, or until nothing is left to happen. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    while (this.step(1 << 20, untilMs)) {
      // goes on
    }
  }

  /** Changes the options of links from now on: of the default link, or of the links an override names. */
  changeLinks(change: Partial<LinkOptions> | LinkOverride): void {
    this.linkTable.change(change);
    for (const link of this.links) link.profile = this.linkTable.profile(link.source.name, link.destination.name);
  }

  /** Makes one direction of a link. */
  makeLink(from: SimHost, to: SimHost): Link<SimHost> {
    const link = new Link(this.seed, from, to, this.linkTable.profile(from.name, to.name));
    this.links.push(link);
    return link;
  }

  /** The host that has an address; undefined where none has it. */
  ownerOf(address: Endpoint): SimHost | undefined {
    return address instanceof SimEndpoint ? address.owner : this.byAddress.get(address.host);
  }

  /** The label under which the trace knows the other end of an exchange. */
  labelOf(peer: { readonly key: string }): number {
    return peer instanceof SimEndpoint ? peer.owner.nameId : this.peerLabel(peer.key);
  }

  /** The label under which the trace knows an address: the host's name where there is one. */
  peerLabel(key: string): number {
    const address = key.startsWith("[") ? key.slice(1, key.indexOf("]")) : key.slice(0, key.lastIndexOf(":"));
    return this.hostAt(address)?.nameId ?? this.recorder.labels.id(key);
  }
}
