/** A simulated network for one test: hosts by name, links as the test says, every event on tape. */

import {
  type Endpoint,
  endpoint,
  type PacketInfo,
  type Participant,
  type Transport,
} from "../../src/core/transport.ts";
import {
  defaultLinkOptions,
  type Fault,
  type LinkOptions,
  type LinkOverride,
  type Partition,
} from "../../src/faults/options.ts";
import type { SimHost } from "../../src/sim/host.ts";
import { SimNetwork } from "../../src/sim/network.ts";
import type { TraceSink } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { Tape } from "./tape.ts";

/** The default link's options, and what a network has beside them. */
export interface WorldOptions extends Partial<LinkOptions> {
  readonly links?: readonly LinkOverride[];
  readonly faults?: readonly Fault[];
  readonly partitions?: readonly Partition[];
  readonly seed?: string;
  /** Keeps no tape: for runs with many packets. */
  readonly quiet?: boolean;
  /** Who else sees the events. */
  readonly sinks?: readonly TraceSink[];
}

export class World {
  readonly tape = new Tape();
  readonly recorder: Recorder;
  readonly network: SimNetwork;

  constructor(options: WorldOptions = {}) {
    const { links = [], faults = [], partitions = [], seed = "test", quiet = false, sinks = [], ...link } = options;
    this.recorder = new Recorder(quiet ? sinks : [this.tape, ...sinks]);
    this.network = new SimNetwork(seed, this.recorder, {
      link: { ...defaultLinkOptions, ...link },
      links,
      faults,
      partitions,
    });
  }

  /** Adds a host and starts it. Its address is 10.0.0.N by its place, its port 7777. */
  host(
    name: string,
    boot: (transport: Transport) => Participant,
    options: { clockDriftPpm?: number; httpPort?: number; start?: boolean } = {},
  ): SimHost {
    const { start = true, ...rest } = options;
    const host = this.network.addHost({ name, endpoint: this.endpoint(this.network.hosts.length + 1), boot, ...rest });
    if (start) host.start();
    return host;
  }

  /** A host that writes down what comes and says nothing by itself. */
  probe(name: string, options: { clockDriftPpm?: number } = {}): Probe {
    let probe: Probe | undefined;
    const host = this.host(
      name,
      (transport) => {
        if (probe === undefined) probe = new Probe(transport);
        else probe.transport = transport;
        return probe;
      },
      options,
    );
    const made = probe as unknown as Probe;
    made.host = host;
    return made;
  }

  endpoint(place: number): Endpoint {
    return endpoint(`10.0.${place >> 8}.${place & 255}`, 7777);
  }

  /** Runs to a time, in ms. */
  runTo(timeMs: number): this {
    this.network.run(timeMs);
    return this;
  }

  /** Runs until nothing is left to happen. */
  run(): this {
    this.network.run();
    return this;
  }
}

export interface Arrival {
  readonly atNs: number;
  readonly from: Endpoint;
  readonly datagram: Uint8Array;
  readonly text: string;
}

/** A participant that a test speaks through. */
export class Probe implements Participant {
  transport: Transport;
  host!: SimHost;
  readonly arrivals: Arrival[] = [];
  private sent = 0;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  start(): void {}
  stop(): void {}

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    const atNs = this.host.network.queue.nowNs;
    this.arrivals.push({ atNs, from, datagram, text: new TextDecoder().decode(datagram) });
  }

  get texts(): string[] {
    return this.arrivals.map(({ text }) => text);
  }

  get arrivalTimesMs(): number[] {
    return this.arrivals.map(({ atNs }) => atNs / 1e6);
  }

  /** Sends a datagram; every call is a new message of its own unless `info` says otherwise. */
  send(to: Probe, content: string | Uint8Array, info: Partial<PacketInfo> = {}): number {
    const datagram = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return this.transport.send(to.transport.self, datagram, { ...plainInfo, message: ++this.sent, ...info });
  }
}

const plainInfo: PacketInfo = {
  kind: "data",
  type: "DATA",
  message: 1,
  seq: 1,
  total: 1,
  attempt: 1,
  retransmissionOf: 0,
};
