/**
 * Stop-and-wait on the hardened wire in both directions for one participant: decodes what arrives and gives it to the
 * sender or the receiver, as the packet's kind says.
 */

import type { Endpoint, Transport } from "../transport.ts";
import { MALFORMED, UNSUPPORTED_VERSION } from "../wire/hardened/errors.ts";
import { cookieOf, decodeHardened, errorOf, HardenedKind } from "../wire/hardened/packets.ts";
import { type HardenedHandlers, HardenedReceiver } from "./hardened-receiver.ts";
import type { MessageSender, OutgoingMessage, PendingMessage, SendOutcome } from "./message.ts";
import type { ArqOptions } from "./options.ts";
import { StopAndWaitSender } from "./sender.ts";
import type { SourceCookies } from "./source-cookies.ts";

export class HardenedArq implements MessageSender {
  private readonly transport: Transport;
  private readonly options: ArqOptions;
  private readonly handlers: HardenedHandlers;
  private readonly cookies: SourceCookies | undefined;
  private readonly sender: StopAndWaitSender;
  /** Made when the first data comes: most of a large simulation's peers only ever send. */
  private receiverIfAny: HardenedReceiver | undefined = undefined;

  /** `options.wire` is the hardened one. `cookies`: sources must be proven before they are listened to. */
  constructor(transport: Transport, options: ArqOptions, handlers: HardenedHandlers, cookies?: SourceCookies) {
    this.transport = transport;
    this.options = options;
    this.handlers = handlers;
    this.cookies = cookies;
    this.sender = new StopAndWaitSender(transport, options);
  }

  /** Sends a message; see StopAndWaitSender.send. */
  send(to: Endpoint, message: OutgoingMessage, done: (outcome: SendOutcome) => void): PendingMessage {
    return this.sender.send(to, message, done);
  }

  /** Anything may come in. What is no packet is counted, traced and dropped; where it meant to be data, its sender is told. */
  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    const packet = decodeHardened(datagram);
    if (!packet.ok) {
      this.transport.trace.reject(`${packet.reason} at byte ${packet.offsetBytes}`, from.key, datagram.length);
      const error = packet.reason === "unsupported-version" ? UNSUPPORTED_VERSION : MALFORMED;
      this.receiver.refuseDatagram(from, datagram, error);
      return;
    }
    switch (packet.kind) {
      case HardenedKind.DATA:
        this.receiver.onData(from, packet);
        break;
      case HardenedKind.ACK:
        this.sender.onAck(from, packet);
        break;
      case HardenedKind.CHALLENGE:
        this.sender.onChallenge(from, packet, cookieOf(packet));
        break;
      case HardenedKind.ERROR:
        this.sender.onError(from, packet, errorOf(packet));
    }
  }

  /** What is kept for senders; see HardenedReceiver.held. */
  get held(): HardenedReceiver["held"] {
    return this.receiverIfAny?.held ?? { senders: 0, messages: 0, underWay: 0 };
  }

  /** Withdraws every open message (outcome `cancelled`). */
  stop(): void {
    this.sender.stop();
  }

  private get receiver(): HardenedReceiver {
    this.receiverIfAny ??= new HardenedReceiver(this.transport, this.options, this.handlers, this.cookies);
    return this.receiverIfAny;
  }
}
