import { expect, test } from "vitest";
import { AddressCounts, addressGroup, plainAddress } from "../../../src/transport/http/addresses.ts";

test.each([
  ["::ffff:10.0.0.2", "10.0.0.2"],
  ["::FFFF:127.0.0.1", "127.0.0.1"],
  ["10.0.0.2", "10.0.0.2"],
  ["::1", "::1"],
  ["::ffff:1", "::ffff:1"],
])("%s is %s", (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

test.each([
  ["10.0.0.2", "10.0.0.2"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["2001:db8::1:2:3:4", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("%s counts with %s", (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test("counts go up and down, and nothing is left of those who are gone", () => {
  const counts = new AddressCounts();
  for (const address of ["10.0.0.2", "10.0.0.2", "2001:db8::1", "2001:db8::2"]) counts.add(address);
  expect([counts.of("10.0.0.2"), counts.of("10.0.0.3"), counts.of("2001:db8::3")]).toEqual([2, 0, 2]);
  counts.remove("10.0.0.2");
  counts.remove("10.0.0.2");
  counts.remove("2001:db8::1");
  expect([counts.of("10.0.0.2"), counts.of("2001:db8::2")]).toEqual([0, 1]);
  expect(counts.groups).toBe(1);
});
