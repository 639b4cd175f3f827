/**
 * The directory on the hardened wire. A peer is registered at the address that its packets come from, which a cookie has
 * proven before anything of it is stored; its updates and exits count in the order in which it made them; its questions are
 * answered a page at a time, each answer naming its question.
 */

import { HardenedArq } from "../arq/hardened-arq.ts";
import { ACCEPTED, type Receipt } from "../arq/hardened-receiver.ts";
import type { IncomingMessage } from "../arq/message.ts";
import { SourceCookies } from "../arq/source-cookies.ts";
import type { Endpoint } from "../transport.ts";
import {
  encodeListingPage,
  encodeResultPage,
  type HardenedListed,
  type HardenedSource,
} from "../wire/hardened/answers.ts";
import { ANSWER_TOO_LONG, BUSY, DIRECTORY_FULL, MALFORMED, STALE_CURSOR } from "../wire/hardened/errors.ts";
import { type HardenedPacket, hardenedWire } from "../wire/hardened/packets.ts";
import {
  decodeHardenedExit,
  decodeHardenedLookup,
  decodeHardenedUpdate,
  decodeHardenedView,
  SERIAL_BYTES,
  UPDATE_HEAD_BYTES,
} from "../wire/hardened/requests.ts";
import { MESSAGE_TYPE_NAMES, MessageType } from "../wire/packet.ts";
import { isIpAddress } from "../wire/payloads.ts";
import { isZero, type Uint64, ZERO } from "../wire/uint64.ts";
import { Cursors } from "./cursors.ts";
import { Departed } from "./departed.ts";
import { entryKey, type TableEntry } from "./entry.ts";
import type { Front } from "./front.ts";
import { updateIntervalMs } from "./options.ts";
import type { Registry } from "./registry.ts";

/** Sources or peers in one answer; Napster's servers stopped there. */
export const MAX_PAGE_ITEMS = 100;
/** A LISTING's page ends before the peer that would make it longer, unless that is its first. */
export const MAX_PAGE_BYTES = 16 * 1024;
/** Estimated memory of an answer under way, beside its payload. */
const ANSWER_OVERHEAD_BYTES = 512;
/** FLAGS, LENGTH, HTTPPORT, LASTUPDATE and COUNT of a peer in a LISTING. */
const LISTED_HEAD_BYTES = 16;

export class HardenedFront implements Front {
  readonly arq: HardenedArq;
  private readonly registry: Registry;
  private readonly cursors: Cursors;
  private readonly departed: Departed;
  private openBytes = 0;

  constructor(registry: Registry) {
    this.registry = registry;
    const { transport, options } = registry;
    const arq = { ...options.arq, wire: hardenedWire };
    this.cursors = new Cursors(transport);
    this.departed = new Departed(arq.exchangeLifetimeMs);
    this.arq = new HardenedArq(
      transport,
      arq,
      {
        refuse: (_from, packet) => (isRequest(packet) ? undefined : MALFORMED),
        onMessage: (from, message) => this.onMessage(from, message),
      },
      new SourceCookies(transport),
    );
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.arq.onDatagram(from, datagram);
  }

  stop(): void {
    this.arq.stop();
  }

  private onMessage(from: Endpoint, message: IncomingMessage): Receipt {
    switch (message.type) {
      case MessageType.UPDATE:
        return this.onUpdate(from, message.payload);
      case MessageType.EXIT:
        return this.onExit(from, message.payload);
      case MessageType.LOOKUP:
        return this.onLookup(from, message);
      default:
        return this.onView(from, message);
    }
  }

  private onUpdate(from: Endpoint, payload: Uint8Array): Receipt {
    const { table } = this.registry;
    const ip = sourceIp(from);
    const head = decodeHardenedExit(payload.subarray(0, UPDATE_HEAD_BYTES));
    if (ip === undefined || !head.ok) return this.malformed(from, MessageType.UPDATE, payload, head);
    const { serial, httpPort } = head.value;
    const key = entryKey(ip, httpPort);
    const known = table.provenEntry(ip, httpPort);
    // It was overtaken on its way, by a later update or by the exit: what it says is over.
    if (serial <= (known?.serial ?? -1) || serial <= this.departed.serialOf(key)) {
      this.registry.transport.trace.state(`an older UPDATE of ${key} came late`, from.key);
      return ACCEPTED;
    }
    const moment = this.registry.now();
    const intervalMs = updateIntervalMs(this.registry.options, table.size + (known === undefined ? 1 : 0));
    const isRefreshed =
      known?.endpoint.key === from.key &&
      table.refreshProven(known, payload, { from: SERIAL_BYTES, serial, intervalMs }, moment);
    if (!isRefreshed) {
      const decoded = decodeHardenedUpdate(payload);
      if (!decoded.ok) return this.malformed(from, MessageType.UPDATE, payload, decoded);
      const { files: descriptions } = decoded.value;
      if (!table.hasRoomFor(known, payload.length, descriptions.size)) return { error: DIRECTORY_FULL };
      const proof = { serial, intervalMs, descriptions };
      table.register(from, { ip, httpPort, files: descriptions.keys(), payload, proof }, moment);
    }
    this.registry.keepUntilSilent(moment, intervalMs);
    return { updateIntervalMs: intervalMs };
  }

