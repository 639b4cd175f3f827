/** The mistakes that people make, and what they are told. */

import { describe, expect, test } from "vitest";
import { BARE, headsOf, problemsOf, SHARING } from "./support.ts";

/** What follows `network: { ... }` in line 8 of a bare scenario. */
const network = (options: string) => headsOf(`${BARE}network: { ${options} }`);
const timeline = (entry: string) => headsOf(`${SHARING}timeline:\n  - { ${entry} }`);
const action = (written: string) => timeline(`at: 1s, host: H2, do: ${written}`);

describe("keys", () => {
  test("a misspelled key", () => {
    expect(problemsOf(`${BARE}network:\n  delay: 50ms\n  los: 0.1`)).toEqual([
      `x.yaml:10:3: network.los: unknown key
  did you mean "loss"?
  allowed: delay, keepOrder, loss, duplicate, corrupt, rate, queue, maxDatagram, links, faults or partitions`,
    ]);
  });

  test("a misspelled key that is required is one problem, not two", () => {
    expect(headsOf(BARE.replace("description", "descripton"))).toEqual(["x.yaml:2:1: descripton: unknown key"]);
  });

  test("a key in the wrong place", () => {
    const [problem] = problemsOf(`${BARE}karn: false`);
    expect(problem).toContain('x.yaml:8:1: karn: unknown key\n  did you mean "protocol.rto.karn"?');
  });

  test("a missing key is missed at its parent", () => {
    expect(headsOf("description: No name.\nhosts: { a: { role: directory } }")).toEqual([
      "x.yaml:1:1: name: missing: expected a name of lower-case letters, digits and hyphens, such as late-duplicate",
    ]);
    expect(network("loss: { gilbertElliott: { p: 0.1 } }")).toEqual([
      "x.yaml:8:20: network.loss.gilbertElliott.r: missing: expected a probability from 0 to 1, or a percentage such as 10%",
    ]);
  });

  test("a name that cannot be one", () => {
    expect(problemsOf(BARE.replace("name: bare", "name: My Test!"))[0]).toBe(
      `x.yaml:1:7: name: found "My Test!", expected a name of lower-case letters, digits and hyphens, such as late-duplicate
  did you mean "my-test"?`,
    );
  });
});

