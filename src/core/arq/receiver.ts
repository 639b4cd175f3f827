/**
 * The stop-and-wait receiver of the report's wire: takes the packets of a message in order, acknowledges each with the next expected
 * sequence number, and hands the message on once it is whole, independently of all others.
 *
 * A packet that it has had already is dropped and its ACK sent again, for the ACK may have been lost; that holds for
 * the packets of the last whole message too (the receiver lingers). A message that equals the last one of its sender
 * and type is a repetition if it comes within a window of time, and is not processed again. On the report's wire
 * sequence numbers restart with every message: outside the window an old packet cannot be told from a new one. That is
 * a flaw of the wire, and it is kept.
 */

import { SmallMap } from "../small-map.ts";
import { elapsedMs } from "../time.ts";
import type { Endpoint, PacketInfo, Transport } from "../transport.ts";
import { MESSAGE_TYPE_NAMES, type MessageType, type Packet } from "../wire/packet.ts";
import { evictOne } from "./eviction.ts";
import { FragmentPrints, fingerprint } from "./fingerprint.ts";
import type { IncomingMessage } from "./message.ts";
import type { ArqOptions } from "./options.ts";
import { type MessageSink, Reassembly } from "./reassembly.ts";

export interface ReceiverHandlers {
  /** A message is whole. */
  onMessage(from: Endpoint, message: IncomingMessage): void;
  /** The last message of this sender and type came again within the window; it has been acknowledged again. */
  onDuplicate?(from: Endpoint, type: MessageType): void;
  /** Takes a message fragment by fragment instead of whole; `onMessage` is not called for what a sink deals with itself. */
  openSink?(from: Endpoint, type: MessageType, totalPackets: number): MessageSink;
}

/** The messages of one type from one sender: the one being put together, and what is remembered of the last whole one. */
class Conversation {
  readonly senderKey: string;
  readonly type: MessageType;
  /** The message under way, where there is one. */
  sink: MessageSink | undefined = undefined;
  total = 0;
  expectedSeq = 0;
  /** Fingerprints of the fragments taken; of the first one only where the sink is a stream. */
  prints = NO_PRINTS;
  /** The last whole message: the fingerprints of its fragments, and when a packet of it came last. */
  wholePrints = NO_PRINTS;
  wholeTotal = 0;
  wholeMs = 0;
  /** How often the latest ACK has been sent. */
  ackAttempt = 0;
  /** The next one of the same sender. */
  next: Conversation | undefined = undefined;

  constructor(senderKey: string, type: MessageType) {
    this.senderKey = senderKey;
    this.type = type;
  }
}

/** Never added to. */
const NO_PRINTS = new FragmentPrints();
/** What a fragment takes beside its payload: its view, its place in the lists. */
const FRAGMENT_OVERHEAD_BYTES = 128;

export class StopAndWaitReceiver {
  private readonly transport: Transport;
  private readonly options: ArqOptions;
  private readonly handlers: ReceiverHandlers;
  /** By sender; each the head of a chain of conversations. */
  private readonly senders = new SmallMap<Conversation>();
  /** Messages of several packets that are being put together, the oldest first. */
  private underWay: Set<Conversation> | undefined = undefined;
  private underWayBytes = 0;
  private readonly ackInfo: PacketInfo = {
    kind: "ack",
    type: "",
    message: 0,
    seq: 0,
    total: 0,
    attempt: 1,
    retransmissionOf: 0,
  };

  constructor(transport: Transport, options: ArqOptions, handlers: ReceiverHandlers) {
    this.transport = transport;
    this.options = options;
    this.handlers = handlers;
  }

  onData(from: Endpoint, packet: Packet): void {
    if (packet.seq > packet.total) {
      this.reject("sequence number beyond the total", from, packet);
      return;
    }
    const conversation =
      this.known(from.key, packet.type) ?? (packet.seq === 1 ? this.make(from.key, packet.type) : undefined);
    if (conversation === undefined) {
      this.rejectOutOfOrder(from, packet);
      return;
    }
    const { sink, expectedSeq } = conversation;
    if (sink !== undefined && packet.total === conversation.total) {
      if (packet.seq === expectedSeq) {
        this.take(from, conversation, sink, packet);
        return;
      }
      if (packet.seq < expectedSeq) {
        if (hasPrint(conversation.prints, packet)) {
          this.acknowledge(from, conversation, packet);
          return;
        }
        if (packet.seq > 1) {
          // The sender has begun another message that starts like this one: what is the same stays.
          this.rewind(conversation, sink, packet.seq);
          this.take(from, conversation, sink, packet);
          return;
        }
      }
    }
    if (this.isOfLastWhole(conversation, packet)) {
      conversation.wholeMs = this.transport.now();
      this.acknowledge(from, conversation, packet);
      if (packet.seq === packet.total) this.handlers.onDuplicate?.(from, packet.type);
    } else if (packet.seq === 1) {
      this.begin(from, conversation, packet);
    } else {
      this.rejectOutOfOrder(from, packet);
    }
  }

