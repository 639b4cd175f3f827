/** Hosts, exchanges and activity: what a trace says about more than single packets. */

import { describe, expect, test } from "vitest";
import { downloadsOf, entryNote, membershipOf, throughputOf } from "../../../src/report/model/activity.ts";
import { exchangesOf } from "../../../src/report/model/exchanges.ts";
import { hostFactsOf } from "../../../src/report/model/hosts.ts";
import { transmissionsOf } from "../../../src/report/model/packets.ts";
import { modelOf, TraceStory } from "../../support/trace-story.ts";

const DOWNLOAD = `
duration: 10s
network: { delay: 5ms }
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { big.bin: 58710B }, shares: [big.bin] }
  H3: { role: peer, start: 1s }
timeline:
  - { at: 2s, host: H3, do: { lookup: big.bin } }
  - { at: 3s, host: H3, do: { download: { file: big.bin, choice: 0 } } }
  - { at: 5s, host: H1, do: crash }
  - { at: 6s, host: H1, do: restart }
  - { at: 7s, host: H3, do: pause }
  - { at: 8s, host: H3, do: resume }
`;
const download = modelOf(DOWNLOAD);

describe("hosts", () => {
  test("each is down until its start, from its crash to its restart, and paused in between", () => {
    const { hosts } = hostFactsOf(download);
    expect(hosts).toEqual([
      { name: "H1", absences: [{ condition: "down", fromNs: 5e9, toNs: 6e9 }] },
      { name: "H2", absences: [] },
      {
        name: "H3",
        absences: [
          { condition: "down", fromNs: 0, toNs: 1e9 },
          { condition: "paused", fromNs: 7e9, toNs: 8e9 },
        ],
      },
    ]);
  });

  test("a host that crashes and stays down is down for ever; one whose start is not in the trace was up", () => {
    const { model } = new TraceStory().note(1, "action", "A", "list").note(2, "state", "A", "crashed");
    expect(hostFactsOf(model).hosts).toEqual([
      { name: "A", absences: [{ condition: "down", fromNs: 2e6, toNs: Number.POSITIVE_INFINITY }] },
    ]);
  });

  test("those that are only written to come last", () => {
    const { model } = new TraceStory().packet(0, "send", "A", "Z", { id: 1 }).packet(1, "send", "B", "A", { id: 2 });
    expect(hostFactsOf(model).hosts.map(({ name }) => name)).toEqual(["A", "B", "Z"]);
  });

  test("marks are what befell a host, its table, its user, and messages given up; routine is none", () => {
    const { model } = new TraceStory()
      .note(0, "state", "H1", "started")
      .note(1, "state", "H1", "added 10.0.0.2:80 with new.txt", "H2")
      .message(2, "H1", "H2", "received")
      .message(3, "H1", "H2", "delivered")
      .message(4, "H1", "H2", "given up")
      .note(5, "reject", "H1", "no-type at byte 0", "H2")
      .note(6, "state", "H1", "waiting for peers")
      .message(7, "H1", "H2", "rejected");
    const kinds = ["start", "entry", "given-up", "reject", "note", "given-up"];
    expect(hostFactsOf(model).marks.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("HTTP exchanges", () => {
  test("one download, put together from both ends, with its segments counted", () => {
    const [one, ...rest] = exchangesOf(hostFactsOf(download).marks, transmissionsOf(download));
    expect(rest).toEqual([]);
    expect(one).toMatchObject({
      client: "H3",
      server: "H2",
      request: "GET big.bin HTTP/1.1",
      status: "200 OK",
      outcome: "complete 58710 bytes",
      segmentsLost: 0,
      requestSentNs: 3010e6,
      requestArrivedNs: 3015e6,
      statusSentNs: 3015e6,
      statusArrivedNs: 3020e6,
    });
    expect(one!.segments).toBeGreaterThan(41);
    expect(one!.endNs).toBeGreaterThan(one!.statusArrivedNs);
  });

  test("two at once between the same hosts are two; without segments they look the same (a real run)", () => {
    const { model } = new TraceStory()
      .note(1, "http", "C", "GET a HTTP/1.1", "S")
      .note(2, "http", "C", "GET b HTTP/1.1", "S")
      .note(3, "http", "S", "GET a HTTP/1.1", "C")
      .note(4, "http", "S", "404 file not found", "C")
      .note(5, "http", "S", "GET b HTTP/1.1", "C")
      .note(6, "http", "C", "404 file not found", "S")
      .note(7, "http", "C", "complete 0 bytes", "S")
      .note(9, "http", "C", "failed: reset", "S");
    expect(exchangesOf(hostFactsOf(model).marks, [])).toMatchObject([
      { request: "GET a HTTP/1.1", status: "404 file not found", outcome: "complete 0 bytes", endNs: 7e6, segments: 0 },
      { request: "GET b HTTP/1.1", status: "", outcome: "failed: reset", endNs: 9e6 },
    ]);
  });
});

test("a second try after a failed one has its own arrival and its own status", () => {
  const story = new TraceStory()
    .note(1, "http", "C", "GET a HTTP/1.1", "S")
    .note(5, "http", "C", "failed: reset", "S")
    .note(100, "http", "C", "GET a HTTP/1.1", "S")
    .note(101, "http", "S", "GET a HTTP/1.1", "C")
    .note(102, "http", "S", "200 OK", "C")
    .note(103, "http", "C", "200 OK", "S")
    .note(104, "http", "C", "complete 10 bytes", "S");
  expect(exchangesOf(hostFactsOf(story.model).marks, [])).toMatchObject([
    { outcome: "failed: reset", status: "", requestArrivedNs: Number.NaN, statusSentNs: Number.NaN },
    { outcome: "complete 10 bytes", status: "200 OK", requestArrivedNs: 101e6, statusSentNs: 102e6 },
  ]);
});

test("a real server's client is known by what it asks for, not by the port that it happens to have", () => {
  const story = new TraceStory()
    .note(0, "state", "C", "started")
    .note(1, "http", "C", "GET a HTTP/1.1", "S")
    .note(2, "http", "S", "GET a HTTP/1.1", "127.0.0.1:40268")
    .note(3, "http", "S", "200 OK", "127.0.0.1:40268")
    .note(4, "http", "C", "200 OK", "S")
    .note(9, "http", "C", "complete 10 bytes", "S");
  const facts = hostFactsOf(story.model);
  expect(facts.hosts.map(({ name }) => name)).toEqual(["C", "S"]);
  expect(exchangesOf(facts.marks, [])).toMatchObject([
    { client: "C", server: "S", requestArrivedNs: 2e6, statusSentNs: 3e6, statusArrivedNs: 4e6, endNs: 9e6 },
  ]);
});

test("thousands of exchanges between the same hosts are put together in order, and so are their segments", () => {
  const story = new TraceStory();
  const COUNT = 5000;
  for (let i = 0; i < COUNT; i++) {
    const atMs = 10 * i;
    story.note(atMs, "http", "C", "GET a HTTP/1.1", "S").note(atMs + 1, "http", "S", "GET a HTTP/1.1", "C");
    story.packet(atMs + 2, "send", "S", "C", { id: i + 1, type: "SEGMENT" });
    story.packet(atMs + 3, "deliver", "C", "S", { id: i + 1, type: "SEGMENT" });
    story.note(atMs + 4, "http", "C", `complete ${i} bytes`, "S");
  }
  const exchanges = exchangesOf(hostFactsOf(story.model).marks, transmissionsOf(story.model));
  expect(exchanges).toHaveLength(COUNT);
  for (const [i, one] of exchanges.entries()) {
    const times = { requestSentNs: 1e7 * i, requestArrivedNs: 1e7 * i + 1e6, endNs: 1e7 * i + 4e6 };
    expect(one).toMatchObject({ ...times, outcome: `complete ${i} bytes`, segments: 1 });
  }
});

test("of an exchange whose client ran in another process, the server's lines are told from a client's", () => {
  const { model } = new TraceStory()
    .note(1, "http", "S", "GET a HTTP/1.1", "10.0.0.9:50000")
    .note(2, "http", "S", "200 OK", "10.0.0.9:50000")
    .note(3, "http", "S", "GET b HTTP/1.1", "10.0.0.8:80")
    .note(4, "http", "S", "200 OK", "10.0.0.8:80")
    .note(5, "http", "S", "complete 3 bytes", "10.0.0.8:80");
  expect(exchangesOf(hostFactsOf(model).marks, [])).toMatchObject([
    { client: "10.0.0.9:50000", server: "S", requestArrivedNs: 1e6, statusSentNs: 2e6, outcome: "" },
    { client: "S", server: "10.0.0.8:80", statusArrivedNs: 4e6, endNs: 5e6 },
  ]);
});

describe("activity", () => {
  test("the directory's members go with its crash and come back with the updates", () => {
    const [series, ...rest] = membershipOf(hostFactsOf(download));
    expect(rest).toEqual([]);
    expect(series!.name).toBe("H1");
    expect(series!.steps.slice(0, 3)).toEqual([
      { timeMs: 5, value: 1 },
      { timeMs: 1005, value: 2 },
      { timeMs: 5000, value: 0 },
    ]);
    // The new process begins with an empty table: the first peer that updates is alone in it.
    expect(series!.steps[3]).toMatchObject({ value: 1 });
    expect(series!.steps[3]!.timeMs).toBeGreaterThan(6000);
  });

  test.each([
    ["added 10.0.0.3:80 with no files", { word: "added", key: "10.0.0.3:80", files: "no files" }],
    ["changed 10.0.0.3:80 to a, b", { word: "changed", key: "10.0.0.3:80", files: "a, b" }],
    ["evicted 10.0.0.3:80: the directory is full", { word: "evicted", key: "10.0.0.3:80" }],
    ["expired [::1]:80 after 3 missed updates", { word: "expired", key: "[::1]:80" }],
  ])("%s", (note, expected) => {
    expect(entryNote(note)).toMatchObject(expected);
  });

  test("a download is under way from its request to its outcome, or to its host's crash", () => {
    const { model } = new TraceStory()
      .note(1, "action", "A", "download x from 10.0.0.2 80")
      .note(2, "action", "B", "download x from 10.0.0.2 80")
      .note(3, "action", "A", "download x from 10.0.0.2 80 -> (200, 'OK') 5 bytes")
      .note(4, "action", "C", "download y from 10.0.0.2 80 -> failed: no answer")
      .note(5, "state", "B", "crashed")
      .note(6, "action", "C", "fetch z from 10.0.0.2 80, 10.0.0.3 80");
    expect(downloadsOf(hostFactsOf(model))).toMatchObject({
      steps: [
        { timeMs: 1, value: 1 },
        { timeMs: 2, value: 2 },
        { timeMs: 3, value: 1 },
        { timeMs: 5, value: 0 },
        { timeMs: 6, value: 1 },
      ],
    });
    expect(downloadsOf(hostFactsOf(new TraceStory().note(1, "action", "A", "view").model))).toBeUndefined();
  });

  test("throughput adds up to the bytes that were sent and that arrived", () => {
    const { bucketMs, sent, delivered } = throughputOf(download);
    // All buckets are full ones here: 10 s in steps of 200 ms.
    expect(bucketMs).toBe(200);
    const bytes = (values: readonly number[]) => values.reduce((sum, bits) => sum + (bits * bucketMs) / 8000, 0);
    const sentBytes = transmissionsOf(download).reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes(sent)).toBeCloseTo(sentBytes, 3);
    expect(bytes(delivered)).toBeGreaterThan(58_710);
    expect(bytes(delivered)).toBeLessThanOrEqual(sentBytes + 1e-6);
  });
});