describe("values", () => {
  test.each([
    [
      "loss: 1.5",
      "x.yaml:8:18: network.loss: found 1.5, expected a probability from 0 to 1, or a percentage such as 10%",
    ],
    [
      "loss: 110%",
      'x.yaml:8:18: network.loss: found "110%", expected a probability from 0 to 1, or a percentage such as 10%',
    ],
    [
      "loss: high",
      'x.yaml:8:18: network.loss: found "high", expected a probability from 0 to 1 (or 0% to 100%), or { gilbertElliott: { p: 0.03, r: 0.3 } }',
    ],
    [
      "loss: {}",
      "x.yaml:8:18: network.loss: found an empty mapping, expected { independent: 0.1 } or { gilbertElliott: { p: 0.03, r: 0.3 } }",
    ],
    [
      "delay: fast",
      'x.yaml:8:19: network.delay: found "fast", expected a duration such as 50ms, or a distribution such as { distribution: uniform, min: 10ms, max: 100ms }',
    ],
    ["delay: 9999h", 'x.yaml:8:19: network.delay: found "9999h", expected a duration of at most 2400h'],
    [
      "delay: { distribution: uniform, min: 9ms, max: 5ms }",
      'x.yaml:8:49: network.delay.min: found "9ms", expected at most max (5ms)',
    ],
    [
      "delay: { distribution: exponential, mean: 5ms, min: 9ms }",
      'x.yaml:8:64: network.delay.min: found "9ms", expected at most mean (5ms)',
    ],
    [
      "delay: { distribution: pareto, scale: 5ms, shape: 0 }",
      "x.yaml:8:62: network.delay.shape: found 0, expected a number above 0",
    ],
    [
      "delay: { min: 1ms }",
      "x.yaml:8:12: network.delay.distribution: missing: expected one of constant, uniform, normal, exponential, pareto",
    ],
    ["keepOrder: yes", 'x.yaml:8:23: network.keepOrder: found "yes", expected true or false'],
    ["rate: 0bit/s", 'x.yaml:8:18: network.rate: found "0bit/s", expected a rate of at least 1bit/s'],
    ["rate: 1Mbit/s, queue: 0", "x.yaml:8:34: network.queue: found 0, expected a whole number, 1 or more"],
    [
      "rate: 1Mbit/s, queue: 2.5",
      "x.yaml:8:34: network.queue: found 2.5, expected a number of packets, such as 50, or a size, such as 64KiB",
    ],
    ["queue: 50", "x.yaml:8:12: network.queue: a queue needs a `rate`: without one no packet ever waits"],
    [
      "maxDatagram: 10B",
      'x.yaml:8:25: network.maxDatagram: found "10B", expected a size from 64B to 65507B, in whole bytes',
    ],
    [
      "loss: [0.1]",
      "x.yaml:8:18: network.loss: found a list of 1, expected a probability from 0 to 1 (or 0% to 100%), or { gilbertElliott: { p: 0.03, r: 0.3 } }",
    ],
    [
      "loss:",
      "x.yaml:8:12: network.loss: found nothing, expected a probability from 0 to 1 (or 0% to 100%), or { gilbertElliott: { p: 0.03, r: 0.3 } }",
    ],
    [
      "loss: .nan",
      "x.yaml:8:18: network.loss: found NaN, expected a probability from 0 to 1 (or 0% to 100%), or { gilbertElliott: { p: 0.03, r: 0.3 } }",
    ],
    ["links: 3", "x.yaml:8:19: network.links: found 3, expected a list"],
  ])("network: { %s }", (written, message) => {
    expect(network(written)).toEqual([message]);
  });

  test.each([
    ["network: { delay: 50 }", "50ms"],
    ["network: { delay: { distribution: unifrom, min: 0, max: 0 } }", "uniform"],
    ["network: { rate: 10Mbps }", "10Mbit/s"],
    ["network: { loss: 10 percent }", "10%"],
    ["network: { loss: 10 }", "10%"],
    ['network: { duplicate: "12,5" }', "12.5%"],
    ["protocol: { attempts: infinite }", "unlimited"],
    ["protocol: { attempts: .inf }", "unlimited"],
    ["network: { rate: none }", "unlimited"],
    ["protocol: { maxDatagram: 512 }", "512B"],
    ["protocol: { duplicateWindow: 3 sec }", "3s"],
    ["protocol: { rto: { estimator: RFC6298 } }", "rfc6298"],
    ["network: { faults: [{ match: { kind: akc }, do: drop }] }", "ack"],
    ["network: { faults: [{ match: { type: DTAA }, do: drop }] }", "DATA"],
    ["network: { faults: [{ match: {}, do: dorp }] }", "drop"],
    ["network: { links: [{ between: [sendr, receiver] }] }", "sender"],
    ["expect: [{ transmissionPerPacket: 1 }]", "transmissionsPerPacket"],
  ])("%s: did you mean %s?", (written, suggestion) => {
    const problems = problemsOf(BARE + written);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`\n  did you mean "${suggestion}"?`);
  });

  test.each([
    ['network: { loss: "0,1" }', "0.1"],
    ["network: { keepOrder: yes }", "true"],
    ["protocol: { rto: { karn: off } }", "false"],
  ])("%s: did you mean %s, without quotes?", (written, suggestion) => {
    expect(problemsOf(BARE + written)[0]).toContain(`\n  did you mean ${suggestion}?`);
  });

  test("a number that cannot be a probability means nothing else", () => {
    for (const loss of ["-0.1", "101"])
      expect(problemsOf(`${BARE}network: { loss: ${loss} }`)[0]).not.toContain("mean");
  });

  test.each([
    ["attempts: 0", "x.yaml:8:23: protocol.attempts: found 0, expected a whole number, 1 or more, or unlimited"],
    [
      "attempts: many",
      'x.yaml:8:23: protocol.attempts: found "many", expected a whole number, 1 or more, or unlimited',
    ],
    [
      "rto: { backoff: 0.5 }",
      "x.yaml:8:29: protocol.rto.backoff: found 0.5, expected a factor of 1 (no back-off) or more",
    ],
    [
      "rto: { initial: 0s }",
      'x.yaml:8:29: protocol.rto.initial: found "0s", expected a duration above 0 and at most 2400h',
    ],
    [
      "rto: { initial: 5ms }",
      'x.yaml:8:29: protocol.rto.initial: found "5ms", expected at least min (10ms, the default)',
    ],
    ["rto: { initial: 5ms, min: 6ms }", 'x.yaml:8:29: protocol.rto.initial: found "5ms", expected at least min (6ms)'],
    ["rto: { initial: 2min }", 'x.yaml:8:29: protocol.rto.initial: found "2min", expected at most max (1min)'],
    ["rto: { min: 5s, max: 4s }", 'x.yaml:8:25: protocol.rto.min: found "5s", expected at most max (4s)'],
    [
      "rto: { initial: 5ms, max: 5ms }",
      'x.yaml:8:39: protocol.rto.max: found "5ms", expected at least min (10ms, the default)',
    ],
    [
      "rto: { estimator: rfc6298, initial: 0.5s }",
      'x.yaml:8:49: protocol.rto.initial: found "0.5s", expected at least min (1s, the default)',
    ],
    ["rto: { alpha: 1.5 }", "x.yaml:8:27: protocol.rto.alpha: found 1.5, expected a weight above 0 and at most 1"],
    [
      "maxMessage: 1.5B",
      'x.yaml:8:25: protocol.maxMessage: found "1.5B", expected a size from 1B to 2048MiB, in whole bytes',
    ],
  ])("protocol: { %s }", (written, message) => {
    expect(headsOf(`${BARE}protocol: { ${written} }`)).toEqual([message]);
  });
});

