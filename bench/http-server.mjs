/**
 * A file server for bench/http.mjs in a process of its own: peerlab's (`peerlab`), or npm's `send` on Node's http server
 * (`send`). Says its port, and on request what it has used: the most memory held, and processor time.
 */

import { createServer } from "node:http";
import { resourceUsage } from "node:process";
import send from "send";
import { FileServer, SharedFolder, serveFile, silentTrace } from "./peerlab-http.mjs";

const [kind, folder] = process.argv.slice(2);

const port = kind === "peerlab" ? await listenPeerlab() : await listenSend();
process.send({ port });
process.on("message", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = resourceUsage();
  process.send({ maxRssBytes: maxRSS * 1024, cpuMicroseconds: userCPUTime + systemCPUTime });
});
process.on("disconnect", () => process.exit());

async function listenPeerlab() {
  const shared = new SharedFolder(folder);
  const boundary = () => "boundary";
  const server = await FileServer.listen(
    { host: "127.0.0.1", port: 0 },
    (_from, request, response) => serveFile(shared, true, request, response, boundary),
    silentTrace,
  );
  return server.endpoint.port;
}

async function listenSend() {
  const server = createServer((request, response) => send(request, request.url, { root: folder }).pipe(response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}
