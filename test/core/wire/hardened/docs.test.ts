/** What docs/wire.md says of the hardened wire holds: its test vectors both ways, its tables of fields and of errors. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sealedTransport } from "../../../../src/core/seal/sealed-transport.ts";
import {
  decodeListingPage,
  decodeResultPage,
  encodeListingPage,
  encodeResultPage,
} from "../../../../src/core/wire/hardened/answers.ts";
import { WIRE_ERRORS } from "../../../../src/core/wire/hardened/errors.ts";
import {
  cookieOf,
  decodeHardened,
  encodeChallenge,
  encodeErrorTo,
  encodeHardenedAck,
  errorOf,
  HardenedKind,
  type HardenedPacket,
} from "../../../../src/core/wire/hardened/packets.ts";
import {
  decodeHardenedExit,
  decodeHardenedLookup,
  decodeHardenedUpdate,
  decodeHardenedView,
  descriptionAt,
  encodeHardenedExit,
  encodeHardenedLookup,
  encodeHardenedUpdate,
  encodeHardenedView,
} from "../../../../src/core/wire/hardened/requests.ts";
import { MessageType } from "../../../../src/core/wire/packet.ts";
import { encodeText } from "../../../../src/core/wire/text.ts";
import { FakeNetwork } from "../../support/fake-network.ts";
import { dataPacket } from "../../support/hardened-client.ts";

const page = readFileSync(new URL("../../../../docs/wire.md", import.meta.url), "utf8");
const vectors = page.slice(page.indexOf("## Hardened test vectors"));
const [packets = "", notPackets = ""] = vectors.split("Not packets:");

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const toHex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

interface Vector {
  readonly what: string;
  readonly bytes: number;
  readonly hex: string;
}
const rows: Vector[] = [...packets.matchAll(/^\| (.+) \((\d+)\) \| `([0-9a-f]+)` \|$/gm)].map(
  ([, what, bytes, hex]) => ({
    what: what!,
    bytes: Number(bytes),
    hex: hex!,
  }),
);
const plain = rows.filter(({ what }) => !what.includes("sealed"));
const [sealed] = rows.filter(({ what }) => what.includes("sealed"));

function packetOf(hex: string): HardenedPacket {
  const packet = decodeHardened(fromHex(hex));
  if (!packet.ok) throw new Error(packet.reason);
  return packet;
}

/** A value, or the reason why there is none. */
function mustRead<T>(decoded: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
}

/** Reads a payload and writes it anew. */
function rewritten(type: MessageType, payload: Uint8Array): Uint8Array {
  switch (type) {
    case MessageType.UPDATE: {
      const { serial, httpPort, files } = mustRead(decodeHardenedUpdate(payload));
      const described = [...files].map(([name, at]) => ({ name, ...descriptionAt(payload, at) }));
      return encodeHardenedUpdate(serial, httpPort, described);
    }
    case MessageType.LOOKUP:
      return encodeHardenedLookup(mustRead(decodeHardenedLookup(payload)));
    case MessageType.EXIT:
      return encodeHardenedExit(mustRead(decodeHardenedExit(payload)));
    case MessageType.VIEW:
      return encodeHardenedView(mustRead(decodeHardenedView(payload)));
    case MessageType.RESULT:
      return encodeResultPage(mustRead(decodeResultPage(payload)));
    default:
      return encodeListingPage(mustRead(decodeListingPage(payload)));
  }
}

/** A packet from what was read of it; an answer from the packet that it answers, which must be one of the vectors. */
function encoded(packet: HardenedPacket): Uint8Array {
  const { kind, type, datagram, fragmentStart, fragmentEnd, messageId, replyTo } = packet;
  if (kind === HardenedKind.DATA) {
    const payload = rewritten(type, datagram.subarray(fragmentStart, fragmentEnd));
    return dataPacket(type, payload, { messageId, replyTo, cookie: cookieOf(packet) });
  }
  const answered = plain
    .map(({ hex }) => packetOf(hex))
    .find((one) => one.kind === HardenedKind.DATA && one.type === type);
  if (answered === undefined) throw new Error("the vector that it answers is missing");
  if (kind === HardenedKind.ACK) return encodeHardenedAck(answered, packet.updateIntervalMs);
  if (kind === HardenedKind.CHALLENGE) return encodeChallenge(answered, cookieOf(packet));
  return encodeErrorTo(answered.datagram, errorOf(packet)) as Uint8Array;
}

