/** A peer for one command: an ephemeral UDP port, no file server, and no entry in the directory. */

import type { FileStore } from "../../core/peer/file-store.ts";
import { MemoryFileStore } from "../../core/peer/memory-store.ts";
import { defaultPeerOptions } from "../../core/peer/options.ts";
import type { LookupOutcome, ViewOutcome } from "../../core/peer/outcomes.ts";
import { Peer } from "../../core/peer/peer.ts";
import type { Endpoint, Participant } from "../../core/transport.ts";
import { CliError } from "../exit-codes.ts";
import type { Console } from "../output.ts";
import { requestError } from "./outcome-errors.ts";
import { RealHost } from "./real-host.ts";
import { anyAddress, resolveRemote } from "./resolve.ts";
import { type ClientWire, DIRECTORY_PORT, type LinkOptionsGiven, type RemoteHost } from "./shared-options.ts";
import { untilInterrupted } from "./until.ts";
import { describeFor, wireChoice } from "./wires.ts";

/** How long what is left to send (ACKs) may take at the end. */
const CLOSE_PATIENCE_MS = 300;

export interface ClientOptions extends LinkOptionsGiven<ClientWire> {
  readonly directory: RemoteHost;
  /** For the directory's answer, in ms. */
  readonly timeout: number;
}

/** What a one-shot command may ask. What is no answer rejects as a CliError. */
export class Client {
  readonly peer: Peer;
  readonly directory: Endpoint;
  private readonly timeoutMs: number;
  private readonly interrupted: Promise<never>;

  constructor(peer: Peer, directory: Endpoint, timeoutMs: number, interrupted: Promise<never>) {
    this.peer = peer;
    this.directory = directory;
    this.timeoutMs = timeoutMs;
    this.interrupted = interrupted;
  }

  async lookup(name: string): Promise<Extract<LookupOutcome, { status: "found" }>> {
    const outcome = await this.orInterrupted<LookupOutcome>((done) => this.peer.lookup(name, done));
    if (outcome.status === "found") return outcome;
    throw requestError(outcome, this.directory, this.timeoutMs);
  }

  async view(): Promise<Extract<ViewOutcome, { status: "listed" }>> {
    const outcome = await this.orInterrupted<ViewOutcome>((done) => this.peer.view(done));
    if (outcome.status === "listed") return outcome;
    throw requestError(outcome, this.directory, this.timeoutMs);
  }

  private orInterrupted<T>(ask: (done: (outcome: T) => void) => void): Promise<T> {
    return Promise.race([new Promise<T>(ask), this.interrupted]);
  }
}

/** Opens a client, lets `use` ask, and closes it whatever comes of it. Rejects with CliError; Ctrl-C is one. */
export async function askDirectory<T>(
  options: ClientOptions,
  console: Console,
  use: (client: Client) => Promise<T>,
  files: FileStore = new MemoryFileStore(),
): Promise<T> {
  const directory = await resolveRemote(options.directory, DIRECTORY_PORT, "--directory");
  const choice = wireChoice<ClientWire>(options, "report", console);
  const peerOptions = {
    ...defaultPeerOptions,
    ...choice,
    directory,
    // Nobody is told: this peer never joins.
    http: { ip: directory.host, port: 1 },
    answerTimeoutMs: options.timeout,
  };
  const real = await RealHost.open(options, console, {
    describe: describeFor(choice.wire, "peer"),
    bind: { host: anyAddress(directory.host), port: 0 },
    closeTimeoutMs: CLOSE_PATIENCE_MS,
    boot: (host) => new Visitor(new Peer(host, peerOptions, files)),
  });
  const { peer } = real.host.participant as Visitor;
  const interrupted = untilInterrupted(console, real.closed).then((): never => {
    throw new CliError("interrupted", `interrupted before ${directory.key} answered`);
  });
  interrupted.catch(() => {}); // it is looked at where somebody waits for an answer
  const broken = real.closed.then((): never => {
    throw new Error("the host was closed while it was in use");
  });
  try {
    return await Promise.race([use(new Client(peer, directory, options.timeout, interrupted)), broken]);
  } finally {
    await real.close();
  }
}

/** A peer that does not join. */
class Visitor implements Participant {
  readonly peer: Peer;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  start(): void {}

  stop(): void {
    this.peer.stop();
  }

  onDatagram(...packet: Parameters<Participant["onDatagram"]>): void {
    this.peer.onDatagram(...packet);
  }
}
