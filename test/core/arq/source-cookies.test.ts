/** Cookies live one to two minutes, for one address (docs/wire.md, "Cookies"; BEP 15's connection IDs). */

import { describe, expect, test } from "vitest";
import { COOKIE_ROTATION_MS, SourceCookies } from "../../../src/core/arq/source-cookies.ts";
import { endpoint } from "../../../src/core/transport.ts";

const H2 = endpoint("10.0.0.2", 8888);

function source(seed = 1) {
  let state = seed;
  return {
    nowMs: 0,
    now(): number {
      return this.nowMs;
    },
    random(): number {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
  };
}

describe("how long a cookie is good", () => {
  test("of the last moment of a secret: one minute and no millisecond more", () => {
    const clock = source();
    const cookies = new SourceCookies(clock);
    clock.nowMs = COOKIE_ROTATION_MS - 1;
    const cookie = cookies.issue(H2);
    clock.nowMs = 2 * COOKIE_ROTATION_MS - 1;
    expect(cookies.isValid(H2, cookie)).toBe(true);
    clock.nowMs = 2 * COOKIE_ROTATION_MS;
    expect(cookies.isValid(H2, cookie)).toBe(false);
  });

  test("of the first moment of a secret: two minutes and no millisecond more", () => {
    const clock = source();
    const cookies = new SourceCookies(clock);
    clock.nowMs = COOKIE_ROTATION_MS;
    const cookie = cookies.issue(H2);
    clock.nowMs = 3 * COOKIE_ROTATION_MS - 1;
    expect(cookies.isValid(H2, cookie)).toBe(true);
    clock.nowMs = 3 * COOKIE_ROTATION_MS;
    expect(cookies.isValid(H2, cookie)).toBe(false);
  });

  test("secrets change at whole minutes from the start, however long nobody asked", () => {
    const clock = source();
    const cookies = new SourceCookies(clock);
    const first = cookies.issue(H2);
    clock.nowMs = 10 * COOKIE_ROTATION_MS + 1;
    expect(cookies.isValid(H2, first)).toBe(false);
    const later = cookies.issue(H2);
    clock.nowMs = 12 * COOKIE_ROTATION_MS - 1;
    expect(cookies.isValid(H2, later)).toBe(true);
    clock.nowMs = 12 * COOKIE_ROTATION_MS;
    expect(cookies.isValid(H2, later)).toBe(false);
  });

  test("a cookie stays the same within a secret's minute and differs in the next", () => {
    const clock = source();
    const cookies = new SourceCookies(clock);
    const first = cookies.issue(H2);
    clock.nowMs = COOKIE_ROTATION_MS - 1;
    expect(cookies.issue(H2)).toEqual(first);
    clock.nowMs = COOKIE_ROTATION_MS;
    expect(cookies.issue(H2)).not.toEqual(first);
  });
});

describe("whom it is good for", () => {
  const cookies = new SourceCookies(source());
  const cookie = cookies.issue(H2);

  test.each([
    ["another address", endpoint("10.0.0.3", 8888)],
    ["another port", endpoint("10.0.0.2", 8889)],
    ["IPv6", endpoint("::ffff:10.0.0.2", 8888)],
  ])("not for %s", (_what, other) => {
    expect(cookies.isValid(other, cookie)).toBe(false);
  });

  test("not after a restart, which draws other secrets", () => {
    expect(new SourceCookies(source(2)).isValid(H2, cookie)).toBe(false);
  });

  test("no other cookie is: every single bit counts, zeros and short ones are none", () => {
    expect(cookie.length).toBe(16);
    for (let bit = 0; bit < 128; bit++) {
      const forged = cookie.slice();
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expect(cookies.isValid(H2, forged)).toBe(false);
    }
    expect(cookies.isValid(H2, new Uint8Array(16))).toBe(false);
    expect(cookies.isValid(H2, cookie.subarray(0, 15))).toBe(false);
  });
});
