/** What a peer says to its directory and hears from it, in the words of one wire. */

import type { PendingMessage, SendOutcome } from "../arq/message.ts";
import type { Endpoint } from "../transport.ts";
import type { FileDescription } from "../wire/hardened/fields.ts";
import type { LookupOutcome, ViewOutcome } from "./outcomes.ts";

export interface Dialect {
  /** Do updates say the size and the hash of each file? */
  readonly describesFiles: boolean;
  /** Bytes of an update without files, and what a file adds to it. RangeError where its name cannot travel. */
  readonly emptyUpdateBytes: number;
  fileBytes(name: string): number;
  /** An update's payload as it may be kept and sent again and again. */
  encodeUpdate(files: ReadonlyMap<string, FileDescription | undefined>): Uint8Array;
  sendUpdate(payload: Uint8Array, done: (outcome: SendOutcome) => void): PendingMessage;
  sendExit(done: (outcome: SendOutcome) => void): PendingMessage;
  /** Where nothing comes back: what the peer's user may want to look at. */
  hint(): string | undefined;
  /** `done` comes before this returns only where the question cannot be sent. */
  lookup(name: string, done: (outcome: LookupOutcome) => void): void;
  view(done: (outcome: ViewOutcome) => void): void;
  onDatagram(from: Endpoint, datagram: Uint8Array): void;
  /** Questions get the outcome `stopped`. What is sent afterwards may still go out, once. */
  stopRequests(): void;
  /** Withdraws every open message. */
  stop(): void;
}
