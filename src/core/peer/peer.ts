/**
 * The file-sharing peer: a client of the central directory, and a server of its own files. Its methods are what the
 * report's menu offers: receive a file (look up, choose, download), add and delete a shared file, list them, exit,
 * view the directory.
 */

import { sealedTransport } from "../seal/sealed-transport.ts";
import type { Endpoint, FileRequest, FileResponse, Participant, Transport } from "../transport.ts";
import type { FileDescription } from "../wire/hardened/fields.ts";
import { nameProblem } from "../wire/percent.ts";
import type { Dialect } from "./dialect.ts";
import { Download } from "./download.ts";
import { Fetch } from "./fetch/fetch.ts";
import type { FetchOptions } from "./fetch/options.ts";
import type { FetchHandle, FetchHandlers } from "./fetch/outcomes.ts";
import { fetchText } from "./fetch/wording.ts";
import type { FileStore } from "./file-store.ts";
import { HardenedDialect } from "./hardened-dialect.ts";
import type { PeerOptions } from "./options.ts";
import type {
  DownloadHandle,
  DownloadOptions,
  DownloadOutcome,
  ExitOutcome,
  LookupOutcome,
  ShareOutcome,
  Source,
  UpdateOutcome,
  ViewOutcome,
} from "./outcomes.ts";
import { ReportDialect } from "./report-dialect.ts";
import { serveFile } from "./serving.ts";
import { SharedFiles } from "./shared-files.ts";
import { Updates } from "./updates.ts";
import { downloadText, exitText, lookupText, nameText, shareText, viewText } from "./wording.ts";

/**
 * `start` joins; look-ups, views and downloads work without joining, too. After `exit`, `start` joins again; after
 * `stop`, nothing works any more. What only some peers need is made when it is first needed: simulations have many.
 */
export class Peer implements Participant {
  private readonly transport: Transport;
  private readonly options: PeerOptions;
  private readonly files: FileStore;
  private readonly dialect: Dialect;
  private readonly shared: SharedFiles;
  private readonly updates: Updates;
  /** Files to be shared as soon as the store has said what they are. */
  private describing: Set<string> | undefined = undefined;
  private downloads: Set<Download | Fetch> | undefined = undefined;
  private isStopped = false;

  /** `onUpdate` hears what became of each update: whether the directory answers, and when it knows the list. */
  constructor(
    transport: Transport,
    options: PeerOptions,
    files: FileStore,
    onUpdate: (outcome: UpdateOutcome) => void = ignore,
  ) {
    this.transport = transport;
    this.options = options;
    this.files = files;
    this.dialect = dialectOf(transport, options);
    this.shared = new SharedFiles(this.dialect, options);
    this.updates = new Updates(transport, this.dialect, options, this.shared, onUpdate);
  }

  /** Joins: the first update goes out at once. */
  start(): void {
    if (!this.isStopped) this.updates.join();
  }

  /** Leaves without waiting for the directory to say so, and settles whatever is open. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    if (this.updates.joined) this.updates.leave(() => {});
    this.updates.stop();
    this.dialect.stopRequests();
    for (const download of this.downloads ?? []) download.cancel();
    this.dialect.stop();
  }

  /**
   * Offers a file of the store to the others; the directory hears of it at once, on the hardened wire as soon as the file has
   * been read. `done` hears of it once then, before this returns or later; never where the offer is taken back meanwhile.
   */
  share(name: string, done: (outcome: ShareOutcome) => void = ignore): ShareOutcome {
    return this.told(`share ${nameText(name)}`, this.addShared(name, done));
  }

  /** Takes an offer back; the directory hears of it at once. */
  unshare(name: string): ShareOutcome {
    return this.told(`unshare ${nameText(name)}`, this.removeShared(name));
  }

  /** The shared files as the report's menu lists them, type and payload of the update: `1 10.0.0.3 80 new.txt`. */
  list(): string {
    const line = this.shared.line();
    this.transport.trace.action(`list -> ${line}`);
    return line;
  }

