/** Closed forms of stop-and-wait under independent loss, and the runs that are measured against them. */

import { ArqReceiver, ArqSender, type BulkOutcome } from "../../src/core/arq/bare.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../src/trace/events.ts";
import { arqOptions } from "../support/two-hosts.ts";
import { World } from "../support/world.ts";

/** Round-trip time and timeout, in ms: those of the bulk lesson. */
export const R = 100;
export const T = 200;

export interface Losses {
  /** P(a data packet is lost). */
  readonly p: number;
  /** P(an ACK is lost). */
  readonly q: number;
}

/** P(an attempt fails): the data or its ACK is lost. */
export function failure({ p, q }: Losses): number {
  return 1 - (1 - p) * (1 - q);
}

/** E[transmissions per packet] with at most `attempts`: (1 - f^M)/s. */
export function transmissions(losses: Losses, attempts = Number.POSITIVE_INFINITY): number {
  const f = failure(losses);
  return (1 - f ** attempts) / (1 - f);
}

/** E[time per packet] with a fixed timeout: R(1 - f^M) + T(E[tx] - (1 - f^M)). */
export function fixedTime(losses: Losses, attempts = Number.POSITIVE_INFINITY): number {
  const success = 1 - failure(losses) ** attempts;
  return R * success + T * (transmissions(losses, attempts) - success);
}

/** E[time per packet] with a doubling timeout; unlimited attempts: R + T f/(1 - 2f), for f below 1/2. */
export function doublingTime(losses: Losses, attempts = Number.POSITIVE_INFINITY): number {
  const f = failure(losses);
  if (attempts === Number.POSITIVE_INFINITY) return f < 0.5 ? R + (T * f) / (1 - 2 * f) : Number.POSITIVE_INFINITY;
  let time = f ** attempts * T * (2 ** attempts - 1);
  for (let k = 1; k <= attempts; k++) time += f ** (k - 1) * (1 - f) * (R + T * (2 ** (k - 1) - 1));
  return time;
}

export interface Measured extends BulkOutcome {
  readonly elapsedMs: number;
  /** Data packets that reached the receiver, and those among them that it had already. */
  readonly arrivals: number;
  readonly duplicates: number;
  /** Messages that the receiver has had whole. */
  readonly received: number;
}

class Arrivals implements TraceSink {
  data = 0;

  onEvent(event: TraceEvent): void {
    if (event.code === EventCode.deliver && event.type === "DATA") this.data++;
  }
}

/** Sends `messages` messages of `packets` packets, 50 ms each way, and counts. */
export function measure(
  losses: Losses,
  {
    messages = 1,
    packets,
    backoff,
    attempts = Number.POSITIVE_INFINITY,
  }: {
    messages?: number;
    packets: number;
    backoff: number;
    attempts?: number;
  },
): Measured {
  const arrived = new Arrivals();
  const delay = { distribution: "constant", valueMs: R / 2 } as const;
  const links = [
    { from: ["sender"], to: ["receiver"], options: { loss: losses.p } },
    { from: ["receiver"], to: ["sender"], options: { loss: losses.q } },
  ];
  const world = new World({ delay, links, quiet: true, sinks: [arrived], seed: "closed forms" });
  const arq = arqOptions({
    rto: { estimator: "fixed", initialMs: T, maxMs: Number.MAX_VALUE, backoff },
    // No repetition of a message is ever late enough to be taken for a new one.
    arq: { maxAttempts: attempts, duplicateWindowMs: Number.POSITIVE_INFINITY },
  });
  const receiver = world.host("receiver", (transport) => new ArqReceiver(transport, arq)).participant as ArqReceiver;
  const sender = world.host("sender", (transport) => new ArqSender(transport, arq)).participant as ArqSender;
  let measured: Measured | undefined;
  let last: BulkOutcome | undefined;
  let elapsedMs = 0;
  sender.bulk(world.endpoint(1), { messages, packets, bytes: 64 }, (outcome) => {
    last = outcome;
    elapsedMs = world.network.nowMs;
  });
  world.run();
  if (last !== undefined) {
    const { packets: distinct, messages: received, damaged } = receiver.counts;
    if (damaged > 0) throw new Error(`${damaged} fragments are not what was sent`);
    measured = { ...last, elapsedMs, arrivals: arrived.data, duplicates: arrived.data - distinct, received };
  }
  if (measured === undefined) throw new Error("the order has no outcome");
  return measured;
}
