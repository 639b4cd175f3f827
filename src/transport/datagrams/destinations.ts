/**
 * Where datagrams go: is it an address at all, and when to ask the system next what became of a send. Asking costs about
 * a fifth of the throughput, so each destination is asked about now and then; where a send failed, about every one.
 */

import type { Endpoint } from "../../core/transport.ts";
import { isAddress } from "../address.ts";

/** Destinations remembered; beyond it all are forgotten, and asked about again. */
const MAX_DESTINATIONS = 1 << 15;
const ASK_AGAIN_NS = 100e6;

export class Destination {
  readonly isAddress: boolean;
  askAtNs = 0;

  constructor(host: string) {
    this.isAddress = isAddress(host);
  }

  /** The system took a datagram. */
  worked(nowNs: number): void {
    this.askAtNs = nowNs + ASK_AGAIN_NS;
  }

  failed(): void {
    this.askAtNs = 0;
  }
}

export class Destinations {
  private readonly byKey = new Map<string, Destination>();
  private latestTo: Endpoint | undefined = undefined;
  private latest: Destination | undefined = undefined;

  of(to: Endpoint): Destination {
    if (to === this.latestTo && this.latest !== undefined) return this.latest;
    let destination = this.byKey.get(to.key);
    if (destination === undefined) {
      if (this.byKey.size >= MAX_DESTINATIONS) this.byKey.clear();
      destination = new Destination(to.host);
      this.byKey.set(to.key, destination);
    }
    this.latestTo = to;
    this.latest = destination;
    return destination;
  }
}