describe("faults and partitions", () => {
  test.each([
    ["faults: [{ do: drop }]", "x.yaml:8:21: network.faults.0.match: missing: expected a mapping (key: value)"],
    [
      "faults: [{ match: {}, do: { delay: 5s, corrupt: 3 } }]",
      "x.yaml:8:38: network.faults.0.do: found a mapping, expected one of { delay: 5s }, { duplicate: 4s } or { corrupt: 3 }",
    ],
    [
      "faults: [{ from: sender, drop }]",
      "x.yaml:8:21: network.faults.0: a fault is { match: { from: sender }, do: drop }",
    ],
    [
      "faults: [{ match: { nth: 2 }, from: sender, delay: 3s }]",
      "x.yaml:8:21: network.faults.0: a fault is { match: { nth: 2, from: sender }, do: { delay: 3s } }",
    ],
    ["faults: [{ match: {}, do: { dely: 5s } }]", "x.yaml:8:40: network.faults.0.do.dely: unknown key"],
    [
      "faults: [{ match: { type: DATA-ACK }, do: drop }]",
      "x.yaml:8:38: network.faults.0.match.type: an ACK has the type of what it acknowledges: write type: DATA, kind: ack",
    ],
    [
      "faults: [{ match: { nth: 0 }, do: drop }]",
      "x.yaml:8:37: network.faults.0.match.nth: found 0, expected a whole number, 1 or more",
    ],
    [
      "faults: [{ match: { after: 5s, before: 5s }, do: drop }]",
      'x.yaml:8:51: network.faults.0.match.before: found "5s", expected a time later than `after`',
    ],
    [
      "partitions: [{ start: 1s }]",
      "x.yaml:8:25: network.partitions.0: give either `between` (both directions), or `from` and `to` (one direction)",
    ],
    [
      "partitions: [{ between: [sender, receiver], to: sender }]",
      "x.yaml:8:25: network.partitions.0: give either `between` (both directions), or `from` and `to` (one direction)",
    ],
    [
      "partitions: [{ between: [sender] }]",
      "x.yaml:8:36: network.partitions.0.between: found a list of 1, expected a list of the two ends, such as [H1, H2] or [[H1], [H2, H3]]",
    ],
    [
      "partitions: [{ from: sender, start: 5s, end: 5s }]",
      'x.yaml:8:57: network.partitions.0.end: found "5s", expected an end after the start',
    ],
    [
      "links: [{ from: sender, queue: 5 }]",
      "x.yaml:8:36: network.links.0.queue: a queue needs a `rate`: without one no packet ever waits",
    ],
  ])("network: { %s }", (written, message) => {
    expect(network(written)).toEqual([message]);
  });

  test("a queue may use the rate of its own override, of an earlier one, or of the default link", () => {
    expect(network("links: [{ from: sender, rate: 1Mbit/s, queue: 5 }]")).toEqual([]);
    expect(network("links: [{ from: sender, rate: 1Mbit/s }, { from: sender, queue: 5 }]")).toEqual([]);
    expect(network("rate: 1Mbit/s, links: [{ from: sender, queue: 5 }]")).toEqual([]);
  });

  test("a partition after the end of the run", () => {
    expect(headsOf(`${SHARING}network: { partitions: [{ from: H1, start: 60s }] }`)).toEqual([
      "x.yaml:10:44: network.partitions.0.start: this partition starts when the run is over (see `duration`)",
    ]);
  });
});