  /**
   * Asks the directory who has a file. `done` comes before this returns only where the question cannot be sent
   * (`bad-name`, `queue-full`, `stopped`).
   */
  lookup(name: string, done: (outcome: LookupOutcome) => void): void {
    const what = `lookup ${nameText(name)}`;
    this.transport.trace.action(what);
    const tell = (outcome: LookupOutcome): void => {
      this.transport.trace.action(`${what} -> ${lookupText(outcome)}`);
      done(outcome);
    };
    if (this.isStopped) tell({ status: "failed", reason: "stopped" });
    else this.dialect.lookup(name, tell);
  }

  /** Asks the directory for all that it lists. `done` as in `lookup`. */
  view(done: (outcome: ViewOutcome) => void): void {
    this.transport.trace.action("view");
    const tell = (outcome: ViewOutcome): void => {
      this.transport.trace.action(`view -> ${viewText(outcome)}`);
      done(outcome);
    };
    if (this.isStopped) tell({ status: "failed", reason: "stopped" });
    else this.dialect.view(tell);
  }

  /**
   * Fetches a file from one of a look-up's sources, or from anyone else, into the store; it is not shared by that.
   * RangeError where the source's port is none.
   */
  download(
    name: string,
    source: Source,
    done: (outcome: DownloadOutcome) => void,
    options: DownloadOptions = {},
  ): DownloadHandle {
    const what = `download ${nameText(name)} from ${source.ip} ${source.httpPort}`;
    const download: Download = new Download(this.transport, this.files, name, options.range, (outcome) => {
      this.downloads?.delete(download);
      this.transport.trace.action(`${what} -> ${downloadText(outcome)}`);
      done(outcome);
    });
    this.transport.trace.action(what);
    if (this.isStopped) {
      download.cancel();
      return download;
    }
    this.downloads ??= new Set();
    this.downloads.add(download);
    download.start(source);
    return download;
  }

  /**
   * Fetches a file from all of several sources at once, or continues an earlier fetch of it (see fetch/fetch.ts), into the
   * store; it is not shared by that. What `download` does for the report's way, this does for large files and bad days.
   * RangeError where there is no source or a source's port is none, and for options that make no sense.
   */
  fetch(
    name: string,
    sources: readonly Source[],
    handlers: FetchHandlers,
    options: Partial<FetchOptions> = {},
  ): FetchHandle {
    const what = `fetch ${nameText(name)} from ${sources.map(({ ip, httpPort }) => `${ip} ${httpPort}`).join(", ")}`;
    const fetch: Fetch = new Fetch(this.transport, name, sources, options, {
      ...handlers,
      onDone: (outcome) => {
        this.downloads?.delete(fetch);
        this.transport.trace.action(`${what} -> ${fetchText(outcome)}`);
        handlers.onDone(outcome);
      },
    });
    this.transport.trace.action(what);
    if (this.isStopped) {
      fetch.cancel();
      return fetch;
    }
    this.downloads ??= new Set();
    this.downloads.add(fetch);
    fetch.start(this.files);
    return fetch;
  }

  /** Why the directory may not know of this peer, in words, as far as its latest update tells; undefined where it was taken. */
  get directoryProblem(): string | undefined {
    return this.updates.problem;
  }

  /** Leaves the directory: no update follows, and no file is served. `done` comes at once where the peer has not joined. */
  exit(done: (outcome: ExitOutcome) => void): void {
    this.transport.trace.action("exit");
    this.updates.leave((outcome) => {
      this.transport.trace.action(`exit -> ${exitText(outcome)}`);
      done(outcome);
    });
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    if (!this.isStopped) this.dialect.onDatagram(from, datagram);
  }

  onFileRequest(_from: Endpoint, request: FileRequest, response: FileResponse): void {
    const isShared = this.updates.joined && this.shared.has(request.name);
    serveFile(this.files, isShared, request, response, () => this.boundary());
  }

