/** The directory on one wire: packets in and out. Behind all fronts is one registry. */

import type { Endpoint } from "../transport.ts";

export interface Front {
  onDatagram(from: Endpoint, datagram: Uint8Array): void;
  /** Cancels what is under way. */
  stop(): void;
}