describe("hosts", () => {
  const hosts = (...lines: string[]) =>
    headsOf(["name: x", "description: y", "duration: 9s", "hosts:", ...lines.map((line) => `  ${line}`)].join("\n"));
  const directory = "D: { role: directory }";

  test.each([
    [
      ["a: { role: pear }"],
      'x.yaml:5:14: hosts.a.role: found "pear", expected one of directory, peer, arq-sender, arq-receiver',
    ],
    [["a: {}"], "x.yaml:5:3: hosts.a.role: missing: expected one of directory, peer, arq-sender, arq-receiver"],
    [["a: peer"], 'x.yaml:5:6: hosts.a: found "peer", expected a mapping (key: value)'],
    [
      ["1a: { role: directory }"],
      "x.yaml:5:3: hosts.1a: a host's name is a letter, then up to 63 letters, digits, - or _",
    ],
    [["a: { role: peer }"], "x.yaml:5:3: hosts.a.directory: a peer needs a directory: add a host with role: directory"],
    [
      [directory, "E: { role: directory }", "a: { role: peer }"],
      "x.yaml:7:3: hosts.a.directory: missing: there are several directories, say which",
    ],
    [
      [directory, "a: { role: peer, directory: a }"],
      "x.yaml:6:31: hosts.a.directory: a is not a directory: its role is peer",
    ],
    [[directory, "a: { role: peer, directory: E }"], 'x.yaml:6:31: hosts.a.directory: there is no host "E"'],
    [
      [directory, "a: { role: peer, address: 10.0.0.1 }"],
      "x.yaml:6:29: hosts.a.address: 10.0.0.1 is the address of D already: a host has an address of its own",
    ],
    [
      [directory, "a: { role: peer, address: 10.0.0.256 }"],
      'x.yaml:6:29: hosts.a.address: found "10.0.0.256", expected an IPv4 address such as 10.0.0.2',
    ],
    [
      [directory, "a: { role: peer, port: 0 }"],
      "x.yaml:6:26: hosts.a.port: found 0, expected a whole number, from 1 to 65535",
    ],
    [
      [directory, "a: { role: peer, start: late }"],
      'x.yaml:6:27: hosts.a.start: found "late", expected a time such as 6.58s, or never (then a `start` action starts it)',
    ],
    [
      [directory, "a: { role: peer, clockDrift: 600000ppm }"],
      'x.yaml:6:32: hosts.a.clockDrift: found "600000ppm", expected a clock drift from -500000ppm to 500000ppm',
    ],
    [
      [directory, "a: { role: peer, files: [b] }"],
      "x.yaml:6:27: hosts.a.files: found a list of 1, expected files by name with sizes, such as { new.txt: 58710B }",
    ],
    [
      [directory, "a: { role: peer, shares: [b] }"],
      'x.yaml:6:29: hosts.a.shares.0: found "b", expected one of the host\'s `files`',
    ],
    [
      [directory, "a: { role: peer, files: { b: 1B }, shares: [b, b] }"],
      "x.yaml:6:50: hosts.a.shares.1: b is in the list already",
    ],
    [
      [directory, "a: { role: peer, files: { b/c: 1B } }"],
      'x.yaml:6:29: hosts.a.files.b/c: found "1B", expected a file name of 1 to 255 characters, without / and control characters',
    ],
    [
      [directory, "a: { role: peer, files: { b: 10 } }"],
      "x.yaml:6:32: hosts.a.files.b: found 10, expected a size such as 58710B, or { content: text }",
    ],
    [
      [directory, "a: { role: peer, files: { b: { size: 1B, content: x } } }"],
      "x.yaml:6:32: hosts.a.files.b: found a mapping, expected { size: 10B }, { size: 10B, variant: 1 } or { content: text }",
    ],
    [
      [directory, "a: { role: peer, startSpread: 1s }"],
      "x.yaml:6:33: hosts.a.startSpread: needs a `count`: it spreads the starts of a group",
    ],
    [
      [directory, "a: { role: peer, count: 2, address: 10.0.0.9 }"],
      "x.yaml:6:39: hosts.a.address: a group of hosts (`count`) gets its addresses by position",
    ],
    [
      [directory, "a: { role: peer, count: 2 }", "a-2: { role: peer }"],
      "x.yaml:7:3: hosts.a-2: a-2 is the name of a host of the group a too",
    ],
    [
      [directory, "a: { role: peer, count: 1000000000000 }"],
      "x.yaml:6:27: hosts.a.count: found 1000000000000, expected a whole number, from 1 to 100000",
    ],
    [[directory, "a: { role: arq-sender, httpPort: 80 }"], "x.yaml:6:26: hosts.a.httpPort: unknown key"],
  ])("%s", (lines, message) => {
    expect(hosts(...lines)).toContain(message);
  });

  test("more hosts than a scenario may have", () => {
    const groups = ["a", "b", "c"].map((name) => `${name}: { role: peer, count: 100000 }`);
    expect(hosts(directory, ...groups)).toEqual([
      "x.yaml:4:1: hosts: more than 200000 hosts, counting the members of groups",
    ]);
  });

  test("peers without a duration", () => {
    expect(headsOf(SHARING.replace("duration: 60s", ""))).toEqual([
      "x.yaml:1:1: duration: missing: a scenario with peers needs a duration, such as 60s, since their updates go on for ever",
    ]);
  });

  test("a role without its family", () => {
    expect(problemsOf(BARE.replace("arq-sender", "sender"))[0]).toContain('\n  did you mean "arq-sender"?');
  });

  test("a start in m is one in min", () => {
    expect(problemsOf(SHARING.replace("start: 2s", "start: 3m"))[0]).toContain('\n  did you mean "3min"?');
  });

  test("without hosts, nothing is said about who is not there", () => {
    const rest = "timeline: [{ at: 1s, host: H3, do: list }]\nexpect: [{ converges: 8s }]\n";
    expect(headsOf(`name: x\ndescription: y\n${rest}`)).toEqual([
      "x.yaml:1:1: hosts: missing: expected hosts by name, such as { H1: { role: directory } }",
    ]);
  });

  test("no hosts", () => {
    expect(headsOf("name: x\ndescription: y\nhosts: {}")).toEqual([
      "x.yaml:3:8: hosts: found an empty mapping, expected at least one host",
    ]);
  });
});

