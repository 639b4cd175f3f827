/** What the processes of the soak share. */

import { hardenedWire } from "../../dist/core/wire/hardened/packets.js";
import { reportWire } from "../../dist/core/wire/report.js";
import { defaultNetworkOptions } from "../../dist/faults/options.js";
import { FaultyNetwork } from "../../dist/transport/faulty-network.js";

/** A clock that all processes of this machine share, in ms. */
export function nowMs() {
  return performance.timeOrigin + performance.now();
}

/** Random loss of whatever a host sends. */
export function faultsOf(loss, seed) {
  if (loss === 0) return undefined;
  const link = { ...defaultNetworkOptions.link, loss };
  return new FaultyNetwork({ seed, network: { ...defaultNetworkOptions, link } });
}

/** The wire of a name. */
export function wireOf(name) {
  return name === "hardened" ? hardenedWire : reportWire;
}
