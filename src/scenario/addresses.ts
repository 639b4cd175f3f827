/** The addresses of hosts: as given, else 10.0.0.1 for the first, 10.0.0.2 for the second, ... */

import type { HostNames } from "./host-names.ts";

/** Every host by name, groups written out, with its address. */
export function* addressesOf(
  names: HostNames,
  hosts: ReadonlyMap<string, { readonly address?: string | undefined }>,
): Generator<[name: string, address: string]> {
  let position = 0;
  for (const key of names.keys()) {
    for (const name of names.members(key)) {
      yield [name, hosts.get(key)?.address ?? addressAt(position)];
      position++;
    }
  }
}

/** Position 0 is 10.0.0.1, 253 is 10.0.0.254, 254 is 10.0.1.1: no address ends in 0 or 255. */
function addressAt(position: number): string {
  const network = Math.floor(position / 254);
  return `10.${Math.floor(network / 256)}.${network % 256}.${1 + (position % 254)}`;
}
