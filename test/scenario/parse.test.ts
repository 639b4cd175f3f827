import { describe, expect, test } from "vitest";
import { BARE, parsed, problemsOf, SHARING } from "./support.ts";

describe("defaults", () => {
  test("the smallest scenario", () => {
    const { network, protocol, hosts, timeline, seed, durationMs } = parsed(BARE);
    expect(seed).toBe("1");
    expect(durationMs).toBeUndefined();
    expect(network.link).toMatchObject({ delay: { valueMs: 0 }, loss: 0, rateBitsPerSecond: Number.POSITIVE_INFINITY });
    expect(protocol.arq).toMatchObject({ maxDatagramBytes: 512, maxAttempts: 10, duplicateWindowMs: 3000 });
    expect(protocol.arq.rto).toMatchObject({ estimator: "report", initialMs: 1000, minMs: 10, backoff: 2, karn: true });
    expect(protocol.directory).toMatchObject({ updatePeriodMs: 7020, missedUpdates: 3 });
    expect(hosts.map(({ name, address, port }) => [name, address, port])).toEqual([
      ["sender", "10.0.0.1", 8888],
      ["receiver", "10.0.0.2", 8888],
    ]);
    expect(timeline).toEqual([]);
  });

  test("rfc6298 has a floor of 1 s and a granularity, where they are not given (RFC 6298, 2.4)", () => {
    expect(parsed(`${BARE}protocol: { rto: { estimator: rfc6298 } }`).protocol.arq.rto).toMatchObject({
      minMs: 1000,
      granularityMs: 1,
    });
    const rto = "{ estimator: rfc6298, min: 0, granularity: 0s }";
    expect(parsed(`${BARE}protocol: { rto: ${rto} }`).protocol.arq.rto).toMatchObject({ minMs: 0, granularityMs: 0 });
  });

  test("the directory expects updates at the peers' period, unless told otherwise", () => {
    const both = parsed(`${BARE}protocol: { peer: { updatePeriod: 5s } }`).protocol;
    expect([both.peer.updatePeriodMs, both.directory.updatePeriodMs]).toEqual([5000, 5000]);
    const apart = parsed(`${BARE}protocol: { peer: { updatePeriod: 5s }, directory: { updatePeriod: 6s } }`).protocol;
    expect(apart.directory.updatePeriodMs).toBe(6000);
  });
});

describe("hosts", () => {
  test("a peer's files, shares, directory and clock", () => {
    const [, H2, H3] = parsed(SHARING).hosts;
    expect(H2).toMatchObject({
      files: [
        { name: "new.txt", sizeBytes: 58710 },
        { name: "recv.txt", sizeBytes: 1000 },
      ],
      shares: ["new.txt"],
      directory: "H1",
      port: 8888,
      httpPort: 80,
    });
    expect(H3).toMatchObject({ startMs: 2000, clockDriftPpm: -50 });
  });

  test("a file's content is counted in bytes of UTF-8", () => {
    const text = `${SHARING}`.replace("recv.txt: 1kB", "recv.txt: { content: äöü }");
    expect(parsed(text).hosts[1]).toMatchObject({ files: [{}, { name: "recv.txt", sizeBytes: 6, content: "äöü" }] });
  });

  test("a group is written out, its starts spread, its addresses by position", () => {
    const flock = parsed(SHARING).hosts.slice(3);
    expect(flock.map(({ name, startMs, address }) => [name, startMs, address])).toEqual([
      ["flock-1", 1000, "10.0.0.4"],
      ["flock-2", 2000, "10.0.0.5"],
      ["flock-3", 3000, "10.0.0.6"],
    ]);
  });

  test("ten thousand peers have ten thousand addresses", () => {
    const { hosts } = parsed(SHARING.replace("count: 3", "count: 10000"));
    expect(new Set(hosts.map(({ address }) => address)).size).toBe(10_003);
    expect(hosts[254]?.address).toBe("10.0.1.1");
  });

  test("start: never", () => {
    expect(parsed(SHARING.replace("start: 2s", "start: never")).hosts[2]?.startMs).toBeUndefined();
  });
});

