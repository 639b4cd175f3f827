/** One download: a file, or a range of it, from another peer into the store. */

import { elapsedMs } from "../time.ts";
import {
  type ByteRange,
  type Exchange,
  type ExchangeError,
  endpoint,
  type ResponseHandlers,
  type ResponseHead,
  type Transport,
} from "../transport.ts";
import { parseContentRange } from "../wire/http.ts";
import type { FileSink, FileStore } from "./file-store.ts";
import type { DownloadHandle, DownloadOutcome, Source } from "./outcomes.ts";

export class Download implements DownloadHandle, ResponseHandlers {
  private readonly transport: Transport;
  private readonly files: FileStore;
  private readonly name: string;
  private readonly range: ByteRange | undefined;
  /** Undefined once there is an outcome. */
  private done: ((outcome: DownloadOutcome) => void) | undefined;
  private exchange: Exchange | undefined = undefined;
  private head: ResponseHead | undefined = undefined;
  private sink: FileSink | undefined = undefined;
  private bytes = 0;
  private startedMs = 0;
  private isFinishing = false;

  constructor(
    transport: Transport,
    files: FileStore,
    name: string,
    range: ByteRange | undefined,
    done: (outcome: DownloadOutcome) => void,
  ) {
    this.transport = transport;
    this.files = files;
    this.name = name;
    this.range = range;
    this.done = done;
  }

  /** Asks for the file. RangeError where the source's port is none. */
  start(source: Source): void {
    const from = endpoint(source.ip, source.httpPort);
    const { name, range } = this;
    this.startedMs = this.transport.now();
    this.exchange = this.transport.request(from, { method: "GET", name, ...(range && { range }) }, this);
  }

  cancel(): void {
    if (this.isFinishing) return; // the store has all of it
    this.onError("cancelled");
    this.exchange?.cancel();
  }

  onHead(head: ResponseHead): void {
    if (this.done === undefined) return;
    this.head = head;
    if (head.status === 200 || (head.status === 206 && isPartAskedFor(head, this.range))) {
      this.sink = this.files.create(this.name);
    } else if (head.status === 206) {
      this.onError("bad-response");
      this.exchange?.cancel();
    }
  }

  onData(bytes: Uint8Array): void {
    if (this.sink === undefined) return; // the body of a refusal
    this.bytes += bytes.length;
    this.sink.write(bytes);
  }

  onEnd(): void {
    const { head, sink, bytes } = this;
    if (this.done === undefined || head === undefined) return;
    const { status: httpStatus, reason } = head;
    if (sink === undefined) {
      this.settle({ status: "refused", httpStatus, reason });
      return;
    }
    const tookMs = elapsedMs(this.startedMs, this.transport.now());
    this.isFinishing = true;
    sink.finish((error) => {
      if (error !== undefined) this.settle({ status: "failed", reason: "not-stored", detail: error });
      else this.settle({ status: "downloaded", httpStatus, reason, bytes, elapsedMs: tookMs });
    });
  }

  onError(reason: ExchangeError): void {
    this.sink?.discard();
    this.sink = undefined;
    this.settle({ status: "failed", reason });
  }

  private settle(outcome: DownloadOutcome): void {
    const done = this.done;
    this.done = undefined;
    done?.(outcome);
  }
}

/** A part that was not asked for, or another one than was asked for, must not pass for the file. */
function isPartAskedFor(head: ResponseHead, range: ByteRange | undefined): boolean {
  const part = parseContentRange(head.headers["content-range"] ?? "");
  if (range === undefined || part === undefined) return false;
  return part.first === range.first && part.last <= (range.last ?? part.last);
}
