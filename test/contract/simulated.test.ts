/** The simulated network keeps the contract of a Transport, over good links and over bad ones. */

import { describe, expect, test } from "vitest";
import { type Endpoint, endpoint, type Participant, type Transport } from "../../src/core/transport.ts";
import { defaultLinkOptions, type LinkOptions } from "../../src/faults/options.ts";
import { SimNetwork } from "../../src/sim/network.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { transportContract } from "./transport-contract.ts";
import type { ContractHost, ContractWorld } from "./world.ts";

const HTTP_PORT = 80;
/** Virtual time that anything may take. */
const PATIENCE_MS = 600_000;

class SimulatedWorld implements ContractWorld {
  readonly nobody: Endpoint = endpoint("10.0.0.1", 9);
  readonly maxDatagramBytes = 65_507;
  readonly timerToleranceMs = 1e-3;
  private readonly network: SimNetwork;

  constructor(link: Partial<LinkOptions> = {}, seed = "contract") {
    const options = { link: { ...defaultLinkOptions, ...link }, links: [], faults: [], partitions: [] };
    this.network = new SimNetwork(seed, new Recorder(), options);
    this.add({});
  }

  async host(handlers: Partial<Participant> = {}): Promise<ContractHost> {
    return this.add(handlers);
  }

  async waitFor(what: string, condition: () => boolean): Promise<void> {
    const { network } = this;
    const untilMs = network.nowMs + PATIENCE_MS;
    while (!condition()) if (!network.step(1, untilMs)) throw new Error(`${what}: not by ${network.nowMs} ms`);
  }

  async pass(ms: number): Promise<void> {
    this.network.run(this.network.nowMs + ms);
  }

  async close(): Promise<void> {}

  private add(handlers: Partial<Participant>): ContractHost {
    const place = this.network.hosts.length + 1;
    const address = `10.0.0.${place}`;
    const host = this.network.addHost({
      name: `H${place}`,
      endpoint: endpoint(address, 7777),
      httpPort: HTTP_PORT,
      boot: () => ({ start() {}, stop() {}, onDatagram() {}, ...handlers }),
    });
    host.start();
    const transport: Transport = host;
    return { transport, http: endpoint(address, HTTP_PORT) };
  }
}

const delay = { distribution: "uniform", minMs: 1, maxMs: 5 } as const;
transportContract("simulated, ideal links", async () => new SimulatedWorld());
transportContract(
  "simulated, links with jitter and a rate",
  async () => new SimulatedWorld({ delay, rateBitsPerSecond: 1e8 }),
);

describe("the simulated world", () => {
  test("draws the same numbers for the same seed, others for another", async () => {
    const draws = async (seed: string): Promise<number[]> => {
      const { transport } = await new SimulatedWorld({}, seed).host();
      return Array.from({ length: 10 }, () => transport.random());
    };
    expect(await draws("one")).toEqual(await draws("one"));
    expect(await draws("one")).not.toEqual(await draws("two"));
  });
});
