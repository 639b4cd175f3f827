/** One way to write each IP address. */

import { describe, expect, test } from "vitest";
import {
  addressesReaching,
  canonicalAddress,
  isWildcard,
  resolveHost,
  withMapping,
  withoutMapping,
} from "../../src/transport/address.ts";

describe("an address in its usual form", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::1", "::1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8:0:0::0001", "2001:db8::1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:a00:1", "10.0.0.1"],
    ["FE80::1%eth0", "fe80::1%eth0"],
    ["localhost", undefined],
    ["10.0.0", undefined],
    ["10.0.0.256", undefined],
    ["", undefined],
    ["[::1]", undefined],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  test.each([
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::ffff:a00:1", "::ffff:a00:1"], // no system writes it so
    ["2001:db8::1", "2001:db8::1"],
    ["10.0.0.1", "10.0.0.1"],
  ])("of a datagram's sender: %s is %s", (given, plain) => {
    expect(withoutMapping(given)).toBe(plain);
  });

  test("and back, for a socket that has both kinds", () => {
    expect([withMapping("10.0.0.1"), withMapping("::1")]).toEqual(["::ffff:10.0.0.1", "::1"]);
  });
});

describe("where to listen", () => {
  test("an address is taken as it is, a name looked up", async () => {
    expect(await resolveHost("::0001")).toBe("::1");
    expect(canonicalAddress(await resolveHost("localhost"))).toBeDefined();
  });

  test("all addresses of this machine, where the address is that of all", () => {
    expect([isWildcard("0.0.0.0"), isWildcard("::"), isWildcard("127.0.0.1")]).toEqual([true, true, false]);
    expect(addressesReaching("127.0.0.1")).toEqual(["127.0.0.1"]);
    expect(addressesReaching("0.0.0.0")).toContain("127.0.0.1");
    expect(addressesReaching("0.0.0.0").every((address) => !address.includes(":"))).toBe(true);
    expect(addressesReaching("::")).toContain("127.0.0.1");
  });
});
