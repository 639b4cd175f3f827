/**
 * The file-sharing peer: a client of the central directory, and a server of its own files. Its methods are what the
 * report's menu offers: receive a file (look up, choose, download), add and delete a shared file, list them, exit,
 * view the directory.
 */

import { Arq } from "../arq/arq.ts";
import type { IncomingMessage } from "../arq/message.ts";
import type { Endpoint, FileRequest, FileResponse, Participant, Transport } from "../transport.ts";
import { MESSAGE_TYPE_NAMES, MessageType } from "../wire/packet.ts";
import { nameProblem } from "../wire/percent.ts";
import { decodeText } from "../wire/text.ts";
import { Download } from "./download.ts";
import type { FileStore } from "./file-store.ts";
import type { PeerOptions } from "./options.ts";
import type {
  DownloadHandle,
  DownloadOptions,
  DownloadOutcome,
  ExitOutcome,
  LookupOutcome,
  ShareOutcome,
  Source,
  ViewOutcome,
} from "./outcomes.ts";
import { Requests } from "./requests.ts";
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
  private readonly arq: Arq;
  private readonly shared: SharedFiles;
  private readonly updates: Updates;
  private requests: Requests | undefined = undefined;
  private downloads: Set<Download> | undefined = undefined;
  private isStopped = false;

  constructor(transport: Transport, options: PeerOptions, files: FileStore) {
    this.transport = transport;
    this.options = options;
    this.files = files;
    this.arq = new Arq(transport, options.arq, isRequest, {
      onMessage: (from, message) => this.onMessage(from, message),
      onDuplicate: (from, type) => this.onDuplicate(from, type),
    });
    this.shared = new SharedFiles(options.http, options.maxUpdateBytes);
    this.updates = new Updates(transport, this.arq, options, this.shared);
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
    this.requests?.stop();
    for (const download of this.downloads ?? []) download.cancel();
    this.arq.stop();
  }

  /** Offers a file of the store to the others; the directory hears of it at once. */
  share(name: string): ShareOutcome {
    return this.told(`share ${nameText(name)}`, this.addShared(name));
  }

  /** Takes an offer back; the directory hears of it at once. */
  unshare(name: string): ShareOutcome {
    return this.told(`unshare ${nameText(name)}`, this.removeShared(name));
  }

  /** The shared files as the report's menu lists them, type and payload of the update: `1 10.0.0.3 80 new.txt`. */
  list(): string {
    const { type, payload } = this.shared.update();
    const line = `${type} ${decodeText(payload)}`.trimEnd();
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
    else this.theRequests().lookup(name, tell);
  }

  /** Asks the directory for all that it lists. `done` as in `lookup`. */
  view(done: (outcome: ViewOutcome) => void): void {
    this.transport.trace.action("view");
    const tell = (outcome: ViewOutcome): void => {
      this.transport.trace.action(`view -> ${viewText(outcome)}`);
      done(outcome);
    };
    if (this.isStopped) tell({ status: "failed", reason: "stopped" });
    else this.theRequests().view(tell);
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

  /** Leaves the directory: no update follows, and no file is served. `done` comes at once where the peer has not joined. */
  exit(done: (outcome: ExitOutcome) => void): void {
    this.transport.trace.action("exit");
    this.updates.leave((outcome) => {
      this.transport.trace.action(`exit -> ${exitText(outcome)}`);
      done(outcome);
    });
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    if (!this.isStopped) this.arq.onDatagram(from, datagram);
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

  private onMessage(from: Endpoint, message: IncomingMessage): void {
    if (this.isDirectory(from)) this.theRequests().onAnswer(message);
    else {
      const note = `a ${MESSAGE_TYPE_NAMES[message.type]} that is not from the directory`;
      this.transport.trace.reject(note, from.key, message.payload.length);
    }
  }

  private onDuplicate(from: Endpoint, type: MessageType): void {
    if (this.isDirectory(from)) this.requests?.onRepeatedAnswer(type);
  }

  private isDirectory(from: Endpoint): boolean {
    return from.key === this.options.directory.key;
  }

  private theRequests(): Requests {
    this.requests ??= new Requests(this.transport, this.arq, this.options);
    return this.requests;
  }

  private addShared(name: string): ShareOutcome {
    if (this.shared.has(name)) return { ok: true, note: "shared already" };
    if (!this.files.has(name)) return { ok: false, error: `no such file: ${nameText(name)}` };
    const problem = nameProblem(name);
    if (problem !== undefined) return { ok: false, error: problem };
    if (!this.shared.add(name)) {
      return { ok: false, error: `the update would be longer than ${this.options.maxUpdateBytes} bytes: unshare some` };
    }
    this.updates.onListChanged();
    return { ok: true };
  }

  private removeShared(name: string): ShareOutcome {
    if (!this.shared.has(name)) return { ok: true, note: "not shared" };
    this.shared.delete(name);
    this.updates.onListChanged();
    return { ok: true };
  }

  private told(what: string, outcome: ShareOutcome): ShareOutcome {
    this.transport.trace.action(`${what} -> ${shareText(outcome)}`);
    return outcome;
  }
}

function isRequest(type: MessageType): boolean {
  return (
    type === MessageType.UPDATE || type === MessageType.LOOKUP || type === MessageType.EXIT || type === MessageType.VIEW
  );
}
