/** Random faults of a link, measured: loss, duplication, corruption, bursts; and the draws they come from. */

import { describe, expect, test } from "vitest";
import { CounterRandom, deriveKey, draw, mixIdentity, Purpose } from "../../src/faults/keyed-random.ts";
import type { GilbertElliottOptions } from "../../src/faults/options.ts";
import { type Probe, World, type WorldOptions } from "../support/world.ts";

const N = 20_000;

interface Pair {
  readonly world: World;
  readonly a: Probe;
  readonly b: Probe;
}

function pair(options: WorldOptions): Pair {
  const world = new World(options);
  return { world, a: world.probe("A"), b: world.probe("B") };
}

/** Sends packets 1 to `count`, one per `everyMs`, and tells which of them arrived, and how often. */
function arrivals(options: WorldOptions, count = N, everyMs = 1): number[] {
  const { world, a, b } = pair({ ...options, quiet: true });
  const times = new Array<number>(count).fill(0);
  for (let i = 0; i < count; i++) {
    world.network.at(i * everyMs, () => a.send(b, `${i}`));
  }
  world.run();
  for (const { text } of b.arrivals) times[Number(text)]!++;
  return times;
}

/** Five standard deviations of the share of `n` coin tosses. */
function tolerance(p: number, n = N): number {
  return 5 * Math.sqrt((p * (1 - p)) / n);
}

function share(times: readonly number[], of: (count: number) => boolean): number {
  return times.filter(of).length / times.length;
}

describe("independent loss", () => {
  test.each([0.01, 0.1, 0.5, 0.9])("%d: that share of the packets is lost, each by itself", (loss) => {
    const times = arrivals({ loss });
    const lost = times.map((count) => count === 0);
    expect(Math.abs(share(times, (count) => count === 0) - loss)).toBeLessThan(tolerance(loss));
    // Two losses in a row are as frequent as independence says.
    const pairs = lost.filter((is, i) => is && lost[i + 1] === true).length / N;
    expect(Math.abs(pairs - loss * loss)).toBeLessThan(2 * tolerance(loss * loss));
  });

  test("0 loses nothing, 1 everything", () => {
    expect(share(arrivals({ loss: 0 }, 1000), (count) => count === 1)).toBe(1);
    expect(share(arrivals({ loss: 1 }, 1000), (count) => count === 0)).toBe(1);
  });

  test("attempts of the same packet are lost each by itself", () => {
    const { world, a, b } = pair({ loss: 0.5, quiet: true });
    const attempts = 4;
    for (let message = 1; message <= 5000; message++) {
      for (let attempt = 1; attempt <= attempts; attempt++) a.send(b, `${message} ${attempt}`, { message, attempt });
    }
    world.run();
    const patterns = new Map<number, number>();
    for (const { text } of b.arrivals) {
      const [message, attempt] = text.split(" ").map(Number) as [number, number];
      patterns.set(message, (patterns.get(message) ?? 0) | (1 << (attempt - 1)));
    }
    const counts = new Array<number>(16).fill(0);
    for (let message = 1; message <= 5000; message++) counts[patterns.get(message) ?? 0]!++;
    for (const count of counts) expect(Math.abs(count / 5000 - 1 / 16)).toBeLessThan(tolerance(1 / 16, 5000));
  });

  test("both directions of a link, and every link, are lost each by itself", () => {
    const world = new World({ loss: 0.5, quiet: true });
    const probes = ["A", "B", "C"].map((name) => world.probe(name));
    const [a, b, c] = probes as [Probe, Probe, Probe];
    const lanes: [Probe, Probe][] = [
      [a, b],
      [b, a],
      [a, c],
    ];
    const n = 5000;
    for (let message = 1; message <= n; message++) {
      for (const [from, to] of lanes) from.send(to, `${message} ${from.host.name}`, { message });
    }
    world.run();
    const got = lanes.map(
      ([from, to]) =>
        new Set(
          to.arrivals.filter(({ text }) => text.endsWith(from.host.name)).map(({ text }) => Number.parseInt(text, 10)),
        ),
    );
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const both = [...(got[i] as Set<number>)].filter((message) => got[j]?.has(message)).length / n;
      expect(Math.abs(both - 0.25)).toBeLessThan(tolerance(0.25, n));
    }
  });

  test("another seed loses others", () => {
    const [one, two] = ["one", "two"].map((seed) => arrivals({ loss: 0.5, seed }, 1000));
    const equal = one?.filter((count, i) => count === two?.[i]).length as number;
    expect(equal / 1000).toBeGreaterThan(0.4);
    expect(equal / 1000).toBeLessThan(0.6);
  });
});

