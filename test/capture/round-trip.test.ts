/** A run's capture, imported, is the run again, as far as packets show it. */

import { describe, expect, test } from "vitest";
import { importCapture } from "../../src/capture/import.ts";
import { defaultRtoOptions } from "../../src/core/arq/options.ts";
import { loadScenarios } from "../../src/scenario/files.ts";
import type { RttRow, TraceEvent, TraceSink } from "../../src/trace/events.ts";
import { captureOf, imported } from "./run-and-import.ts";

/** What a trace says of packets, as lines. */
class Lines implements TraceSink {
  readonly packets: string[] = [];
  readonly drops: string[] = [];
  readonly http: string[] = [];
  readonly rtts: string[] = [];

  onEvent(event: TraceEvent): void {
    const { event: kind, node, peer, type, seq, attempt, bytes, timeMs, note } = event;
    const isSegment = /^(SYN|FIN|RST|SEGMENT)/.test(type);
    const line = `${timeMs.toFixed(6)} ${kind} ${node} ${peer} ${type} ${seq} ${attempt} ${bytes}`;
    if (kind === "send" && !isSegment) this.packets.push(line);
    if (kind === "deliver" && !isSegment) this.packets.push(line);
    if (kind === "drop" && !isSegment) this.drops.push(`${line} ${note}`);
    if (kind === "http") this.http.push(`${node} ${peer} ${note}`);
  }

  onRtt({ node, peer, kind, sampleRttMs, estimatedRttMs }: RttRow): void {
    if (kind !== "timeout")
      this.rtts.push(`${node} ${peer} ${kind} ${sampleRttMs.toFixed(3)} ${estimatedRttMs.toFixed(3)}`);
  }
}

function captured(file: string): { ran: Lines; imported: Lines; offsetMs: number } {
  const loaded = loadScenarios([file]);
  if (!loaded.ok) throw new Error("the scenario is wrong");
  const scenario = loaded.scenarios[0]!;
  const ran = new Lines();
  const lines = new Lines();
  const { startMs } = imported(scenario, captureOf(scenario, [ran]), [lines]);
  return { ran, imported: lines, offsetMs: startMs };
}

/** Moves the times of an import, which begins with its first packet, to those of the run. */
function moved(lines: readonly string[], offsetMs: number): string[] {
  return lines.map((line) => {
    const [time, ...rest] = line.split(" ");
    return [(Number(time) + offsetMs).toFixed(6), ...rest].join(" ");
  });
}

describe("a run's capture, imported", () => {
  test.each([
    "report-2015/0-start-up",
    "report-2015/1-add-a-file",
    "report-2015/3-download",
    "report-2015/4-not-found",
  ])("%s: every datagram sent and delivered, at the same times, with the same samples", (name) => {
    const { ran, imported, offsetMs } = captured(`scenarios/${name}.yaml`);
    expect(moved(imported.packets, offsetMs)).toEqual(ran.packets);
    expect(imported.rtts).toEqual(ran.rtts);
  });

  test("losses are drops at the sender with their reason, retransmissions are attempts, samples obey Karn's rule", () => {
    const { ran, imported, offsetMs } = captured("scenarios/lessons/loss.yaml");
    expect(ran.drops.length).toBeGreaterThan(10);
    expect(moved(imported.drops, offsetMs)).toEqual(ran.drops);
    expect(moved(imported.packets, offsetMs)).toEqual(ran.packets);
    expect(imported.rtts).toEqual(ran.rtts);
  });

  test("the request and the answer of a download are there as HTTP lines", () => {
    const { imported } = captured("scenarios/report-2015/3-download.yaml");
    expect(imported.http).toEqual(["H4 H2 GET new.txt HTTP/1.1", "H2 H4 200 OK"]);
  });

  test("fragmented messages keep their sequence numbers", () => {
    const { ran, imported, offsetMs } = captured("scenarios/faults/fragmented-update.yaml");
    expect(ran.packets.some((line) => line.includes("UPDATE 3"))).toBe(true);
    expect(moved(imported.packets, offsetMs)).toEqual(ran.packets);
  });

  test("an empty capture gives an empty trace", () => {
    const result = importCapture([], { rto: defaultRtoOptions, maxAttempts: 10, names: new Map(), ports: new Set() });
    expect(result).toMatchObject({ events: 0, hosts: [], durationMs: 0 });
  });
});
