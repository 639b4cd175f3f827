/**
 * What the hardened wire's receiver keeps for those who send to it: messages being put together, and the IDs of those that
 * were. Every list has its limit; what goes at each is said where it is enforced.
 */

import { SmallMap } from "../small-map.ts";
import { elapsedMs } from "../time.ts";
import type { Transport } from "../transport.ts";
import type { HardenedPacket } from "../wire/hardened/packets.ts";
import { MESSAGE_TYPE_NAMES, type MessageId, type MessageType } from "../wire/packet.ts";
import { sameUint64 } from "../wire/uint64.ts";
import { evictOne } from "./eviction.ts";
import type { ArqOptions } from "./options.ts";
import type { MessageSink } from "./reassembly.ts";
import { type Answer, RememberedIds } from "./remembered-ids.ts";

/** What a fragment takes beside its payload: its view, its place in the list. */
const FRAGMENT_OVERHEAD_BYTES = 128;

/** A message that is being put together. */
export class Assembly {
  readonly sender: IncomingSender;
  readonly type: MessageType;
  readonly messageId: MessageId;
  readonly total: number;
  readonly sink: MessageSink;
  expectedSeq = 1;
  /** How often the latest ACK has been sent. */
  ackAttempt = 0;
  /** Memory that counts against `maxReassemblyBytes`. */
  heldBytes = 0;

  constructor(sender: IncomingSender, { type, messageId, total }: HardenedPacket, sink: MessageSink) {
    this.sender = sender;
    this.type = type;
    this.messageId = messageId;
    this.total = total;
    this.sink = sink;
  }
}

export class IncomingSender {
  readonly key: string;
  /** When a packet of it came last. */
  heardMs: number;
  /** The one whose packets came longest ago first. */
  assemblies: Assembly[] = [];
  /** By message type; made when the first message of the type is whole. */
  private readonly ids = new Map<MessageType, RememberedIds>();

  constructor(key: string, nowMs: number) {
    this.key = key;
    this.heardMs = nowMs;
  }

  remembered(type: MessageType): RememberedIds | undefined {
    return this.ids.get(type);
  }

  rememberedOrNew(type: MessageType): RememberedIds {
    let ids = this.ids.get(type);
    if (ids === undefined) {
      ids = new RememberedIds();
      this.ids.set(type, ids);
    }
    return ids;
  }

  get rememberedCount(): number {
    let count = 0;
    for (const ids of this.ids.values()) count += ids.length;
    return count;
  }

  /** The message under way that a packet belongs to. */
  assembly({ type, messageId }: HardenedPacket): Assembly | undefined {
    return this.assemblies.find((one) => one.type === type && sameUint64(one.messageId, messageId));
  }

  /** A packet of it has come: it is the last that would have to make room. */
  use(assembly: Assembly): void {
    const at = this.assemblies.indexOf(assembly);
    if (at < 0 || at === this.assemblies.length - 1) return;
    this.assemblies.splice(at, 1);
    this.assemblies.push(assembly);
  }
}

export class IncomingSenders {
  private readonly options: ArqOptions;
  private readonly transport: Transport;
  private readonly senders = new SmallMap<IncomingSender>();
  /** Messages of several packets, those begun first in front. */
  private readonly underWay = new Set<Assembly>();
  private underWayBytes = 0;
  private rememberedMessages = 0;

  constructor(options: ArqOptions, transport: Transport) {
    this.options = options;
    this.transport = transport;
  }

  /** Senders that something is kept for, IDs remembered, messages under way. */
  get held(): { readonly senders: number; readonly messages: number; readonly underWay: number } {
    return { senders: this.senders.size, messages: this.rememberedMessages, underWay: this.underWay.size };
  }

  known(key: string): IncomingSender | undefined {
    return this.senders.get(key);
  }

  make(key: string, nowMs: number): IncomingSender {
    if (this.senders.size >= this.options.maxRemotes) this.forgetOne("too many senders");
    const sender = new IncomingSender(key, nowMs);
    this.senders.set(key, sender);
    return sender;
  }

  // Messages under way -----------------------------------------------------------------------------------------------

  /** At most so many messages of one sender are put together at once; the one silent longest makes room. */
  open(assembly: Assembly): void {
    const { assemblies } = assembly.sender;
    if (assemblies.length >= this.options.maxReassembliesPerSender) {
      this.abandon(assemblies[0] as Assembly, "too many at once from one sender");
    }
    assembly.sender.assemblies.push(assembly);
    this.underWay.add(assembly);
  }

  /** False where the message has become too large. */
  append(assembly: Assembly, packet: HardenedPacket): boolean {
    const { sink } = assembly;
    const beforeBytes = sink.byteLength;
    if (!sink.append(packet)) return false;
    if (!sink.isStream && this.underWay.has(assembly)) {
      const bytes = sink.byteLength - beforeBytes + FRAGMENT_OVERHEAD_BYTES;
      assembly.heldBytes += bytes;
      this.underWayBytes += bytes;
    }
    return true;
  }

  /** The memory of all messages under way has a limit; those begun first make room. */
  abandonBeyondLimit(): void {
    const { maxReassemblyBytes } = this.options;
    for (const oldest of this.underWay) {
      if (this.underWayBytes <= maxReassemblyBytes) return;
      if (oldest.heldBytes > 0) this.abandon(oldest, `more than ${maxReassemblyBytes} bytes under way`);
    }
  }

  /** The message is no longer under way. */
  close(assembly: Assembly): void {
    if (!this.underWay.delete(assembly)) return;
    this.underWayBytes -= assembly.heldBytes;
    const { assemblies } = assembly.sender;
    assemblies.splice(assemblies.indexOf(assembly), 1);
  }

  private abandon(assembly: Assembly, why: string): void {
    const { type, expectedSeq, total, sender } = assembly;
    this.close(assembly);
    const name = MESSAGE_TYPE_NAMES[type];
    this.transport.trace.state(`incomplete ${name} (${expectedSeq - 1} of ${total}) dropped: ${why}`, sender.key);
  }

  // IDs of messages that were taken ----------------------------------------------------------------------------------

  remember({ sender, type, messageId }: Assembly, answer: Answer, nowMs: number): void {
    sender.rememberedOrNew(type).add(messageId, answer, answer.code === 0 ? 1 : 0, nowMs);
    this.rememberedMessages++;
    while (this.rememberedMessages > this.options.maxRememberedMessages && this.senders.size > 1) {
      this.forgetOne("too many messages to remember");
    }
  }

  forgetOlder(ids: RememberedIds, nowMs: number): void {
    this.rememberedMessages -= ids.forgetOlder(this.options.exchangeLifetimeMs, nowMs);
  }

  forgetOldest(ids: RememberedIds): void {
    ids.forgetOldest();
    this.rememberedMessages--;
  }

  /** The oldest sender that has been silent goes, and failing that the oldest. */
  private forgetOne(why: string): void {
    const nowMs = this.transport.now();
    const isSilent = ({ assemblies, heardMs }: IncomingSender): boolean =>
      assemblies.length === 0 && elapsedMs(heardMs, nowMs) > this.options.exchangeLifetimeMs;
    const evicted = evictOne(this.senders, isSilent) ?? evictOne(this.senders, () => true);
    if (evicted === undefined) return;
    for (const assembly of [...evicted.value.assemblies]) this.abandon(assembly, why);
    this.rememberedMessages -= evicted.value.rememberedCount;
    this.transport.trace.state(`receiver state evicted: ${why}`, evicted.key);
  }
}