  /** A text that no file has in it, but by a chance of one in 2^64. */
  private boundary(): string {
    const digits = (): string =>
      Math.floor(this.transport.random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    return `peerlab-${digits()}${digits()}`;
  }

  private addShared(name: string, done: (outcome: ShareOutcome) => void): ShareOutcome {
    const refusal = this.refusalOf(name);
    if (refusal === undefined && this.dialect.describesFiles) return this.describeAndShare(name, done);
    if (refusal === undefined) this.addDescribed(name, undefined);
    const outcome = refusal ?? { ok: true };
    done(outcome);
    return outcome;
  }

  /** Why a file is not shared now; undefined where it can be. */
  private refusalOf(name: string): ShareOutcome | undefined {
    if (this.shared.has(name)) return { ok: true, note: "shared already" };
    if (!this.files.has(name)) return { ok: false, error: `no such file: ${nameText(name)}` };
    const problem = nameProblem(name);
    if (problem !== undefined) return { ok: false, error: problem };
    return this.shared.hasRoomFor(name) ? undefined : { ok: false, error: this.tooLongText() };
  }

  /** A store in memory answers at once; a folder reads the file first, and the directory hears of it then. */
  private describeAndShare(name: string, done: (outcome: ShareOutcome) => void): ShareOutcome {
    if (this.files.describe === undefined) {
      const why = "the hardened wire says the size and hash of each file, and this file store cannot tell them";
      done({ ok: false, error: why });
      return { ok: false, error: why };
    }
    this.describing ??= new Set();
    if (this.describing.has(name)) {
      done({ ok: true, note: BEING_READ });
      return { ok: true, note: BEING_READ };
    }
    this.describing.add(name);
    let outcome: ShareOutcome | undefined;
    this.files.describe(name, (description) => {
      if (this.describing?.delete(name) !== true) return; // taken back meanwhile
      const isLate = outcome !== undefined;
      outcome = this.onDescribed(name, description);
      if (isLate) this.told(`share ${nameText(name)}`, outcome);
      done(outcome);
    });
    outcome ??= { ok: true, note: BEING_READ };
    return outcome;
  }

  private onDescribed(name: string, description: FileDescription | undefined): ShareOutcome {
    if (description === undefined) return { ok: false, error: `no such file: ${nameText(name)}` };
    if (!this.shared.hasRoomFor(name)) return { ok: false, error: this.tooLongText() };
    if (!this.isStopped) this.addDescribed(name, description);
    return { ok: true };
  }

  private addDescribed(name: string, description: FileDescription | undefined): void {
    this.shared.add(name, description);
    this.updates.onListChanged();
  }

  private removeShared(name: string): ShareOutcome {
    if (this.describing?.delete(name)) return { ok: true };
    if (!this.shared.has(name)) return { ok: true, note: "not shared" };
    this.shared.delete(name);
    this.updates.onListChanged();
    return { ok: true };
  }

  private tooLongText(): string {
    return `the update would be longer than ${this.options.maxUpdateBytes} bytes: unshare some`;
  }

  private told(what: string, outcome: ShareOutcome): ShareOutcome {
    this.transport.trace.action(`${what} -> ${shareText(outcome)}`);
    return outcome;
  }
}

function ignore(): void {}

const BEING_READ = "being read for its hash";

function dialectOf(transport: Transport, options: PeerOptions): Dialect {
  const { arq, groupKey } = options;
  if (groupKey === undefined) {
    return arq.wire.hasMessageIds
      ? new HardenedDialect(transport, options, undefined)
      : new ReportDialect(transport, options);
  }
  if (!arq.wire.hasMessageIds) {
    throw new RangeError(
      `a group key with wire ${arq.wire.name}: its packets carry no seal, so choose the hardened wire`,
    );
  }
  const seal = sealedTransport(transport, groupKey);
  return new HardenedDialect(seal.transport, seal.fit(options), seal);
}
