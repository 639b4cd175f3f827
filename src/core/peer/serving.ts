/** The peer as a file server: GET and HEAD for the files it shares, whole or a range of them (RFC 9110, 14). */

import type { FileBody, FileRequest, FileResponse } from "../transport.ts";
import { fileResponse, responseHead } from "../wire/http.ts";
import type { FileStore } from "./file-store.ts";

/** Answers one request, which the transport traces; where `isShared` is false, as if there were no such file. */
export function serveFile(files: FileStore, isShared: boolean, request: FileRequest, response: FileResponse): void {
  const answer = (file: FileBody | undefined): void => {
    if (file === undefined) {
      response.respond(responseHead(404, { "content-length": "0" })); // "file not found", as the report's server says
      return;
    }
    // Ranges are for GET alone (RFC 9110, 14.2); a HEAD is answered with the head that a GET of the whole file gets.
    const isGet = request.method === "GET";
    const { head, body } = fileResponse(file.sizeBytes, isGet ? request.range : undefined);
    const headers = { "content-type": "application/octet-stream", ...head.headers };
    if (isGet && body !== undefined) {
      response.respond({ ...head, headers }, [{ file, ...body }]);
      return;
    }
    file.close?.();
    response.respond({ ...head, headers });
  };
  if (isShared) {
    files.open(request.name, (file, problem) => {
      if (problem === undefined) answer(file);
      else response.respond(responseHead(503, { "content-length": "0", "retry-after": "5" }));
    });
  } else answer(undefined);
}