describe("timeline", () => {
  test.each([
    ["at: 61s, host: H2, do: list", "x.yaml:11:11: timeline.0.at: 61s is after the end of the run (duration: 60s)"],
    [
      "at: 1s, do: list",
      "x.yaml:11:5: timeline.0.host: missing: who does it (`host: H2`), or how the `network` changes",
    ],
    ["at: 1s, host: H2", "x.yaml:11:5: timeline.0.do: missing: what the host does, such as `do: list`"],
    [
      "at: 1s, host: H2, lookup: new.txt",
      "x.yaml:11:25: timeline.0.lookup: an action goes inside do: do: { lookup: new.txt }",
    ],
    ["at: 1s, host: H2, list", "x.yaml:11:25: timeline.0.list: an action goes inside do: do: list"],
    ["at: 10h, host: H2, do: list", "x.yaml:11:11: timeline.0.at: 10h is after the end of the run (duration: 60s)"],
    ["at: 1s, hots: H2, do: list", "x.yaml:11:15: timeline.0.hots: unknown key"],
    [
      "at: 1s, host: H2, do: list, network: { loss: 1 }",
      "x.yaml:11:5: timeline.0: either a host does something (`host`, `do`) or the network changes (`network`, `links`): make two entries of it",
    ],
    ["at: 1s, host: H9, do: list", 'x.yaml:11:21: timeline.0.host: there is no host "H9"'],
    ["at: 1s, host: [H2, flock-4], do: list", 'x.yaml:11:26: timeline.0.host.1: there is no host "flock-4"'],
    [
      "at: 1s, host: H1, do: { lookup: new.txt }",
      "x.yaml:11:29: timeline.0.do: H1 cannot look a file up: it is a directory, and only a peer can",
    ],
    ["at: 1s, links: [{ from: H9 }]", 'x.yaml:11:31: timeline.0.links.0.from: there is no host "H9"'],
    [
      "at: 1s, network: { queue: 5 }",
      "x.yaml:11:26: timeline.0.network.queue: a queue needs a `rate`: without one no packet ever waits",
    ],
  ])("{ %s }", (entry, message) => {
    expect(timeline(entry)).toEqual([message]);
  });

  test.each([
    ["share", "timeline.0.do: share needs an argument, such as { share: new.txt }"],
    ["{ list: new.txt }", "timeline.0.do.list: list has no argument: write `do: list`"],
    ["lst", 'timeline.0.do: found "lst", expected an action'],
    ["{ shre: new.txt }", "timeline.0.do.shre: unknown action"],
    ["{ share: new.txt, unshare: new.txt }", "timeline.0.do: found a mapping, expected one action"],
    ["{ share: other.txt }", "timeline.0.do.share: H2 has no file other.txt: add it to its `files`"],
    ["start", "timeline.0.do: H2 starts by itself: give it `start: never`, or use restart"],
    ["{ send: { to: H3, bytes: 64B } }", "timeline.0.do: H2 cannot send: it is a peer, and only an arq-sender can"],
    [
      "{ download: { file: x, from: H3, choice: 0 } }",
      "timeline.0.do.download.choice: give either `from` (a host) or `choice` (a number of the look-up)",
    ],
    [
      "{ download: { file: x, from: H1 } }",
      "timeline.0.do.download.from: H1 has no files to download: it is a directory, not a peer",
    ],
    [
      "{ download: { file: x, from: flock } }",
      "timeline.0.do.download.from: flock stands for 3 hosts: name one of them, such as flock-1",
    ],
    [
      "{ download: { file: x, from: H3, range: 9-1 } }",
      'timeline.0.do.download.range: found "9-1", expected a range whose last byte is not before the first',
    ],
    [
      "{ fetch: { file: x, from: [H3, H1] } }",
      "timeline.0.do.fetch.from: H1 has no files to download: it is a directory, not a peer",
    ],
    ["{ fetch: { file: x } }", "timeline.0.do.fetch: H2 has not looked x up before: add that, or say `from`"],
    ["{ fetch: { file: x, from: H3, like: H2 } }", "timeline.0.do.fetch.like: H2 has no file x: add it to its `files`"],
    [
      "{ fetch: { file: x, from: H3, like: flock } }",
      "timeline.0.do.fetch.like: flock stands for 3 hosts: name one of them, such as flock-1",
    ],
    [
      "{ fetch: { file: x, from: H3, limit: 5 } }",
      "timeline.0.do.fetch.limit: found 5, expected a rate in bits per second, such as 10Mbit/s, 64kbit/s or 1Gbit/s, or unlimited",
    ],
    ["{ download: x }", 'timeline.0.do.download: found "x", expected a mapping (key: value)'],
  ])("do: %s", (written, message) => {
    const problems = action(written).map((problem) => problem.replace(/^x\.yaml:11:\d+: /, ""));
    expect(problems).toContain(message);
  });

  test("the last moment of the run is not after its end", () => {
    expect(timeline("at: 60s, host: H2, do: list")).toEqual([]);
  });

  test("a peer may share what it downloads first", () => {
    const entries = `timeline:
  - { at: 1s, host: H3, do: { download: { file: new.txt, from: H2 } } }
  - { at: 9s, host: H3, do: { share: new.txt } }`;
    expect(headsOf(SHARING + entries)).toEqual([]);
  });

  test("a choice is one of an earlier look-up of the same host and file", () => {
    const download = (earlier: string, who = "H3", choice = ", choice: 3") =>
      headsOf(`${SHARING}timeline:
  - { at: 9s, host: ${who}, do: { download: { file: new.txt${choice} } } }
  - { ${earlier} }`).map((head) => head.replace(/^x\.yaml:11:\d+: /, ""));
    const missing =
      "timeline.0.do.download: H3 takes choice 3 of a look-up, but has not looked new.txt up before: add that, or say `from`";
    expect(download("at: 8s, host: H3, do: { lookup: new.txt }")).toEqual([]);
    expect(download('at: 8s, host: "*", do: crash')).toEqual([missing]);
    expect(download("at: 9s, host: H3, do: { lookup: new.txt }")).toEqual([missing]);
    expect(download("at: 8s, host: H2, do: { lookup: new.txt }")).toEqual([missing]);
    expect(download("at: 8s, host: H3, do: { lookup: recv.txt }")).toEqual([missing]);
    expect(download("at: 8s, host: H2, do: list", "H3", "")[0]).toContain("H3 takes the first choice of a look-up");
    expect(download("at: 8s, host: flock, do: { lookup: new.txt }", "flock-2")).toEqual([]);
    expect(download("at: 8s, host: flock-2, do: { lookup: new.txt }", "flock")).toEqual([]);
  });

  test("a bare sender sends to a bare receiver, no more than fits", () => {
    const send = (to: string, bytes: string) =>
      headsOf(`${BARE}timeline: [{ at: 0s, host: sender, do: { send: { to: ${to}, bytes: ${bytes} } } }]`);
    expect(send("receiver", "512B")).toEqual([]);
    expect(send("receiver", "513B")).toEqual([
      "x.yaml:8:71: timeline.0.do.send.bytes: 513B is more than protocol.maxDatagram (512B)",
    ]);
    expect(send("sender", "512B")).toEqual([
      "x.yaml:8:54: timeline.0.do.send.to: sender cannot receive it: it is an arq-sender, not an arq-receiver",
    ]);
  });

  test("more actions than a run may have", () => {
    const text = SHARING.replace("count: 3", "count: 100000").replace("duration: 60s", "duration: 1h");
    const entries = Array.from({ length: 11 }, () => "  - { at: 1s, host: flock, do: crash }").join("\n");
    expect(headsOf(`${text}timeline:\n${entries}`)).toEqual([
      "x.yaml:10:1: timeline: more than 1000000 actions, counting each host of a group",
    ]);
  });
});

