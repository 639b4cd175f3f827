/**
 * Every committed scenario on the 2015 wire: run, captured and imported, it has the same packets as the run's own trace, and
 * the same round trips.
 *
 * What a capture cannot show, and is not compared: the hardened wire's datagrams; of byte streams, which are recorded as their
 * client sees them, the copies that the network made on the way to the server, and whether sending again was necessary;
 * `bulk`, whose capture ends at its limit of 64 MiB; and that a sender withdrew a message for one with the same bytes, as a
 * peer does with an update that has found no answer when the next is due: the new one looks like a retransmission. Round trips are the capture's, not those of a clock that drifts.
 */

import { describe, expect, test } from "vitest";
import { loadScenarios } from "../../src/scenario/files.ts";
import type { RttRow, TraceEvent, TraceSink } from "../../src/trace/events.ts";
import { captureOf, imported } from "./run-and-import.ts";

const CUT_OFF = ["bulk"];
const WITHDRAWN = ["directory-crash", "one-way-partition", "partition", "too-large-datagrams"];
const KINDS = ["send", "deliver", "drop", "duplicate"];
const SEGMENT = /^(?:SYN|SEGMENT|FIN|RST)/;

const loaded = loadScenarios(["scenarios"]);
if (!loaded.ok) throw new Error("the committed scenarios are wrong");
const scenarios = loaded.scenarios.filter(
  ({ name, hosts }) => !CUT_OFF.includes(name) && hosts.every((host) => !("wire" in host) || host.wire === "report"),
);

/** Counts events by kind and type, and retransmissions by what the trace says of them too. */
class Counts implements TraceSink {
  readonly counts: Record<string, number> = {};
  /** Samples, used or refused, and the estimates that followed from them. */
  readonly rtts: string[] = [];
  private readonly clients = new Set<string>();
  private readonly delivered = new Set<string>();

  onEvent({ event, type, node, peer, note, packetId }: TraceEvent): void {
    if (!KINDS.includes(event)) return;
    const isSegment = SEGMENT.test(type);
    if (type === "SYN" && event === "send") this.clients.add(node);
    if (isSegment && this.isCopyForServer(event, node, peer, packetId)) return;
    this.count(`${event} ${type}`);
    if (event === "send" && note !== "") this.count(`again ${type}${isSegment ? "" : ` ${note}`}`);
  }

  onRtt({ node, peer, kind, sampleRttMs, estimatedRttMs, timeoutIntervalMs }: RttRow): void {
    if (kind === "timeout") return;
    const numbers = [sampleRttMs, estimatedRttMs, timeoutIntervalMs].map((ms) => ms.toFixed(3));
    this.rtts.push(`${node} ${peer} ${kind} ${numbers.join(" ")}`);
  }

  private isCopyForServer(event: string, node: string, peer: string, packetId: number): boolean {
    if (event === "duplicate") return this.clients.has(node);
    if (event !== "deliver" || !this.clients.has(peer)) return false;
    const key = `${peer} ${packetId}`;
    if (this.delivered.has(key)) return true;
    this.delivered.add(key);
    return false;
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

const isRepeat = ([what]: [string, number]): boolean => what.startsWith("again");
const withoutRepeats = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter((entry) => !isRepeat(entry)));
const repeats = (counts: Record<string, number>): number =>
  Object.entries(counts)
    .filter(isRepeat)
    .reduce((sum, [, count]) => sum + count, 0);

describe("captured and imported", () => {
  test("there are scenarios to compare", () => {
    expect(scenarios.length).toBeGreaterThan(35);
  });

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s has the packets of its run",
    (_, scenario) => {
      const ran = new Counts();
      const read = new Counts();
      imported(scenario, captureOf(scenario, [ran]), [read]);
      if (!WITHDRAWN.includes(scenario.name)) {
        expect(read.counts).toEqual(ran.counts);
        if (scenario.hosts.every((host) => host.clockDriftPpm === 0)) expect(read.rtts).toEqual(ran.rtts);
        return;
      }
      expect(withoutRepeats(read.counts)).toEqual(withoutRepeats(ran.counts));
      expect(repeats(read.counts)).toBeGreaterThan(repeats(ran.counts));
    },
    60_000,
  );
});