  private begin(from: Endpoint, conversation: Conversation, packet: Packet): void {
    if (conversation.sink !== undefined) this.abandon(conversation, "another one has begun");
    if (packet.total === 1 && this.handlers.openSink === undefined) {
      this.takeSingle(from, conversation, packet);
      return;
    }
    const sink =
      this.handlers.openSink?.(from, packet.type, packet.total) ?? new Reassembly(this.options.maxMessageBytes);
    conversation.sink = sink;
    conversation.total = packet.total;
    conversation.expectedSeq = 1;
    conversation.prints = new FragmentPrints();
    if (packet.total > 1) {
      this.makeRoom(from.key);
      this.underWay ??= new Set();
      this.underWay.add(conversation);
    }
    this.take(from, conversation, sink, packet);
  }

  /** A message of one packet is whole at once. It is no repetition: that would have been seen already. */
  private takeSingle(from: Endpoint, conversation: Conversation, packet: Packet): void {
    const { type, datagram, fragmentStart, fragmentEnd } = packet;
    const bytes = fragmentEnd - fragmentStart;
    if (bytes > this.options.maxMessageBytes) {
      this.reject(`larger than ${this.options.maxMessageBytes} bytes`, from, packet);
      return;
    }
    conversation.ackAttempt = 0;
    this.acknowledge(from, conversation, packet);
    const prints = new FragmentPrints();
    prints.push(fingerprint(datagram, fragmentStart, fragmentEnd));
    conversation.wholePrints = prints;
    conversation.wholeTotal = 1;
    conversation.wholeMs = this.transport.now();
    this.transport.trace.received(from, MESSAGE_TYPE_NAMES[type], 1, bytes);
    this.handlers.onMessage(from, { type, payload: datagram.subarray(fragmentStart, fragmentEnd) });
  }

  /** The expected packet is here. */
  private take(from: Endpoint, conversation: Conversation, sink: MessageSink, packet: Packet): void {
    const beforeBytes = heldBytes(conversation, sink);
    if (!sink.append(packet)) {
      this.abandon(conversation, `larger than ${this.options.maxMessageBytes} bytes`);
      return;
    }
    conversation.expectedSeq++;
    conversation.ackAttempt = 0;
    if (!sink.isStream || packet.seq === 1) conversation.prints.push(fingerprintOf(packet));
    if (packet.total > 1) this.underWayBytes += heldBytes(conversation, sink) - beforeBytes;
    this.acknowledge(from, conversation, packet);
    if (packet.seq === packet.total) this.complete(from, conversation, sink);
    else while (this.underWayBytes > this.options.maxReassemblyBytes) this.abandonOldest();
  }

  private complete(from: Endpoint, conversation: Conversation, sink: MessageSink): void {
    const { type, total } = conversation;
    const nowMs = this.transport.now();
    this.close(conversation);
    const isRepetition =
      !sink.isStream &&
      total === conversation.wholeTotal &&
      elapsedMs(conversation.wholeMs, nowMs) < this.options.duplicateWindowMs &&
      conversation.prints.equals(conversation.wholePrints);
    conversation.wholePrints = conversation.prints;
    conversation.wholeTotal = total;
    conversation.wholeMs = nowMs;
    conversation.prints = NO_PRINTS;
    if (isRepetition) {
      this.handlers.onDuplicate?.(from, type);
      return;
    }
    this.transport.trace.received(from, MESSAGE_TYPE_NAMES[type], total, sink.byteLength);
    const payload = sink.complete();
    if (payload !== undefined) this.handlers.onMessage(from, { type, payload });
  }

  /**
   * Is this a packet of the last whole message, as far as the wire can tell? The first packet of several may as well
   * begin the next message: that shows when it is whole (a stream cannot wait that long).
   */
  private isOfLastWhole(conversation: Conversation, packet: Packet): boolean {
    const { wholePrints, wholeTotal, wholeMs } = conversation;
    if (packet.total !== wholeTotal) return false;
    if (packet.seq === 1) {
      const isStream = wholePrints.length < wholeTotal;
      if (packet.total > 1 && !isStream) return false;
      if (elapsedMs(wholeMs, this.transport.now()) >= this.options.duplicateWindowMs) return false;
    }
    return hasPrint(wholePrints, packet);
  }

