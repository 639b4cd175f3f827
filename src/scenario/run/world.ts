/** Builds what a scenario describes: the simulated network, its hosts, and the participants they run. */

import { ArqReceiver, ArqSender } from "../../core/arq/bare.ts";
import type { ArqOptions } from "../../core/arq/options.ts";
import { Directory } from "../../core/directory/directory.ts";
import { generatedFile } from "../../core/peer/generated-file.ts";
import { BytesFile, MemoryFileStore } from "../../core/peer/memory-store.ts";
import { Peer } from "../../core/peer/peer.ts";
import { type Endpoint, endpoint, type FileBody, type Participant, type Transport } from "../../core/transport.ts";
import type { WireFormat } from "../../core/wire/packet.ts";
import { reportWire } from "../../core/wire/report.ts";
import type { SimHost } from "../../sim/host.ts";
import { SimNetwork } from "../../sim/network.ts";
import type { Recorder } from "../../trace/recorder.ts";
import type { DirectoryTable } from "../expect/facts.ts";
import type { FileOptions, HostOptions, PeerHost, ProtocolOptions, Scenario } from "../schema.ts";

/** The wire formats, by the names that scenarios give them. */
export const WIRES: Readonly<Record<ProtocolOptions["wire"], WireFormat>> = { report: reportWire };

export class World {
  readonly network: SimNetwork;
  readonly scenario: Scenario;
  private readonly arq: ArqOptions;
  /** The peers' files, by the host's index; made when first needed. */
  private readonly stores: (MemoryFileStore | undefined)[] = [];

  constructor(scenario: Scenario, seed: string, recorder: Recorder) {
    this.scenario = scenario;
    this.arq = { ...scenario.protocol.arq, wire: WIRES[scenario.protocol.wire] };
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
    const { protocol } = this.scenario;
    switch (host.role) {
      case "directory":
        return new Directory(transport, { ...protocol.directory, arq: this.arq });
      case "peer":
        return this.bootPeer(host, transport);
      case "arq-sender":
        return new ArqSender(transport, this.arq);
      case "arq-receiver":
        return new ArqReceiver(transport, this.arq);
    }
  }

  private bootPeer(host: PeerHost, transport: Transport): Peer {
    const options = {
      arq: this.arq,
      directory: this.endpointOf(host.directory),
      http: { ip: host.address, port: host.httpPort },
      ...this.scenario.protocol.peer, // last: in front, it would give every peer's options a shape of their own
    };
    const peer = new Peer(transport, options, this.store(host.name) as MemoryFileStore);
    for (const file of host.shares) peer.share(file);
    return peer;
  }
}

function filledStore(files: readonly FileOptions[]): MemoryFileStore {
  const store = new MemoryFileStore();
  for (const file of files) store.put(file.name, fileBody(file));
  return store;
}

function fileBody({ name, sizeBytes, content }: FileOptions): FileBody {
  return content === undefined ? generatedFile(name, sizeBytes) : new BytesFile(new TextEncoder().encode(content));
}