describe("protocol", () => {
  const protocol = (options: string, hosts = BARE) => headsOf(`${hosts}protocol: { ${options} }`);

  test("what follows samples has no effect on a timeout that is fixed", () => {
    expect(protocol("rto: { estimator: fixed, alpha: 0.1, granularity: 1ms }")).toEqual([
      "x.yaml:8:38: protocol.rto.alpha: has no effect with estimator: fixed",
      "x.yaml:8:50: protocol.rto.granularity: has no effect with estimator: fixed",
    ]);
    expect(protocol("rto: { estimator: report, alpha: 0.1, granularity: 1ms }")).toEqual([]);
  });

  test("peers need a window for duplicates that is shorter than their update period", () => {
    const why = "a peer's updates are equal, and would be taken for copies of the first";
    expect(protocol("duplicateWindow: 10s, peer: { updatePeriod: 10s }", SHARING)).toEqual([
      `x.yaml:10:30: protocol.duplicateWindow: must be shorter than the update period (10s): ${why}`,
    ]);
    expect(protocol("duplicateWindow: 8s", SHARING)[0]).toContain("(7.02s, the default)");
    expect(protocol("peer: { updatePeriod: 3s }", SHARING)).toEqual([
      `x.yaml:10:35: protocol.peer.updatePeriod: must be longer than protocol.duplicateWindow (3s, the default): ${why}`,
    ]);
    expect(protocol("duplicateWindow: 9.9s, peer: { updatePeriod: 10s }", SHARING)).toEqual([]);
    expect(protocol("duplicateWindow: 10s")).toEqual([]);
  });
});

