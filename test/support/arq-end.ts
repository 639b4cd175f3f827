/** One end of stop-and-wait in a test: sends messages, keeps what came and what became of what it sent. */

import { Arq } from "../../src/core/arq/arq.ts";
import { HardenedArq } from "../../src/core/arq/hardened-arq.ts";
import { ACCEPTED } from "../../src/core/arq/hardened-receiver.ts";
import type { IncomingMessage, PendingMessage, SendOutcome } from "../../src/core/arq/message.ts";
import type { ArqOptions } from "../../src/core/arq/options.ts";
import { SourceCookies } from "../../src/core/arq/source-cookies.ts";
import type { Endpoint, Participant, Transport } from "../../src/core/transport.ts";
import { MESSAGE_TYPE_NAMES, MessageType, type PayloadSource } from "../../src/core/wire/packet.ts";
import type { SimHost } from "../../src/sim/host.ts";

export interface Received {
  readonly atMs: number;
  readonly from: Endpoint;
  readonly type: string;
  readonly payload: Uint8Array;
  readonly text: string;
}

export interface SendChoices {
  readonly type?: MessageType;
  readonly to?: ArqEnd;
}

/** A message that a test sent, and its outcome. */
export class Sent {
  readonly outcomes: SendOutcome[] = [];
  /** When the outcome came, in true ms. */
  settledMs: number | undefined = undefined;
  pending!: PendingMessage;

  /** `delivered`, ...; undefined while there is none. An outcome that comes twice is an error. */
  get outcome(): SendOutcome | undefined {
    if (this.outcomes.length > 1) throw new Error(`two outcomes: ${JSON.stringify(this.outcomes)}`);
    return this.outcomes[0];
  }

  get status(): SendOutcome["status"] | undefined {
    return this.outcome?.status;
  }

  cancel(): void {
    this.pending.cancel();
  }
}

export class ArqEnd implements Participant {
  readonly received: Received[] = [];
  /** Types of the messages that came again within the duplicate window. */
  readonly duplicates: string[] = [];
  readonly sent: Sent[] = [];
  host!: SimHost;
  arq!: Arq | HardenedArq;
  private transport!: Transport;
  private readonly options: ArqOptions;
  private readonly answers: boolean;
  private readonly partner: () => ArqEnd;

  /** An end that `answers` originates the answers' types, any other those of the requests. */
  constructor(options: ArqOptions, answers: boolean, partner: () => ArqEnd) {
    this.options = options;
    this.answers = answers;
    this.partner = partner;
  }

  /** A start of the host: what the ARQ knew is gone, what the test has seen is not. */
  boot(transport: Transport): this {
    this.transport = transport;
    const onMessage = (from: Endpoint, { type, payload }: IncomingMessage): void => {
      const atMs = this.host.network.nowMs;
      const text = new TextDecoder().decode(payload);
      this.received.push({ atMs, from, type: MESSAGE_TYPE_NAMES[type], payload, text });
    };
    this.arq = this.options.wire.hasMessageIds
      ? this.hardened(transport, onMessage)
      : new Arq(transport, this.options, (type) => isRequestType(type) !== this.answers, {
          onMessage,
          onDuplicate: (_from, type) => void this.duplicates.push(MESSAGE_TYPE_NAMES[type]),
        });
    return this;
  }

  /** The end that answers asks for cookies, as a directory does, and refuses what begins with `bad`. */
  private hardened(transport: Transport, onMessage: (from: Endpoint, message: IncomingMessage) => void): HardenedArq {
    const handlers = {
      onMessage: (from: Endpoint, message: IncomingMessage) => {
        onMessage(from, message);
        return this.received.at(-1)?.text.startsWith("bad") ? { error: { code: 400, text: "bad request" } } : ACCEPTED;
      },
    };
    return new HardenedArq(transport, this.options, handlers, this.answers ? new SourceCookies(transport) : undefined);
  }

  start(): void {}

  stop(): void {
    this.arq.stop();
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.arq.onDatagram(from, datagram);
  }

  get endpoint(): Endpoint {
    return this.host.self;
  }

  /** The texts of the messages that came. */
  get texts(): string[] {
    return this.received.map(({ text }) => text);
  }

  send(content: string | Uint8Array | PayloadSource, choices: SendChoices = {}): Sent {
    const { type = this.answers ? MessageType.RESULT : MessageType.DATA, to = this.partner() } = choices;
    const payload = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const sent = new Sent();
    this.sent.push(sent);
    sent.pending = this.arq.send(to.endpoint, { type, payload }, (outcome) => {
      sent.outcomes.push(outcome);
      sent.settledMs = this.host.network.nowMs;
    });
    return sent;
  }

  /** Sends bytes as they are, whatever they mean. */
  inject(datagram: string | Uint8Array, to: ArqEnd = this.partner()): void {
    const bytes = typeof datagram === "string" ? new TextEncoder().encode(datagram) : datagram;
    const info = { kind: "other", type: "RAW", message: 0, seq: 0, total: 0, attempt: 1, retransmissionOf: 0 } as const;
    this.transport.send(to.endpoint, bytes, info);
  }
}

/** The message types of those who ask; the others are answers. */
function isRequestType(type: MessageType): boolean {
  return type <= MessageType.VIEW || type === MessageType.DATA;
}
