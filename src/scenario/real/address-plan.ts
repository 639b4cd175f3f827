/**
 * Where the hosts of a scenario are in the real world. The participants of a real run know each other by the scenario's
 * addresses (they are part of the messages, so the packets are those of the simulated run, to the byte); the sockets have
 * addresses of the loopback interface. This is the table between the two.
 */

import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { type Endpoint, endpoint } from "../../core/transport.ts";
import type { HostOptions } from "../schema.ts";

/** What every system has; distinct addresses for hosts, 127.x.y.z, only some have (Linux). */
const ANY_LOOPBACK = "127.0.0.1";

export interface RealPlace {
  readonly udp: Endpoint;
  /** Of a peer: its file server. */
  readonly http: Endpoint | undefined;
}

export class AddressPlan {
  /** By the scenario's address: `10.0.0.1`. */
  private readonly names = new Map<string, string>();
  private readonly places = new Map<string, RealPlace>();
  /** The real end by the scenario's key: `10.0.0.1:7777`. */
  private readonly realDatagrams = new Map<string, Endpoint>();
  private readonly realHttp = new Map<string, Endpoint>();
  /** The scenario's end by the real datagram address's key. */
  private readonly scenarioEnds = new Map<string, Endpoint>();

  /**
   * Finds a place for each host: the loopback address that looks like its own (10.0.0.2: 127.0.0.2) with the scenario's
   * ports where they are free and allowed, else free ones.
   */
  static async make(hosts: readonly HostOptions[]): Promise<AddressPlan> {
    const plan = new AddressPlan();
    for (const host of hosts) plan.add(host, await freePlace(host, plan));
    return plan;
  }

  /** The host's place, right before it opens its sockets: another one, where somebody else has taken a port meanwhile. */
  async placeToOpen(host: HostOptions): Promise<RealPlace> {
    const place = this.place(host.name);
    const ends = place.http === undefined ? [place.udp] : [place.udp, place.http];
    const areFree = await Promise.all(ends.map(async (end) => (await isFree(end.host, end.port)) !== undefined));
    if (areFree.every(Boolean)) return place;
    this.places.delete(host.name);
    this.scenarioEnds.delete(place.udp.key);
    const other = await freePlace(host, this);
    this.add(host, other);
    return other;
  }

  private add(host: HostOptions, place: RealPlace): void {
    const own = endpoint(host.address, host.port);
    this.names.set(host.address, host.name);
    this.places.set(host.name, place);
    this.realDatagrams.set(own.key, place.udp);
    this.scenarioEnds.set(place.udp.key, own);
    if (host.role === "peer" && place.http !== undefined) {
      this.realHttp.set(endpoint(host.address, host.httpPort).key, place.http);
    }
  }

  /** Has another host this datagram port, or this port of a file server? */
  isTaken(address: string, port: number): boolean {
    for (const { udp, http } of this.places.values()) {
      if ((udp.host === address && udp.port === port) || (http?.host === address && http.port === port)) return true;
    }
    return false;
  }

  place(name: string): RealPlace {
    return this.places.get(name) as RealPlace;
  }

  nameOf(address: string): string | undefined {
    return this.names.get(address);
  }

  /** The keys of a host's ends in the scenario: what the trace is to call by its name. */
  keysOf(host: HostOptions): string[] {
    const own = endpoint(host.address, host.port).key;
    return host.role === "peer" ? [own, endpoint(host.address, host.httpPort).key] : [own];
  }

  /** Where datagrams to an end of the scenario go; undefined where no host of it is there. */
  realDatagramEnd(to: Endpoint): Endpoint | undefined {
    return this.realDatagrams.get(to.key);
  }

  /** Where requests to a file server of the scenario go; undefined where no host of it has one there. */
  realHttpEnd(to: Endpoint): Endpoint | undefined {
    return this.realHttp.get(to.key);
  }

  /** Who a datagram is from, as the scenario knows it; somebody else's address stays as it is. */
  scenarioEnd(from: Endpoint): Endpoint {
    return this.scenarioEnds.get(from.key) ?? from;
  }
}

async function freePlace(host: HostOptions, plan: AddressPlan): Promise<RealPlace> {
  const httpPort = host.role === "peer" ? host.httpPort : undefined;
  const address = await usableAddress(host.address);
  const udpPort = await freePort(address, host.port, plan, undefined);
  const udp = endpoint(address, udpPort);
  // A host's byte streams have the TCP port of its datagram port's number.
  const http = httpPort === undefined ? undefined : endpoint(address, await freePort(address, httpPort, plan, udpPort));
  return { udp, http };
}

/** `10.0.0.2` as `127.0.0.2`, where the system has it. */
async function usableAddress(address: string): Promise<string> {
  const alike = `127.${address.split(".").slice(1).join(".")}`;
  return (await isFree(alike, 0)) === undefined ? ANY_LOOPBACK : alike;
}

const MAX_ATTEMPTS = 50;

/** The port, where it is free for datagrams and for streams, else one that is. */
async function freePort(
  address: string,
  wanted: number,
  plan: AddressPlan,
  besides: number | undefined,
): Promise<number> {
  for (let attempt = 0; attempt <= MAX_ATTEMPTS; attempt++) {
    const port = await isFree(address, attempt === 0 ? wanted : 0);
    if (port !== undefined && port !== besides && !plan.isTaken(address, port)) return port;
  }
  throw new Error(`no free port was found on ${address}`);
}

/** The port that was bound for a moment, for datagrams and for streams; undefined where it could not be. */
async function isFree(address: string, port: number): Promise<number | undefined> {
  const server = createServer();
  const tcpPort = await new Promise<number | undefined>((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      resolve(bound === null || typeof bound === "string" ? undefined : bound.port);
    });
  });
  if (tcpPort === undefined) return undefined;
  const socket = createSocket("udp4");
  const isFreeForDatagrams = await new Promise<boolean>((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind({ port: tcpPort, address, exclusive: true }, () => resolve(true));
  });
  if (isFreeForDatagrams) await new Promise<void>((resolve) => void socket.close(() => resolve()));
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return isFreeForDatagrams ? tcpPort : undefined;
}