describe("network", () => {
  test.each([
    ["0", { distribution: "constant", valueMs: 0 }],
    ["50ms", { distribution: "constant", valueMs: 50 }],
    ["{ distribution: constant, value: 5ms }", { distribution: "constant", valueMs: 5 }],
    ["{ distribution: uniform, min: 10ms, max: 0.1s }", { distribution: "uniform", minMs: 10, maxMs: 100 }],
    [
      "{ distribution: normal, mean: 50ms, stddev: 9ms }",
      { distribution: "normal", meanMs: 50, stddevMs: 9, minMs: 0 },
    ],
    ["{ distribution: exponential, mean: 50ms, min: 5ms }", { distribution: "exponential", meanMs: 50, minMs: 5 }],
    ["{ distribution: pareto, scale: 10ms, shape: 1.5 }", { distribution: "pareto", scaleMs: 10, shape: 1.5 }],
  ])("delay: %s", (written, delay) => {
    expect(parsed(`${BARE}network: { delay: ${written} }`).network.link.delay).toEqual(delay);
  });

  test.each([
    ["0.1", { loss: 0.1, gilbertElliott: undefined }],
    ["10%", { loss: 0.1, gilbertElliott: undefined }],
    ["1", { loss: 1, gilbertElliott: undefined }],
    ["{ independent: 1% }", { loss: 0.01, gilbertElliott: undefined }],
    [
      "{ gilbertElliott: { p: 0.03, r: 0.3 } }",
      { loss: 0, gilbertElliott: { p: 0.03, r: 0.3, lossGood: 0, lossBad: 1, step: "packet" } },
    ],
    [
      "{ independent: 0.1, gilbertElliott: { p: 0.03, r: 0.3, lossGood: 1%, lossBad: 0.5, step: 10ms } }",
      { loss: 0.1, gilbertElliott: { p: 0.03, r: 0.3, lossGood: 0.01, lossBad: 0.5, step: { slotMs: 10 } } },
    ],
  ])("loss: %s", (written, loss) => {
    expect(parsed(`${BARE}network: { loss: ${written} }`).network.link).toMatchObject(loss);
  });

  test("rate and queue, in packets or bytes", () => {
    const link = (queue: string) => parsed(`${BARE}network: { rate: 10Mbit/s, queue: ${queue} }`).network.link;
    expect(link("50")).toMatchObject({ rateBitsPerSecond: 1e7, queue: { packets: 50 } });
    expect(link("64KiB")).toMatchObject({ queue: { bytes: 65536 } });
    expect(parsed(`${BARE}network: { rate: unlimited }`).network.link.rateBitsPerSecond).toBe(Number.POSITIVE_INFINITY);
  });

  test("an override has only what it gives; one with `between` goes both ways", () => {
    const network = `network:
  loss: 0.1
  links:
    - { between: [sender, receiver], delay: 3ms }
    - { from: sender, loss: { gilbertElliott: { p: 1, r: 0 } } }`;
    const options = { delay: { distribution: "constant", valueMs: 3 } };
    expect(parsed(BARE + network).network.links).toEqual([
      { from: ["sender"], to: ["receiver"], options },
      { from: ["receiver"], to: ["sender"], options },
      {
        from: ["sender"],
        to: ["*"],
        options: { loss: 0, gilbertElliott: { p: 1, r: 0, lossGood: 0, lossBad: 1, step: "packet" } },
      },
    ]);
  });

  test("scripted faults", () => {
    const faults = `network:
  faults:
    - match: { from: receiver, to: sender, kind: ack, type: DATA, message: 1, seq: 3, attempt: 1, nth: 2, after: 10s, before: 20s }
      do: drop
    - { match: { nth: [1, 3] }, do: deliver }
    - { match: {}, do: { delay: 5s } }
    - { match: {}, do: { duplicate: 0 } }
    - { match: {}, do: { corrupt: 0 } }
    - { match: {}, do: corrupt }`;
    expect(parsed(BARE + faults).network.faults).toEqual([
      {
        match: {
          from: "receiver",
          to: "sender",
          kind: "ack",
          type: "DATA",
          message: 1,
          seq: 3,
          attempt: 1,
          nth: [2],
          afterMs: 10_000,
          beforeMs: 20_000,
        },
        action: { do: "drop" },
      },
      { match: { nth: [1, 3] }, action: { do: "deliver" } },
      { match: {}, action: { do: "delay", extraMs: 5000 } },
      { match: {}, action: { do: "duplicate", laterMs: 0 } },
      { match: {}, action: { do: "corrupt", offset: 0 } },
      { match: {}, action: { do: "corrupt", offset: undefined } },
    ]);
  });

  test("partitions, two-way and one-way, with groups written out", () => {
    const partitions = `network:
  partitions:
    - { between: [H1, [H2, flock]], start: 10s, end: 30s }
    - { from: "*", to: H1 }`;
    expect(parsed(SHARING + partitions).network.partitions).toEqual([
      { from: ["H1"], to: ["H2", "flock-1", "flock-2", "flock-3"], twoWay: true, startMs: 10_000, endMs: 30_000 },
      { from: ["*"], to: ["H1"], twoWay: false, startMs: 0, endMs: Number.POSITIVE_INFINITY },
    ]);
  });
});

