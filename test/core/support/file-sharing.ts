/** A directory and peers on the fake network, at the report's addresses. */

import { defaultArqOptions } from "../../../src/core/arq/options.ts";
import { Directory } from "../../../src/core/directory/directory.ts";
import { type DirectoryOptions, defaultDirectoryOptions } from "../../../src/core/directory/options.ts";
import { generatedFile } from "../../../src/core/peer/generated-file.ts";
import {
  defaultMemoryFileStoreOptions,
  MemoryFileStore,
  type MemoryFileStoreOptions,
} from "../../../src/core/peer/memory-store.ts";
import { defaultPeerOptions, type PeerOptions } from "../../../src/core/peer/options.ts";
import type { UpdateOutcome } from "../../../src/core/peer/outcomes.ts";
import { Peer } from "../../../src/core/peer/peer.ts";
import { hardenedWire } from "../../../src/core/wire/hardened/packets.ts";
import { reportWire } from "../../../src/core/wire/report.ts";
import { type FakeHost, FakeNetwork } from "./fake-network.ts";

export const arqOptions = { ...defaultArqOptions, wire: reportWire };
export const hardenedArqOptions = { ...defaultArqOptions, wire: hardenedWire };

export interface RunningPeer {
  readonly host: FakeHost;
  readonly peer: Peer;
  readonly files: MemoryFileStore;
  /** What became of its updates. */
  readonly heard: readonly UpdateOutcome[];
  /** Who else hears of it. */
  onUpdate: (outcome: UpdateOutcome) => void;
}

export class FileSharing {
  readonly network = new FakeNetwork();
  readonly directoryHost: FakeHost;
  readonly directory: Directory;

  constructor(options: Partial<DirectoryOptions> = {}) {
    this.directoryHost = this.network.host("10.0.0.1", 7777);
    this.directory = new Directory(this.directoryHost, { ...defaultDirectoryOptions, arq: arqOptions, ...options });
    this.directoryHost.participant = this.directory;
    this.directory.start();
  }

  /** A peer at 10.0.0.`n` with files in its store, not yet started. */
  peer(
    n: number,
    files: Record<string, number> = {},
    options: Partial<PeerOptions> = {},
    store: Partial<MemoryFileStoreOptions> = {},
  ): RunningPeer {
    const host = this.network.host(`10.0.0.${n}`, 8888, 80);
    const held = new MemoryFileStore({ ...defaultMemoryFileStoreOptions, ...store });
    for (const [name, sizeBytes] of Object.entries(files)) held.put(name, generatedFile(name, sizeBytes));
    const heard: UpdateOutcome[] = [];
    const peer = new Peer(
      host,
      {
        ...defaultPeerOptions,
        arq: arqOptions,
        directory: this.directoryHost.self,
        http: { ip: host.self.host, port: 80 },
        ...options,
      },
      held,
      (outcome) => {
        heard.push(outcome);
        running.onUpdate(outcome);
      },
    );
    host.participant = peer;
    const running: RunningPeer = { host, peer, files: held, heard, onUpdate: () => {} };
    return running;
  }

  /** A peer that has joined and shares all of its files. */
  joined(
    n: number,
    files: Record<string, number> = {},
    options: Partial<PeerOptions> = {},
    store: Partial<MemoryFileStoreOptions> = {},
  ): RunningPeer {
    const running = this.peer(n, files, options, store);
    for (const name of Object.keys(files)) running.peer.share(name);
    running.peer.start();
    return running;
  }

  /** The directory's table, `10.0.0.2:80 new.txt file1.txt` for each entry. */
  table(): string[] {
    return this.directory.entries().map(({ ip, httpPort, files }) => [`${ip}:${httpPort}`, ...files].join(" "));
  }
}
