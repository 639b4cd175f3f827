/** The names of the files that a peer shares, and the UPDATE that says so: encoded once per change, sent many times. */

import type { OutgoingMessage } from "../arq/message.ts";
import { MessageType } from "../wire/packet.ts";
import { encodeUpdate } from "../wire/payloads.ts";

export class SharedFiles {
  private readonly http: { readonly ip: string; readonly port: number };
  private readonly maxUpdateBytes: number;
  /** In the order of sharing. Absent until the first share: most of a large simulation's peers share little. */
  private names: Set<string> | undefined = undefined;
  private encoded: (OutgoingMessage & { readonly payload: Uint8Array }) | undefined = undefined;

  constructor(http: { readonly ip: string; readonly port: number }, maxUpdateBytes: number) {
    this.http = http;
    this.maxUpdateBytes = maxUpdateBytes;
  }

  has(name: string): boolean {
    return this.names?.has(name) ?? false;
  }

  /** False where the update would become too long. */
  add(name: string): boolean {
    const before = this.encoded;
    this.names ??= new Set();
    this.names.add(name);
    this.encoded = undefined;
    if (this.update().payload.length <= this.maxUpdateBytes) return true;
    this.names.delete(name);
    this.encoded = before;
    return false;
  }

  delete(name: string): void {
    this.names?.delete(name);
    this.encoded = undefined;
  }

  /** The message that says all of it: the same object until the list changes. */
  update(): OutgoingMessage & { readonly payload: Uint8Array } {
    if (this.encoded === undefined) {
      const { ip, port } = this.http;
      const payload = encodeUpdate({ ip, httpPort: port, files: this.names === undefined ? [] : [...this.names] });
      this.encoded = { type: MessageType.UPDATE, payload };
    }
    return this.encoded;
  }
}
