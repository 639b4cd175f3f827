/** Whatever the sources do, and in whatever order: the exact file under its name, or a failure that says why. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { Bench, bytesOf, damaged, digestHeader, hashOf, type ServerScript } from "./bench.ts";

const SIZE = 8_000;
const RUNS = 200;
/** Of the test runner: a busy machine is no failure. */
const LIMIT_MS = 60_000;
const TRUE = bytesOf("true", SIZE);

type Trouble = "ok" | "refused" | "reset" | "silence" | 404 | 500 | 503;

interface Behaviour {
  readonly bytesPerMs: number;
  readonly latencyMs: number;
  readonly ranges: boolean;
  readonly breaksAfterBytes: number;
  readonly silentAfterBytes: number;
  readonly etag: string | undefined;
  readonly claims: boolean;
  readonly untilClose: boolean;
  /** What becomes of request 0, 1, 2, ...; later ones are served. */
  readonly troubles: readonly Trouble[];
  readonly lie: "none" | "byte" | "all" | "short";
}

const rarely = <T>(common: T, rare: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(common) }, rare);

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  bytesPerMs: fc.constantFrom(0.5, 1.5, 5, 20),
  latencyMs: fc.nat(400),
  ranges: rarely(true, fc.constant(false)),
  breaksAfterBytes: rarely(Number.POSITIVE_INFINITY, fc.nat(SIZE)),
  silentAfterBytes: rarely(Number.POSITIVE_INFINITY, fc.nat(SIZE)),
  etag: fc.constantFrom(undefined, '"1"', '"2"', 'W/"3"'),
  claims: fc.boolean(),
  untilClose: rarely(false, fc.constant(true)),
  troubles: fc.array(fc.constantFrom<Trouble[]>("ok", "refused", "reset", "silence", 404, 500, 503), { maxLength: 4 }),
  lie: fc.constantFrom("none", "none", "none", "byte", "all", "short"),
});

function contentOf(lie: Behaviour["lie"], n: number): Uint8Array {
  switch (lie) {
    case "none":
      return TRUE;
    case "byte":
      return damaged(TRUE, (n * 7919) % SIZE);
    case "all":
      return TRUE.map((byte) => byte ^ n);
    case "short":
      return TRUE.slice(0, SIZE - n);
  }
}

function scriptOf(how: Behaviour, n: number): Partial<ServerScript> {
  const content = contentOf(how.lie, n);
  const { bytesPerMs, latencyMs, ranges, breaksAfterBytes, silentAfterBytes, untilClose, troubles } = how;
  return {
    content,
    bytesPerMs,
    latencyMs,
    ranges,
    breaksAfterBytes,
    silentAfterBytes,
    untilClose,
    headers: {
      ...(how.etag !== undefined && { etag: how.etag }),
      ...(how.claims && { "repr-digest": digestHeader(content) }),
    },
    answer: (_, number) => {
      const trouble = troubles[number];
      if (trouble === undefined || trouble === "ok") return undefined;
      return typeof trouble === "number" ? { status: trouble } : trouble;
    },
  };
}

function check(how: readonly Behaviour[], isExpected: boolean, cancelMs: number | undefined): void {
  const bench = new Bench();
  how.forEach((one, i) => void bench.server(i + 2, scriptOf(one, i + 2)));
  const options = {
    minRequestBytes: 800,
    ...(isExpected && { expect: { sizeBytes: SIZE, sha256: hashOf(TRUE) } }),
  };
  const sources = how.map((_, i) => i + 2);
  const fetch = bench.fetch(sources, options);
  if (cancelMs !== undefined) {
    bench.run(cancelMs);
    fetch.cancel();
    bench.run(cancelMs + 1);
    expect(bench.outcomes).toHaveLength(1);
    if (bench.outcomes[0]!.status === "failed") bench.fetch(sources, options);
  }
  bench.run(50_000_000);
  const outcome = bench.outcomes.at(-1);
  expect(outcome, "it comes to an end").toBeDefined();
  expect(bench.host.runningTimers).toBe(0);
  expect([...bench.servers.values()].map(({ open }) => open)).toEqual(how.map(() => 0));

  if (outcome!.status === "failed") {
    expect(outcome!.detail).not.toBe("");
    expect(bench.store.has("file")).toBe(false);
    if (!outcome!.isKept) expect(bench.store.heldBytes).toBe(0);
    // An honest source that answers is enough.
    if (isExpected) {
      const isReliable = ({ lie, troubles, breaksAfterBytes, silentAfterBytes, bytesPerMs }: Behaviour) =>
        lie === "none" &&
        troubles.length === 0 &&
        Math.min(breaksAfterBytes, silentAfterBytes) > SIZE &&
        bytesPerMs > 1;
      expect(how.filter(isReliable)).toEqual([]);
    }
    return;
  }
  expect(bench.store.has("file")).toBe(true);
  if (isExpected) expect(bench.holds(TRUE)).toBe(true);
  // Without anybody's word for it, it is right where all sources have the same.
  else if (how.every(({ lie }) => lie === "none")) expect(bench.holds(TRUE)).toBe(true);
  for (const { source, dropped } of outcome!.sources) {
    const one = how[Number(source.ip.slice(7)) - 2]!;
    if (isExpected && dropped?.reason === "bad-bytes") expect(one.lie).not.toBe("none");
  }
}

const one = fc.array(behaviour, { minLength: 1, maxLength: 4 });

test("with an expected SHA-256", { timeout: LIMIT_MS }, () => {
  fc.assert(
    fc.property(one, (how) => check(how, true, undefined)),
    { numRuns: RUNS },
  );
});

test("with nobody's word for it", { timeout: LIMIT_MS }, () => {
  fc.assert(
    fc.property(one, (how) => check(how, false, undefined)),
    { numRuns: RUNS },
  );
});

test("cancelled at any time, and continued", { timeout: LIMIT_MS }, () => {
  fc.assert(fc.property(one, fc.boolean(), fc.nat(3000), check), { numRuns: RUNS });
});
