/** Where a host listens, for the person who tells others: of a socket for any address, the addresses that others can use. */

import { reachableAddresses } from "./resolve.ts";
import { addressText } from "./values.ts";

/** `10.0.0.1:7777`, nearest first. */
export function listeningAt(host: string, port: number): string[] {
  return reachableAddresses(host).map((address) => addressText(address, port));
}

/** `listening on 0.0.0.0:7777; others use 10.0.0.1:7777`. */
export function listeningText(host: string, port: number): string {
  const own = addressText(host, port);
  const reachable = listeningAt(host, port);
  if (reachable.length === 1 && reachable[0] === own) return `listening on ${own}`;
  return `listening on ${own}${reachable.length === 0 ? "" : `; others reach it at ${reachable.join(" or ")}`}`;
}
