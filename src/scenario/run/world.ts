/**
 * What a scenario describes, brought to life: its hosts, the participants they run, and time. What the hosts are made of
 * is for the two kinds of world to say: the simulated one (sim-world.ts) and the real one (src/scenario/real).
 */

import { ArqReceiver, ArqSender } from "../../core/arq/bare.ts";
import type { ArqOptions } from "../../core/arq/options.ts";
import { Directory } from "../../core/directory/directory.ts";
import { generatedFile } from "../../core/peer/generated-file.ts";
import { BytesFile, MemoryFileStore } from "../../core/peer/memory-store.ts";
import { Peer } from "../../core/peer/peer.ts";
import type { Endpoint, FileBody, Participant, Transport } from "../../core/transport.ts";
import { encodeText } from "../../core/wire/text.ts";
import type { LinkOptions, LinkOverride } from "../../faults/options.ts";
import type { DirectoryTable } from "../expect/facts.ts";
import type { DirectoryHost, FileOptions, HostOptions, PeerHost, Scenario } from "../schema.ts";
import { plainWireOf, WIRE_FORMATS } from "../wires.ts";

/** A host of either world. What cannot be done in its state throws an Error that says so. */
export interface WorldHost {
  readonly name: string;
  readonly state: "down" | "up" | "paused";
  /** Undefined while it is down. */
  readonly participant: Participant | undefined;
  start(): void;
  crash(): void;
  pause(): void;
  resume(): void;
}

export abstract class World {
  readonly scenario: Scenario;
  private readonly arq: Readonly<Record<"report" | "hardened", ArqOptions>>;
  /** The wire of bare ends. */
  private readonly plainWire: "report" | "hardened";
  /** The peers' files, by the host's place among the scenario's; made when first needed. */
  private readonly stores: (MemoryFileStore | undefined)[] = [];

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const { arq } = scenario.protocol;
    this.arq = { report: { ...arq, wire: WIRE_FORMATS.report }, hardened: { ...arq, wire: WIRE_FORMATS.hardened } };
    this.plainWire = plainWireOf(scenario.protocol);
  }

  /** The time since the run began, in ms. */
  abstract readonly nowMs: number;
  /** Plans something for a time, in true ms since the start of the run. */
  abstract at(timeMs: number, what: () => void): void;
  /** Changes the options of links from now on: of the default link, or of the links an override names. */
  abstract changeLinks(change: Partial<LinkOptions> | LinkOverride): void;
  /** Undefined where there is no such host. */
  abstract host(name: string): WorldHost | undefined;
  /** A host's place among the scenario's, from 0; undefined where there is no such host. */
  protected abstract indexOf(name: string): number | undefined;
  /** The name of the host that has an address; the address itself where none has it. */
  abstract nameOf(address: string): string;
  /** The datagram address by which the others know a host. */
  abstract endpointOf(name: string): Endpoint;

  /** What the scenario says of a host that it has. */
  optionsOf(name: string): HostOptions {
    return this.scenario.hosts[this.indexOf(name) as number] as HostOptions;
  }

  /** A peer's files. They outlive a crash of the peer. Undefined where there is no such peer. */
  store(name: string): MemoryFileStore | undefined {
    const index = this.indexOf(name);
    if (index === undefined) return undefined;
    let store = this.stores[index];
    const options = this.scenario.hosts[index] as HostOptions;
    if (store === undefined && options.role === "peer") {
      store = filledStore(options.files);
      this.stores[index] = store;
    }
    return store;
  }

  /** The tables of the directories that are up. */
  directoryTables(): DirectoryTable[] {
    const tables: DirectoryTable[] = [];
    for (const { name } of this.scenario.hosts) {
      const participant = this.host(name)?.participant;
      if (!(participant instanceof Directory)) continue;
      const entries = participant.entries().map(({ ip, files }) => ({ host: this.nameOf(ip), files: [...files] }));
      tables.push({ host: name, entries });
    }
    return tables;
  }

  /** Makes the participant that a host runs. */
  protected boot(host: HostOptions, transport: Transport): Participant {
    switch (host.role) {
      case "directory":
        return this.bootDirectory(host, transport);
      case "peer":
        return this.bootPeer(host, transport);
      case "arq-sender":
        return new ArqSender(transport, this.arq[this.plainWire]);
      case "arq-receiver":
        return new ArqReceiver(transport, this.arq[this.plainWire]);
    }
  }

  private bootDirectory({ wire, groupKey }: DirectoryHost, transport: Transport): Directory {
    const arq = this.arq[wire === "hardened" ? "hardened" : "report"];
    const options = { ...this.scenario.protocol.directory, arq, wire };
    return new Directory(transport, groupKey === undefined ? options : { ...options, groupKey: encodeText(groupKey) });
  }

  private bootPeer(host: PeerHost, transport: Transport): Peer {
    const options = {
      arq: this.arq[host.wire],
      directory: this.endpointOf(host.directory),
      http: { ip: host.address, port: host.httpPort },
      ...this.scenario.protocol.peer, // last: in front, it would give every peer's options a shape of their own
    };
    const { groupKey } = host;
    const store = this.store(host.name) as MemoryFileStore;
    store.onCrash(); // where this is not the first start
    const peer = new Peer(
      transport,
      groupKey === undefined ? options : { ...options, groupKey: encodeText(groupKey) },
      store,
    );
    for (const file of host.shares) peer.share(file);
    return peer;
  }
}

function filledStore(files: readonly FileOptions[]): MemoryFileStore {
  const store = new MemoryFileStore();
  for (const file of files) store.put(file.name, fileBody(file));
  return store;
}

function fileBody({ name, sizeBytes, content, variant }: FileOptions): FileBody {
  const version = variant === undefined ? name : `${name} ${variant}`;
  return content === undefined ? generatedFile(version, sizeBytes) : new BytesFile(new TextEncoder().encode(content));
}
