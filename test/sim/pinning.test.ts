/**
 * Keyed draws: to change one packet's fate leaves the fate of every other packet as it was (DESIGN, rule 5), because a
 * packet's draws come from what it is, not from how many draws came before.
 */

import { describe, expect, test } from "vitest";
import { Arq } from "../../src/core/arq/arq.ts";
import type { PacketInfo, Participant, Transport } from "../../src/core/transport.ts";
import { MessageType } from "../../src/core/wire/packet.ts";
import type { Fault, FaultAction } from "../../src/faults/options.ts";
import type { TraceEvent, TraceSink } from "../../src/trace/events.ts";
import { arqOptions } from "../support/two-hosts.ts";
import { World, type WorldOptions } from "../support/world.ts";

/** A link on which everything random happens, but nothing that depends on the packets before (order, queue, bursts). */
const wild: WorldOptions = {
  delay: { distribution: "exponential", meanMs: 40, minMs: 5 },
  loss: 0.15,
  duplicate: 0.1,
  corrupt: 0.05,
};
const CLIENTS = 3;
const MESSAGES = 12;

/** The fates of the packets of a run: what each is, and what became of it and of its copies. */
interface Fates {
  readonly byPacket: Map<string, string[]>;
  /** The identities in the order of sending. */
  readonly order: string[];
  readonly hash: string;
}

/** Tells what each packet is, from the info it was sent with; an ACK is known by the packet whose arrival it answers. */
class Registry implements TraceSink {
  readonly names = new Map<number, string>();
  readonly fates = new Map<string, string[]>();
  readonly order: string[] = [];
  private readonly sentMs = new Map<number, number>();
  private arriving = "";

  onEvent({ event, packetId, timeMs, note }: TraceEvent): void {
    if (event === "send") this.sentMs.set(packetId, timeMs);
    const name = this.names.get(packetId) ?? this.pending;
    if (event === "deliver") {
      this.arriving = name;
      this.add(name, `delivered after ${(timeMs - (this.sentMs.get(packetId) as number)).toFixed(6)}`);
    } else if (event === "drop" || event === "duplicate" || event === "corrupt") {
      this.add(name, `${event} ${note}`);
    }
  }

  /** The name of the packet that is being sent: `send` returns its id only after the network has decided. */
  private pending = "";

  named(transport: Transport): Transport {
    const named = Object.create(transport) as Transport;
    named.send = (to, datagram, info) => {
      this.pending = this.name(transport, to.key, info);
      this.order.push(this.pending);
      const id = transport.send(to, datagram, info);
      this.names.set(id, this.pending);
      return id;
    };
    return named;
  }

  private name(transport: Transport, to: string, info: PacketInfo): string {
    const { kind, type, message, seq, attempt } = info;
    const link = `${transport.self.key} -> ${to}`;
    return kind === "ack"
      ? `${link} ACK of (${this.arriving})`
      : `${link} ${type} ${message} ${seq} attempt ${attempt}`;
  }

  private add(name: string, fate: string): void {
    const fates = this.fates.get(name);
    if (fates === undefined) this.fates.set(name, [fate]);
    else fates.push(fate);
  }
}

/** Three clients ask a directory, which answers each request: several packets per message, both ways, all at once. */
function run(faults: readonly Fault[] = []): Fates {
  const registry = new Registry();
  const world = new World({ ...wild, faults, sinks: [registry] });
  const arq = arqOptions({
    rto: { estimator: "report", initialMs: 100, minMs: 20 },
    arq: { maxDatagramBytes: 24, maxAttempts: 5 },
  });
  const boot =
    (isDirectory: boolean) =>
    (transport: Transport): Participant => {
      const named = registry.named(transport);
      const answers = (type: MessageType): boolean => type === MessageType.RESULT;
      const originates = (type: MessageType): boolean => answers(type) === isDirectory;
      const end: Arq = new Arq(named, arq, originates, {
        onMessage(from, { payload }) {
          if (isDirectory) end.send(from, { type: MessageType.RESULT, payload: payload.slice(1) }, () => {});
        },
      });
      return {
        start() {
          if (isDirectory) return;
          for (let i = 1; i <= MESSAGES; i++) {
            const payload = new TextEncoder().encode(`request ${i} of ${transport.self.host}, in three packets`);
            end.send(world.endpoint(1), { type: MessageType.LOOKUP, payload }, () => {});
          }
        },
        stop() {},
        onDatagram: (from, datagram) => end.onDatagram(from, datagram),
      };
    };
  world.host("directory", boot(true));
  for (let i = 1; i <= CLIENTS; i++) world.host(`H${i}`, boot(false));
  world.run();
  return { byPacket: registry.fates, order: registry.order, hash: world.recorder.digest() };
}

