/** Builds what a scenario describes: the simulated network, its hosts, and the participants they run. */

import { ArqReceiver, ArqSender } from "../../core/arq/bare.ts";
import type { ArqOptions } from "../../core/arq/options.ts";
import { Directory } from "../../core/directory/directory.ts";
import { generatedFile } from "../../core/peer/generated-file.ts";
import { BytesFile, MemoryFileStore } from "../../core/peer/memory-store.ts";
import { Peer } from "../../core/peer/peer.ts";
import { type Endpoint, endpoint, type FileBody, type Participant, type Transport } from "../../core/transport.ts";
import { encodeText } from "../../core/wire/text.ts";
import type { SimHost } from "../../sim/host.ts";
import { SimNetwork } from "../../sim/network.ts";
import type { Recorder } from "../../trace/recorder.ts";
import type { DirectoryTable } from "../expect/facts.ts";
import type { DirectoryHost, FileOptions, HostOptions, PeerHost, Scenario } from "../schema.ts";
import { plainWireOf, WIRE_FORMATS } from "../wires.ts";

export class World {
  readonly network: SimNetwork;
  readonly scenario: Scenario;
  private readonly arq: Readonly<Record<"report" | "hardened", ArqOptions>>;
  /** The wire of bare ends. */
  private readonly plainWire: "report" | "hardened";
  /** The peers' files, by the host's index; made when first needed. */
  private readonly stores: (MemoryFileStore | undefined)[] = [];

  constructor(scenario: Scenario, seed: string, recorder: Recorder) {
    this.scenario = scenario;
    const { arq } = scenario.protocol;
    this.arq = { report: { ...arq, wire: WIRE_FORMATS.report }, hardened: { ...arq, wire: WIRE_FORMATS.hardened } };
    this.plainWire = plainWireOf(scenario.protocol);
    this.network = new SimNetwork(seed, recorder, scenario.network);
    const boot = (host: SimHost): Participant => this.boot(scenario.hosts[host.index] as HostOptions, host);
    for (const host of scenario.hosts) {
      this.network.addHost({
        name: host.name,
        endpoint: endpoint(host.address, host.port),
        clockDriftPpm: host.clockDriftPpm,
        boot,
        ...(host.role === "peer" ? { httpPort: host.httpPort } : {}),
      });
    }
  }

  host(name: string): HostOptions {
    return this.scenario.hosts[(this.network.host(name) as SimHost).index] as HostOptions;
  }

  /** A peer's files. They outlive a crash of the peer. Undefined where there is no such peer. */
  store(name: string): MemoryFileStore | undefined {
    const host = this.network.host(name);
    if (host === undefined) return undefined;
    let store = this.stores[host.index];
    const options = this.scenario.hosts[host.index] as HostOptions;
    if (store === undefined && options.role === "peer") {
      store = filledStore(options.files);
      this.stores[host.index] = store;
    }
    return store;
  }

  /** The name of the host that has an address; the address itself where none has it. */
  nameOf(address: string): string {
    return this.network.hostAt(address)?.name ?? address;
  }

  endpointOf(name: string): Endpoint {
    return (this.network.host(name) as SimHost).self;
  }

  /** The tables of the directories that are up. */
  directoryTables(): DirectoryTable[] {
    const tables: DirectoryTable[] = [];
    for (const { name, participant } of this.network.hosts) {
      if (!(participant instanceof Directory)) continue;
      const entries = participant.entries().map(({ ip, files }) => ({ host: this.nameOf(ip), files: [...files] }));
      tables.push({ host: name, entries });
    }
    return tables;
  }

  private boot(host: HostOptions, transport: Transport): Participant {
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
