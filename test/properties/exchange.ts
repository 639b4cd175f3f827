/** Random exchanges over a bad network, for the properties that must hold in every one of them. */

import fc from "fast-check";
import type { ArqOptions } from "../../src/core/arq/options.ts";
import type { LinkOptions } from "../../src/faults/options.ts";
import { type Lab, twoHosts } from "../support/two-hosts.ts";

/** No packet lives longer than this, so after two of them nothing of an old message is under way. */
export const MAX_DELAY_MS = 40;
/** Longer than all attempts of a packet together: a shorter one takes the last retransmission for a new message. */
const WINDOW_MS = 10_000;
const QUIET_MS = 2 * MAX_DELAY_MS + 1;

export interface Exchange {
  readonly seed: string;
  readonly network: Pick<LinkOptions, "loss" | "duplicate" | "keepOrder">;
  readonly minDelayMs: number;
  readonly arq: Pick<ArqOptions, "maxAttempts" | "maxDatagramBytes">;
  readonly rtoMs: number;
  readonly backoff: number;
  /** For each sender, the texts it sends, one after another. */
  readonly messages: readonly (readonly string[])[];
}

/** Texts that are all different, and often alike at the start and of equal length. */
const messages = fc
  .array(fc.record({ start: fc.integer({ min: 0, max: 2 }), length: fc.integer({ min: 0, max: 90 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((list) => list.map(({ start, length }, i) => `${"abc".charAt(start).repeat(length)}${i}`));

export const exchanges: fc.Arbitrary<Exchange> = fc.record({
  seed: fc.string({ maxLength: 8 }),
  network: fc.record({
    loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
    duplicate: fc.double({ min: 0, max: 0.5, noNaN: true }),
    keepOrder: fc.boolean(),
  }),
  minDelayMs: fc.integer({ min: 0, max: MAX_DELAY_MS }),
  arq: fc.record({
    maxAttempts: fc.integer({ min: 1, max: 8 }),
    maxDatagramBytes: fc.integer({ min: 12, max: 64 }),
  }),
  rtoMs: fc.integer({ min: 1, max: 150 }),
  backoff: fc.constantFrom(1, 2),
  messages: fc.array(messages, { minLength: 1, maxLength: 3 }),
});

/**
 * Runs an exchange to its end. Each sender sends its next message when the last one has its outcome and nothing of it
 * is under way any more: closer than that, the report's wire promises nothing.
 */
export function runExchange(exchange: Exchange): Lab {
  const { seed, network, minDelayMs, arq, rtoMs, backoff } = exchange;
  const names = exchange.messages.map((_, i) => `H${i + 1}`);
  const delay = { distribution: "uniform", minMs: minDelayMs, maxMs: MAX_DELAY_MS } as const;
  const link = twoHosts({
    rto: { estimator: "fixed", initialMs: rtoMs, backoff, maxMs: 1000 },
    arq: { ...arq, duplicateWindowMs: WINDOW_MS },
    network: { ...network, delay, seed },
    hosts: ["directory", ...names],
  });
  const clock = link.world.network;
  for (const [i, texts] of exchange.messages.entries()) {
    const end = link.end(names[i] as string);
    const next = (at: number): void => {
      const text = texts[at];
      if (text === undefined) return;
      const sent = end.send(text);
      const wait = (): void => {
        if (sent.status === undefined) clock.at(clock.nowMs + 1, wait);
        else clock.at(clock.nowMs + QUIET_MS, () => next(at + 1));
      };
      wait();
    };
    next(0);
  }
  return link.runToEnd();
}
