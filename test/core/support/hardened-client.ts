/** Somebody who speaks the hardened wire packet by packet: what a test says is what the other side gets. */

import { type Endpoint, endpoint, type Participant } from "../../../src/core/transport.ts";
import {
  cookieOf,
  decodeHardened,
  errorOf,
  HardenedKind,
  type HardenedPacket,
  hardenedWire,
} from "../../../src/core/wire/hardened/packets.ts";
import type { MessageId, MessageType } from "../../../src/core/wire/packet.ts";
import { bytesSource } from "../../../src/core/wire/payload-source.ts";
import { ZERO } from "../../../src/core/wire/uint64.ts";
import type { FakeHost, FakeNetwork } from "./fake-network.ts";

const INFO = { kind: "other", type: "", message: 0, seq: 0, total: 0, attempt: 1, retransmissionOf: 0 } as const;

export interface DataParts {
  readonly messageId: MessageId;
  readonly replyTo?: MessageId;
  /** Absent: the one of the latest challenge; null: none. */
  readonly cookie?: Uint8Array | null;
  readonly seq?: number;
  readonly total?: number;
}

/** A message ID that a test can read. */
export function id(low: number): MessageId {
  return { high: 7, low };
}

export function dataPacket(type: MessageType, payload: Uint8Array, parts: DataParts): Uint8Array {
  const { seq = 1, total = 1, messageId, replyTo = ZERO, cookie } = parts;
  // The fragment is the payload, wherever in its message it stands.
  const plan = { totalPackets: total, fragmentBytes: payload.length };
  const whole = new Uint8Array(payload.length * total);
  whole.set(payload, (seq - 1) * payload.length);
  const envelope = { messageId, replyTo, cookie: cookie ?? undefined };
  return hardenedWire.encodeData(type, bytesSource(whole), plan, seq, envelope).slice();
}

export class HardenedClient implements Participant {
  readonly host: FakeHost;
  readonly received: HardenedPacket[] = [];
  cookie: Uint8Array | undefined = undefined;
  /** Does it acknowledge the answers that it gets? */
  acknowledges = true;
  readonly network: FakeNetwork;
  private readonly to: Endpoint;

  constructor(network: FakeNetwork, ip: string, port = 8888, to: Endpoint = endpoint("10.0.0.1", 7777)) {
    this.network = network;
    this.host = network.host(ip, port);
    this.host.participant = this;
    this.to = to;
  }

  start(): void {}
  stop(): void {}

  /** Sends bytes, and lets what follows from it happen within 3 ms. Returns what came back. */
  exchange(datagram: Uint8Array): HardenedPacket[] {
    const before = this.received.length;
    this.host.send(this.to, datagram, INFO);
    this.network.run(this.network.nowMs + 3);
    return this.received.slice(before);
  }

  /** Sends a message's packet; with a cookie, where one is known. */
  say(type: MessageType, payload: Uint8Array, parts: DataParts): HardenedPacket[] {
    const { cookie = this.cookie } = parts;
    return this.exchange(dataPacket(type, payload, { ...parts, cookie: cookie ?? null }));
  }

  /** Gets a cookie by asking with a message of no meaning. */
  getCookie(): this {
    this.say(4, new Uint8Array(8), { messageId: id(0xc00), cookie: null });
    return this;
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    const packet = decodeHardened(datagram);
    if (!packet.ok) throw new Error(`the directory sent what is no packet: ${packet.reason}`);
    this.received.push(packet);
    if (packet.kind === HardenedKind.CHALLENGE) this.cookie = cookieOf(packet).slice();
    if (packet.kind === HardenedKind.DATA && this.acknowledges)
      this.host.send(from, hardenedWire.encodeAck(packet), INFO);
  }
}

/** `ACK 2/1`, `CHALLENGE`, `ERROR 400 bad request`, `DATA 5`: what a packet is, for reading in a test. */
export function shortly(packet: HardenedPacket): string {
  switch (packet.kind) {
    case HardenedKind.ACK:
      return `ACK ${packet.seq}/${packet.total}`;
    case HardenedKind.CHALLENGE:
      return "CHALLENGE";
    case HardenedKind.ERROR: {
      const { code, text } = errorOf(packet);
      return `ERROR ${code} ${text}`;
    }
    default:
      return `DATA ${packet.type}`;
  }
}
