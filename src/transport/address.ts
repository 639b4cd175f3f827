/** IP addresses as text: one way to write each, so that two endpoints are the same where their keys are. */

import { lookup } from "node:dns/promises";
import { isIP, isIPv4, isIPv6, SocketAddress } from "node:net";
import { networkInterfaces } from "node:os";
import { TransportError } from "./transport-error.ts";

/** What the system puts in front of an IPv4 address on a socket for both kinds (RFC 4291, 2.5.5.2). */
const MAPPED = "::ffff:";

/**
 * An IP address in its usual form: IPv6 in lower case and compressed (RFC 5952), an IPv4-mapped one as the plain IPv4
 * address, an interface (`%eth0`) as it is. Undefined where the text is no IP address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const [address = "", zone] = text.split("%");
  const canonical = new SocketAddress({ address, family: "ipv6" }).address;
  return zone === undefined ? withoutMapping(canonical) : `${canonical}%${zone}`;
}

/** `::ffff:10.0.0.1` as `10.0.0.1`; any other address as it is. For addresses that the system gives. */
export function withoutMapping(address: string): string {
  return address.startsWith(MAPPED) && address.includes(".") ? address.slice(MAPPED.length) : address;
}

/** An address as a socket for IPv6 and IPv4 takes it. */
export function withMapping(address: string): string {
  return address.includes(":") ? address : MAPPED + address;
}

/** The address to bind to: an IP address as it is, a name (`localhost`) looked up. */
export async function resolveHost(host: string): Promise<string> {
  const address = canonicalAddress(host);
  if (address !== undefined) return address;
  if (host === "")
    throw new TransportError("ENOTFOUND", "an address to listen on is missing: give one, such as 127.0.0.1");
  return (await lookup(host)).address;
}

/** Is it the address that stands for all of this machine's? */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** The addresses that reach a socket bound to `address`: that one, or all of the machine's where it is a wildcard. */
export function addressesReaching(address: string): string[] {
  if (!isWildcard(address)) return [address];
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const usable = all.filter(({ family }) => address === "::" || family === "IPv4");
  return usable.map(({ address: own, scopeid }) => (scopeid ? own : (canonicalAddress(own) ?? own)));
}

export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}