  private onExit(from: Endpoint, payload: Uint8Array): Receipt {
    const { table, transport } = this.registry;
    const ip = sourceIp(from);
    const decoded = decodeHardenedExit(payload);
    if (ip === undefined || !decoded.ok) return this.malformed(from, MessageType.EXIT, payload, decoded);
    const { serial, httpPort } = decoded.value;
    const known = table.provenEntry(ip, httpPort);
    if (known !== undefined && serial <= known.serial) return ACCEPTED; // the peer has joined again meanwhile
    this.departed.remember(entryKey(ip, httpPort), serial, transport.now());
    if (table.exit(ip, httpPort, true) !== undefined) this.registry.onExit();
    return ACCEPTED;
  }

  private onLookup(from: Endpoint, message: IncomingMessage): Receipt {
    const decoded = decodeHardenedLookup(message.payload);
    if (!decoded.ok) return this.malformed(from, MessageType.LOOKUP, message.payload, decoded);
    const { cursor, file } = decoded.value;
    const rank = this.cursors.rankOf(cursor);
    if (rank === undefined) return { error: STALE_CURSOR };
    const { page, next } = this.page(this.registry.table.sourcesAfter(file, rank), () => 0);
    const sources = page.map((entry): HardenedSource => {
      const { ip, httpPort, isProven } = entry;
      return { ip, httpPort, isProven, description: entry.description(file) };
    });
    return this.answer(from, message, MessageType.RESULT, encodeResultPage({ cursor: next, sources }));
  }

  private onView(from: Endpoint, message: IncomingMessage): Receipt {
    const decoded = decodeHardenedView(message.payload);
    if (!decoded.ok) return this.malformed(from, MessageType.VIEW, message.payload, decoded);
    const rank = this.cursors.rankOf(decoded.value);
    if (rank === undefined) return { error: STALE_CURSOR };
    const { page, next } = this.page(this.registry.table.entriesAfter(rank), listedBytes);
    const entries = page.map((entry): HardenedListed => {
      const { ip, httpPort, isProven, files, lastUpdateMs } = entry;
      return { ip, httpPort, isProven, files, lastUpdateMs };
    });
    return this.answer(from, message, MessageType.LISTING, encodeListingPage({ cursor: next, entries }));
  }

  /** The first entries of a list that make a page, and the cursor behind them where there are more. */
  private page(
    entries: Iterable<TableEntry>,
    bytesOf: (entry: TableEntry) => number,
  ): { readonly page: readonly TableEntry[]; readonly next: Uint64 } {
    const page: TableEntry[] = [];
    let bytes = 0;
    for (const entry of entries) {
      bytes += bytesOf(entry);
      const last = page.at(-1);
      if (last !== undefined && (page.length === MAX_PAGE_ITEMS || bytes > MAX_PAGE_BYTES)) {
        return { page, next: this.cursors.behind(last.rank) };
      }
      page.push(entry);
    }
    return { page, next: ZERO };
  }

  /** The answer goes out behind the ACK of the question. Where too much is under way already, the question is turned down. */
  private answer(to: Endpoint, question: IncomingMessage, type: MessageType, payload: Uint8Array): Receipt {
    const { options } = this.registry;
    if (payload.length > options.arq.maxMessageBytes) return { error: ANSWER_TOO_LONG };
    const costBytes = ANSWER_OVERHEAD_BYTES + payload.length;
    if (this.openBytes + costBytes > options.maxAnswerBytes) return { error: BUSY };
    this.openBytes += costBytes;
    const replyTo = question.messageId as Uint64;
    const settle = (): void => {
      this.openBytes -= costBytes;
    };
    return { afterwards: () => void this.arq.send(to, { type, payload, replyTo }, settle) };
  }

  private malformed(
    from: Endpoint,
    type: MessageType,
    payload: Uint8Array,
    decoded: { readonly ok: boolean; readonly reason?: string; readonly offsetBytes?: number },
  ): Receipt {
    const why = decoded.ok ? "no address that can be listed" : `${decoded.reason} at byte ${decoded.offsetBytes}`;
    this.registry.transport.trace.reject(`malformed ${MESSAGE_TYPE_NAMES[type]}: ${why}`, from.key, payload.length);
    return { error: MALFORMED };
  }
}

function isRequest({ type, replyTo }: HardenedPacket): boolean {
  if (!isZero(replyTo)) return false;
  return (
    type === MessageType.UPDATE || type === MessageType.LOOKUP || type === MessageType.EXIT || type === MessageType.VIEW
  );
}

/** What others reach the source by: its address without the zone of a link-local one, which means nothing to them. */
function sourceIp({ host }: Endpoint): string | undefined {
  const [ip = ""] = host.split("%");
  return isIpAddress(ip) ? ip : undefined;
}

/** Bytes of a peer in a LISTING, at most: a character of its names takes up to three. */
function listedBytes({ ip, files }: TableEntry): number {
  let bytes = LISTED_HEAD_BYTES + ip.length;
  for (const file of files) bytes += 1 + 3 * file.length;
  return bytes;
}
