/** The real world of a run: the scenario's hosts on sockets of this machine's loopback interface, in real time. */

import { type Endpoint, endpoint } from "../../core/transport.ts";
import type { LinkOptions, LinkOverride } from "../../faults/options.ts";
import type { Recorder } from "../../trace/recorder.ts";
import { FaultyNetwork } from "../../transport/faulty-network.ts";
import { LocalNetwork } from "../../transport/local-network.ts";
import { type Deadline, NOT_QUEUED } from "../../transport/timers/deadline-heap.ts";
import { World } from "../run/world.ts";
import type { Scenario } from "../schema.ts";
import { AddressPlan } from "./address-plan.ts";
import { RealHost } from "./real-host.ts";

const NS_PER_MS = 1e6;

export class RealWorld extends World {
  private readonly network: LocalNetwork;
  private readonly faults: FaultyNetwork;
  private readonly plan: AddressPlan;
  private readonly hosts = new Map<string, RealHost>();
  private readonly indexes = new Map<string, number>();
  private readonly onFailure: (error: unknown) => void;
  /** What is due, in order: each step waits until what the one before it began has happened. */
  private readonly due: (() => void)[] = [];
  private planned = 0;
  private opening = 0;

  /** Finds places for the hosts; the run's time begins when this resolves. `onFailure` hears of what ends the run. */
  static async make(
    scenario: Scenario,
    seed: string,
    recorder: Recorder,
    onFailure: (error: unknown) => void,
  ): Promise<RealWorld> {
    return new RealWorld(scenario, seed, recorder, await AddressPlan.make(scenario.hosts), onFailure);
  }

  private constructor(
    scenario: Scenario,
    seed: string,
    recorder: Recorder,
    plan: AddressPlan,
    onFailure: (error: unknown) => void,
  ) {
    super(scenario);
    this.plan = plan;
    this.onFailure = onFailure;
    this.network = LocalNetwork.of(recorder);
    this.faults = new FaultyNetwork({ seed, network: scenario.network });
    for (const [index, options] of scenario.hosts.entries()) {
      const { name } = options;
      const { udp, http } = plan.place(name);
      // Also before it starts, the trace calls it by its name: by the scenario's addresses and by the real ones.
      const keys = [...plan.keysOf(options), udp.key, ...(http === undefined ? [] : [http.key])];
      this.network.name(recorder.labels.id(name), keys);
      this.indexes.set(name, index);
      const host = new RealHost({
        options,
        plan,
        seed,
        recorder,
        faults: this.faults,
        boot: (options, transport) => this.boot(options, transport),
        waitFor: (what) => this.waitFor(what),
        onFailure,
      });
      this.hosts.set(name, host);
    }
  }

  get nowMs(): number {
    return this.network.nowNs() / NS_PER_MS;
  }

  at(timeMs: number, what: () => void): void {
    this.planned++;
    this.network.timers.set(new PlannedStep(() => this.take(what)), Math.round(timeMs * NS_PER_MS));
  }

  changeLinks(change: Partial<LinkOptions> | LinkOverride): void {
    this.faults.change(change);
  }

  host(name: string): RealHost | undefined {
    return this.hosts.get(name);
  }

  protected indexOf(name: string): number | undefined {
    return this.indexes.get(name);
  }

  nameOf(address: string): string {
    return this.plan.nameOf(address) ?? address;
  }

  endpointOf(name: string): Endpoint {
    const { address, port } = this.optionsOf(name);
    return endpoint(address, port);
  }

  /** Is nothing left to do, as far as this can be seen: no step, no timer, no packet that is held up? */
  get isIdle(): boolean {
    return this.planned === 0 && this.opening === 0 && this.network.timers.size === 0;
  }

  /** The run is over. */
  async close(): Promise<void> {
    this.due.length = 0;
    this.network.timers.cancelIf((item) => item instanceof PlannedStep);
    await Promise.all([...this.hosts.values()].map((host) => host.close()));
  }

  private take(what: () => void): void {
    this.due.push(what);
    this.proceed();
  }

  private proceed(): void {
    while (this.opening === 0) {
      const step = this.due.shift();
      if (step === undefined) return;
      this.planned--;
      try {
        step();
      } catch (error) {
        this.onFailure(error);
      }
    }
  }

  private waitFor(what: Promise<void>): void {
    this.opening++;
    const done = (): void => {
      this.opening--;
      this.proceed();
    };
    what.then(done, (error: unknown) => {
      this.onFailure(error);
      done();
    });
  }
}

/** A step of the plan among the timers. */
class PlannedStep implements Deadline {
  atNs = 0.5;
  order = 0;
  place = NOT_QUEUED;
  readonly happen: () => void;

  constructor(happen: () => void) {
    this.happen = happen;
  }
}
