/** A fetch in virtual time: sources with a rate, a latency and a script, one store, and everything written down. */

import { sha256 } from "@noble/hashes/sha2.js";
import { Fetch } from "../../../../src/core/peer/fetch/fetch.ts";
import type { FetchOptions } from "../../../../src/core/peer/fetch/options.ts";
import type { FetchOutcome, FetchProgress } from "../../../../src/core/peer/fetch/outcomes.ts";
import type { PartialFile, PartLeft } from "../../../../src/core/peer/file-store.ts";
import { generatedFile } from "../../../../src/core/peer/generated-file.ts";
import { MemoryFileStore } from "../../../../src/core/peer/memory-store.ts";
import type {
  ByteRange,
  Endpoint,
  Exchange,
  ExchangeError,
  FileRequest,
  ResponseHandlers,
  ResponseHead,
} from "../../../../src/core/transport.ts";
import { fileResponse } from "../../../../src/core/wire/http.ts";
import { type FakeHost, FakeNetwork } from "../../support/fake-network.ts";

/** From one piece of a body to the next. */
const PIECE_MS = 10;

export interface ServerScript {
  content: Uint8Array;
  latencyMs: number;
  bytesPerMs: number;
  /** False: answers every range with the whole. */
  ranges: boolean;
  headers: Record<string, string>;
  /** A request's own answer, by its number from 0; undefined: the file. */
  answer: (request: FileRequest, number: number) => Partial<ResponseHead> | ExchangeError | "silence" | undefined;
  /** The connection breaks when an exchange has brought so many bytes. */
  breaksAfterBytes: number;
  /** Nothing more comes after so many bytes of an exchange. */
  silentAfterBytes: number;
  /** No Content-Length: the end is the connection's. */
  untilClose: boolean;
}

export class Server {
  readonly script: ServerScript;
  /** `GET`, `GET 0-99`, with ` if-range "x"` where it had one. */
  readonly asked: string[] = [];
  readonly askedMs: number[] = [];
  sentBytes = 0;
  open = 0;

  constructor(script: ServerScript) {
    this.script = script;
  }
}

export const FILE = bytesOf("file", 1_000_000);

export function bytesOf(name: string, sizeBytes: number): Uint8Array {
  return generatedFile(name, sizeBytes).read(0, sizeBytes - 1);
}

/** The same but for one byte. */
export function damaged(content: Uint8Array, at: number): Uint8Array {
  const copy = content.slice();
  copy[at]! ^= 1;
  return copy;
}

export const hashOf = (content: Uint8Array): Uint8Array => sha256(content);

export const digestHeader = (content: Uint8Array): string =>
  `sha-256=:${btoa(String.fromCharCode(...sha256(content)))}:`;

export class Bench {
  readonly network = new FakeNetwork();
  readonly host: FakeHost;
  readonly store = new MemoryFileStore();
  readonly servers = new Map<string, Server>();
  readonly outcomes: FetchOutcome[] = [];
  readonly progress: { atMs: number; progress: FetchProgress }[] = [];
  readonly drops: string[] = [];
  readonly notes: string[] = [];
  /** What `random` gives. */
  random = 0;

  constructor() {
    this.host = this.network.host("10.0.0.4", 8888);
    this.host.request = (to, request, handlers) => this.request(to, request, handlers);
    this.host.random = () => this.random;
  }

  /** A source at 10.0.0.`n`, with the file unless the script says otherwise. */
  server(n: number, script: Partial<ServerScript> = {}): Server {
    const server = new Server({
      content: FILE,
      latencyMs: 5,
      bytesPerMs: 1000,
      ranges: true,
      headers: {},
      answer: () => undefined,
      breaksAfterBytes: Number.POSITIVE_INFINITY,
      silentAfterBytes: Number.POSITIVE_INFINITY,
      untilClose: false,
      ...script,
    });
    this.servers.set(`10.0.0.${n}:80`, server);
    return server;
  }

  fetch(sources: readonly number[], options: Partial<FetchOptions> = {}): Fetch {
    const fetch = new Fetch(
      this.host,
      "file",
      sources.map((n) => ({ ip: `10.0.0.${n}`, httpPort: 80 })),
      options,
      {
        onDone: (outcome) => this.outcomes.push(outcome),
        onProgress: (progress) => this.progress.push({ atMs: this.network.nowMs, progress }),
        onDropped: ({ ip }, { reason }) => this.drops.push(`${ip.slice(7)} ${reason}`),
        onNote: (text) => this.notes.push(text),
      },
    );
    fetch.start(this.store);
    return fetch;
  }

