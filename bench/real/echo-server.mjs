/** The yardstick: the shortest UDP server that Node has. Sends each datagram back; says its port to its parent. */

import { createSocket } from "node:dgram";

const socket = createSocket("udp4");
socket.on("message", (datagram, { port, address }) => socket.send(datagram, port, address));
socket.bind(0, "127.0.0.1", () => process.send({ port: socket.address().port }));
process.on("message", () => process.send({ cpuMicros: cpuMicros() }));
process.on("disconnect", () => process.exit());

function cpuMicros() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
