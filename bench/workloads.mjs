/**
 * What the bench runs, each as a scenario for peerlab and as parameters for the baseline: the same senders, packets,
 * delays and losses.
 */

import { readFileSync } from "node:fs";

const LESSON = new URL("../scenarios/lessons/bulk.yaml", import.meta.url);
const UPDATE_PERIOD_S = 7;

/** The bulk lesson: one sender, 512-byte packets, 50 ms each way, loss 10 % of data and of ACKs, fixed timeout 200 ms. */
function bulk(packets) {
  return {
    name: "bulk",
    title: `bulk lesson: ${count(packets)} packets of 512 B, 50 ms each way, loss 10 %`,
    text: readFileSync(LESSON, "utf8"),
    settings: [`timeline.0.do.send.packets=${packets}`],
    baseline: {
      senders: 1,
      packets,
      periodMs: 0,
      untilMs: Number.POSITIVE_INFINITY,
      payloadBytes: 512,
      delayMs: { min: 50, max: 50 },
      loss: 0.1,
      duplication: 0,
      timeoutMs: 200,
    },
  };
}

/** Many peers, one directory: updates of 18 to 23 bytes every 7 s, loss 5 %, duplication 1 %, 10 to 100 ms. */
function directory(peers, seconds) {
  return {
    name: "directory",
    title: `${count(peers)} peers, one directory, ${count(seconds)} s: an update every ${UPDATE_PERIOD_S} s, loss 5 %, duplication 1 %, 10-100 ms`,
    text: `
name: directory-${peers}
description: Many peers keep one directory up to date.
seed: 42
duration: ${seconds}s
network: { delay: { distribution: uniform, min: 10ms, max: 100ms }, loss: 5%, duplicate: 1% }
protocol:
  rto: { estimator: fixed, initial: 1s, backoff: 1 }
  peer: { updatePeriod: ${UPDATE_PERIOD_S}s }
hosts:
  directory: { role: directory }
  peers: { role: peer, count: ${peers}, startSpread: ${UPDATE_PERIOD_S}s }
`,
    settings: [],
    baseline: {
      senders: peers,
      packets: Number.POSITIVE_INFINITY,
      periodMs: UPDATE_PERIOD_S * 1000,
      untilMs: seconds * 1000,
      payloadBytes: 18,
      delayMs: { min: 10, max: 100 },
      loss: 0.05,
      duplication: 0.01,
      timeoutMs: 1000,
    },
  };
}

/** By name, so that another process can be told which. */
export const WORKLOADS = { bulk, directory };

/** 200000 -> "200,000". */
export function count(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}
