/**
 * A bare ARQ sender and receiver: stop-and-wait with nothing on top, for the lessons. The sender sends messages of a
 * test pattern, the receiver checks it and counts.
 */

import type { Endpoint, Participant, Transport } from "../transport.ts";
import { type FragmentPlan, MessageType, type Packet } from "../wire/packet.ts";
import { Arq } from "./arq.ts";
import { HardenedArq } from "./hardened-arq.ts";
import { ACCEPTED } from "./hardened-receiver.ts";
import type { ArqOptions } from "./options.ts";
import type { MessageSink } from "./reassembly.ts";
import { MESSAGE_NUMBER_BYTES, matchesPattern, messageNumber, TestPattern } from "./test-pattern.ts";

/** `messages` messages, one after another, of `packets` packets each, every packet a datagram of at most `bytes`. */
export interface BulkOrder {
  readonly messages: number;
  readonly packets: number;
  readonly bytes: number;
}

/** What became of the messages of an order. */
export interface BulkOutcome {
  readonly messages: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Packets in all messages. */
  readonly packets: number;
  readonly transmissions: number;
}

export class ArqSender implements Participant {
  private readonly options: ArqOptions;
  private readonly arq: Arq | HardenedArq;
  private messages = 0;

  constructor(transport: Transport, options: ArqOptions) {
    this.options = options;
    this.arq = options.wire.hasMessageIds
      ? new HardenedArq(transport, options, { onMessage: () => ACCEPTED })
      : new Arq(transport, options, (type) => type === MessageType.DATA, { onMessage() {} });
  }

  start(): void {}

  stop(): void {
    this.arq.stop();
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.arq.onDatagram(from, datagram);
  }

  /**
   * Sends the messages of an order, each when the one before it has its outcome; `done` tells what became of them.
   * RangeError where the packets do not fit the sender's largest datagram, or leave no room for payload.
   */
  bulk(to: Endpoint, order: BulkOrder, done: (outcome: BulkOutcome) => void): void {
    const plan = this.plan(order);
    let left = order.messages;
    let delivered = 0;
    let transmissions = 0;
    let givenUp = 0;
    const finish = (): void => {
      const { messages } = order;
      done({ messages, delivered, givenUp, packets: messages * order.packets, transmissions });
    };
    const next = (): void => {
      if (left-- === 0) {
        finish();
        return;
      }
      const payload = new TestPattern(++this.messages, plan.totalPackets * plan.fragmentBytes);
      const message = { type: MessageType.DATA, payload, plan };
      this.arq.send(to, message, (outcome) => {
        if (outcome.status === "cancelled" || outcome.status === "refused") {
          finish();
          return;
        }
        if (outcome.status === "delivered") delivered++;
        else givenUp++;
        transmissions += outcome.transmissions;
        next();
      });
    };
    next();
  }

  /** So many packets, each filling its datagram. */
  private plan({ packets, bytes }: BulkOrder): FragmentPlan {
    const { wire, maxDatagramBytes } = this.options;
    if (bytes > maxDatagramBytes) {
      throw new RangeError(
        `packets of ${bytes} bytes: the largest datagram is ${maxDatagramBytes} bytes (protocol.maxDatagram)`,
      );
    }
    const fragmentBytes = wire.fragmentCapacity(MessageType.DATA, packets, bytes);
    if (fragmentBytes < 1)
      throw new RangeError(`${packets} packets of ${bytes} bytes have no room for payload: allow larger ones`);
    return { totalPackets: packets, fragmentBytes };
  }
}

/** What a bare receiver has had. */
export interface ReceivedCounts {
  messages: number;
  packets: number;
  bytes: number;
  /** Fragments that were not what the sender sent at that place. */
  damaged: number;
}

export class ArqReceiver implements Participant {
  readonly counts: ReceivedCounts = { messages: 0, packets: 0, bytes: 0, damaged: 0 };
  private readonly arq: Arq | HardenedArq;

  constructor(transport: Transport, options: ArqOptions) {
    const openSink = (): MessageSink => new PatternSink(this.counts);
    this.arq = options.wire.hasMessageIds
      ? new HardenedArq(transport, options, { onMessage: () => ACCEPTED, openSink })
      : new Arq(transport, options, () => false, { onMessage() {}, openSink });
  }

  start(): void {}

  stop(): void {
    this.arq.stop();
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.arq.onDatagram(from, datagram);
  }
}

/** Checks a message fragment by fragment and keeps nothing of it. */
class PatternSink implements MessageSink {
  readonly isStream = true;
  byteLength = 0;
  private readonly counts: ReceivedCounts;
  /** Undefined where the first fragment is too short to tell: then nothing is checked. */
  private message: number | undefined = undefined;

  constructor(counts: ReceivedCounts) {
    this.counts = counts;
  }

  append(packet: Packet): boolean {
    const { datagram, fragmentStart, fragmentEnd } = packet;
    let start = fragmentStart;
    if (this.byteLength === 0) {
      this.message = messageNumber(datagram, fragmentStart, fragmentEnd);
      start = Math.min(start + MESSAGE_NUMBER_BYTES, fragmentEnd);
    }
    const offset = this.byteLength + start - fragmentStart;
    if (this.message !== undefined && !matchesPattern(this.message, offset, datagram, start, fragmentEnd)) {
      this.counts.damaged++;
    }
    this.byteLength += fragmentEnd - fragmentStart;
    this.counts.packets++;
    this.counts.bytes += fragmentEnd - fragmentStart;
    return true;
  }

  truncate(): void {}

  complete(): undefined {
    this.counts.messages++;
    return undefined;
  }
}
