/** The simulated world: the scenario's hosts in one simulated network, in virtual time. */

import { type Endpoint, endpoint } from "../../core/transport.ts";
import type { LinkOptions, LinkOverride } from "../../faults/options.ts";
import type { SimHost } from "../../sim/host.ts";
import { SimNetwork } from "../../sim/network.ts";
import type { Recorder } from "../../trace/recorder.ts";
import type { HostOptions, Scenario } from "../schema.ts";
import { World } from "./world.ts";

export class SimWorld extends World {
  readonly network: SimNetwork;

  constructor(scenario: Scenario, seed: string, recorder: Recorder) {
    super(scenario);
    this.network = new SimNetwork(seed, recorder, scenario.network);
    const boot = (host: SimHost) => this.boot(scenario.hosts[host.index] as HostOptions, host);
    for (const host of scenario.hosts) {
      this.network.addHost({
        name: host.name,
        endpoint: endpoint(host.address, host.port),
        clockDriftPpm: host.clockDriftPpm,
        boot,
        ...(host.role === "peer" ? { httpPort: host.httpPort } : {}),
      });
    }
  }

  get nowMs(): number {
    return this.network.nowMs;
  }

  at(timeMs: number, what: () => void): void {
    this.network.at(timeMs, what);
  }

  changeLinks(change: Partial<LinkOptions> | LinkOverride): void {
    this.network.changeLinks(change);
  }

  host(name: string): SimHost | undefined {
    return this.network.host(name);
  }

  protected indexOf(name: string): number | undefined {
    return this.network.host(name)?.index;
  }

  nameOf(address: string): string {
    return this.network.hostAt(address)?.name ?? address;
  }

  endpointOf(name: string): Endpoint {
    return (this.network.host(name) as SimHost).self;
  }
}
