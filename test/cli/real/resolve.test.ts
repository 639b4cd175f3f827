import { describe, expect, test } from "vitest";
import { CliError } from "../../../src/cli/exit-codes.ts";
import {
  anyAddress,
  type Lookup,
  localAddressTowards,
  reachableAddresses,
  resolveHost,
  resolveRemote,
} from "../../../src/cli/real/resolve.ts";
import { endpoint } from "../../../src/core/transport.ts";

const answers =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
const fails =
  (code: string): Lookup =>
  async () => {
    throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
  };

describe("host names", () => {
  test("an IP address is itself, and nobody is asked", async () => {
    expect(await resolveHost("10.0.0.1", "--directory", fails("ENOTFOUND"))).toBe("10.0.0.1");
    expect(await resolveHost("2001:db8::1", "--directory", fails("ENOTFOUND"))).toBe("2001:db8::1");
  });

  test("IPv4 is preferred; IPv6 is taken where there is nothing else", async () => {
    expect(await resolveHost("lab", "--directory", answers("2001:db8::1", "10.0.0.1"))).toBe("10.0.0.1");
    expect(await resolveHost("lab", "--directory", answers("2001:db8::1"))).toBe("2001:db8::1");
  });

  test.each([
    [fails("ENOTFOUND"), "no such name is known: check the spelling, or give its IP address"],
    [answers(), "no such name is known: check the spelling, or give its IP address"],
    [fails("EAI_AGAIN"), "the name service does not answer: try again, or give its IP address"],
    [fails("EOTHER"), "getaddrinfo EOTHER"],
  ])("a name that cannot be found is a network failure in words", async (lookup, why) => {
    const error = await resolveHost("lab", "--directory", lookup).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CliError);
    expect(error).toMatchObject({ exitCode: 3, message: `cannot find the host "lab" of --directory: ${why}` });
  });

  test("a port that was not given is the default", async () => {
    const directory = await resolveRemote({ host: "10.0.0.1", port: undefined }, 7777, "--directory");
    expect(directory.key).toBe("10.0.0.1:7777");
  });
});

describe("this machine's addresses", () => {
  test("towards itself", async () => {
    expect(await localAddressTowards(endpoint("127.0.0.1", 7777))).toBe("127.0.0.1");
    expect(anyAddress("127.0.0.1")).toBe("0.0.0.0");
    expect(anyAddress("::1")).toBe("::");
  });

  test("towards an address that no socket can be connected to", async () => {
    const error = await localAddressTowards(endpoint("fe80::1", 7777)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CliError);
    expect(error.message).toContain("--advertise");
  });

  const nic = (address: string, internal = false) =>
    ({ address, internal, family: address.includes(":") ? "IPv6" : "IPv4" }) as never;
  const interfaces = {
    lo: [nic("127.0.0.1", true), nic("::1", true)],
    eth0: [nic("10.0.0.3"), nic("2001:db8::3"), nic("fe80::3")],
  };

  test("a socket for any address is reached at those that others know", () => {
    expect(reachableAddresses("0.0.0.0", interfaces)).toEqual(["10.0.0.3"]);
    expect(reachableAddresses("::", interfaces)).toEqual(["10.0.0.3", "2001:db8::3"]);
    expect(reachableAddresses("0.0.0.0", { lo: interfaces.lo })).toEqual(["127.0.0.1"]);
    expect(reachableAddresses("127.0.0.1", interfaces)).toEqual(["127.0.0.1"]);
  });
});
