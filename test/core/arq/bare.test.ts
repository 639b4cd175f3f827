/** The bare sender and receiver of the lessons: orders, outcomes, and the pattern that shows any byte out of place. */

import { describe, expect, test } from "vitest";
import { ArqReceiver, ArqSender, type BulkOrder, type BulkOutcome } from "../../../src/core/arq/bare.ts";
import { matchesPattern, messageNumber, TestPattern } from "../../../src/core/arq/test-pattern.ts";
import { arqOptions, type LabOptions } from "../../support/two-hosts.ts";
import { World } from "../../support/world.ts";

interface Bulk {
  readonly world: World;
  readonly sender: ArqSender;
  readonly receiver: ArqReceiver;
  readonly outcomes: BulkOutcome[];
  order(order: BulkOrder): void;
}

function bulk(options: LabOptions = {}): Bulk {
  const world = new World(options.network);
  const arq = arqOptions(options);
  const receiver = world.host("receiver", (transport) => new ArqReceiver(transport, arq)).participant as ArqReceiver;
  const sender = world.host("sender", (transport) => new ArqSender(transport, arq)).participant as ArqSender;
  const outcomes: BulkOutcome[] = [];
  const to = world.endpoint(1);
  return { world, sender, receiver, outcomes, order: (order) => sender.bulk(to, order, (out) => outcomes.push(out)) };
}

describe("an order", () => {
  test.each([
    [1, 1, 512],
    [1, 9, 512],
    [1, 10, 512],
    [1, 100, 64],
    [3, 7, 100],
    [5, 1, 20],
  ])("of %d messages of %d packets of %d bytes is just that", (messages, packets, bytes) => {
    const run = bulk();
    run.order({ messages, packets, bytes });
    run.world.run();
    const all = messages * packets;
    expect(run.outcomes).toEqual([{ messages, delivered: messages, givenUp: 0, packets: all, transmissions: all }]);
    expect(run.receiver.counts).toMatchObject({ messages, packets: all, damaged: 0 });
    const sizes = run.world.tape.find({ event: "send", type: "DATA" }).map((row) => row.bytes);
    expect(sizes).toHaveLength(all);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(bytes);
    // Only the digits of SEQ may leave a byte or two free.
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(bytes - 2 * (String(packets).length - 1) - 1);
  });

  test("counts what was given up", () => {
    const fault = { match: { kind: "data", message: 2 }, action: { do: "drop" } } as const;
    const run = bulk({ rto: "10ms", arq: { maxAttempts: 3 }, network: { faults: [fault] } });
    run.order({ messages: 3, packets: 1, bytes: 100 });
    run.world.run();
    expect(run.outcomes).toEqual([{ messages: 3, delivered: 2, givenUp: 1, packets: 3, transmissions: 5 }]);
  });

  test("ends once, also when the sender stops in the middle", () => {
    const run = bulk({ rto: "10ms", network: { loss: 1 } });
    run.order({ messages: 3, packets: 1, bytes: 100 });
    run.world.runTo(15);
    run.sender.stop();
    run.world.run();
    expect(run.outcomes).toHaveLength(1);
    expect(run.outcomes[0]).toMatchObject({ delivered: 0 });
  });

  test("of packets that are larger than the sender's largest is refused", () => {
    const run = bulk();
    expect(() => run.order({ messages: 1, packets: 1, bytes: 513 })).toThrow(/513 bytes.*512 bytes/);
  });
});

describe("the receiver", () => {
  test("sees every flipped bit that reaches a place it looks at", () => {
    // Byte 20 stands for the payload's 18th: a multiple of the stride after the message's number.
    const fault = { match: { kind: "data", nth: [2] }, action: { do: "corrupt", offset: 2 + 4 + 16 } } as const;
    const run = bulk({ rto: "10ms", network: { faults: [fault] } });
    run.order({ messages: 3, packets: 1, bytes: 200 });
    run.world.run();
    expect(run.receiver.counts).toMatchObject({ messages: 3, damaged: 1 });
  });

  test("takes two messages of the same size for two, however soon the second comes", () => {
    const run = bulk();
    run.order({ messages: 50, packets: 2, bytes: 100 });
    run.world.run();
    expect(run.receiver.counts).toMatchObject({ messages: 50, packets: 100, damaged: 0 });
  });
});

describe("the test pattern", () => {
  const bytes = (message: number, start: number, length: number): Uint8Array => {
    const target = new Uint8Array(length);
    new TestPattern(message, 1e9).copy(start, length, target, 0);
    return target;
  };

  test("opens with the message's number", () => {
    expect(messageNumber(bytes(70_000, 0, 8), 0, 8)).toBe(70_000);
    expect(messageNumber(bytes(70_000, 0, 3), 0, 3)).toBeUndefined();
  });

  test("a fragment is the same whether it is made alone or cut from a longer one", () => {
    const whole = bytes(3, 0, 1000);
    for (const [start, length] of [
      [0, 4],
      [2, 10],
      [4, 1],
      [500, 500],
    ] as const) {
      expect(bytes(3, start, length)).toEqual(whole.slice(start, start + length));
    }
  });

  test("runs on past the end of its table", () => {
    for (const start of [65_500, 65_521, 200_000, 100_000_000]) {
      expect(matchesPattern(7, start, bytes(7, start, 60_000), 0, 60_000)).toBe(true);
    }
  });

  test("does not match at another place, of another message, or with a byte changed", () => {
    const fragment = bytes(7, 4, 500);
    expect(matchesPattern(7, 4, fragment, 0, 500)).toBe(true);
    expect(matchesPattern(7, 5, fragment, 0, 500)).toBe(false);
    expect(matchesPattern(8, 4, fragment, 0, 500)).toBe(false);
    for (const at of [0, 16, 480, 499]) {
      const damaged = fragment.slice();
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(matchesPattern(7, 4, damaged, 0, 500)).toBe(false);
    }
  });

  test("an empty fragment matches anything", () => {
    expect(matchesPattern(1, 0, new Uint8Array(0), 0, 0)).toBe(true);
  });
});
