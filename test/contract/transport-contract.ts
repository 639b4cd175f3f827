/**
 * One contract, every Transport:
 *
 *     transportContract("simulated", async () => new SimulatedWorld());
 *     transportContract("UDP and HTTP on loopback", async () => new LoopbackWorld());
 */

import { afterEach, beforeEach, describe } from "vitest";
import { datagramContract, timerContract } from "./datagrams-and-timers.ts";
import { requestContract } from "./requests.ts";
import { streamContract } from "./streams.ts";
import type { ContractWorld, MakeWorld } from "./world.ts";

/** Every test has a world of its own. */
export function transportContract(name: string, make: MakeWorld): void {
  describe(`the transport contract: ${name}`, () => {
    let world: ContractWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());
    const current = (): ContractWorld => world;

    datagramContract(current);
    timerContract(current);
    streamContract(current);
    requestContract(current);
  });
}
