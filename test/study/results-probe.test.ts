/** What the version of kept results notices: parts of peerlab are broken here, one at a time, and it must be another. */

import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";

type Estimator = Record<string, unknown> & { options: Record<string, unknown> };
type Method = (this: Estimator, ...args: unknown[]) => unknown;

const SEAL = "../../src/core/seal/sealed-transport.ts";

afterEach(() => {
  vi.doUnmock(SEAL);
  vi.resetModules();
});

/** The version by a fresh copy of all modules, in which one method of the estimator is another. */
async function versionWith(method?: string, changed?: (original: Method) => Method): Promise<string> {
  vi.resetModules();
  const { RtoEstimator } = await import("../../src/core/arq/rto.ts");
  if (method !== undefined && changed !== undefined) {
    const prototype = RtoEstimator.prototype as unknown as Record<string, Method>;
    prototype[method] = changed(prototype[method] as Method);
  }
  const { resultsVersion } = await import("../../src/study/results-version.ts");
  return resultsVersion("1.0.0");
}

/** A method that does nothing under one estimator. */
const without =
  (estimator: string) =>
  (original: Method): Method =>
    function (...args) {
      return this.options.estimator === estimator ? undefined : original.apply(this, args);
    };

describe("another version", { timeout: 60_000 }, () => {
  let plain = "";
  beforeAll(async () => {
    plain = await versionWith();
  });

  test.each<[string, string, (original: Method) => Method]>([
    ["a fixed timeout does not back off", "onTimeout", without("fixed")],
    ["it does not start afresh with an ACK", "onAcknowledged", without("fixed")],
    ["nor after a message that was given up", "onGivenUp", without("fixed")],
    ["RFC 6298 ignores samples", "onSample", without("rfc6298")],
    [
      "RFC 6298 takes the report's order",
      "onSample",
      (original) =>
        function (...args) {
          const { options } = this;
          if (options.estimator === "rfc6298") this.options = { ...options, estimator: "report" };
          original.apply(this, args);
          this.options = options;
        },
    ],
    [
      "RFC 6298 forgets its granularity",
      "unbackedTimeoutMs",
      (original) =>
        function () {
          const { options } = this;
          if (options?.estimator === "rfc6298") this.options = { ...options, granularityMs: 0 };
          const intervalMs = original.apply(this);
          this.options = options;
          return intervalMs;
        },
    ],
  ])("%s", async (_what, method, changed) => {
    expect(await versionWith(method, changed)).not.toBe(plain);
  });

  test("the members of a group do not understand each other", async () => {
    const expected = plain;
    let calls = 0;
    vi.doMock(SEAL, async (original) => {
      const module = await original<typeof import("../../src/core/seal/sealed-transport.ts")>();
      const sealedTransport: typeof module.sealedTransport = (transport, key) =>
        module.sealedTransport(
          transport,
          key.map((byte) => byte + ++calls),
        );
      return { ...module, sealedTransport };
    });
    expect(await versionWith()).not.toBe(expected);
    expect(calls).toBeGreaterThan(0);
  });

  test("but the same, where nothing is changed", async () => {
    expect(await versionWith()).toBe(plain);
  });
});