  /** Runs to the end of the fetch, or to a time. */
  run(untilMs = 3_600_000): FetchOutcome | undefined {
    this.network.run(untilMs);
    return this.outcomes[0];
  }

  /** Is this what is under the file's name? */
  holds(content: Uint8Array): boolean {
    const file = this.store.get("file");
    if (file?.sizeBytes !== content.length) return false;
    return file.read(0, content.length - 1).every((byte, i) => byte === content[i]);
  }

  /** Leaves the first bytes of a file in the store, as a fetch that was broken off. */
  leave(content: Uint8Array, spans: readonly { from: number; to: number }[], version: Omit<PartLeft, "spans">): void {
    this.openPart((part) => {
      part.begin(version);
      for (const { from, to } of spans) part.write(from, content.subarray(from, to));
      part.keep(() => {});
    });
  }

  openPart(use: (part: PartialFile) => void): void {
    this.store.partial("file", { overwrite: false, onDrain() {}, onError() {} }, (result) => {
      if (!result.ok) throw new Error(result.error);
      use(result.part);
    });
  }

  private request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange {
    const { network } = this;
    const server = this.servers.get(to.key);
    let isOver = false;
    let isPaused = false;
    let isDue = false;
    const end = (): void => {
      if (!isOver && server !== undefined) server.open--;
      isOver = true;
    };
    const fail = (reason: ExchangeError): void => {
      end();
      handlers.onError(reason);
    };
    const later = (delayMs: number, what: () => void): void =>
      network.at(network.nowMs + delayMs, () => {
        if (!isOver) what();
      });
    let send = (): void => {};
    const exchange: Exchange = {
      cancel: () => {
        if (!isOver) fail("cancelled");
      },
      pause: () => {
        isPaused = true;
      },
      resume: () => {
        isPaused = false;
        if (isDue && !isOver) {
          isDue = false;
          later(0, send);
        }
      },
    };
    if (server === undefined) {
      later(1, () => fail("refused"));
      return exchange;
    }
    const { script } = server;
    const range = request.range as ByteRange | undefined; // a fetch never counts from the end
    const ifRange = request.headers?.["if-range"];
    server.open++;
    server.askedMs.push(network.nowMs);
    server.asked.push(
      `GET${range === undefined ? "" : ` ${range.first}-${range.last ?? ""}`}${ifRange === undefined ? "" : ` if-range ${ifRange}`}`,
    );
    const own = script.answer(request, server.asked.length - 1);
    if (own === "silence") return exchange;
    later(script.latencyMs, () => {
      if (typeof own === "string") {
        fail(own);
        return;
      }
      if (own !== undefined && own.status !== 200 && own.status !== 206) {
        handlers.onHead({ status: 500, reason: "", headers: {}, ...own });
        later(0, () => {
          end();
          handlers.onEnd();
        });
        return;
      }
      const { content } = script;
      const isStill = ifRange === undefined || ifRange === script.headers.etag;
      const { head, body } = fileResponse(content.length, script.ranges && isStill ? range : undefined);
      const headers: Record<string, string> = { ...head.headers, ...script.headers, ...own?.headers };
      if (script.untilClose) delete headers["content-length"];
      const first = body?.first ?? 0;
      const behind = body === undefined ? 0 : body.last + 1;
      let at = first;
      send = (): void => {
        if (isPaused) {
          isDue = true;
          return;
        }
        const most = Math.min(behind - at, Math.round(script.bytesPerMs * PIECE_MS));
        const brought = at - first;
        const bytes = Math.min(most, script.breaksAfterBytes - brought, script.silentAfterBytes - brought);
        if (bytes > 0) {
          const piece = content.slice(at, at + bytes);
          at += bytes;
          server.sentBytes += bytes;
          handlers.onData(piece);
          piece.fill(0); // valid only during the call
        }
        if (isOver) return;
        if (at - first >= script.breaksAfterBytes) fail("reset");
        else if (at === behind) {
          end();
          handlers.onEnd();
        } else if (bytes > 0) later(PIECE_MS, send);
      };
      handlers.onHead({ ...head, headers, ...(own && { ...own, headers }) });
      if (!isOver) later(0, send);
    });
    return exchange;
  }
}
