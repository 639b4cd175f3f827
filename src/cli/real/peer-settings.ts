/** What a peer of the real world is told by its user. */

import type { ClientWire, LinkOptionsGiven, RemoteHost } from "./shared-options.ts";
import type { HostPort } from "./values.ts";

export interface PeerSettings extends LinkOptionsGiven<ClientWire> {
  readonly directory: RemoteHost;
  readonly folder: string;
  readonly share?: readonly string[];
  readonly shareAll?: boolean;
  readonly listen?: HostPort;
  readonly http?: HostPort;
  readonly advertise?: string;
  /** ms. */
  readonly updatePeriod: number;
  /** Bytes per second. */
  readonly uploadLimit?: number;
  readonly downloadLimit?: number;
  readonly maxUploads?: number;
  readonly overwrite?: boolean;
  readonly quiet?: boolean;
}

/** The report's UDP port of a peer. */
export const PEER_PORT = 8888;
/** The report's is 80, which needs special rights. */
export const HTTP_PORT = 8080;
