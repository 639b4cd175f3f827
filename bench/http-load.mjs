/**
 * A load generator for bench/http.mjs where wrk is not there: so many connections, on each of which the next request
 * follows the answer to the last. Prints the answers per second.
 */

import { connect } from "node:net";

const [port, path, connections, seconds] = process.argv.slice(2);
const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

let answers = 0;
let answerBytes = 0;

/** All answers of one server to one request are of one length: the first says which. */
function lengthOf(answer) {
  const end = answer.indexOf("\r\n\r\n");
  const length = /^content-length: (\d+)\r$/im.exec(answer.toString("latin1", 0, end + 2))?.[1];
  if (end < 0 || length === undefined)
    throw new Error(`no answer of a known length: ${answer.toString("latin1", 0, 200)}`);
  return end + 4 + Number(length);
}

for (let i = 0; i < Number(connections); i++) {
  const socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
  let receivedBytes = 0;
  socket.on("data", (bytes) => {
    if (answerBytes === 0) answerBytes = lengthOf(bytes);
    receivedBytes += bytes.length;
    if (receivedBytes < answerBytes) return;
    receivedBytes -= answerBytes;
    answers++;
    socket.write(request);
  });
  socket.write(request);
}

setTimeout(() => {
  process.stdout.write(`${answers / Number(seconds)}\n`);
  process.exit();
}, Number(seconds) * 1000);