describe("duplication", () => {
  test("that share of the packets arrives twice, the copy with a delay of its own", () => {
    const delay = { distribution: "uniform", minMs: 0, maxMs: 100 } as const;
    const { world, a, b } = pair({ duplicate: 0.25, delay });
    for (let i = 0; i < 10_000; i++) a.send(b, `${i}`);
    world.run();
    const times = new Map<string, number[]>();
    for (const { text, atNs } of b.arrivals) times.set(text, [...(times.get(text) ?? []), atNs]);
    const twice = [...times.values()].filter((list) => list.length === 2) as [number, number][];
    expect(times.size).toBe(10_000);
    expect(Math.abs(twice.length / 10_000 - 0.25)).toBeLessThan(tolerance(0.25, 10_000));
    expect(twice.filter(([first, second]) => first === second)).toHaveLength(0);
    expect(world.tape.find({ event: "duplicate", note: "duplication" })).toHaveLength(twice.length);
    // Of two independent uniform delays the later is 2/3 of the range on average.
    const later = twice.reduce((sum, [, second]) => sum + second / 1e6, 0) / twice.length;
    expect(later).toBeGreaterThan(64);
    expect(later).toBeLessThan(69);
  });

  test("0 duplicates nothing, 1 everything", () => {
    expect(share(arrivals({ duplicate: 0 }, 1000), (count) => count === 1)).toBe(1);
    expect(share(arrivals({ duplicate: 1 }, 1000), (count) => count === 2)).toBe(1);
  });
});

describe("corruption", () => {
  test("flips exactly one bit, any of them, of that share of the packets; the sender's bytes stay as they are", () => {
    const { world, a, b } = pair({ corrupt: 0.5 });
    const original = new Uint8Array(8).fill(0x55);
    const kept = original.slice();
    const n = 10_000;
    for (let i = 0; i < n; i++) a.send(b, original);
    world.run();
    expect(original).toEqual(kept);
    const flips = new Array<number>(64).fill(0);
    let damaged = 0;
    for (const { datagram } of b.arrivals) {
      const bits: number[] = [];
      for (let bit = 0; bit < 64; bit++) if ((((datagram[bit >> 3] as number) ^ 0x55) >> (bit & 7)) & 1) bits.push(bit);
      if (bits.length > 1 || datagram.length !== 8) throw new Error(`${bits.length} bits of ${datagram.length} bytes`);
      for (const bit of bits) flips[bit]!++;
      damaged += bits.length;
    }
    expect(b.arrivals).toHaveLength(n);
    expect(Math.abs(damaged / n - 0.5)).toBeLessThan(tolerance(0.5, n));
    for (const count of flips) expect(Math.abs(count / damaged - 1 / 64)).toBeLessThan(tolerance(1 / 64, damaged));
    expect(world.tape.find({ event: "corrupt" })).toHaveLength(damaged);
  });

  test("of an empty datagram leaves it empty", () => {
    const { world, a, b } = pair({ corrupt: 1 });
    a.send(b, "");
    world.run();
    expect(b.texts).toEqual([""]);
  });
});

