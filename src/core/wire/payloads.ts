/**
 * The payloads of the file-sharing system's messages as bytes. Encoders take good values and throw RangeError on
 * misuse; decoders take any bytes and give a typed result.
 */

export {
  decodeError,
  decodeListing,
  decodeResult,
  type ErrorPayload,
  encodeError,
  encodeListing,
  encodeResult,
  FILE_NOT_FOUND,
  type ListingEntry,
  type ListingPayload,
  type ResultPayload,
} from "./payload-answers.ts";
export {
  type HttpAddress,
  isIpAddress,
  type PayloadFailure,
  type PayloadResult,
} from "./payload-fields.ts";
export {
  decodeExit,
  decodeLookup,
  decodeUpdate,
  decodeView,
  type ExitPayload,
  encodeExit,
  encodeLookup,
  encodeUpdate,
  encodeView,
  type LookupPayload,
  type UpdatePayload,
  type ViewPayload,
} from "./payload-requests.ts";
