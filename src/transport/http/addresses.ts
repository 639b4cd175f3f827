/** Addresses of clients: in one form, and counted by who may be behind them. */

import { isIPv6 } from "node:net";

/** An IPv4 client of a socket that listens on `::` by its IPv4 address: `::ffff:10.0.0.2` is 10.0.0.2. */
export function plainAddress(address: string): string {
  return MAPPED.test(address) ? address.slice("::ffff:".length) : address;
}

/** What one host can have for the asking: an IPv4 address, or all of an IPv6 /64 (RFC 4291, 2.5.4). */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [front = "", back] = address.split("%")[0]!.split("::");
  const groups = front === "" ? [] : front.split(":");
  if (back !== undefined) {
    const backGroups = back === "" ? [] : back.split(":");
    while (groups.length + backGroups.length < 8) groups.push("0");
    groups.push(...backGroups);
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

/** How many there are of each group. */
export class AddressCounts {
  private readonly counts = new Map<string, number>();

  /** Groups that there is anyone of. */
  get groups(): number {
    return this.counts.size;
  }

  of(address: string): number {
    return this.counts.get(addressGroup(address)) ?? 0;
  }

  add(address: string): void {
    this.counts.set(addressGroup(address), this.of(address) + 1);
  }

  remove(address: string): void {
    const left = this.of(address) - 1;
    if (left > 0) this.counts.set(addressGroup(address), left);
    else this.counts.delete(addressGroup(address));
  }
}

const MAPPED = /^::ffff:\d+\.\d+\.\d+\.\d+$/i;
