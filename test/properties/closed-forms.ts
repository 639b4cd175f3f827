/** Runs of stop-and-wait under independent loss, to be measured against the closed forms of src/study/closed-forms.ts. */

import { ArqReceiver, ArqSender, type BulkOutcome } from "../../src/core/arq/bare.ts";
import * as forms from "../../src/study/closed-forms.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../src/trace/events.ts";
import { arqOptions } from "../support/two-hosts.ts";
import { World } from "../support/world.ts";

export type Losses = forms.Losses;

/** Round-trip time and timeout, in ms: those of the bulk lesson. */
export const R = 100;
export const T = 200;

export const failure = forms.failure;
export const transmissions = forms.transmissions;

/** E[time per packet] with a timeout that is always T. */
export function fixedTime(losses: Losses, attempts?: number): number {
  return forms.timePerPacket(losses, { rttMs: R, timeoutMs: T, backoff: 1, maxTimeoutMs: Number.MAX_VALUE }, attempts);
}

/** E[time per packet] with a timeout that doubles without an end. */
export function doublingTime(losses: Losses, attempts?: number): number {
  const timing = { rttMs: R, timeoutMs: T, backoff: 2, maxTimeoutMs: Number.POSITIVE_INFINITY };
  return forms.timePerPacket(losses, timing, attempts);
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