describe("expectations", () => {
  const expectation = (item: string, before = SHARING) =>
    headsOf(`${before}expect: [{ ${item} }]`).map((head) => head.replace(/^x\.yaml:\d+:\d+: expect\.0/, ""));

  test.each([
    ["events: { event: send }, count: 3", [".count: count belongs inside events: { ..., count: 3 }"]],
    ["drops: 0, atMost: 3", [".atMost: atMost belongs inside drops: { ..., atMost: 3 }"]],
    ["converges: 8s, within: 9s", [".within: within belongs inside converges: { ..., within: 9s }"]],
    ["drops: 0, untill: 3s", [".untill: unknown key"]],
    [
      "drops: 0, shouldFail: true",
      ['.shouldFail: found true, expected a text that says why, such as "the wire has no message numbers"'],
    ],
    ["converges: 8s", []],
    ["converges: soon", ['.converges: found "soon", expected a duration such as 8s, or { within: 8s }']],
    [
      "events: { event: timer }",
      [
        '.events.event: found "timer", expected one of send, deliver, drop, duplicate, corrupt, timeout, rtt, state, http, reject, action',
      ],
    ],
    ["view: { host: H1, shows: {} }", [".view.host: H1 does no view: it is a directory, and only a peer does"]],
    ["send: { host: H2, delivered: 1 }", [".send.host: H2 does no send: it is a peer, and only an arq-sender does"]],
    ["view: { host: H2, shows: {} }", [".view: there is nothing to judge: H2 does no view in the timeline"]],
    [
      "events: { event: send, type: DATA-ACK }",
      [".events.type: no host of this scenario sends DATA-ACK: only an arq-sender does"],
    ],
    ["drops: 0, type: DATA", [".type: no host of this scenario sends DATA: only an arq-sender does"]],
    ["events: { event: send, type: SYN-ACK }", []],
  ])("%s", (item, problems) => {
    expect(expectation(item)).toEqual(problems);
  });

  test("a key that fits nowhere is told what may stand beside the form, not every metric", () => {
    expect(problemsOf(`${SHARING}expect: [{ drops: 0, untill: 3s }]`)[0]).toContain(
      "\n  allowed: host, peer, type, after, before, because or shouldFail",
    );
    expect(problemsOf(`${SHARING}expect: [{ drops: 0, befor: 3s }]`)[0]).toContain('mean "before"?');
  });

  test("bare hosts send no updates", () => {
    expect(expectation("drops: 0, type: UPDATE", BARE)).toEqual([
      ".type: no host of this scenario sends UPDATE: only a peer or its directory does",
    ]);
    expect(expectation("drops: 0, type: DATA", BARE)).toEqual([]);
  });

  test("an action that is expected is one that the host does, with that file", () => {
    const looked = (who: string, item: string) =>
      expectation(item, `${SHARING}timeline: [{ at: 1s, host: ${who}, do: { lookup: new.txt } }]\n`);
    expect(looked("H3", "lookup: { host: H3, file: new.txt, offers: [] }")).toEqual([]);
    expect(looked('"*"', "lookup: { host: H3, offers: [] }")).not.toContain("nothing to judge");
    expect(looked("flock", "lookup: { host: flock-2, offers: [] }")).toEqual([]);
    expect(looked("H3", "lookup: { host: H3, file: old.txt, offers: [] }")).toEqual([
      ".lookup: there is nothing to judge: H3 does no lookup of old.txt in the timeline",
    ]);
    expect(looked("H2", "lookup: { host: H3, offers: [] }")).toEqual([
      ".lookup: there is nothing to judge: H3 does no lookup in the timeline",
    ]);
  });
});

