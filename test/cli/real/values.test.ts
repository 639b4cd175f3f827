import { InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import {
  addressText,
  byteRate,
  httpAddress,
  listenAddress,
  positiveDuration,
  positiveInteger,
  remoteAddress,
  remoteSocket,
} from "../../../src/cli/real/values.ts";

const refusal = (parse: (text: string) => unknown, text: string): string => {
  try {
    return `taken as ${JSON.stringify(parse(text))}`;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return error.message;
  }
};

describe("addresses", () => {
  test.each([
    ["10.0.0.1", { host: "10.0.0.1", port: undefined }],
    ["10.0.0.1:7777", { host: "10.0.0.1", port: 7777 }],
    ["lab-1.example:1", { host: "lab-1.example", port: 1 }],
    ["[::1]:65535", { host: "::1", port: 65_535 }],
    ["[2001:db8::1]", { host: "2001:db8::1", port: undefined }],
    ["2001:db8::1", { host: "2001:db8::1", port: undefined }],
    ["::", { host: "::", port: undefined }],
    ["::ffff:10.0.0.1", { host: "::ffff:10.0.0.1", port: undefined }],
  ])("%s", (text, expected) => {
    expect(remoteAddress(text)).toEqual(expected);
    expect(listenAddress(text)).toEqual(expected);
  });

  test("to listen on, a port alone will do, and 0 is any", () => {
    expect(listenAddress(":7777")).toEqual({ host: undefined, port: 7777 });
    expect(listenAddress("127.0.0.1:0")).toEqual({ host: "127.0.0.1", port: 0 });
    expect(httpAddress("8080")).toEqual({ host: undefined, port: 8080 });
    expect(httpAddress("0")).toEqual({ host: undefined, port: 0 });
    expect(httpAddress("[::1]:80")).toEqual({ host: "::1", port: 80 });
  });

  test.each([
    "",
    " ",
    "a b",
    "10.0.0.1:",
    "10.0.0.1:x",
    "10.0.0.1:-1",
    "[::1",
    "::1]",
    "http://10.0.0.1",
    "a@b",
    "a/b",
  ])("%j is none", (text) => {
    expect(refusal(remoteAddress, text)).toMatch(/^Expected HOST, HOST:PORT or \[IPV6\]:PORT/);
  });

  test("what is missing or out of range is named", () => {
    expect(refusal(remoteAddress, "10.0.0.1:0")).toBe("Expected a port from 1 to 65535, not 0.");
    expect(refusal(remoteAddress, "10.0.0.1:65536")).toBe("Expected a port from 1 to 65535, not 65536.");
    expect(refusal(listenAddress, "h:65536")).toBe("Expected a port from 0 to 65535, not 65536.");
    expect(refusal(listenAddress, "7777")).toBe("Expected HOST:PORT; write :7777 for a port alone.");
    expect(refusal(remoteAddress, ":7777")).toBe("Expected HOST or HOST:PORT, such as 10.0.0.1:7777.");
    expect(refusal(httpAddress, "10.0.0.1")).toBe("Expected PORT or HOST:PORT, such as 8080 or 10.0.0.1:8080.");
    expect(refusal(remoteSocket, "10.0.0.1")).toBe("Expected HOST:PORT, such as 10.0.0.1:8080.");
  });

  test("are written with brackets where they need them", () => {
    expect(addressText("10.0.0.1", 80)).toBe("10.0.0.1:80");
    expect(addressText("::1", 80)).toBe("[::1]:80");
  });
});

describe("quantities", () => {
  test("durations have a unit", () => {
    expect(positiveDuration("7.02s")).toBe(7020);
    expect(refusal(positiveDuration, "7")).toBe(
      "Expected a duration with a unit, such as 50ms, 7.02s or 2min. Did you mean 7ms?",
    );
    expect(refusal(positiveDuration, "0s")).toBe("Expected a duration above 0 and at most 2400h.");
    expect(refusal(positiveDuration, "2401h")).toBe("Expected a duration above 0 and at most 2400h.");
  });

  test("rates are bytes or bits per second", () => {
    expect(byteRate("10MB/s")).toBe(10_000_000);
    expect(byteRate("1 MiB/s")).toBe(1_048_576);
    expect(byteRate("8Mbit/s")).toBe(1_000_000);
    expect(refusal(byteRate, "10MB")).toBe(
      "Expected a rate above 0, such as 10MB/s, 512KiB/s or 8Mbit/s. Did you mean 10MB/s?",
    );
    expect(refusal(byteRate, "10m")).toContain("Did you mean 10MB/s?");
    expect(refusal(byteRate, "fast")).toBe("Expected a rate above 0, such as 10MB/s, 512KiB/s or 8Mbit/s.");
    expect(refusal(byteRate, "0B/s")).toBe("Expected a rate of at least 1B/s.");
  });

  test("counts are whole and from 1 up", () => {
    expect(positiveInteger("3")).toBe(3);
    for (const text of ["0", "-1", "1.5", "x", ""]) {
      expect(refusal(positiveInteger, text)).toBe("Expected a whole number from 1 up.");
    }
  });
});
