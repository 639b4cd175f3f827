/** Errors of sockets in words that say what to do, also those that a test cannot bring about on every machine. */

import { describe, expect, test } from "vitest";
import { codeOf, listenError } from "../../src/transport/transport-error.ts";

const refused = (code: string, host: string, port: number): string =>
  listenError(Object.assign(new Error(`bind ${code}`), { code }), { protocol: "UDP", host, port }).message;

describe("an address that cannot be listened on", () => {
  test.each([
    ["EACCES", "10.0.0.1", 80, "ports below 1024 need special rights; choose one from 1024 on"],
    ["EPERM", "10.0.0.1", 7777, "the system does not allow it"],
    ["EAFNOSUPPORT", "::1", 7777, "this machine has no IPv6; give an IPv4 address"],
    ["EINVAL", "fe80::1", 7777, "a link-local address needs its interface, as in fe80::1%eth0"],
    ["EMFILE", "10.0.0.1", 7777, "raise the limit (ulimit -n)"],
    ["EAI_AGAIN", "H1", 7777, "no address is known for the name H1"],
    ["ESOMETHING", "10.0.0.1", 7777, "bind ESOMETHING"],
  ])("%s at %s port %d", (code, host, port, says) => {
    const message = refused(code, host, port);
    expect(message).toContain(`cannot listen on UDP port ${port} of ${host}: `);
    expect(message).toContain(says);
  });

  test("keeps the system's code and error", () => {
    const cause = Object.assign(new Error("x"), { code: "EACCES" });
    const error = listenError(cause, { protocol: "TCP", host: "::", port: 80 });
    expect([error.name, error.code, error.cause]).toEqual(["TransportError", "EACCES", cause]);
    expect(codeOf(new Error("without"))).toBe("UNKNOWN");
  });
});
