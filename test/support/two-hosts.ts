/**
 * Stop-and-wait between hosts in virtual time, for tests that read as the protocol does:
 *
 *     const link = twoHosts({ delay: "50ms", rto: "200ms" }).dropNext("data");
 *     link.sender.send("hello");
 *     link.runTo("199ms").expectNothingSent();
 *     link.runTo("200ms").expectSent({ kind: "data", seq: 1, attempt: 2 });
 *
 * Faults are given before the first message.
 */

import { type ArqOptions, defaultArqOptions, defaultRtoOptions, type RtoOptions } from "../../src/core/arq/options.ts";
import { reportWire } from "../../src/core/wire/report.ts";
import { defaultLinkOptions, type Fault, type FaultAction, type FaultMatch } from "../../src/faults/options.ts";
import { DURATION, parseQuantity } from "../../src/scenario/units.ts";
import { ArqEnd } from "./arq-end.ts";
import { type Row, rowText, type Tape } from "./tape.ts";
import { World, type WorldOptions } from "./world.ts";

export interface LabOptions {
  /** One-way delay of every link. */
  readonly delay?: string;
  /** A text: a fixed timeout without back-off. */
  readonly rto?: string | Partial<RtoOptions>;
  readonly arq?: Partial<ArqOptions>;
  readonly network?: WorldOptions;
  /** The first of them answers, the others ask; default sender and receiver, the receiver answers. */
  readonly hosts?: readonly string[];
}

/** What a test may say of a packet. */
export interface PacketFacts {
  readonly by?: string;
  readonly to?: string;
  readonly kind?: "data" | "ack";
  /** `UPDATE`, `DATA`, ...; an ACK has the type of what it answers. */
  readonly type?: string;
  readonly seq?: number;
  readonly total?: number;
  readonly attempt?: number;
  readonly bytes?: number;
  readonly note?: string;
}

export function twoHosts(options: LabOptions = {}): Lab {
  return new Lab(options);
}

export class Lab {
  private readonly options: LabOptions;
  private readonly faults: Fault[] = [];
  private readonly counts = { data: 0, ack: 0 };
  private started: { world: World; ends: Map<string, ArqEnd> } | undefined = undefined;
  /** Rows of the tape before the latest `runTo`. */
  private mark = 0;

  constructor(options: LabOptions) {
    this.options = options;
  }

  // Faults ----------------------------------------------------------------------------------------------------------

  /** Loses the next `count` packets of a kind (those that `dropNext` was not told about before). */
  dropNext(kind: "data" | "ack", count = 1): this {
    const first = this.counts[kind] + 1;
    this.counts[kind] += count;
    return this.fault({ kind, nth: Array.from({ length: count }, (_, i) => first + i) }, { do: "drop" });
  }

  drop(match: FaultMatch): this {
    return this.fault(match, { do: "drop" });
  }

  delay(match: FaultMatch, extra: string): this {
    return this.fault(match, { do: "delay", extraMs: ms(extra) });
  }

  /** A copy of the packet arrives that much later. */
  duplicate(match: FaultMatch, later: string): this {
    return this.fault(match, { do: "duplicate", laterMs: ms(later) });
  }

  fault(match: FaultMatch, action: FaultAction): this {
    if (this.started) throw new Error("give the faults before the first message");
    this.faults.push({ match, action });
    return this;
  }

  // Hosts -----------------------------------------------------------------------------------------------------------

  get sender(): ArqEnd {
    return this.end("sender");
  }

  get receiver(): ArqEnd {
    return this.end("receiver");
  }

  end(name: string): ArqEnd {
    const end = this.running.ends.get(name);
    if (end === undefined) throw new Error(`no host ${name}: there are ${[...this.running.ends.keys()].join(", ")}`);
    return end;
  }

  get world(): World {
    return this.running.world;
  }

  get tape(): Tape {
    return this.world.tape;
  }

  // Time ------------------------------------------------------------------------------------------------------------

