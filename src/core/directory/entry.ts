/** One peer's entry in the directory. */

import type { Endpoint } from "../transport.ts";
import type { FileDescription } from "../wire/hardened/fields.ts";
import { descriptionAt } from "../wire/hardened/requests.ts";
import type { AgeList } from "./age-list.ts";

/** What the directory knows of a peer, for readers outside. */
export interface DirectoryEntry {
  readonly ip: string;
  readonly httpPort: number;
  /** In the order in which the peer's update listed them, each once. */
  readonly files: readonly string[];
  /** Wall clock, ms since 1970. */
  readonly lastUpdateMs: number;
  /** Where the latest update came from. */
  readonly endpoint: Endpoint;
  /** Was it shown that the peer is at this address? Only on the hardened wire. */
  readonly isProven: boolean;
}

/** An entry is known by what its update says, (IP, HTTPPORT), not by where the update came from. */
export function entryKey(ip: string, httpPort: number): string {
  return ip.includes(":") ? `[${ip}]:${httpPort}` : `${ip}:${httpPort}`;
}

/** The entry as the table keeps it: a node of the list by age. */
export class TableEntry implements DirectoryEntry {
  readonly ip: string;
  readonly httpPort: number;
  readonly key: string;
  /** Rank in the order of registration. */
  readonly rank: number;
  endpoint: Endpoint;
  files: readonly string[] = [];
  /** The latest update's bytes. */
  payload: Uint8Array = NO_BYTES;
  lastUpdateMs = 0;
  /** The same moment on the host's clock, which expiry counts by. */
  refreshedAtMs = 0;
  /** The list by age that it is in: one for each lifetime. */
  ageList: AgeList | undefined = undefined;
  isProven = false;
  /** Of the latest hardened update; an older one says nothing any more. */
  serial = 0;
  /** How long the peer may be silent between updates, as it was told last. */
  intervalMs = 0;
  /** Where in the payload of a hardened update the description of each file is. */
  descriptions: ReadonlyMap<string, number> | undefined = undefined;
  older: TableEntry | undefined = undefined;
  newer: TableEntry | undefined = undefined;

  constructor(ip: string, httpPort: number, rank: number, endpoint: Endpoint) {
    this.ip = ip;
    this.httpPort = httpPort;
    this.key = entryKey(ip, httpPort);
    this.rank = rank;
    this.endpoint = endpoint;
  }

  /** Size and hash of one of its files; undefined where its updates do not say. */
  description(file: string): FileDescription | undefined {
    const offset = this.descriptions?.get(file);
    return offset === undefined ? undefined : descriptionAt(this.payload, offset);
  }
}

const NO_BYTES = new Uint8Array(0);
