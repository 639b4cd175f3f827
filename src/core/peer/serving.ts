/** The peer as a file server: GET and HEAD for the files it shares, whole or a range of them (RFC 9110, 14). */

import type { NodeTrace } from "../../trace/node-trace.ts";
import type { Endpoint, FileBody, FileRequest, FileResponse, ResponseHead } from "../transport.ts";
import { fileResponse, type ResolvedRange, responseHead } from "../wire/http.ts";
import type { FileStore } from "./file-store.ts";
import { nameText } from "./wording.ts";

/** Answers one request; where `isShared` is false, as if there were no such file. */
export function serveFile(
  files: FileStore,
  isShared: boolean,
  trace: NodeTrace,
  from: Endpoint,
  request: FileRequest,
  response: FileResponse,
): void {
  const respond = (head: ResponseHead, file?: FileBody, range?: ResolvedRange): void => {
    const bytes = range === undefined ? 0 : range.last - range.first + 1;
    trace.http(`${request.method} ${nameText(request.name)} -> ${head.status} ${head.reason}`, from.key, bytes);
    response.respond(head, file, range);
  };
  const answer = (file: FileBody | undefined): void => {
    if (file === undefined) {
      respond(responseHead(404, { "content-length": "0" })); // "file not found", as the report's server says
      return;
    }
    // Ranges are for GET alone (RFC 9110, 14.2); a HEAD is answered with the head that a GET of the whole file gets.
    const isGet = request.method === "GET";
    const { head, body } = fileResponse(file.sizeBytes, isGet ? request.range : undefined);
    const headers = { "content-type": "application/octet-stream", ...head.headers };
    if (isGet && body !== undefined) respond({ ...head, headers }, file, body);
    else respond({ ...head, headers });
  };
  if (isShared) files.open(request.name, answer);
  else answer(undefined);
}