describe("timeline", () => {
  test("every action", () => {
    const actions = [
      ["list", { kind: "list" }],
      ["view", { kind: "view" }],
      ["exit", { kind: "exit" }],
      ["crash", { kind: "crash" }],
      ["restart", { kind: "restart" }],
      ["pause", { kind: "pause" }],
      ["resume", { kind: "resume" }],
      ["{ share: new.txt }", { kind: "share", file: "new.txt" }],
      ["{ unshare: new.txt }", { kind: "unshare", file: "new.txt" }],
      ["{ lookup: any.txt }", { kind: "lookup", file: "any.txt" }],
      ["{ download: { file: any.txt } }", { kind: "download", file: "any.txt", choice: 0 }],
      ["{ download: { file: any.txt, choice: 1 } }", { kind: "download", file: "any.txt", choice: 1 }],
      [
        "{ download: { file: any.txt, from: H3, range: 0-99 } }",
        { kind: "download", file: "any.txt", from: "H3", range: { first: 0, last: 99 } },
      ],
      [
        "{ download: { file: any.txt, from: H3, range: 100- } }",
        { kind: "download", file: "any.txt", from: "H3", range: { first: 100 } },
      ],
      [
        "{ fetch: { file: any.txt } }",
        { kind: "fetch", file: "any.txt", bytesPerSecond: Number.POSITIVE_INFINITY, overwrite: false },
      ],
      [
        "{ fetch: { file: new.txt, from: [H3, H2], like: H2, limit: 8kbit/s, overwrite: true } }",
        { kind: "fetch", file: "new.txt", from: ["H3", "H2"], like: "H2", bytesPerSecond: 1000, overwrite: true },
      ],
    ] as const;
    const timeline = actions.map(([written]) => `  - { at: 1s, host: H2, do: ${written} }`).join("\n");
    expect(parsed(`${SHARING}timeline:\n${timeline}`).timeline).toEqual(
      actions.map(([, action]) => ({ kind: "action", atMs: 1000, host: "H2", action })),
    );
  });

  test("send: one message of one packet, unless told otherwise", () => {
    const send = "timeline: [{ at: 0, host: sender, do: { send: { to: receiver, bytes: 512B } } }]";
    expect(parsed(BARE + send).timeline).toEqual([
      {
        kind: "action",
        atMs: 0,
        host: "sender",
        action: { kind: "send", to: "receiver", packets: 1, bytes: 512, messages: 1 },
      },
    ]);
  });

  test("a change of the network", () => {
    const timeline = "timeline: [{ at: 5s, network: { delay: 200ms }, links: [{ from: sender, loss: 1 }] }]";
    expect(parsed(BARE + timeline).timeline).toEqual([
      {
        kind: "network",
        atMs: 5000,
        options: { delay: { distribution: "constant", valueMs: 200 } },
        links: [{ from: ["sender"], to: ["*"], options: { loss: 1 } }],
      },
    ]);
  });

  test("entries come in order of time, those of one time in the order of the file, those of a group one by one", () => {
    const timeline = `timeline:
  - { at: 5s, host: H2, do: list }
  - { at: 3s, host: [flock, H3], do: crash }
  - { at: 5s, host: H1, do: crash }`;
    const entries = parsed(SHARING + timeline).timeline.map((entry) => [
      entry.atMs,
      entry.kind === "action" && entry.host,
    ]);
    expect(entries).toEqual([
      [3000, "flock-1"],
      [3000, "flock-2"],
      [3000, "flock-3"],
      [3000, "H3"],
      [5000, "H2"],
      [5000, "H1"],
    ]);
  });
});

test("anchors and aliases stand for what they name", () => {
  const text = `${BARE}network: { delay: &slow 50ms, links: [{ from: sender, delay: *slow }] }`;
  expect(parsed(text).network.links[0]?.options.delay).toEqual({ distribution: "constant", valueMs: 50 });
});

test("a value inside an alias is wrong where it is written", () => {
  const text = `${BARE}network:
  links:
    - &slow { from: sender, delay: soon }
    - *slow`;
  const places = problemsOf(text).map((problem) => problem.split(" ", 1)[0]);
  expect(places).toEqual(["x.yaml:10:36:", "x.yaml:10:36:"]);
});
