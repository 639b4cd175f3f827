/**
 * A host of the simulated network: one participant, its Transport, its clock, and what can happen to it (crash,
 * restart, pause).
 */

import { toNsNotEarly } from "../core/time.ts";
import type {
  Endpoint,
  Exchange,
  FileRequest,
  PacketInfo,
  Participant,
  ResponseHandlers,
  Stream,
  StreamHandlers,
  Timer,
  Transport,
} from "../core/transport.ts";
import { CounterRandom, deriveKey } from "../faults/keyed-random.ts";
import type { Link } from "../faults/link.ts";
import { HostTrace } from "../trace/host-trace.ts";
import type { NodeTrace } from "../trace/node-trace.ts";
import { HostStreams } from "./host-streams.ts";
import type { SimNetwork } from "./network.ts";
import type { Packet } from "./packet.ts";
import { SimTimer } from "./timer.ts";

const NS_PER_MS = 1e6;
/** The wall clock of every simulated host when the run starts: 2015-01-01T00:00:00Z. */
export const WALL_CLOCK_START_MS = 1_420_070_400_000;
/** Datagrams that wait for a paused host; further ones are dropped, as a full socket buffer would. */
const MAX_DEFERRED_PACKETS = 256;

export interface SimHostOptions {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Where the host's file server listens; absent: it has none. */
  readonly httpPort?: number;
  /** The host's clock gains this much on true time, in parts per million (negative: it loses). */
  readonly clockDriftPpm?: number;
  /** Makes the participant at every start of the host: what the last one knew is gone. */
  readonly boot: (transport: SimHost) => Participant;
}

/** The address of a simulated host, which knows its host. */
export class SimEndpoint implements Endpoint {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly owner: SimHost;

  constructor(address: Endpoint, owner: SimHost) {
    this.host = address.host;
    this.port = address.port;
    this.key = address.key;
    this.owner = owner;
  }
}

export type HostState = "down" | "up" | "paused";

export class SimHost implements Transport {
  readonly network: SimNetwork;
  readonly name: string;
  readonly self: SimEndpoint;
  readonly httpPort: number | undefined;
  /** Its place among the network's hosts, from 0. */
  readonly index: number;
  /** The label of the host's name in the trace. */
  readonly nameId: number;
  readonly trace: NodeTrace;
  state: HostState = "down";
  /** Counts the starts of the host. */
  incarnation = 0;
  participant: Participant | undefined = undefined;
  /** Time of the latest start, in ns; NaN before the first. */
  startedNs = Number.NaN;
  private readonly boot: (transport: SimHost) => Participant;
  private readonly clockRate: number;
  /** The first link used; all of them, once there are more. */
  private onlyLink: Link<SimHost> | undefined = undefined;
  private links: Map<SimHost, Link<SimHost>> | undefined = undefined;
  private latestTo: Endpoint | undefined = undefined;
  private latestLink: Link<SimHost> | undefined = undefined;
  private randomness: CounterRandom | undefined = undefined;
  private streamsIfAny: HostStreams | undefined = undefined;
  private deferred: (SimTimer | Packet)[] | undefined = undefined;
  private deferredPackets = 0;

  constructor(network: SimNetwork, options: SimHostOptions) {
    this.network = network;
    this.name = options.name;
    this.self = new SimEndpoint(options.endpoint, this);
    this.httpPort = options.httpPort;
    this.index = network.hosts.length;
    this.nameId = network.recorder.labels.id(options.name);
    this.trace = new HostTrace(this);
    this.boot = options.boot;
    this.clockRate = 1 + (options.clockDriftPpm ?? 0) / 1e6;
  }

  // The Transport ---------------------------------------------------------------------------------------------------

  now(): number {
    return (this.network.queue.nowNs * this.clockRate) / NS_PER_MS;
  }

  wallClockMs(): number {
    return WALL_CLOCK_START_MS + this.now();
  }

  random(): number {
    this.randomness ??= new CounterRandom(deriveKey(this.network.seed, `host ${this.name} ${this.incarnation}`));
    return this.randomness.next();
  }

