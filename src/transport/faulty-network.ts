/**
 * Fault rules in front of real sockets: the links of a network as a scenario describes it, between hosts by name. The
 * draws depend on the seed, the names and the packet alone, so the same scenario and seed lose the same packets here and
 * in the simulated network.
 *
 * Datagrams are under these rules, byte streams (and so HTTP) are not: what a lossy network does to those, only a
 * kernel can show.
 */

import { Link } from "../faults/link.ts";
import { LinkTable } from "../faults/link-table.ts";
import type { LinkOptions, LinkOverride, NetworkOptions } from "../faults/options.ts";

/** One end of a link. */
export interface Named {
  readonly name: string;
}

export interface FaultyNetworkOptions {
  readonly seed: string;
  readonly network: NetworkOptions;
  /**
   * Also for datagrams that arrive from other processes, on the link from them: so the faults of one process work in
   * both directions. Default false. (What hosts of this process send to each other is under the rules once, when it is sent.)
   */
  readonly arrivals?: boolean;
}

/** Links kept; beyond it the oldest is forgotten, and begins anew (its queue, its channel) should it be needed again. */
const MAX_LINKS = 1 << 14;

export class FaultyNetwork {
  readonly arrivals: boolean;
  private readonly seed: string;
  private readonly table: LinkTable;
  private readonly links = new Map<string, Link<Named>>();

  constructor(options: FaultyNetworkOptions) {
    this.seed = options.seed;
    this.arrivals = options.arrivals ?? false;
    this.table = new LinkTable(options.network);
  }

  /** The link from one host to another, by the names under which the trace knows them. */
  link(from: string, to: string): Link<Named> {
    const key = `${from} ${to}`;
    let link = this.links.get(key);
    if (link === undefined) {
      link = new Link<Named>(this.seed, { name: from }, { name: to }, this.table.profile(from, to));
      if (this.links.size >= MAX_LINKS) this.links.delete(this.links.keys().next().value as string);
      this.links.set(key, link);
    }
    return link;
  }

  /** Changes the options of links from now on: of the default link, or of the links an override names. */
  change(change: Partial<LinkOptions> | LinkOverride): void {
    this.table.change(change);
    for (const link of this.links.values()) link.profile = this.table.profile(link.source.name, link.destination.name);
  }
}
