/**
 * One UDP socket of Node, made quick: addresses are not looked up (they are IP addresses already), and a send asks the
 * system for its outcome only where somebody wants to know.
 */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { withMapping, withoutMapping } from "../address.ts";
import { plainBytes } from "../plain-bytes.ts";
import { listenError } from "../transport-error.ts";

/** The largest payload of a UDP datagram over IPv4 (65,535 less 20 and 8), and over IPv6 (65,535 less 8). */
const MAX_PAYLOAD_IPV4_BYTES = 65_507;
const MAX_PAYLOAD_IPV6_BYTES = 65_527;

export interface UdpSocketHandlers {
  /** The bytes are the receiver's own. */
  onDatagram(address: string, port: number, datagram: Uint8Array): void;
  /** The system reports an error that belongs to no send. */
  onError(error: Error): void;
}

export class UdpSocket {
  readonly port: number;
  /** What the system grants as receive buffer, in bytes. */
  readonly receiveBufferBytes: number;
  private readonly socket: Socket;
  private readonly isIpv6: boolean;

  /** Rejects with a TransportError where the address cannot be bound. `address` is an IP address. */
  static bind(address: string, port: number, receiveBufferBytes: number): Promise<UdpSocket> {
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", lookup: alreadyAddress });
    return new Promise((resolve, reject) => {
      socket.once("error", (error) => {
        socket.close();
        reject(listenError(error, { protocol: "UDP", host: address, port }));
      });
      socket.bind({ address, port, exclusive: true }, () => {
        socket.removeAllListeners("error");
        resolve(new UdpSocket(socket, address, receiveBufferBytes));
      });
    });
  }

  private constructor(socket: Socket, address: string, receiveBufferBytes: number) {
    this.socket = socket;
    this.isIpv6 = address.includes(":");
    this.port = socket.address().port;
    try {
      socket.setRecvBufferSize(receiveBufferBytes);
    } catch {
      // More than the system allows: it keeps its own size, which `receiveBufferBytes` shows.
    }
    this.receiveBufferBytes = socket.getRecvBufferSize();
  }

  /** Hands on what arrives from now on. */
  listen(handlers: UdpSocketHandlers): void {
    this.socket.on("error", (error) => handlers.onError(error));
    const { isIpv6 } = this;
    this.socket.on("message", (message: Buffer, remote: RemoteInfo) => {
      const { address, port } = remote;
      handlers.onDatagram(isIpv6 ? withoutMapping(address) : address, port, plainBytes(message));
    });
  }

  /** The largest datagram that can be sent to an address. */
  maxPayloadBytes(address: string): number {
    return address.includes(":") ? MAX_PAYLOAD_IPV6_BYTES : MAX_PAYLOAD_IPV4_BYTES;
  }

  /** Sends; what becomes of it is not asked. `address` is an IP address. */
  send(datagram: Uint8Array, port: number, address: string): void {
    this.socket.send(datagram, 0, datagram.length, port, this.isIpv6 ? withMapping(address) : address);
  }

  /** Sends, and tells what the system said: null where it took the datagram. Costs about a fifth of the throughput. */
  sendAsking(datagram: Uint8Array, port: number, address: string, onSent: (error: Error | null) => void): void {
    this.socket.send(datagram, 0, datagram.length, port, this.isIpv6 ? withMapping(address) : address, onSent);
  }

  /** Datagrams that the system could not take at once and that wait in this process. */
  get waiting(): number {
    return this.socket.getSendQueueCount();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.close(() => resolve());
    });
  }
}

/** A look-up that answers at once: Node's own goes round by the event loop, and a directory sends a lot. */
function alreadyAddress(
  address: string,
  _options: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, address, address.includes(":") ? 6 : 4);
}