  createTimer(onFire: () => void): Timer {
    return new SimTimer(this, onFire);
  }

  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    return this.network.traffic.sendDatagram(this, to, datagram, info);
  }

  connect(to: Endpoint, handlers: StreamHandlers): Stream {
    return this.streams.connect(to, handlers);
  }

  request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange {
    return this.streams.request(to, request, handlers);
  }

  // What happens to the host ------------------------------------------------------------------------------------------

  get isPaused(): boolean {
    return this.state === "paused";
  }

  /** Starts the host's participant. Only a host that is down can start. */
  start(): void {
    if (this.state !== "down") throw new Error(`${this.name} is ${this.state}: only a host that is down can start`);
    this.incarnation++;
    this.state = "up";
    this.trace.state(Number.isNaN(this.startedNs) ? "started" : "restarted");
    this.startedNs = this.network.queue.nowNs;
    this.participant = this.boot(this);
    this.streamsIfAny?.listen(this.participant);
    this.participant.start();
  }

  /**
   * The participant's process dies: its soft state and its timers are gone, nothing of it is called again. The host
   * breaks its open byte streams off with a reset, as an operating system does for a dead process.
   */
  crash(): void {
    if (this.state === "down") throw new Error(`${this.name} is down already: only a running host can crash`);
    this.trace.state("crashed");
    this.state = "down";
    this.participant = undefined;
    this.streamsIfAny?.crash();
    this.incarnation++;
    this.releaseDeferred();
  }

  /** The participant's process stands still: nothing is handled until `resume`. */
  pause(): void {
    if (this.state !== "up") throw new Error(`${this.name} is ${this.state}: only a host that is up can pause`);
    this.trace.state("paused");
    this.state = "paused";
  }

  /** What came meanwhile is handled now, in the order in which it came. */
  resume(): void {
    if (this.state !== "paused") throw new Error(`${this.name} is ${this.state}: only a paused host can resume`);
    this.trace.state("resumed");
    this.state = "up";
    const waiting = this.deferred ?? [];
    this.deferred = undefined;
    this.deferredPackets = 0;
    const queue = this.network.queue;
    for (const event of waiting) {
      if (event instanceof SimTimer) event.requeue();
      else {
        event.atNs = queue.nowNs;
        queue.push(event);
      }
    }
  }

  /** Puts off a timer or an arrived packet until the host goes on; false where the receive buffer is full. */
  defer(event: SimTimer | Packet): boolean {
    if (!(event instanceof SimTimer)) {
      if (this.deferredPackets >= MAX_DEFERRED_PACKETS) return false;
      this.deferredPackets++;
    }
    this.deferred ??= [];
    this.deferred.push(event);
    return true;
  }

  /** A delay by this host's clock, in true nanoseconds; never shorter than asked for. */
  trueDelayNs(delayMs: number): number {
    return this.clockRate === 1 ? toNsNotEarly(delayMs) : Math.ceil((delayMs * NS_PER_MS) / this.clockRate);
  }

  // Inside the network ------------------------------------------------------------------------------------------------

  /** The host's byte streams, made when first needed. */
  get streams(): HostStreams {
    if (this.streamsIfAny === undefined) {
      this.streamsIfAny = new HostStreams(this);
      if (this.participant) this.streamsIfAny.listen(this.participant);
    }
    return this.streamsIfAny;
  }

  /** The link to an address; undefined where the network has no such host. */
  linkTo(to: Endpoint): Link<SimHost> | undefined {
    if (to === this.latestTo) return this.latestLink;
    const destination = this.network.ownerOf(to);
    if (destination === undefined) return undefined;
    this.latestLink = this.linkToHost(destination);
    this.latestTo = to;
    return this.latestLink;
  }

  linkToHost(destination: SimHost): Link<SimHost> {
    if (this.latestLink?.destination === destination) return this.latestLink;
    let link = this.onlyLink?.destination === destination ? this.onlyLink : this.links?.get(destination);
    if (link === undefined) {
      link = this.network.makeLink(this, destination);
      if (this.onlyLink === undefined) {
        this.onlyLink = link;
      } else {
        this.links ??= new Map([[this.onlyLink.destination, this.onlyLink]]);
        this.links.set(destination, link);
      }
    }
    return link;
  }

  private releaseDeferred(): void {
    for (const event of this.deferred ?? []) {
      if (!(event instanceof SimTimer)) this.network.traffic.dropArrived(event, "host down");
    }
    this.deferred = undefined;
    this.deferredPackets = 0;
  }
}
