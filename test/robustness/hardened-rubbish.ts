/** Datagrams such as nobody should send on the hardened wire: valid packets and what becomes of them. The same for the same seed. */

import { encodeListingPage, encodeResultPage } from "../../src/core/wire/hardened/answers.ts";
import { WIRE_ERRORS } from "../../src/core/wire/hardened/errors.ts";
import {
  COOKIE_AT,
  decodeHardened,
  encodeChallenge,
  encodeErrorTo,
  encodeHardenedAck,
  type HardenedPacket,
} from "../../src/core/wire/hardened/packets.ts";
import {
  encodeHardenedExit,
  encodeHardenedLookup,
  encodeHardenedUpdate,
  encodeHardenedView,
} from "../../src/core/wire/hardened/requests.ts";
import { type MessageId, MessageType } from "../../src/core/wire/packet.ts";
import { ZERO } from "../../src/core/wire/uint64.ts";
import { dataPacket } from "../core/support/hardened-client.ts";
import { Dice } from "./rubbish.ts";

export const HASH = new Uint8Array(32).fill(7);
export const NAMES = ["new.txt", "my file.txt", "ünïcode", "a"];

/** Valid packets and what becomes of them: the same stream for the same seed. */
export class HardenedRubbish {
  private readonly dice = new Dice(2026);
  private serial = 1;
  private readonly answers = [
    [
      MessageType.RESULT,
      encodeResultPage({
        cursor: ZERO,
        sources: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, description: { sizeBytes: 1, sha256: HASH } }],
      }),
    ],
    [
      MessageType.LISTING,
      encodeListingPage({
        cursor: ZERO,
        entries: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, files: NAMES, lastUpdateMs: 1 }],
      }),
    ],
  ] as const;

  /** `cookie`: one that is good for the source; `replyTo`: the ID of a question that is open. */
  next(cookie: Uint8Array | undefined, replyTo: MessageId | undefined): Uint8Array {
    const { dice } = this;
    const kind = dice.roll(10);
    if (kind === 0) return Uint8Array.from({ length: dice.roll(80) }, () => dice.roll(256));
    const packet = this.valid(cookie, replyTo);
    return kind < 5 ? packet : this.mutated(packet);
  }

  private valid(cookie: Uint8Array | undefined, open: MessageId | undefined): Uint8Array {
    const { dice } = this;
    const messageId = { high: dice.roll(4), low: 1 + dice.roll(5000) };
    const several = dice.roll(4) === 0 ? 2 + dice.roll(3) : 1;
    const place = { total: several, seq: 1 + dice.roll(several) };
    const parts = { messageId, cookie: dice.roll(3) > 0 ? (cookie ?? null) : null, ...place };
    switch (dice.roll(8)) {
      case 0:
        return dataPacket(MessageType.LOOKUP, encodeHardenedLookup({ cursor: ZERO, file: dice.pick(NAMES) }), parts);
      case 1:
        return dataPacket(MessageType.VIEW, encodeHardenedView({ high: dice.roll(3), low: dice.roll(3) }), parts);
      case 2:
        return dataPacket(MessageType.EXIT, encodeHardenedExit({ serial: this.serial, httpPort: 80 }), parts);
      case 3: {
        const [type, payload] = dice.pick(this.answers);
        return dataPacket(type, payload, { ...parts, replyTo: open ?? messageId });
      }
      case 4:
        return this.answerTo(
          dataPacket(MessageType.LOOKUP, new Uint8Array(10), { ...parts, messageId: open ?? messageId }),
        );
      default: {
        const files = NAMES.slice(dice.roll(4)).map((name) => ({ name, sizeBytes: dice.roll(1000), sha256: HASH }));
        return dataPacket(MessageType.UPDATE, encodeHardenedUpdate(this.serial++, 1 + dice.roll(3), files), parts);
      }
    }
  }

  private answerTo(datagram: Uint8Array): Uint8Array {
    const packet = decodeHardened(datagram) as HardenedPacket;
    switch (this.dice.roll(3)) {
      case 0:
        return encodeHardenedAck(packet, this.dice.roll(2) * 5000).slice();
      case 1:
        return encodeChallenge(packet, HASH.subarray(0, 16)).slice();
      default:
        return encodeErrorTo(datagram, this.dice.pick(WIRE_ERRORS))!.slice();
    }
  }

  private mutated(packet: Uint8Array): Uint8Array {
    const { dice } = this;
    switch (dice.roll(5)) {
      case 0:
        return packet.slice(0, dice.roll(packet.length + 1));
      case 1:
        return packet.slice(dice.roll(packet.length));
      case 2:
        return new Uint8Array([...packet, ...Array.from({ length: dice.roll(60) }, () => dice.roll(256))]);
      default: {
        // Not in the cookie, mostly: behind it nothing would be tried out.
        const changed = packet.slice();
        for (let n = 1 + dice.roll(3); n > 0; n--) {
          let at = dice.roll(changed.length);
          if (at >= COOKIE_AT && at < COOKIE_AT + 16 && dice.roll(10) > 0) at = dice.roll(COOKIE_AT);
          changed[at] = dice.roll(2) === 0 ? dice.roll(256) : dice.pick([0, 1, 2, 127, 128, 255]);
        }
        return changed;
      }
    }
  }
}
