/** What bench/http-server.mjs uses of the built package: `npm run build` first. */

export { serveFile } from "../dist/core/peer/serving.js";
export { silentTrace } from "../dist/trace/node-trace.js";
export { SharedFolder } from "../dist/transport/files/shared-folder.js";
export { FileServer } from "../dist/transport/http/file-server.js";