  /** Runs to a time (`199ms`), what happens at that very time included. */
  runTo(time: string): this {
    const { world } = this.running;
    this.mark = world.tape.rows.length;
    world.runTo(ms(time));
    return this;
  }

  /** Runs until nothing is left to happen. */
  runToEnd(): this {
    this.mark = this.world.tape.rows.length;
    this.world.run();
    return this;
  }

  // Expectations ----------------------------------------------------------------------------------------------------

  /** Exactly these packets were sent since the latest `runTo` began, in this order. */
  expectSent(...expected: PacketFacts[]): this {
    const sent = this.sentLately;
    const fits = sent.length === expected.length && sent.every((row, i) => isSo(row, expected[i] as PacketFacts));
    if (!fits) throw new Error(this.unlike(expected.map(factsText), sent));
    return this;
  }

  expectNothingSent(): this {
    return this.expectSent();
  }

  /** So many transmissions in all, from the start. */
  transmissions(kind: "data" | "ack"): number {
    return this.tape.find({ event: "send" }).filter((row) => kindOf(row) === kind).length;
  }

  private get sentLately(): Row[] {
    return this.tape.rows.slice(this.mark).filter((row) => row.event === "send");
  }

  private unlike(expected: string[], sent: Row[]): string {
    const list = (lines: string[]): string =>
      lines.length === 0 ? "  nothing" : lines.map((l) => `  ${l}`).join("\n");
    const all = this.tape.rows.map(rowText);
    return `expected to be sent up to ${this.world.network.nowMs} ms:\n${list(expected)}\nsent:\n${list(
      sent.map(rowText),
    )}\nthe whole run:\n${list(all)}`;
  }

  private get running(): { world: World; ends: Map<string, ArqEnd> } {
    if (this.started === undefined) {
      const { delay = "0s", network = {}, hosts = ["receiver", "sender"] } = this.options;
      const constant = { distribution: "constant", valueMs: ms(delay) } as const;
      const faults = [...this.faults, ...(network.faults ?? [])];
      const world = new World({ ...defaultLinkOptions, delay: constant, ...network, faults });
      const arq = arqOptions(this.options);
      const ends = new Map<string, ArqEnd>();
      this.started = { world, ends };
      for (const name of hosts) {
        const answers = name === hosts[0];
        const partner = (): ArqEnd => this.end(answers ? (hosts[1] as string) : (hosts[0] as string));
        const end = new ArqEnd(arq, answers, partner);
        end.host = world.host(name, (transport) => end.boot(transport));
        ends.set(name, end);
      }
    }
    return this.started;
  }
}

/** ARQ options on the report's wire, with a short form for a fixed timeout. */
export function arqOptions({ rto, arq = {} }: Pick<LabOptions, "rto" | "arq">): ArqOptions {
  const given: Partial<RtoOptions> =
    typeof rto === "string" ? { estimator: "fixed", initialMs: ms(rto), backoff: 1 } : (rto ?? {});
  return { ...defaultArqOptions, wire: reportWire, rto: { ...defaultRtoOptions, ...given }, ...arq };
}

/** `1.5s` in ms. */
export function ms(text: string): number {
  const value = parseQuantity(DURATION, text);
  if (value === undefined) throw new Error(`${text} is no duration: write 50ms, 1.5s, ...`);
  return value;
}

function kindOf(row: Row): "data" | "ack" {
  return row.type.endsWith("-ACK") ? "ack" : "data";
}

function isSo(row: Row, facts: PacketFacts): boolean {
  const { by, to, kind, type, ...numbers } = facts;
  if (by !== undefined && by !== row.node) return false;
  if (to !== undefined && to !== row.peer) return false;
  if (kind !== undefined && kind !== kindOf(row)) return false;
  if (type !== undefined && type !== row.type.replace(/-ACK$/, "")) return false;
  return Object.entries(numbers).every(([key, value]) => row[key as keyof Row] === value);
}

function factsText(facts: PacketFacts): string {
  return Object.entries(facts)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}
