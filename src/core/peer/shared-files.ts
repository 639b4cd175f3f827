/** The files that a peer shares, and the update that says so: encoded once per change, sent many times. */

import type { FileDescription } from "../wire/hardened/fields.ts";
import { MessageType } from "../wire/packet.ts";
import { encodeUpdate } from "../wire/payloads.ts";
import { decodeText } from "../wire/text.ts";
import type { Dialect } from "./dialect.ts";
import type { PeerOptions } from "./options.ts";

export class SharedFiles {
  private readonly dialect: Dialect;
  private readonly options: PeerOptions;
  /** In the order of sharing. Absent until the first share: most of a large simulation's peers share little. */
  private files: Map<string, FileDescription | undefined> | undefined = undefined;
  private filesBytes = 0;
  private encoded: Uint8Array | undefined = undefined;

  constructor(dialect: Dialect, options: PeerOptions) {
    this.dialect = dialect;
    this.options = options;
  }

  has(name: string): boolean {
    return this.files?.has(name) ?? false;
  }

  /** Would the update with this file too be short enough? */
  hasRoomFor(name: string): boolean {
    const { emptyUpdateBytes } = this.dialect;
    return emptyUpdateBytes + this.filesBytes + this.dialect.fileBytes(name) <= this.options.maxUpdateBytes;
  }

  /** Adds a file that is not there and that there is room for. */
  add(name: string, description?: FileDescription): void {
    this.files ??= new Map();
    this.files.set(name, description);
    this.filesBytes += this.dialect.fileBytes(name);
    this.encoded = undefined;
  }

  delete(name: string): void {
    if (this.files?.delete(name) !== true) return;
    this.filesBytes -= this.dialect.fileBytes(name);
    this.encoded = undefined;
  }

  /** The payload that says all of it: the same array until the list changes. */
  update(): Uint8Array {
    this.encoded ??= this.dialect.encodeUpdate(this.files ?? NO_FILES);
    return this.encoded;
  }

  /** The list as the report prints it, type and payload of its update: `1 10.0.0.3 80 new.txt`. */
  line(): string {
    const { ip, port } = this.options.http;
    const payload = encodeUpdate({ ip, httpPort: port, files: [...(this.files ?? NO_FILES).keys()] });
    return `${MessageType.UPDATE} ${decodeText(payload)}`.trimEnd();
  }
}

const NO_FILES: ReadonlyMap<string, undefined> = new Map();
