/** What a peer asks of the directory: UPDATE, LOOKUP, EXIT and VIEW payloads (docs/wire.md, "Payloads"). */

import {
  formatFiles,
  formatHttpAddress,
  type HttpAddress,
  PayloadReader,
  type PayloadResult,
} from "./payload-fields.ts";
import { encodeName } from "./percent.ts";
import { encodeText } from "./text.ts";

/** The sender's whole list of shared files, in its order. */
export interface UpdatePayload extends HttpAddress {
  readonly files: readonly string[];
}

export interface LookupPayload {
  readonly file: string;
}

export type ExitPayload = HttpAddress;

/** A view request says nothing more than its type does. */
export type ViewPayload = Readonly<Record<string, never>>;

/** `10.0.0.3 80 new.txt `. */
export function encodeUpdate(update: UpdatePayload): Uint8Array {
  return encodeText(formatHttpAddress(update) + formatFiles(update.files));
}

export function decodeUpdate(bytes: Uint8Array): PayloadResult<UpdatePayload> {
  const reader = new PayloadReader(bytes);
  const address = reader.httpAddress();
  const files = address && readFiles(reader);
  return reader.result(address && files && { ip: address.ip, httpPort: address.httpPort, files });
}

function readFiles(reader: PayloadReader): string[] | undefined {
  const files: string[] = [];
  while (!reader.atEnd) {
    const file = reader.fileAndSpace();
    if (file === undefined) return undefined;
    files.push(file);
  }
  return files;
}

/** `new.txt`. */
export function encodeLookup({ file }: LookupPayload): Uint8Array {
  return encodeText(encodeName(file));
}

export function decodeLookup(bytes: Uint8Array): PayloadResult<LookupPayload> {
  const reader = new PayloadReader(bytes);
  const file = reader.file(bytes.length);
  if (file === undefined) return reader.result<LookupPayload>(undefined);
  return { ok: true, value: { file } };
}

/** `10.0.0.3 80 `. */
export function encodeExit(exit: ExitPayload): Uint8Array {
  return encodeText(formatHttpAddress(exit));
}

export function decodeExit(bytes: Uint8Array): PayloadResult<ExitPayload> {
  const reader = new PayloadReader(bytes);
  return reader.result(reader.httpAddress());
}

/** No bytes at all. */
export function encodeView(_view: ViewPayload = {}): Uint8Array {
  return new Uint8Array(0);
}

export function decodeView(bytes: Uint8Array): PayloadResult<ViewPayload> {
  return new PayloadReader(bytes).result({});
}
