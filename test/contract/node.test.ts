/** Real sockets keep the contract of a Transport, over IPv4 and over IPv6, and behind fault rules. */

import { describe, test } from "vitest";
import { defaultLinkOptions, defaultNetworkOptions } from "../../src/faults/options.ts";
import { FaultyNetwork } from "../../src/transport/faulty-network.ts";
import { hasIpv6, needsIpv6 } from "../support/ipv6.ts";
import { NodeWorld } from "./node-world.ts";
import { transportContract } from "./transport-contract.ts";

transportContract("UDP, TCP and HTTP on loopback", () => NodeWorld.on("127.0.0.1"));

if (hasIpv6) {
  transportContract("UDP, TCP and HTTP on loopback, IPv6", () => NodeWorld.on("::1"));
} else {
  describe("the transport contract over IPv6", () => {
    test("needs a loopback address ::1", (context) => needsIpv6(context));
  });
}

transportContract("UDP, TCP and HTTP on loopback, behind fault rules that delay", () => {
  const link = { ...defaultLinkOptions, delay: { distribution: "uniform", minMs: 1, maxMs: 5 } as const };
  return NodeWorld.on("127.0.0.1", {
    faults: new FaultyNetwork({ seed: "contract", network: { ...defaultNetworkOptions, link } }),
  });
});
