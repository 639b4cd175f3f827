/**
 * What stop-and-wait promises over any network that loses, duplicates and reorders, as long as no packet of one message
 * outlives the quiet before the next one.
 */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exchanges, runExchange } from "./exchange.ts";

const RUNS = 150;

describe("over a network that loses, duplicates and reorders", () => {
  test("every message has one outcome; those that arrive are whole, in order, at most once; delivered means arrived", () => {
    let delivered = 0;
    let lost = 0;
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const link = runExchange(exchange);
        for (const [i, texts] of exchange.messages.entries()) {
          const end = link.end(`H${i + 1}`);
          expect(end.sent.map(({ outcomes }) => outcomes.length)).toEqual(texts.map(() => 1));
          const received = link
            .end("directory")
            .received.filter(({ from }) => from.key === end.endpoint.key)
            .map(({ text }) => text);
          // In order and at most once: `received` is what is left of `texts` when some are crossed out.
          const has = new Set(received);
          expect(received).toEqual(texts.filter((text) => has.has(text)));
          const confirmed = texts.filter((_, at) => end.sent[at]?.status === "delivered");
          expect(confirmed.filter((text) => !has.has(text))).toEqual([]);
          delivered += confirmed.length;
          lost += texts.length - received.length;
        }
      }),
      { numRuns: RUNS },
    );
    // The runs were no walk in the park, nor hopeless.
    expect(delivered).toBeGreaterThan(RUNS);
    expect(lost).toBeGreaterThan(RUNS / 10);
  });

  test("a message is given up after as many transmissions of one packet as allowed, never fewer, never more", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const link = runExchange(exchange);
        const { maxAttempts } = exchange.arq;
        const sends = link.tape.find({ event: "send" }).filter(({ type }) => type === "DATA");
        expect(Math.max(...sends.map(({ attempt }) => attempt))).toBeLessThanOrEqual(maxAttempts);
        for (const [i] of exchange.messages.entries()) {
          for (const { outcome } of link.end(`H${i + 1}`).sent) {
            if (outcome?.status === "given-up") expect(outcome.attempts).toBe(maxAttempts);
          }
        }
      }),
      { numRuns: RUNS / 3 },
    );
  });

  test("every retransmission is called necessary or spurious, and the judgement is right", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const { tape } = runExchange(exchange);
        const retransmissions = tape.rows.filter(
          ({ event, type, attempt }) => event === "send" && type === "DATA" && attempt > 1,
        );
        const necessary = retransmissions.filter(({ note }) => note.startsWith("necessary"));
        const spurious = retransmissions.filter(({ note }) => note.startsWith("spurious"));
        expect(necessary.length + spurious.length).toBe(retransmissions.length);
        for (const row of necessary) expect(isOnItsWay(tape.rows, row)).toBe(false);
        for (const row of spurious) expect(isOnItsWay(tape.rows, row)).toBe(true);
      }),
      { numRuns: RUNS / 3 },
    );
  });
});

type Rows = ReturnType<typeof runExchange>["tape"]["rows"];

/** Has any transmission of the same packet before `row` reached the receiver, or will one? Told from the trace alone. */
function isOnItsWay(rows: Rows, row: Rows[number]): boolean {
  const at = rows.indexOf(row);
  let first = at;
  while (!(rows[first]?.event === "send" && sameSlot(rows[first] as Rows[number], row) && rows[first]?.attempt === 1))
    first--;
  const earlier = new Set<number>();
  for (let i = first; i < at; i++) {
    const one = rows[i] as Rows[number];
    if (one.event === "send" && sameSlot(one, row)) earlier.add(one.packetId);
  }
  return rows.some(({ event, packetId }) => event === "deliver" && earlier.has(packetId));
}

function sameSlot(a: Rows[number], b: Rows[number]): boolean {
  return a.node === b.node && a.peer === b.peer && a.type === b.type && a.seq === b.seq && a.total === b.total;
}
