/** Which wire a host of a scenario speaks, and which group it is in; what does not go together is said. */

import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";

function parsed(protocol: string, hosts: string) {
  const text = `name: wires\ndescription: Wires.\nduration: 10s\nprotocol: ${protocol}\nhosts:\n${hosts}`;
  return parseScenario(text, "wires.yaml");
}

const HOSTS = "  H1: { role: directory }\n  H2: { role: peer }\n";

function problems(protocol: string, hosts = HOSTS): string[] {
  const result = parsed(protocol, hosts);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

function scenario(protocol: string, hosts = HOSTS) {
  const result = parsed(protocol, hosts);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.scenario;
}

describe("who speaks which wire", () => {
  test.each([
    ["{}", ["report", "report"]],
    ["{ wire: report }", ["report", "report"]],
    ["{ wire: hardened }", ["hardened", "hardened"]],
    ["{ wire: auto }", ["auto", "report"]],
  ])("protocol: %s", (protocol, wires) => {
    expect(scenario(protocol).hosts.map((host) => "wire" in host && host.wire)).toEqual(wires);
  });

  test("a host's own wire goes before the protocol's", () => {
    const hosts = "  H1: { role: directory, wire: auto }\n  H2: { role: peer, wire: hardened }\n  H3: { role: peer }\n";
    expect(scenario("{}", hosts).hosts.map((host) => "wire" in host && host.wire)).toEqual([
      "auto",
      "hardened",
      "report",
    ]);
  });

  test.each([
    ["{ wire: hardened }", "  H1: { role: directory }\n  H2: { role: peer, wire: report }\n", "hosts.H2.wire"],
    ["{}", "  H1: { role: directory, wire: hardened }\n  H2: { role: peer }\n", "hosts.H1.wire"],
    [
      "{ wire: auto }",
      "  H1: { role: directory, wire: report }\n  H2: { role: peer, wire: hardened }\n",
      "hosts.H2.wire",
    ],
  ])("%s: a peer and its directory must understand each other", (protocol, hosts, path) => {
    const found = problems(protocol, hosts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${path}: H2 speaks the .* wire, its directory H1 only the .* one`));
  });

  test("the word must be one of those there are; a peer speaks one", () => {
    expect(problems("{ wire: hardend }")[0]).toContain("protocol.wire");
    expect(problems("{}", "  H1: { role: directory, wire: auto }\n  H2: { role: peer, wire: auto }\n")[0]).toContain(
      "hosts.H2.wire",
    );
  });

  test("a duplicate window as long as the update period bothers peers of 2015 alone", () => {
    expect(problems("{ duplicateWindow: 8s }")).toHaveLength(1);
    expect(problems("{ wire: hardened, duplicateWindow: 8s }")).toEqual([]);
  });

  test("datagrams have room for the hardened header", () => {
    expect(problems("{ wire: hardened, maxDatagram: 127B }")[0]).toMatch(
      /^protocol.maxDatagram: must be at least 128B on the hardened wire/,
    );
    expect(problems("{ wire: hardened, maxDatagram: 128B, groupKey: correct horse battery staple }")).toEqual([]);
    expect(problems("{ maxDatagram: 64B }")).toEqual([]);
  });

  test("bare ends speak the protocol's wire", () => {
    const hosts =
      "  a: { role: arq-sender }\n  b: { role: arq-receiver }\ntimeline:\n  - { at: 0s, host: a, do: { send: { to: b, packets: 3, bytes: 100B } } }\n";
    const goodput = (protocol: string): number | undefined =>
      runScenario(scenario(protocol, hosts)).metrics.payloadBytesDelivered ??
      runScenario(scenario(protocol, hosts)).metrics.packetsAcknowledged;
    for (const wire of ["report", "hardened", "auto"]) expect(goodput(`{ wire: ${wire} }`)).toBe(3);
  });
});

test("the hardened wire's options reach the protocols", () => {
  const { protocol } = scenario(
    "{ wire: hardened, exchangeLifetime: 100s, directory: { maxUpdatesPerSecond: 5, maxUpdateInterval: 60s }, peer: { maxUpdateInterval: 30s } }",
  );
  expect(protocol.arq.exchangeLifetimeMs).toBe(100_000);
  expect(protocol.directory).toMatchObject({ maxUpdatesPerSecond: 5, maxUpdateIntervalMs: 60_000 });
  expect(protocol.peer.maxUpdateIntervalMs).toBe(30_000);
  const few = "  H1: { role: directory }\n  P: { role: peer, count: 3 }\n";
  const updates = (each: number): number | undefined =>
    runScenario(
      scenario(`{ wire: hardened, peer: { updatePeriod: 1s }, directory: { maxUpdatesPerSecond: ${each} } }`, few),
    ).metrics.dataTransmissions;
  expect(updates(3)).toBeGreaterThan(2 * (updates(1) ?? 0));
});

describe("groups", () => {
  const KEY = "correct horse battery staple";

  test("a host's own key, or none, goes before the protocol's", () => {
    const hosts =
      "  H1: { role: directory }\n  H2: { role: peer, groupKey: none }\n  H3: { role: peer, groupKey: a key of its own only }\n";
    const keys = scenario(`{ wire: hardened, groupKey: ${KEY} }`, hosts).hosts.map(
      (host) => "groupKey" in host && host.groupKey,
    );
    expect(keys).toEqual([KEY, undefined, "a key of its own only"]);
  });

  test.each([
    [`{ groupKey: ${KEY} }`, HOSTS, "protocol.groupKey: H1 speaks wire: report"],
    [`{ wire: auto, groupKey: ${KEY} }`, HOSTS, "protocol.groupKey: H1 speaks wire: auto"],
    [
      "{}",
      `  H1: { role: directory }\n  H2: { role: peer, groupKey: ${KEY} }\n`,
      "hosts.H2.groupKey: H2 speaks wire: report",
    ],
    [
      `{ wire: hardened, groupKey: ${KEY} }`,
      "  a: { role: arq-sender }\n  b: { role: arq-receiver }\n",
      "protocol.groupKey: has no effect",
    ],
  ])("%s: a key needs somebody on the hardened wire", (protocol, hosts, expected) => {
    const found = problems(protocol, hosts);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test("a key of 15 characters is none", () => {
    expect(problems("{ wire: hardened, groupKey: 123456789abcdef }")[0]).toContain("protocol.groupKey");
    expect(problems("{ wire: hardened, groupKey: 123456789abcdefg }")).toEqual([]);
  });
});
