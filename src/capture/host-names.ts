/**
 * What the hosts of a capture are called: as its user says, as the interfaces of peerlab's captures are named, or by their
 * addresses. Where one address is both ends of a packet, as on the loopback interface, each of its ports is a host.
 */

import type { CapturedPacket } from "./packets.ts";

/** `H1`, and not `eth0`, `any` or `lo`, which say nothing of a host. */
const HOST_NAME = /^(?!any$|lo\d*$|(?:eth|en|wl|veth|br|docker|tun|tap|bond|wlan)[\w-]*\d|en\w+$)[A-Za-z][\w-]{0,63}$/;

export class HostNames {
  private readonly given: ReadonlyMap<string, string>;
  private readonly byInterface: ReadonlyMap<string, string>;
  /** Addresses of several hosts. */
  private readonly shared = new Set<string>();
  private readonly namesPorts: boolean;
  private readonly inUse = new Set<string>();

  /** `given`: names by address, or by address and port as `socketKey` has them. */
  constructor(packets: readonly CapturedPacket[], given: ReadonlyMap<string, string>) {
    this.given = given;
    this.byInterface = namesOfInterfaces(packets);
    for (const { sourceHost, destinationHost } of packets)
      if (sourceHost === destinationHost) this.shared.add(sourceHost);
    this.namesPorts = this.shared.size > 0 || [...given.keys()].some((key) => /^\[|^[^:]+:\d+$/.test(key));
  }

  of(address: string, port: number): string {
    const name = this.find(address, port);
    this.inUse.add(name);
    return name;
  }

  /** The names that were asked for, in the order in which they first were. */
  used(): string[] {
    return [...this.inUse];
  }

  private find(address: string, port: number): string {
    if (this.namesPorts) {
      const key = socketKey(address, port);
      const name = this.given.get(key);
      if (name !== undefined) return name;
      if (this.shared.has(address)) return key;
    }
    return this.given.get(address) ?? this.byInterface.get(address) ?? address;
  }
}

/** `127.0.0.1:8001`, `[::1]:8001`. */
export function socketKey(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Interfaces that send for one address, which no other sends for, name its host. */
function namesOfInterfaces(packets: readonly CapturedPacket[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { direction, interfaceName, sourceHost } of packets) {
    if (direction !== "out" || !HOST_NAME.test(interfaceName)) continue;
    const known = names.get(sourceHost);
    if (known === undefined) names.set(sourceHost, interfaceName);
    else if (known !== interfaceName) names.set(sourceHost, sourceHost);
  }
  const owners = new Map<string, string>();
  for (const [address, name] of names) {
    const other = owners.get(name);
    if (other === undefined) owners.set(name, address);
    else for (const one of [address, other]) names.set(one, one);
  }
  return names;
}
