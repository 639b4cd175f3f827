/**
 * trace.chrome.json: the run in the Trace Event Format, for chrome://tracing and https://ui.perfetto.dev. A process is a
 * host; a packet under way is an async event of its sender, from `send` to `deliver` or to where it was lost; a
 * retransmission timer is a complete event; what the estimator computes are counters, and everything else is an instant.
 */

import { isOutcome, PacketClass, packetClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import type { ChunkHandler } from "../../trace/csv/chunk-buffer.ts";
import { EventCode, type RttRow, type TraceEvent, type TraceSink } from "../../trace/events.ts";
import { noteLabel } from "../../trace/note.ts";
import { type TimerBar, TimerLanes } from "../model/timer-lanes.ts";
import { wordsOf } from "../model/words.ts";
import { countOf } from "../text.ts";
import { type ChromeObject, chromeJson, microseconds, milliseconds } from "./chrome-json.ts";
import { ChromeTracks, EVENTS_THREAD } from "./chrome-tracks.ts";
import { type Flight, Flights } from "./flights.ts";
import { packetName } from "./packet-name.ts";
import { TextFile } from "./text-file.ts";

export interface ChromeOptions {
  /** What the file says that it is of. */
  readonly title?: string | undefined;
  /** UTF-16 units written; later events are counted. 64 Mi unless given. */
  readonly maxLength?: number | undefined;
  /** Packets, and timers, that are followed at once; 10,000 unless given. */
  readonly maxOpen?: number | undefined;
}

export const DEFAULT_CHROME_LENGTH = 64 << 20;
export const DEFAULT_CHROME_OPEN = 10_000;

/** Timers kept of a host that may turn out to run none: a protocol without ACKs sends packets as well. */
const MAX_EARLY_TIMERS = 100;

/** Writes the file through `onChunk` as the run goes; call `end` for the rest. One sink serves one run. */
export class ChromeSink implements TraceSink {
  private readonly file: TextFile;
  private readonly title: string | undefined;
  private readonly maxLength: number;
  private readonly tracks = new ChromeTracks((event) => this.write(event));
  private readonly flights: Flights;
  private readonly timers: TimerLanes;
  private separator = "\n";
  private events = 0;
  private written = 0;
  private lastNs = 0;
  private packetsGivenUp = 0;
  /** Timers of hosts that were not seen to wait for an ACK yet. */
  private readonly early = new Map<string, { readonly bars: TimerBar[]; leftOut: number }>();
  private timersWithoutThread = 0;

  /** RangeError where a limit is impossible. */
  constructor(onChunk: ChunkHandler, options: ChromeOptions = {}) {
    const { title, maxLength = DEFAULT_CHROME_LENGTH, maxOpen = DEFAULT_CHROME_OPEN } = options;
    for (const [name, value] of Object.entries({ maxLength, maxOpen })) {
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is a whole number from 1, not ${value}`);
    }
    this.file = new TextFile(onChunk);
    this.title = title;
    this.maxLength = maxLength;
    this.flights = new Flights(maxOpen);
    this.timers = new TimerLanes((bar) => this.timer(bar), maxOpen);
    this.file.write('{"displayTimeUnit":"ms","traceEvents":[');
  }

  onEvent(event: TraceEvent): void {
    this.events++;
    if (this.isFull()) return;
    this.written++;
    this.lastNs = event.timeNs;
    switch (event.code) {
      case EventCode.send:
        this.sent(event);
        break;
      case EventCode.deliver:
        this.land(event, { arrivedAt: event.node });
        this.instant(event, `${packetName(event)} from ${event.peer}`);
        break;
      case EventCode.drop:
        this.land(event, { lost: event.note, lostAt: event.node });
        this.instant(event, `lost: ${packetName(event)} (${event.note})`);
        break;
      case EventCode.duplicate:
        this.takeOff(event, `copy of ${packetName(event)} to ${event.peer}`, { duplicatedBy: event.note });
        break;
      case EventCode.corrupt:
        this.instant(event, `damaged: ${packetName(event)} (${event.note})`);
        break;
      default:
        this.others(event);
    }
  }

  onRtt(row: RttRow): void {
    if (this.isFull()) return;
    const { node, peer, timeNs, estimatedRttMs, timeoutIntervalMs } = row;
    // One counter for each: the parts of one counter would be drawn on top of each other, as a sum.
    this.counter(timeNs, node, `EstimatedRTT to ${peer} (ms)`, estimatedRttMs);
    this.counter(timeNs, node, `TimeoutInterval to ${peer} (ms)`, timeoutIntervalMs);
  }

  /** Ends what is open, and the file. */
  end(): void {
    this.timers.finish(this.lastNs);
    for (const flight of this.flights) this.endFlight(flight, { fate: "not in the trace" });
    const leftOut = this.leftOut();
    if (leftOut !== undefined) {
      const ts = microseconds(this.lastNs);
      this.write({ name: `left out: ${leftOut}`, ph: "i", s: "g", pid: 1, tid: EVENTS_THREAD, ts });
    }
    const otherData = { title: this.title, events: this.events, leftOut };
    this.file.write(`\n],"otherData":${chromeJson(otherData)}}\n`);
    this.file.flush();
  }

  private isFull(): boolean {
    return this.file.length >= this.maxLength;
  }

  private sent(event: TraceEvent): void {
    const { node, peer, type, packetId, seq, attempt, timeNs } = event;
    const again = attempt > 1 ? `, attempt ${attempt}` : "";
    const reason = event.note === "" ? undefined : event.note;
    this.takeOff(event, `${packetName(event)}${again} to ${peer}`, { bytes: event.bytes, reason });
    if (packetClassOf(type) === PacketClass.data) {
      this.timers.sent({ from: node, to: peer, type, packetId, seq, attempt, sentNs: timeNs });
    }
  }

  private others(event: TraceEvent): void {
    const { code, node, peer, type, packetId, attempt, timeNs } = event;
    if (code === EventCode.timeout) this.timers.timeout(node, packetId, timeNs);
    else if (code === EventCode.rtt) this.timers.acknowledged(node, packetId, timeNs);
    else if (code === EventCode.state) {
      const label = noteLabel(event);
      if (label === "crashed") this.timers.crashed(node, timeNs);
      else if (type !== "" && isOutcome(label)) this.timers.over(node, peer, type, attempt, timeNs);
    }
    const { kind, words } = wordsOf(event);
    this.instant(event, kind === "http" || kind === "reject" ? `${kind}: ${words}` : words || kind);
  }

  private takeOff(event: TraceEvent, name: string, args: ChromeObject): void {
    const { packetId, peer, timeNs } = event;
    const pid = this.tracks.process(event.node);
    const flight = this.flights.start(packetId, name, pid, (oldest) => {
      this.packetsGivenUp++;
      this.endFlight(oldest, { fate: "not followed: too many packets were under way" });
    });
    const begin = { name, cat: "packet", ph: "b", id: idOf(flight), pid, tid: EVENTS_THREAD, ts: microseconds(timeNs) };
    this.write({ ...begin, args: { packet: packetId, to: peer, ...args } });
  }

  /** The end of a packet's way; none where its start is not in the trace. */
  private land({ packetId }: TraceEvent, args: ChromeObject): void {
    const flight = this.flights.of(packetId);
    if (flight === undefined) return;
    this.flights.close(flight);
    this.endFlight(flight, args);
  }

  private endFlight(flight: Flight, args: ChromeObject): void {
    const { name, process: pid } = flight;
    const ts = microseconds(this.lastNs);
    this.write({ name, cat: "packet", ph: "e", id: idOf(flight), pid, tid: EVENTS_THREAD, ts, args });
  }

  /** Whether a host waits for ACKs at all may be seen later than its first timers (it crashed before any ACK came). */
  private timer(bar: TimerBar): void {
    const early = this.early.get(bar.host) ?? { bars: [], leftOut: 0 };
    if (this.timers.waits(bar.host)) {
      this.early.delete(bar.host);
      this.timersWithoutThread += early.leftOut;
      for (const one of early.bars) this.drawTimer(one);
      this.drawTimer(bar);
      return;
    }
    this.early.set(bar.host, early);
    if (early.bars.length < MAX_EARLY_TIMERS) early.bars.push(bar);
    else early.leftOut++;
  }

  private drawTimer({ host, peer, type, seq, attempt, startNs, endNs, end }: TimerBar): void {
    const pid = this.tracks.process(host);
    const tid = this.tracks.timerThread(pid, startNs, endNs);
    if (tid === undefined) {
      this.timersWithoutThread++;
      return;
    }
    const times = { ts: microseconds(startNs), dur: microseconds(endNs - startNs) };
    this.write({ name: `${type} ${seq}`, cat: "timer", ph: "X", pid, tid, ...times, args: { to: peer, attempt, end } });
  }

  private instant(event: TraceEvent, name: string): void {
    const { peer, packetId, timeNs } = event;
    const where = { pid: this.tracks.process(event.node), tid: EVENTS_THREAD, ts: microseconds(timeNs) };
    const args = { ...(peer !== "" && { peer }), ...(packetId !== 0 && { packet: packetId }) };
    this.write({ name, cat: event.event, ph: "i", s: "t", ...where, args });
  }

  private counter(timeNs: number, host: string, name: string, valueMs: number): void {
    if (!Number.isFinite(valueMs)) return;
    const pid = this.tracks.process(host);
    this.write({ name, cat: "rtt", ph: "C", pid, ts: microseconds(timeNs), args: { ms: milliseconds(valueMs) } });
  }

  private write(event: ChromeObject): void {
    this.file.write(this.separator + chromeJson(event));
    this.separator = ",\n";
  }

  /** What is not in the file; undefined where all is. */
  private leftOut(): string | undefined {
    const parts = [
      ...(this.written < this.events
        ? [`${countOf(this.events - this.written, "event")} behind the first ${this.written}`]
        : []),
      ...(this.packetsGivenUp > 0 ? [`the ways of ${countOf(this.packetsGivenUp, "packet")}`] : []),
      ...(this.timers.leftOut + this.timersWithoutThread > 0
        ? [countOf(this.timers.leftOut + this.timersWithoutThread, "timer")]
        : []),
    ];
    return parts.length === 0 ? undefined : parts.join("; ");
  }
}

function idOf({ number }: Flight): string {
  return `0x${number.toString(16)}`;
}
