/** What Wireshark makes of trace.pcapng and of the dissector, asked through tshark and capinfos. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportWire } from "../../src/core/wire/report.ts";
import { loadScenarios } from "../../src/scenario/files.ts";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import type { TraceEvent, TraceSink } from "../../src/trace/events.ts";
import { CaptureFile } from "../../src/trace/pcapng/capture-file.ts";
import { bytesOf, concat } from "../contract/world.ts";
import { describeWith } from "../support/needs.ts";

const DISSECTOR = "wireshark/peerlab.lua";
/** Enough of a long run to see whether Wireshark likes it. */
const MAX_BYTES = 1 << 20;
const ALL_BYTES = 1 << 26;
/** What a lossy or reordering network, a crash or a full receiver makes Wireshark say of a byte stream, and rightly. */
const TRUE_WARNINGS = [
  "This frame is a (suspected) out-of-order segment",
  "Previous segment(s) not captured (common at capture start)",
  "ACKed segment that wasn't captured (common at capture start)",
  "Connection reset (RST)",
  "TCP Zero Window segment",
  "TCP window specified by the receiver is now completely full",
  "Lost on its way",
];

const loaded = loadScenarios(["scenarios"]);
if (!loaded.ok) throw new Error("the committed scenarios are wrong");
const scenarios = loaded.scenarios;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "peerlab-wireshark-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function captureOf(scenario: Scenario, maxBytes = MAX_BYTES): string {
  const blocks: Uint8Array[] = [];
  const file = new CaptureFile((block) => blocks.push(block.slice()), { title: "t", startMs: 0, maxBytes });
  const { traceHash } = runScenario(scenario, { capture: file });
  file.end();
  blocks[0] = file.header(traceHash);
  const path = join(folder, `${scenario.name}.pcapng`);
  writeFileSync(path, concat(blocks));
  return path;
}

