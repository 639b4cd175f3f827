/**
 * Stop-and-wait on the report's wire in both directions for one participant: decodes what arrives, tells ACKs from data, and gives each to
 * the sender or the receiver. A packet whose type the participant itself originates is an ACK, any other is data.
 */

import type { Endpoint, Transport } from "../transport.ts";
import type { MessageType } from "../wire/packet.ts";
import type { MessageSender, OutgoingMessage, PendingMessage, SendOutcome } from "./message.ts";
import type { ArqOptions } from "./options.ts";
import { type ReceiverHandlers, StopAndWaitReceiver } from "./receiver.ts";
import { StopAndWaitSender } from "./sender.ts";

export type ArqHandlers = ReceiverHandlers;

export class Arq implements MessageSender {
  private readonly transport: Transport;
  private readonly options: ArqOptions;
  private readonly originates: (type: MessageType) => boolean;
  private readonly sender: StopAndWaitSender;
  private readonly handlers: ArqHandlers;
  /** Made when the first data comes: most of a large simulation's peers only ever send. */
  private receiver: StopAndWaitReceiver | undefined = undefined;

  constructor(
    transport: Transport,
    options: ArqOptions,
    originates: (type: MessageType) => boolean,
    handlers: ArqHandlers,
  ) {
    this.transport = transport;
    this.options = options;
    this.originates = originates;
    this.sender = new StopAndWaitSender(transport, options);
    this.handlers = handlers;
  }

  /** Sends a message; see StopAndWaitSender.send. */
  send(to: Endpoint, message: OutgoingMessage, done: (outcome: SendOutcome) => void): PendingMessage {
    return this.sender.send(to, message, done);
  }

  /** Anything may come in: what is not a packet is counted, traced and dropped. */
  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    const packet = this.options.wire.decode(datagram);
    if (!packet.ok) {
      this.transport.trace.reject(`${packet.reason} at byte ${packet.offsetBytes}`, from.key, datagram.length);
    } else if (this.originates(packet.type)) {
      this.sender.onAck(from, packet);
    } else {
      this.receiver ??= new StopAndWaitReceiver(this.transport, this.options, this.handlers);
      this.receiver.onData(from, packet);
    }
  }

  /** Withdraws every open message (outcome `cancelled`). */
  stop(): void {
    this.sender.stop();
  }
}