describe("the vectors", () => {
  test("there is one of each kind, and of each type that is asked or answered", () => {
    const all = plain.map(({ hex }) => packetOf(hex));
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set([1, 2, 3, 4]));
    expect(new Set(all.filter(({ kind }) => kind === 1).map(({ type }) => type))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(sealed).toBeDefined();
  });

  test.each(plain)("$what", ({ bytes, hex }) => {
    expect(hex).toHaveLength(2 * bytes);
    expect(toHex(encoded(packetOf(hex)))).toBe(hex);
  });

  test("say what stands beside them", () => {
    const named = (start: string): HardenedPacket =>
      packetOf(plain.find(({ what }) => what.startsWith(start))?.hex ?? "");
    const payload = (start: string): Uint8Array => {
      const { datagram, fragmentStart, fragmentEnd } = named(start);
      return datagram.subarray(fragmentStart, fragmentEnd);
    };
    const update = mustRead(decodeHardenedUpdate(payload("UPDATE without")));
    expect([update.serial, update.httpPort, ...update.files.keys()]).toEqual([1424000000000, 80, "new.txt"]);
    expect(descriptionAt(payload("UPDATE without"), update.files.get("new.txt")!).sizeBytes).toBe(6);
    expect(named("ACK to it, 7,020").updateIntervalMs).toBe(7020);
    expect(mustRead(decodeHardenedLookup(payload("LOOKUP"))).file).toBe("new.txt");
    const { sources } = mustRead(decodeResultPage(payload("RESULT")));
    expect(sources.map(({ ip, httpPort, isProven }) => [ip, httpPort, isProven])).toEqual([
      ["10.0.0.2", 80, true],
      ["10.0.0.3", 8080, false],
    ]);
    expect(named("RESULT").replyTo).toEqual(named("LOOKUP").messageId);
    const { entries } = mustRead(decodeListingPage(payload("LISTING")));
    expect(entries[0]).toMatchObject({ files: ["new.txt"], lastUpdateMs: 1425512907613.081 });
    expect(errorOf(named("ERROR 410"))).toEqual({ code: 410, text: "stale cursor" });
  });

  test("the sealed one opens with its key, and is what the key makes of its packet", () => {
    const [, key, number] = /`(.+)`, number (\d+)$/.exec(sealed!.what) ?? [];
    const network = new FakeNetwork();
    const [here, there] = [network.host("10.0.0.1", 1), network.host("10.0.0.2", 1)];
    const seal = sealedTransport(here, encodeText(key!));
    const opened = seal.open(there.self, fromHex(sealed!.hex));
    expect(opened.ok && toHex(opened.datagram)).toBe(plain.filter(({ what }) => what === "ACK to it")[0]?.hex);
    // The clock at which the next packet has that number.
    const clocked = Object.assign(Object.create(there), { wallClockMs: () => (Number(number) - 1) / 1024 });
    const written = sealedTransport(clocked, encodeText(key!));
    const info = { kind: "ack", type: "", message: 1, seq: 2, total: 1, attempt: 1, retransmissionOf: 0 } as const;
    written.transport.send(here.self, opened.ok ? opened.datagram : new Uint8Array(0), info);
    expect(toHex(network.sent[0]!.datagram)).toBe(sealed!.hex);
  });
});

describe("not packets", () => {
  const refused = [...notPackets.matchAll(/\| `([0-9a-f]+)` \| `([^`]*)` \| (\d+) \|/g)];

  test("there are some", () => {
    expect(refused.length).toBeGreaterThan(10);
  });

  test.each(refused.map(([, hex, reason, offset]) => [hex!, reason!, Number(offset)] as const))(
    "%s: %s at %i",
    (hex, reason, offsetBytes) => {
      expect(decodeHardened(fromHex(hex))).toEqual({ ok: false, reason, offsetBytes });
    },
  );
});

test("the table of errors has those that are sent, and no others", () => {
  const table = page.slice(page.indexOf("### Errors"), page.indexOf("## Rules of state"));
  const listed = [...table.matchAll(/^\| (\d{3}) \| ([^|]+) \|/gm)].map(([, code, text]) => `${code} ${text!.trim()}`);
  expect(listed).toEqual(WIRE_ERRORS.map(({ code, text }) => `${code} ${text}`));
});
