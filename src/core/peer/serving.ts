/**
 * The peer as a file server: GET and HEAD for the files it shares, whole, a range of them or several (RFC 9110, 14), and
 * only where the conditions of the request hold (13).
 */

import type { BodyPart, FileBody, FileRequest, FileResponse, RangeSpec, ResponseHead } from "../transport.ts";
import {
  contentDisposition,
  evaluateConditions,
  fileResponse,
  formatHttpDate,
  ifRangeHolds,
  parseRanges,
  reprDigest,
  resolveRanges,
  responseHead,
} from "../wire/http.ts";
import { multipartRanges } from "./byte-ranges.ts";
import type { FileStore } from "./file-store.ts";

/** In seconds, where a file cannot be read now. */
const RETRY_LATER = { "retry-after": "5" };

export interface Answer {
  readonly head: ResponseHead;
  readonly content?: readonly BodyPart[];
}

/**
 * Answers one request, which the transport traces; where `isShared` is false, as if there were no such file. `boundary`
 * makes a text that no file contains, for answers of several parts.
 */
export function serveFile(
  files: FileStore,
  isShared: boolean,
  request: FileRequest,
  response: FileResponse,
  boundary: () => string,
): void {
  const answer = (file: FileBody | undefined, problem?: string): void => {
    if (file === undefined) {
      // "file not found", as the report's server says.
      const status = problem === undefined ? 404 : 503;
      response.respond(responseHead(status, { "content-length": "0", ...(status === 503 && RETRY_LATER) }));
      return;
    }
    const { head, content } = fileAnswer(request, file, boundary);
    if (content === undefined) file.close?.();
    response.respond(head, content);
  };
  if (isShared) files.open(request.name, answer);
  else answer(undefined);
}

/** What a request for a file that is there is answered with. */
export function fileAnswer(request: FileRequest, file: FileBody, boundary: () => string): Answer {
  const { method, headers = {} } = request;
  const { sizeBytes, validators } = file;
  const condition = evaluateConditions(headers, validators);
  if (condition === "failed") return { head: responseHead(412, { "content-length": "0" }) };
  // What a cache needs to find its copy by, and no more (15.4.5).
  if (condition === "not-modified") return { head: responseHead(304, validators && { etag: validators.etag }) };

  const type = file.contentType ?? "application/octet-stream";
  // Ranges are for GET alone (14.2); a HEAD is answered with the head that a GET of the whole file gets.
  const ranges = method === "GET" ? rangesOf(request, file) : undefined;
  const parts = ranges === undefined || ranges.length === 1 ? [] : resolveRanges(ranges, sizeBytes);
  if (parts.length > 1) {
    const { contentType, contentLength, content } = multipartRanges(file, type, parts, boundary());
    const own = { "content-type": contentType, "content-length": String(contentLength), "accept-ranges": "bytes" };
    return { head: responseHead(206, { ...own, ...descriptionOf(request.name, file) }), content };
  }
  // Of several ranges one may be left: then it is sent as one (15.3.7.2).
  const { head, body } = fileResponse(sizeBytes, parts[0] ?? ranges?.[0]);
  const description = head.status === 416 ? {} : descriptionOf(request.name, file);
  const whole = { ...head, headers: { "content-type": type, ...head.headers, ...description } };
  return method === "GET" && body !== undefined ? { head: whole, content: [{ file, ...body }] } : { head: whole };
}

/** The ranges to answer with; undefined where the whole file is to be sent. */
function rangesOf({ range, headers = {} }: FileRequest, file: FileBody): readonly RangeSpec[] | undefined {
  const ranges = range === undefined ? parseRanges(headers.range ?? "") : [range];
  return ifRangeHolds(headers["if-range"], file.validators) ? ranges : undefined;
}

/** What is said of a file beside its bytes, as far as it is known. */
function descriptionOf(name: string, { validators, contentType, sha256 }: FileBody): Record<string, string> {
  return {
    ...(validators && { etag: validators.etag, "last-modified": formatHttpDate(validators.lastModifiedMs) }),
    // A file that a browser might show: it is to save it, under its own name, and not to guess at its type.
    ...(contentType !== undefined && {
      "content-disposition": contentDisposition(name),
      "x-content-type-options": "nosniff",
    }),
    ...(sha256 && { "repr-digest": reprDigest(sha256) }),
  };
}
