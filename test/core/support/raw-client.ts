/** Somebody who speaks the report's wire packet by packet: what a test types is what the other side gets. */

import { type Endpoint, endpoint, type Participant } from "../../../src/core/transport.ts";
import { reportWire } from "../../../src/core/wire/report.ts";
import type { FakeHost, FakeNetwork } from "./fake-network.ts";

/** The first message type that the directory originates (RESULT, LISTING, ERROR). */
const FIRST_ANSWER_TYPE = 5;
const INFO = { kind: "other", type: "", message: 0, seq: 0, total: 0, attempt: 1, retransmissionOf: 0 } as const;

export class RawClient implements Participant {
  /** All that came, as text. */
  readonly received: string[] = [];
  /** Does it acknowledge what it is answered? */
  acknowledges = true;
  private readonly host: FakeHost;
  private readonly to: Endpoint;

  constructor(network: FakeNetwork, ip: string, to: Endpoint = endpoint("10.0.0.1", 7777)) {
    this.host = network.host(ip, 8888);
    this.host.participant = this;
    this.to = to;
  }

  send(packet: string | Uint8Array): void {
    this.host.send(this.to, typeof packet === "string" ? new TextEncoder().encode(packet) : packet, INFO);
  }

  /** The answers that came, without the ACKs of what this client sent. */
  get answers(): string[] {
    return this.received.filter((text) => Number(text[0]) >= FIRST_ANSWER_TYPE);
  }

  start(): void {}
  stop(): void {}

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.received.push(new TextDecoder().decode(datagram));
    const packet = reportWire.decode(datagram);
    if (this.acknowledges && packet.ok && packet.type >= FIRST_ANSWER_TYPE) {
      this.host.send(from, reportWire.encodeAck(packet), INFO);
    }
  }
}
