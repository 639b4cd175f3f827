/** Real sockets keep the contract of a Transport. */

import { afterEach, beforeEach, describe } from "vitest";
import { datagramContract, timerContract } from "./datagrams-and-timers.ts";
import { NodeWorld } from "./node-world.ts";
import { streamContract } from "./streams.ts";
import type { ContractWorld } from "./world.ts";

describe("d", () => {
  let world: ContractWorld;
  beforeEach(async () => {
    world = await NodeWorld.on("127.0.0.1");
  });
  afterEach(() => world.close());
  const current = (): ContractWorld => world;
  datagramContract(current);
  timerContract(current);
  streamContract(current);
});
