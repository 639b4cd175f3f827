/** Host names and this machine's own addresses: from what a user types to what sockets and the directory need. */

import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { type Endpoint, endpoint } from "../../core/transport.ts";
import { CliError } from "../exit-codes.ts";
import type { HostPort } from "./values.ts";

/** How a name is looked up; another one in tests. */
export type Lookup = (
  name: string,
  options: { all: true },
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/**
 * The IP address of a host: itself where it is one, else what its name stands for now: an IPv4 address, or an IPv6 one
 * where there is no other. `option` is what the user wrote it behind. CliError where there is no such host.
 */
export async function resolveHost(host: string, option: string, find: Lookup = lookup): Promise<string> {
  if (isIP(host) !== 0) return host;
  let found: Awaited<ReturnType<Lookup>>;
  try {
    found = await find(host, { all: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const why = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
    throw new CliError("runtime", `cannot find the host "${host}" of ${option}: ${why}`);
  }
  const chosen = found.find(({ family }) => family === 4) ?? found[0];
  if (chosen === undefined) throw new CliError("runtime", `cannot find the host "${host}" of ${option}: ${UNKNOWN}`);
  return chosen.address;
}

const UNKNOWN = "no such name is known: check the spelling, or give its IP address";
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: UNKNOWN,
  EAI_NONAME: UNKNOWN,
  EAI_NODATA: UNKNOWN,
  EAI_AGAIN: "the name service does not answer: try again, or give its IP address",
};

/** The endpoint of somebody else, its name resolved once. */
export async function resolveRemote(
  { host, port }: HostPort & { readonly host: string },
  defaultPort: number,
  option: string,
): Promise<Endpoint> {
  return endpoint(await resolveHost(host, option), port ?? defaultPort);
}

/** The address for "any address of this machine" in the family of `towards`. */
export function anyAddress(towards: string): string {
  return isIP(towards) === 6 ? "::" : "0.0.0.0";
}

export function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/**
 * The address of this machine that packets to `remote` leave from, by the machine's routes: a connected UDP socket knows
 * it, and sends nothing. CliError where no route leads there.
 */
export function localAddressTowards(remote: Endpoint): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIP(remote.host) === 6 ? "udp6" : "udp4");
    const fail = (error: Error): void => {
      const way = `no way leads from this machine to ${remote.key} (${error.message}): check the network`;
      reject(new CliError("runtime", `${way}, or say by --advertise at which address this peer is reached`));
      socket.close();
    };
    socket.once("error", fail);
    socket.connect(remote.port, remote.host, (error?: Error) => {
      if (error) return fail(error);
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}

/** The addresses at which others reach a socket that listens on `host`, the nearest first; this machine's own where it has no other. */
export function reachableAddresses(host: string, interfaces = networkInterfaces()): string[] {
  if (!isAnyAddress(host)) return [host];
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  // An IPv6 socket for any address hears IPv4 too.
  const usable = all.filter(({ family, address }) => (family === "IPv4" || host === "::") && !isLinkLocal(address));
  const outside = usable.filter(({ internal }) => !internal);
  return (outside.length > 0 ? outside : usable).map(({ address }) => address);
}

/** Such an address means nothing without the name of an interface (RFC 4007). */
function isLinkLocal(address: string): boolean {
  return address.toLowerCase().startsWith("fe80:");
}