describe("Gilbert-Elliott bursts", () => {
  /** Lengths of the runs of lost packets. */
  function bursts(times: readonly number[]): number[] {
    const lengths: number[] = [];
    let length = 0;
    for (const count of [...times, 1]) {
      if (count === 0) length++;
      else if (length > 0) {
        lengths.push(length);
        length = 0;
      }
    }
    return lengths;
  }
  const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  const channel = (options: Partial<GilbertElliottOptions>): WorldOptions => ({
    gilbertElliott: { p: 0.03, r: 0.3, lossGood: 0, lossBad: 1, step: "packet", ...options },
  });

  test("step per packet: loses p/(p + r) of the packets, in bursts of 1/r on average", () => {
    const times = arrivals(channel({}));
    expect(Math.abs(share(times, (count) => count === 0) - 0.03 / 0.33)).toBeLessThan(0.01);
    expect(Math.abs(mean(bursts(times)) - 1 / 0.3)).toBeLessThan(0.2);
  });

  test("losses within the states: lossGood and lossBad", () => {
    const times = arrivals(channel({ p: 0.1, r: 0.1, lossGood: 0.05, lossBad: 0.6 }));
    expect(Math.abs(share(times, (count) => count === 0) - (0.05 + 0.6) / 2)).toBeLessThan(0.02);
  });

  test("step per slot of time: packets of one slot share their fate, bursts last 1/r slots", () => {
    // Five packets per slot of 5 ms.
    const times = arrivals(channel({ p: 0.1, r: 0.25, step: { slotMs: 5 } }));
    const slots: number[] = [];
    for (let i = 0; i < N; i += 5) {
      const slot = times.slice(i, i + 5);
      expect(new Set(slot).size).toBe(1);
      slots.push(slot[0] as number);
    }
    expect(Math.abs(share(slots, (count) => count === 0) - 0.1 / 0.35)).toBeLessThan(0.03);
    expect(Math.abs(mean(bursts(slots)) - 4)).toBeLessThan(0.5);
  });

  test("the channel of a slot is the same however many packets ask", () => {
    const options = channel({ p: 0.2, r: 0.2, step: { slotMs: 10 } });
    const everyMs = arrivals(options, 5000, 1);
    const everyTenth = arrivals(options, 500, 10);
    expect(everyTenth).toEqual(everyMs.filter((_, i) => i % 10 === 0));
  });

  test("p = 0 never turns bad, r = 0 never good again, and each link has its own channel", () => {
    expect(share(arrivals(channel({ p: 0 }), 1000), (count) => count === 1)).toBe(1);
    expect(share(arrivals(channel({ p: 0.5, r: 0 }), 1000), (count) => count === 0)).toBe(1);
  });
});

describe("keyed draws", () => {
  test("depend on key, identity and purpose, and on nothing else", () => {
    const key = deriveKey("seed", "link A -> B");
    expect(draw(key, 1, 2, Purpose.loss)).toBe(draw(key, 1, 2, Purpose.loss));
    const others = [
      draw(deriveKey("other", "link A -> B"), 1, 2, Purpose.loss),
      draw(deriveKey("seed", "link B -> A"), 1, 2, Purpose.loss),
      draw(key, 2, 2, Purpose.loss),
      draw(key, 1, 3, Purpose.loss),
      draw(key, 1, 2, Purpose.delay),
    ];
    expect(new Set([draw(key, 1, 2, Purpose.loss), ...others]).size).toBe(6);
  });

  test("are spread evenly, and so are pairs of draws for neighbouring identities and for two purposes", () => {
    const key = deriveKey("seed", "x");
    const cells = {
      single: new Array<number>(64).fill(0),
      next: new Array<number>(64).fill(0),
      purpose: new Array<number>(64).fill(0),
    };
    const n = 100_000;
    const eighth = (u: number): number => Math.floor(u * 8);
    for (let i = 0; i < n; i++) {
      const id = mixIdentity(i, 1);
      const u = draw(key, id, 0, Purpose.loss);
      cells.single[Math.floor(u * 64)]!++;
      cells.next[eighth(u) * 8 + eighth(draw(key, mixIdentity(i + 1, 1), 0, Purpose.loss))]!++;
      cells.purpose[eighth(u) * 8 + eighth(draw(key, id, 0, Purpose.delay))]!++;
    }
    for (const list of Object.values(cells)) {
      const chiSquare = list.reduce((sum, count) => sum + (count - n / 64) ** 2 / (n / 64), 0);
      expect(chiSquare).toBeLessThan(63 + 5 * Math.sqrt(2 * 63));
    }
  });

  test("a host's generator: in [0, 1), even, and each its own", () => {
    const [one, two] = ["host A 1", "host A 2"].map((name) => new CounterRandom(deriveKey("seed", name))) as [
      CounterRandom,
      CounterRandom,
    ];
    let sum = 0;
    let equal = 0;
    for (let i = 0; i < 10_000; i++) {
      const u = one.next();
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
      if (u === two.next()) equal++;
    }
    expect(Math.abs(sum / 10_000 - 0.5)).toBeLessThan(0.015);
    expect(equal).toBe(0);
  });
});
