/**
 * A network for tests of one participant or two: virtual time, one delay for everything, order kept, and packets lost
 * where a test says so. It keeps what was sent and what was traced, as lines that a test can read.
 */

import {
  type BodyPart,
  type Endpoint,
  type Exchange,
  endpoint,
  type FileRequest,
  type PacketInfo,
  type Participant,
  type ResponseHandlers,
  type Stream,
  type Timer,
  type Transport,
} from "../../../src/core/transport.ts";
import { type NodeTrace, silentTrace } from "../../../src/trace/node-trace.ts";

/** The wall clock when a test starts. */
export const WALL_CLOCK_START_MS = 1_425_512_900_000;
const CHUNK_BYTES = 16_384;

export interface SentPacket {
  readonly atMs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly info: Readonly<PacketInfo>;
  readonly text: string;
  readonly bytes: number;
  readonly datagram: Uint8Array;
}

export class FakeNetwork {
  nowMs = 0;
  delayMs = 1;
  /** Everything that was sent, lost packets too. */
  readonly sent: SentPacket[] = [];
  /** Loses the packets for which it is true. */
  lose: (packet: SentPacket) => boolean = () => false;
  /** Body bytes after which every exchange breaks off. */
  breakAfterBytes = Number.POSITIVE_INFINITY;
  readonly hosts = new Map<string, FakeHost>();
  private readonly events: { atMs: number; what: () => void }[] = [];

  /** A host with its datagram port, and its HTTP port where it serves files. */
  host(ip: string, port: number, httpPort?: number): FakeHost {
    const host = new FakeHost(this, endpoint(ip, port));
    this.hosts.set(host.self.key, host);
    if (httpPort !== undefined) this.hosts.set(endpoint(ip, httpPort).key, host);
    return host;
  }

  at(atMs: number, what: () => void): void {
    let i = this.events.length;
    while (i > 0 && this.events[i - 1]!.atMs > atMs) i--;
    this.events.splice(i, 0, { atMs, what });
  }

  run(untilMs: number): void {
    while (this.events.length > 0 && this.events[0]!.atMs <= untilMs) {
      const event = this.events.shift()!;
      this.nowMs = event.atMs;
      event.what();
    }
    this.nowMs = untilMs;
  }

  /** `at type#attempt "text"` of the data packets that a host sent, for reading in a test. */
  dataFrom(host: FakeHost): string[] {
    return this.sent
      .filter(({ from, info }) => from.key === host.self.key && info.kind === "data")
      .map(({ atMs, info, text }) => `${atMs} ${info.type}#${info.attempt} "${text}"`);
  }
}

export class FakeHost implements Transport {
  readonly self: Endpoint;
  /** `kind note`, in order. */
  readonly notes: string[] = [];
  readonly trace: NodeTrace;
  participant: Participant | undefined = undefined;
  private readonly timers: Timer[] = [];
  private readonly network: FakeNetwork;
  private randomState: number;

  constructor(network: FakeNetwork, self: Endpoint) {
    this.randomState = network.hosts.size + 1;
    this.network = network;
    this.self = self;
    const note = (kind: string) => (text: string) => void this.notes.push(`${kind} ${text}`);
    this.trace = {
      ...silentTrace,
      state: note("state"),
      http: note("http"),
      reject: note("reject"),
      action: note("action"),
    };
  }

  /** The notes of one kind, without the kind. */
  noted(kind: "state" | "http" | "reject" | "action"): string[] {
    return this.notes.filter((note) => note.startsWith(`${kind} `)).map((note) => note.slice(kind.length + 1));
  }

  /** Timers that are running. */
  get runningTimers(): number {
    return this.timers.filter((timer) => timer.isSet).length;
  }

  now(): number {
    return this.network.nowMs;
  }

  wallClockMs(): number {
    return WALL_CLOCK_START_MS + this.network.nowMs;
  }

  /** A small linear congruential generator (Numerical Recipes), for each host its own. */
  random(): number {
    this.randomState = (Math.imul(this.randomState, 1_664_525) + 1_013_904_223) >>> 0;
    return this.randomState / 2 ** 32;
  }

  createTimer(onFire: () => void): Timer {
    const { network } = this;
    let setting = 0;
    let deadlineOf = 0;
    const timer: Timer = {
      get isSet() {
        return deadlineOf !== 0;
      },
      set(delayMs) {
        if (!(delayMs >= 0)) throw new RangeError(`delay ${delayMs}`);
        const mine = ++setting;
        deadlineOf = mine;
        network.at(network.nowMs + delayMs, () => {
          if (deadlineOf !== mine) return;
          deadlineOf = 0;
          onFire();
        });
      },
      cancel() {
        deadlineOf = 0;
      },
    };
    this.timers.push(timer);
    return timer;
  }

  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    const { network } = this;
    const text = new TextDecoder().decode(datagram);
    const packet = {
      atMs: network.nowMs,
      from: this.self,
      to,
      info: { ...info },
      text,
      bytes: datagram.length,
      datagram,
    };
    network.sent.push(packet);
    if (!network.lose(packet)) {
      network.at(network.nowMs + network.delayMs, () =>
        network.hosts.get(to.key)?.participant?.onDatagram(this.self, datagram),
      );
    }
    return network.sent.length;
  }

  connect(): Stream {
    throw new Error("no streams here");
  }

  request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange {
    const { network } = this;
    let isOver = false;
    const later = (what: () => void): void =>
      network.at(network.nowMs + network.delayMs, () => {
        if (!isOver) what();
      });
    const fail = (reason: Parameters<ResponseHandlers["onError"]>[0]): void => {
      isOver = true;
      handlers.onError(reason);
    };
    const exchange: Exchange = {
      cancel() {
        if (!isOver) fail("cancelled");
      },
      pause() {},
      resume() {},
    };
    later(() => {
      const server = network.hosts.get(to.key)?.participant;
      if (server?.onFileRequest === undefined) {
        fail("refused");
        return;
      }
      server.onFileRequest(this.self, request, {
        respond(head, content = []) {
          later(() => handlers.onHead(head));
          let sentBytes = 0;
          for (const chunk of chunksOf(content)) {
            sentBytes += chunk.length;
            if (sentBytes > network.breakAfterBytes) {
              later(() => fail("reset"));
              return;
            }
            later(() => handlers.onData(chunk));
          }
          later(() => {
            isOver = true;
            handlers.onEnd();
          });
        },
      });
    });
    return exchange;
  }
}

function* chunksOf(content: readonly BodyPart[]): Generator<Uint8Array> {
  for (const part of content) {
    if (part instanceof Uint8Array) {
      yield part;
      continue;
    }
    for (let { first } = part; first <= part.last; first += CHUNK_BYTES) {
      yield part.file.read(first, Math.min(first + CHUNK_BYTES - 1, part.last));
    }
  }
}
