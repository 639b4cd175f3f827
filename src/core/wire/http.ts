/**
 * HTTP/1.1 as far as file sharing needs it: a codec over bytes, for the simulated world and for the report's client.
 * Formatters throw RangeError on misuse; parsers take any bytes in any pieces and return typed failures.
 */

export type { RangeSpec } from "../transport.ts";
export { type ConditionOutcome, evaluateConditions, ifRangeHolds } from "./http-conditions.ts";
export { contentDisposition, reprDigest } from "./http-content.ts";
export { formatHttpDate, parseHttpDate } from "./http-date.ts";
export type { Headers, HttpFailure, HttpFailureReason } from "./http-head.ts";
export { MAX_HEAD_BYTES, MAX_HEADER_FIELDS } from "./http-head.ts";
export {
  formatContentRange,
  formatRange,
  MAX_RANGES,
  parseContentRange,
  parseRange,
  parseRanges,
  type ResolvedRange,
  resolveRange,
  resolveRanges,
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