  private acknowledge(from: Endpoint, conversation: Conversation, packet: Packet): void {
    const { ackInfo } = this;
    ackInfo.type = MESSAGE_TYPE_NAMES[packet.type];
    ackInfo.seq = packet.seq + 1;
    ackInfo.total = packet.total;
    ackInfo.attempt = ++conversation.ackAttempt;
    this.transport.send(from, this.options.wire.encodeAck(packet), ackInfo);
  }

  /** Goes back to just before packet `seq` of the message under way. */
  private rewind(conversation: Conversation, sink: MessageSink, seq: number): void {
    this.underWayBytes -= heldBytes(conversation, sink);
    sink.truncate(seq - 1);
    conversation.prints.truncate(seq - 1);
    this.underWayBytes += heldBytes(conversation, sink);
    conversation.expectedSeq = seq;
  }

  private known(senderKey: string, type: MessageType): Conversation | undefined {
    for (let one = this.senders.get(senderKey); one !== undefined; one = one.next) if (one.type === type) return one;
    return undefined;
  }

  private make(senderKey: string, type: MessageType): Conversation {
    const conversation = new Conversation(senderKey, type);
    const head = this.senders.get(senderKey);
    if (head === undefined) {
      if (this.senders.size >= this.options.maxRemotes) this.forgetOneSender();
      this.senders.set(senderKey, conversation);
    } else {
      conversation.next = head.next;
      head.next = conversation;
    }
    return conversation;
  }

  /** The table of senders is full: the oldest that has been silent goes, and failing that the oldest. */
  private forgetOneSender(): void {
    const nowMs = this.transport.now();
    const isSilent = (head: Conversation): boolean => {
      for (const one of chain(head)) {
        if (one.sink !== undefined || elapsedMs(one.wholeMs, nowMs) < this.options.duplicateWindowMs) return false;
      }
      return true;
    };
    const evicted = evictOne(this.senders, isSilent) ?? evictOne(this.senders, () => true);
    if (evicted === undefined) return;
    for (const one of chain(evicted.value)) if (one.sink !== undefined) this.abandon(one, "too many senders");
    this.transport.trace.state("receiver state evicted: too many senders", evicted.key);
  }

  /** At most so many messages of one sender are put together at once; the oldest makes room. */
  private makeRoom(senderKey: string): void {
    const mine: Conversation[] = [];
    for (const one of chain(this.senders.get(senderKey))) if (this.underWay?.has(one)) mine.push(one);
    if (mine.length < this.options.maxReassembliesPerSender) return;
    for (const oldest of this.underWay ?? []) {
      if (!mine.includes(oldest)) continue;
      this.abandon(oldest, "too many at once from one sender");
      return;
    }
  }

  /** The memory of all messages under way has a limit; the oldest that holds any makes room. */
  private abandonOldest(): void {
    for (const oldest of this.underWay ?? []) {
      if (oldest.sink?.isStream) continue;
      this.abandon(oldest, `more than ${this.options.maxReassemblyBytes} bytes under way`);
      return;
    }
  }

  private abandon(conversation: Conversation, why: string): void {
    const { type, expectedSeq, total, senderKey } = conversation;
    this.close(conversation);
    const name = MESSAGE_TYPE_NAMES[type];
    this.transport.trace.state(`incomplete ${name} (${expectedSeq - 1} of ${total}) dropped: ${why}`, senderKey);
  }

  /** The conversation's message is no longer under way. */
  private close(conversation: Conversation): void {
    const sink = conversation.sink;
    conversation.sink = undefined;
    if (sink !== undefined && this.underWay?.delete(conversation)) this.underWayBytes -= heldBytes(conversation, sink);
  }

  private rejectOutOfOrder(from: Endpoint, packet: Packet): void {
    this.reject(`out of order: packet ${packet.seq} of ${packet.total}`, from, packet);
  }

  private reject(why: string, from: Endpoint, packet: Packet): void {
    this.transport.trace.reject(`${MESSAGE_TYPE_NAMES[packet.type]} ${why}`, from.key, packet.datagram.length);
  }
}

/** Memory that a message under way holds; also fragments without payload take some. */
function heldBytes(conversation: Conversation, sink: MessageSink): number {
  return sink.isStream ? 0 : sink.byteLength + FRAGMENT_OVERHEAD_BYTES * conversation.prints.length;
}

function* chain(head: Conversation | undefined): Generator<Conversation> {
  for (let one = head; one !== undefined; one = one.next) yield one;
}

function fingerprintOf(packet: Packet): number {
  return fingerprint(packet.datagram, packet.fragmentStart, packet.fragmentEnd);
}

/** Does the fragment look like the one that stood at its place? True where that one was not kept. */
function hasPrint(prints: FragmentPrints, packet: Packet): boolean {
  const print = prints.of(packet.seq);
  return print === undefined || print === fingerprintOf(packet);
}
