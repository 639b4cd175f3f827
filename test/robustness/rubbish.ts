/** A stream of datagrams such as nobody should send: valid packets, mutated ones, and noise. The same for the same seed. */

import { MessageType } from "../../src/core/wire/packet.ts";
import { bytesSource } from "../../src/core/wire/payload-source.ts";
import {
  encodeError,
  encodeExit,
  encodeListing,
  encodeLookup,
  encodeResult,
  encodeUpdate,
  encodeView,
} from "../../src/core/wire/payloads.ts";
import { reportWire } from "../../src/core/wire/report.ts";

/** A small, fast generator (mulberry32): the stream is a million long. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number from 0 to `below` - 1. */
  roll(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)] as T;
  }
}

const FILES = ["new.txt", "recv.txt", "my file.txt", "100%.txt", "ünïcode", "a", "3 4"];

/** The packets of one valid message of each type that one participant may send another. */
export function validMessages(): { type: MessageType; packets: Uint8Array[] }[] {
  const sources = Array.from({ length: 20 }, (_, i) => ({ ip: `10.0.0.${i + 2}`, httpPort: 80 + i }));
  const entries = sources.map((source) => ({ ...source, files: FILES, lastUpdateMs: 1_420_070_400_000 }));
  const many = Array.from({ length: 60 }, (_, i) => `file-${i}.txt`);
  const payloads: [MessageType, Uint8Array][] = [
    [MessageType.UPDATE, encodeUpdate({ ip: "10.0.0.2", httpPort: 80, files: [] })],
    [MessageType.UPDATE, encodeUpdate({ ip: "10.0.0.3", httpPort: 80, files: ["new.txt"] })],
    [MessageType.UPDATE, encodeUpdate({ ip: "2001:db8::7", httpPort: 8080, files: FILES })],
    [MessageType.UPDATE, encodeUpdate({ ip: "10.0.0.4", httpPort: 65535, files: many })],
    [MessageType.LOOKUP, encodeLookup({ file: "new.txt" })],
    [MessageType.LOOKUP, encodeLookup({ file: "my file.txt" })],
    [MessageType.EXIT, encodeExit({ ip: "10.0.0.2", httpPort: 80 })],
    [MessageType.VIEW, encodeView()],
    [MessageType.RESULT, encodeResult({ sources: sources.slice(0, 2) })],
    [MessageType.RESULT, encodeResult({ sources })],
    [MessageType.LISTING, encodeListing({ entries: entries.slice(0, 2) })],
    [MessageType.LISTING, encodeListing({ entries })],
    [MessageType.ERROR, encodeError({ code: 404, text: "file not found" })],
    [MessageType.DATA, new Uint8Array(700)],
  ];
  return payloads.map(([type, payload]) => ({ type, packets: packetsOf(type, payload) }));
}

function packetsOf(type: MessageType, payload: Uint8Array): Uint8Array[] {
  const plan = reportWire.plan(type, payload.length, 128);
  const source = bytesSource(payload);
  return Array.from({ length: plan.totalPackets }, (_, i) => reportWire.encodeData(type, source, plan, i + 1).slice());
}

/** Numbers that programs stumble over. */
const NUMBERS = [
  "0",
  "00",
  "01",
  "-1",
  "1e9",
  "2147483648",
  "4294967297",
  "999999998",
  "999999999",
  "1".repeat(30),
  "",
];
const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** An endless stream of datagrams. */
export class Rubbish {
  private readonly dice: Dice;
  private readonly valid: readonly Uint8Array[];
  /** A message that is being sent in order, so that whole ones come through, too. */
  private underWay: Uint8Array[] = [];
  private readonly messages = validMessages();

  constructor(seed: number) {
    this.dice = new Dice(seed);
    this.valid = this.messages.flatMap(({ packets }) => packets.flatMap((packet) => [packet, ackOf(packet)]));
  }

  next(): Uint8Array {
    const { dice } = this;
    const kind = dice.roll(10);
    if (kind < 2) return this.noise();
    if (kind < 4) return this.inOrder();
    if (kind < 5) return this.update();
    return this.mutated();
  }

  private noise(): Uint8Array {
    const bytes = new Uint8Array(this.dice.roll(80));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.dice.roll(256);
    return bytes;
  }

  private inOrder(): Uint8Array {
    if (this.underWay.length === 0) this.underWay = [...this.dice.pick(this.messages).packets];
    return this.underWay.shift() as Uint8Array;
  }

  /** A valid update of one of very many peers. */
  private update(): Uint8Array {
    const { dice } = this;
    const ip = `10.${dice.roll(256)}.${dice.roll(256)}.${dice.roll(256)}`;
    return encoder.encode(`1 ${ip} ${1 + dice.roll(65535)} ${dice.pick(FILES).replaceAll(/[ %ü ï]/g, "_")}  1 1`);
  }

  private mutated(): Uint8Array {
    const { dice } = this;
    const packet = dice.pick(this.valid);
    switch (dice.roll(7)) {
      case 0: {
        const flipped = packet.slice();
        for (let n = 1 + dice.roll(3); n > 0; n--) flipped[dice.roll(flipped.length)]! ^= 1 << dice.roll(8);
        return flipped;
      }
      case 1:
        return packet.slice(0, dice.roll(packet.length + 1));
      case 2:
        return packet.slice(dice.roll(packet.length));
      case 3: {
        const at = dice.roll(packet.length);
        return new Uint8Array([...packet.subarray(0, at), dice.roll(256), ...packet.subarray(at)]);
      }
      case 4: {
        const other = dice.pick(this.valid);
        const [head, tail] = [dice.roll(packet.length), dice.roll(other.length)];
        return new Uint8Array([...packet.subarray(0, head), ...other.subarray(tail)]);
      }
      case 5: {
        // One of its numbers is another.
        const tokens = decoder.decode(packet).split(" ");
        const at = dice.pick([0, tokens.length - 2, tokens.length - 1]);
        tokens[at] = dice.roll(2) === 0 ? dice.pick(NUMBERS) : `${1 + dice.roll(12)}`;
        return Uint8Array.from(tokens.join(" "), (letter) => letter.charCodeAt(0));
      }
      default: {
        // Without payload, as many of them as one likes.
        const total = dice.pick([2, 3, 999_999_998]);
        return encoder.encode(`${1 + dice.roll(8)}  ${1 + dice.roll(Math.min(total, 6))} ${total}`);
      }
    }
  }
}

function ackOf(packet: Uint8Array): Uint8Array {
  const decoded = reportWire.decode(packet);
  return decoded.ok ? reportWire.encodeAck(decoded).slice() : packet;
}