function tshark(path: string, ...args: string[]): string {
  return execFileSync("tshark", ["-X", `lua_script:${DISSECTOR}`, "-r", path, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** How many events of a run are as asked for. */
function countOf(scenario: Scenario, isCounted: (event: TraceEvent) => boolean): number {
  let count = 0;
  const sink: TraceSink = { onEvent: (event) => void (isCounted(event) && count++) };
  runScenario(scenario, { sinks: [sink] });
  return count;
}

/** Lines of tab-separated fields. */
function fields(path: string, filter: string, ...names: string[]): string[][] {
  const out = tshark(path, "-Y", filter, "-T", "fields", ...names.flatMap((name) => ["-e", name]));
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** The summaries of `-z expert` by its two serious headings. */
function expertInfo(out: string): { Errors: string[]; Warns: string[] } {
  const said: Record<string, string[]> = { Errors: [], Warns: [] };
  let heading = "";
  for (const line of out.split("\n")) {
    heading = /^(Errors|Warns|Notes|Chats|Comments) \(/.exec(line)?.[1] ?? heading;
    const summary = /^\s+\d+\s+\S+\s+\S+\s+(.+)$/.exec(line)?.[1];
    if (summary !== undefined) said[heading]?.push(summary);
  }
  return said as { Errors: string[]; Warns: string[] };
}

const named = (name: string): Scenario => scenarios.find((scenario) => scenario.name === name) as Scenario;

describeWith(["tshark", "capinfos"], "Wireshark", () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario]))(
    "reads the capture of %s",
    (_name, scenario) => {
      const path = captureOf(scenario);
      const info = execFileSync("capinfos", [path], { encoding: "utf8" });
      expect(info).toContain("Linux cooked-mode capture v1");
      expect(info).toMatch(/Strict time order:\s+True/);
      const said = expertInfo(tshark(path, "-q", "-z", "expert"));
      // A datagram that the network damaged into nonsense is malformed, and is meant to be.
      expect(said.Errors.filter((text) => text !== "Not a packet of either wire")).toEqual([]);
      expect(said.Warns.filter((text) => !TRUE_WARNINGS.includes(text))).toEqual([]);
    },
    60_000,
  );

  describe("the report's capture", () => {
    let path = "";
    beforeAll(() => {
      path = captureOf(named("report-0-start-up"));
    });

    test("the frames have the report's lengths: 62 and 70 bytes with 18 and 26 of data", () => {
      const lengths = fields(path, "peerlab.type == 1", "ip.src", "frame.len", "udp.length", "peerlab.kind");
      const ofH2 = new Set(lengths.filter(([from]) => from === "10.0.0.2").map(([, ...rest]) => rest.join(" ")));
      const ofH3 = new Set(lengths.filter(([from]) => from === "10.0.0.3").map(([, ...rest]) => rest.join(" ")));
      expect([...ofH2]).toEqual([`62 ${8 + 18} data`]);
      expect([...ofH3]).toEqual([`70 ${8 + 26} data`]);
    });

    test("each answer is as long as the packet it answers, with the next sequence number", () => {
      const acks = fields(
        path,
        'peerlab.kind == "ack" && sll.pkttype == 4',
        "ip.dst",
        "frame.len",
        "peerlab.seq",
        "peerlab.total",
      );
      expect(new Set(acks.map((ack) => ack.join(" ")))).toEqual(
        new Set(["10.0.0.2 62 2 1", "10.0.0.3 70 2 1", "10.0.0.4 62 2 1"]),
      );
    });
  });

  test("the GET and the 200 OK of a download are read as HTTP, and the file is whole", () => {
    const path = captureOf(named("report-3-download"));
    expect(fields(path, "http.request", "http.request.method", "http.request.uri", "http.host")).toEqual([
      ["GET", "new.txt", "10.0.0.2"],
    ]);
    expect(fields(path, "http.response", "http.response.code", "http.content_length")).toEqual([["200", "58710"]]);
  });

  test.each(["loss", "karn-off", "min-rto-too-low", "late-duplicate-hardened", "group-key"])(
    "%s: retransmissions are marked and counted as the trace counts them",
    (name) => {
      const scenario = named(name);
      const path = captureOf(scenario, ALL_BYTES);
      const marked = fields(path, 'peerlab.retransmission && peerlab.seen == "sent"', "frame.number");
      expect(marked).toHaveLength(countOf(scenario, ({ event, note }) => event === "send" && note !== ""));
    },
  );

  test("a late ACK is an ACK: as the sender sees them, there are as many as the trace delivers", () => {
    const scenario = named("karn-off");
    const acks = countOf(
      scenario,
      ({ event, node, type }) => event === "deliver" && node === "sender" && type === "DATA-ACK",
    );
    const arrived = 'peerlab.seen == "arrived" && frame.interface_name == "sender"';
    const kinds = fields(captureOf(scenario, ALL_BYTES), arrived, "peerlab.kind");
    expect(acks).toBeGreaterThan(1000);
    expect(kinds).toEqual(Array.from({ length: acks }, () => ["ack"]));
  });

  test("losses are marked, with the reason", () => {
    const path = captureOf(named("loss"));
    const lost = fields(path, "peerlab.lost", "peerlab.lost.reason", "_ws.col.Info");
    expect(lost.length).toBeGreaterThan(10);
    for (const [reason, info] of lost)
      expect([reason, info?.startsWith("[LOST: loss]  sent  ")]).toEqual(["loss", true]);
  });

  test("a packet that answers a challenge is sent again with the cookie, which is no retransmission", () => {
    const path = captureOf(named("late-duplicate-hardened"));
    const answers = fields(path, 'peerlab.with_cookie && peerlab.seen == "sent"', "_ws.col.Info");
    expect(answers).toHaveLength(3);
    for (const [info] of answers) expect(info).toMatch(/^sent {2}UPDATE .*\[sent again with the cookie\]$/);
  });

  test("each datagram is marked as sent or as arrived", () => {
    const path = captureOf(named("report-0-start-up"));
    const rows = fields(path, "peerlab.type == 1", "peerlab.seen", "sll.pkttype", "_ws.col.Info");
    expect(new Set(rows.map(([seen, way, info]) => `${seen} ${way} ${info?.split("  ")[0]}`))).toEqual(
      new Set(["sent 4 sent", "arrived 0 arrived"]),
    );
  });

  test("numbers that are too long for the decoder are malformed here too, and no Lua error", () => {
    const texts = [
      "1 a 1 99999999999999999999",
      "1 a 99999999999999999999 1",
      "99999999999999999999 a 1 1",
      "1 a 1 999999999",
    ];
    const good = "1 a 999999999 999999998";
    const blocks: Uint8Array[] = [];
    const file = new CaptureFile((block) => blocks.push(block.slice()), {
      title: "t",
      startMs: 0,
      maxBytes: MAX_BYTES,
    });
    const ends = { sourceHost: "10.0.0.2", sourcePort: 8888, destinationHost: "10.0.0.1", destinationPort: 7777 };
    for (const [i, text] of [...texts, good].entries()) {
      expect(reportWire.decode(bytesOf(text)).ok).toBe(text === good);
      file.add({
        ...ends,
        node: "H2",
        timeNs: i,
        outbound: true,
        packetId: i + 1,
        payload: bytesOf(text),
        comment: "",
      });
    }
    const path = join(folder, "long.pcapng");
    writeFileSync(path, concat(blocks));
    expect(fields(path, "peerlab.malformed", "frame.number")).toEqual(texts.map((_, i) => [String(i + 1)]));
    expect(fields(path, "peerlab.seq", "peerlab.seq", "peerlab.total")).toEqual([["999999999", "999999998"]]);
    expect(tshark(path)).not.toContain("Lua Error");
  });

  test("a datagram that was damaged into nonsense is malformed, and marked as damaged", () => {
    const path = captureOf(named("corruption"));
    const malformed = fields(path, "peerlab.malformed", "frame.comment");
    expect(malformed.length).toBeGreaterThan(0);
    for (const [comment] of malformed) expect(comment).toBe("CORRUPTED");
  });

  test("the hardened wire's test vectors of docs/wire.md are read field by field", () => {
    const table = /## Hardened test vectors(.*?)\nNot packets:/s.exec(readFileSync("docs/wire.md", "utf8"))?.[1] ?? "";
    const vectors = Array.from(table.matchAll(/\| `([0-9a-f]{20,})` \|/g), ([, hex]) =>
      Buffer.from(hex as string, "hex"),
    );
    expect(vectors.length).toBeGreaterThan(10);
    const blocks: Uint8Array[] = [];
    const file = new CaptureFile((block) => blocks.push(block.slice()), {
      title: "t",
      startMs: 0,
      maxBytes: MAX_BYTES,
    });
    const ends = { sourceHost: "10.0.0.2", sourcePort: 8888, destinationHost: "10.0.0.1", destinationPort: 7777 };
    for (const [i, payload] of vectors.entries()) {
      file.add({ ...ends, node: "H2", timeNs: i, outbound: true, packetId: i + 1, payload, comment: "" });
    }
    const path = join(folder, "vectors.pcapng");
    writeFileSync(path, concat(blocks));
    const rows = fields(path, "peerlab", "peerlab.kind", "peerlab.type", "peerlab.seq", "peerlab.total");
    const expected = vectors.map((bytes) => {
      const packet = bytes[1] === 0x53 ? bytes.subarray(11) : bytes;
      const kind = ["data", "ack", "challenge", "error"][packet[3]! - 1];
      return [kind, String(packet[4]), String(packet.readUInt32BE(13)), String(packet.readUInt32BE(17))];
    });
    expect(rows).toEqual(expected);
    expect(fields(path, "peerlab.update_interval", "peerlab.update_interval")).toEqual([["7020"]]);
    expect(fields(path, "peerlab.error.code", "peerlab.error.code", "peerlab.error.text")).toEqual([
      ["410", "stale cursor"],
    ]);
    expect(fields(path, "peerlab.seal.number", "peerlab.seal.number")).toEqual([["1458176000000000"]]);
    expect(new Set(fields(path, "peerlab.message_id", "peerlab.message_id").flat())).toEqual(
      new Set(["0x0123456789abcdef", "0xfedcba9876543210"]),
    );
  });
});
