/** Tests over IPv6: skipped with a reason where the machine has none, and failing where CI asks for all tests. */

import { networkInterfaces } from "node:os";
import type { TestContext } from "vitest";

/** Has this machine the loopback address ::1? */
export const hasIpv6 = Object.values(networkInterfaces()).some((entries) =>
  entries?.some(({ address }) => address === "::1"),
);

/** Skips the test that it is called from, or fails it. */
export function needsIpv6(context: TestContext): void {
  if (hasIpv6) return;
  const why = "this machine has no address ::1: enable IPv6 to run what needs it";
  if (process.env.CI === "true") throw new Error(`${why} (CI=true asks for all tests)`);
  context.skip(why);
}