test("expectations are checked against the scenario", () => {
  const [problem] = headsOf(`${SHARING}expect:\n  - list: { host: H9, shows: "" }`);
  expect(problem).toMatch(/^x\.yaml:11:19: expect\.0\.list\.host: there is no host "H9"/);
});

test("all problems of a file are reported, in the order of their places, whatever else is wrong", () => {
  const text = `name: x
description: y
network:
  delay: 50
  links:
    - { between: [a, c], loss: 2 }
    - { between: [a, d], loss: 0.2 }
hosts:
  a: { role: arq-sendr }
  b: { role: arq-receiver, adress: 10.0.0.1 }
timeline:
  - { at: 1, host: b, do: list }
  - { at: 1s, host: e, do: crash }
`;
  expect(headsOf(text).map((problem) => problem.split(" ").slice(0, 2).join(" "))).toEqual([
    "x.yaml:4:10: network.delay:",
    "x.yaml:6:22: network.links.0.between.1:",
    "x.yaml:6:32: network.links.0.loss:",
    "x.yaml:7:22: network.links.1.between.1:",
    "x.yaml:9:14: hosts.a.role:",
    "x.yaml:10:28: hosts.b.adress:",
    "x.yaml:12:11: timeline.0.at:",
    "x.yaml:13:21: timeline.1.host:",
  ]);
});
