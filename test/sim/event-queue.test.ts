/** The one queue of virtual time: ordered by time, and within an instant by the order in which events were planned. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventQueue } from "../../src/sim/event-queue.ts";

/** Plans events that write their names down when they happen. */
function queueOfNames(): { queue: EventQueue; happened: string[]; plan: (timeNs: number, name: string) => number } {
  const queue = new EventQueue();
  const happened: string[] = [];
  return {
    queue,
    happened,
    plan: (timeNs, name) => queue.push({ atNs: timeNs, happen: () => void happened.push(name) }),
  };
}

describe("the event queue", () => {
  test("takes events in the order of their times", () => {
    const { queue, happened, plan } = queueOfNames();
    for (const timeNs of [30, 10, 20]) plan(timeNs, `${timeNs}`);
    const times: number[] = [];
    while (queue.length > 0) {
      queue.step();
      times.push(queue.nowNs);
    }
    expect(happened).toEqual(["10", "20", "30"]);
    expect(times).toEqual([10, 20, 30]);
    expect(queue.nextNs).toBe(Number.POSITIVE_INFINITY);
  });

  test("takes events of one instant in the order in which they were planned", () => {
    const { queue, happened, plan } = queueOfNames();
    for (let i = 0; i < 100; i++) plan(5, `${i}`);
    while (queue.length > 0) queue.step();
    expect(happened).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  test("timers come behind everything else of their instant, and among themselves as their numbers were taken", () => {
    const { queue, happened, plan } = queueOfNames();
    const timer = (name: string) => ({ atNs: 5, happen: () => void happened.push(name) });
    const [early, late] = [queue.takeTimerSeq(), queue.takeTimerSeq()];
    queue.pushWithSeq(timer("late timer"), late);
    plan(5, "arrival");
    queue.pushWithSeq(timer("early timer"), early);
    plan(4, "before");
    while (queue.length > 0) queue.step();
    expect(happened).toEqual(["before", "arrival", "early timer", "late timer"]);
  });

  test("tells an event under which number it was planned", () => {
    const queue = new EventQueue();
    const seen: number[] = [];
    const event = { atNs: 2, happen: (seq: number) => void seen.push(seq) };
    const planned = [queue.push(event), queue.push({ ...event, atNs: 1 })];
    queue.step();
    queue.step();
    expect(seen).toEqual([planned[1], planned[0]]);
  });

  test("is a sorted list: whatever is planned, and whenever", () => {
    // A number plans an event so much later than now; null lets the next one happen.
    const commands = fc.array(fc.option(fc.integer({ min: 0, max: 8 }), { nil: null, freq: 3 }), { maxLength: 500 });
    fc.assert(
      fc.property(commands, (list) => {
        const { queue, happened, plan } = queueOfNames();
        const model: { timeNs: number; order: number }[] = [];
        const expected: string[] = [];
        const step = (): void => {
          model.sort((a, b) => a.timeNs - b.timeNs || a.order - b.order);
          const next = model.shift();
          if (next === undefined) return;
          expect(queue.nextNs).toBe(next.timeNs);
          queue.step();
          expected.push(`${next.order}`);
          expect(queue.nowNs).toBe(next.timeNs);
        };
        for (const [order, later] of list.entries()) {
          if (later === null) {
            step();
          } else {
            const timeNs = queue.nowNs + later;
            plan(timeNs, `${order}`);
            model.push({ timeNs, order });
          }
          expect(queue.length).toBe(model.length);
        }
        while (model.length > 0) step();
        expect(happened).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("grows to a hundred thousand events, and keeps their order", () => {
    const queue = new EventQueue();
    let latestNs = -1;
    let count = 0;
    const event = {
      atNs: 0,
      happen(): void {
        if (queue.nowNs < latestNs) throw new Error("out of order");
        latestNs = queue.nowNs;
        count++;
      },
    };
    let state = 1;
    for (let i = 0; i < 100_000; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      event.atNs = state; // read when the event is queued, and not later
      queue.push(event);
    }
    while (queue.length > 0) queue.step();
    expect(count).toBe(100_000);
  });

  test("keeps whole nanoseconds apart up to a hundred days", () => {
    const { queue, happened, plan } = queueOfNames();
    const late = 100 * 86_400e9;
    plan(late + 2, "b");
    plan(late + 1, "a");
    queue.step();
    expect([happened, queue.nowNs]).toEqual([["a"], late + 1]);
  });
});