/**
 * The packets whose fates differ, of those that both runs sent, but for `pinned` itself. Its ACKs may be more or fewer,
 * where it has a copy in one run and none in the other: those that are in both runs must have the same fates.
 */
function changed(a: Fates, b: Fates, pinned: string): string[] {
  const names: string[] = [];
  for (const [name, ours] of a.byPacket) {
    const theirs = b.byPacket.get(name);
    if (theirs === undefined || name === pinned) continue;
    const [few, many] = ours.length <= theirs.length ? [ours, theirs] : [theirs, ours];
    const isAckOfPinned = name.endsWith(`ACK of (${pinned})`);
    const same = isAckOfPinned
      ? few.every((fate) => many.includes(fate))
      : ours.toSorted().join() === theirs.toSorted().join();
    if (!same) names.push(name);
  }
  return names;
}

describe("pinning one packet's fate leaves all others unchanged", () => {
  const base = run();
  const pin = (n: number, action: FaultAction): Fault => ({ match: { nth: [n] }, action });
  /** Dozens of packets, spread over the run. */
  const pinned = Array.from({ length: 40 }, (_, i) => 1 + Math.floor((i * base.order.length) / 40));

  test("the run is one in which a lot happens", () => {
    const all = [...base.byPacket.values()].flat();
    expect(base.order.length).toBeGreaterThan(300);
    expect(new Set(base.order).size).toBeGreaterThan(300);
    for (const what of ["delivered after", "drop loss", "duplicate duplication", "corrupt corruption"]) {
      expect(all.filter((fate) => fate.startsWith(what)).length).toBeGreaterThan(10);
    }
  });

  test.each<[string, FaultAction]>([
    ["lost", { do: "drop" }],
    ["delivered", { do: "deliver" }],
    ["delayed by 70 ms", { do: "delay", extraMs: 70 }],
    ["duplicated", { do: "duplicate", laterMs: 30 }],
  ])("%s", (_name, action) => {
    let runsThatDiffer = 0;
    let compared = 0;
    for (const n of pinned) {
      const other = run([pin(n, action)]);
      const name = base.order[n - 1] as string;
      expect(other.order.slice(0, n)).toEqual(base.order.slice(0, n));
      expect(changed(base, other, name)).toEqual([]);
      if (other.hash !== base.hash) runsThatDiffer++;
      for (const one of other.byPacket.keys()) if (base.byPacket.has(one)) compared++;
    }
    // The pins did change the runs, and most packets were there in both.
    expect(runsThatDiffer).toBeGreaterThan(action.do === "deliver" ? 5 : 30);
    expect(compared / pinned.length).toBeGreaterThan(200);
  });

  test("a pin that says what would have happened anyway changes nothing at all", () => {
    const name = base.order.find(
      (one) => base.byPacket.get(one)?.length === 1 && base.byPacket.get(one)?.[0]?.startsWith("delivered"),
    );
    const n = base.order.indexOf(name as string) + 1;
    expect(run([pin(n, { do: "deliver" })]).hash).toBe(base.hash);
    const lost = base.order.find((one) => base.byPacket.get(one)?.join() === "drop loss") as string;
    expect(run([pin(base.order.indexOf(lost) + 1, { do: "drop" })]).byPacket.size).toBe(base.byPacket.size);
  });
});
