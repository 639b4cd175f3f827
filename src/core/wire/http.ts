/**
 * HTTP/1.1 as far as file sharing needs it: a codec over bytes, for the simulated world and for the report's client.
 * Formatters throw RangeError on misuse; parsers take any bytes in any pieces and return typed failures.
 */

export type { RangeSpec } from "../transport.ts";
export { formatHttpDate, parseHttpDate } from "./http-date.ts";
export type { Headers, HttpFailure, HttpFailureReason } from "./http-head.ts";
export { MAX_HEAD_BYTES, MAX_HEADER_FIELDS } from "./http-head.ts";
export {
  formatContentRange,
  formatRange,
  parseContentRange,
  parseRange,
  type ResolvedRange,
  resolveRange,
} from "./http-range.ts";
export {
  formatRequest,
  type HttpRequest,
  hostHeader,
  RequestParser,
  type RequestToSend,
  statusOfFailure,
} from "./http-request.ts";
export { fileResponse, formatResponseHead, ResponseParser, reasonPhrase, responseHead } from "./http-response.ts";
export { nameToTarget, targetToName } from "./http-target.ts";
