/** A FileStore in memory: what the simulated peers have. */

import { ByteSpans } from "../byte-spans.ts";
import type { FileBody } from "../transport.ts";
import type { FileDescription } from "../wire/hardened/fields.ts";
import { digestOf } from "./digest.ts";
import type { FileSink, FileStore, PartialOpened, PartialOptions } from "./file-store.ts";
import { type KeptPart, MemoryPart } from "./memory-part.ts";

export interface MemoryFileStoreOptions {
  /** Most bytes held, downloads under way included. Generated files hold none. */
  readonly maxBytes: number;
}

export const defaultMemoryFileStoreOptions: MemoryFileStoreOptions = { maxBytes: 256 << 20 };

/** A file whose bytes are in memory. They are not copied and must not change. */
export class BytesFile implements FileBody {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }

  read(first: number, last: number): Uint8Array {
    return this.bytes.subarray(first, last + 1);
  }
}

export class MemoryFileStore implements FileStore {
  private readonly options: MemoryFileStoreOptions;
  private files: Map<string, FileBody> | undefined = undefined;
  /** Downloads that can be continued, by name: at most as many as have had room. */
  private parts: Map<string, KeptPart> | undefined = undefined;
  /** Names of those that are under way. */
  private busy: Set<string> | undefined = undefined;
  private bytes = 0;

  constructor(options: MemoryFileStoreOptions = defaultMemoryFileStoreOptions) {
    this.options = options;
  }

  /** Bytes in memory: files, and downloads under way. */
  get heldBytes(): number {
    return this.bytes;
  }

  /** Puts a file under a name, in place of the one that is there. RangeError where it does not fit. */
  put(name: string, file: FileBody): void {
    if (!this.reserve(memoryBytes(file))) throw new RangeError(this.fullText(name));
    this.replace(name, file);
  }

  delete(name: string): void {
    this.bytes -= memoryBytes(this.files?.get(name));
    this.files?.delete(name);
  }

  /** The file of this name, if there is one. */
  get(name: string): FileBody | undefined {
    return this.files?.get(name);
  }

  open(name: string, found: (body: FileBody | undefined) => void): void {
    found(this.get(name));
  }

  describe(name: string, done: (description: FileDescription | undefined) => void): void {
    const body = this.get(name);
    done(body && { sizeBytes: body.sizeBytes, sha256: digestOf(body) });
  }

  has(name: string): boolean {
    return this.files?.has(name) ?? false;
  }

  create(name: string): FileSink {
    let chunks: Uint8Array[] = [];
    let sinkBytes = 0;
    let isFull = false;
    const discard = (): void => {
      this.bytes -= sinkBytes;
      sinkBytes = 0;
      chunks = [];
    };
    return {
      write: (bytes) => {
        if (isFull) return;
        if (this.reserve(bytes.length)) {
          sinkBytes += bytes.length;
          chunks.push(bytes.slice());
        } else {
          isFull = true;
          discard();
        }
      },
      finish: (done) => {
        if (isFull) {
          done(this.fullText(name));
          return;
        }
        this.replace(name, new BytesFile(concatenate(chunks, sinkBytes)));
        chunks = [];
        sinkBytes = 0; // they are the file's now
        done();
      },
      discard,
    };
  }

  partial(name: string, { overwrite, onError }: PartialOptions, opened: (result: PartialOpened) => void): void {
    if (this.busy?.has(name)) {
      opened({ ok: false, error: `${name} is being downloaded already: wait for that, or cancel it` });
      return;
    }
    if (!overwrite && this.has(name)) {
      opened({ ok: false, error: existsText(name) });
      return;
    }
    this.busy ??= new Set();
    this.busy.add(name);
    const kept = this.parts?.get(name) ?? { bytes: NO_BYTES, version: { sizeBytes: 0 }, spans: new ByteSpans() };
    this.parts ??= new Map();
    this.parts.set(name, kept); // from now on: a crash says nothing
    const keeper = {
      reserve: (bytes: number) => this.reserve(bytes),
      fullText: () => this.fullText(name),
      finished: ({ bytes }: KeptPart) => {
        if (!overwrite && this.has(name)) return existsText(name);
        this.replace(name, new BytesFile(bytes));
        return undefined;
      },
      ended: (left: KeptPart | undefined) => {
        this.busy?.delete(name);
        if (left === undefined) this.parts?.delete(name);
      },
    };
    opened({ ok: true, part: new MemoryPart(kept, keeper, onError) });
  }

  /** The peer that used the store is gone, and said nothing: its downloads are not under way any more. */
  onCrash(): void {
    this.busy = undefined;
  }

  private reserve(bytes: number): boolean {
    if (this.bytes + bytes > this.options.maxBytes) return false;
    this.bytes += bytes;
    return true;
  }

  /** The new file's bytes are reserved already. */
  private replace(name: string, file: FileBody): void {
    this.delete(name);
    this.files ??= new Map();
    this.files.set(name, file);
  }

  private fullText(name: string): string {
    return `no room for ${name}: the store holds at most ${this.options.maxBytes} bytes`;
  }
}

const NO_BYTES = new Uint8Array(0);

function existsText(name: string): string {
  return `${name} exists already: take another name, or ask for it to be overwritten`;
}

function memoryBytes(file: FileBody | undefined): number {
  return file instanceof BytesFile ? file.sizeBytes : 0;
}

function concatenate(chunks: readonly Uint8Array[], totalBytes: number): Uint8Array {
  const whole = new Uint8Array(totalBytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
