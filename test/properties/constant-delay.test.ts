/**
 * On a path that loses nothing and is always as slow, no timer may run out: DevRTT decays to nothing, TimeoutInterval
 * comes down to the RTT itself, and an ACK that arrives at that very instant is in time.
 */

import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";

describe("no loss, constant delay", () => {
  test.each([
    ["report", "50ms"],
    ["report", "0.3275ms"],
    ["rfc6298", "50ms"],
    ["rfc6298", "33.333333ms"],
    ["fixed", "500ms"],
  ])("the %s estimator, %s each way: every packet goes once", (estimator, delay) => {
    const parsed = parseScenario(
      `
name: constant-delay
description: Nothing is lost and nothing varies.
network: { delay: ${delay} }
protocol: { rto: { estimator: ${estimator}, initial: 1s, min: 0.1ms${estimator === "rfc6298" ? ", granularity: 0s" : ""} } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, packets: 20000, bytes: 64B } } }]
`,
      "constant-delay.yaml",
    );
    if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join("; "));
    const { metrics } = runScenario(parsed.scenario);
    expect(metrics).toMatchObject({ timeouts: 0, retransmissions: 0, packetsAcknowledged: 20_000 });
  });
});
