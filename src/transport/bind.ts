/** The sockets of a host: UDP, and TCP at the port of the same number. */

import type { Server } from "node:net";
import { UdpSocket } from "./datagrams/udp-socket.ts";
import { bindStreams } from "./streams/host-streams.ts";
import { TransportError } from "./transport-error.ts";

/** Free UDP ports tried, where any will do, until the TCP port of the same number is free as well. */
const MAX_ATTEMPTS = 50;

export interface BoundSockets {
  readonly address: string;
  readonly udp: UdpSocket;
  /** Why there is none, where the port is taken: that matters only to participants that take streams. */
  readonly tcp: Server | TransportError;
}

/** Binds both. Rejects with a TransportError where the UDP port cannot be had. `address` is an IP address. */
export async function bindSockets(
  address: string,
  port: number,
  receiveBufferBytes: number,
  bindTcp = bindStreams,
): Promise<BoundSockets> {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new TransportError("ERR_SOCKET_BAD_PORT", `a port is an integer from 0 (any) to 65535, not ${port}`);
  }
  for (let attempt = 1; ; attempt++) {
    const udp = await UdpSocket.bind(address, port, receiveBufferBytes);
    try {
      return { address, udp, tcp: await bindTcp(address, udp.port) };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const mayTryAnother = port === 0 && error.code === "EADDRINUSE" && attempt < MAX_ATTEMPTS;
      if (!mayTryAnother) return { address, udp, tcp: error };
      await udp.close();
    }
  }
}

/** Listens no more; resolves once the last connection is gone. Nothing happens where it did not listen. */
export function closeServer(server: Server | TransportError): Promise<void> {
  return new Promise((resolve) => {
    if (server instanceof TransportError || !server.listening) resolve();
    else server.close(() => resolve());
  });
}
