/**
 * A peer of the 2015 report, written from the description of its wire alone: nothing here comes from src/. It registers,
 * looks up, views and leaves over UDP, and asks for a file with the report's 67-byte request.
 */

import { createSocket, type Socket } from "node:dgram";
import { connect } from "node:net";

const TIMEOUT_MS = 500;
const ATTEMPTS = 20;
const FRAGMENT_BYTES = 400;

/** TYPE SP fragment SP SEQ SP TOTAL; the fragment may hold spaces, so the tail is read from the end. */
export interface ReportPacket {
  readonly type: number;
  readonly fragment: string;
  readonly seq: number;
  readonly total: number;
}

export function readPacket(bytes: Uint8Array): ReportPacket {
  const [, type, fragment = "", seq, total] = /^(\d+) (.*) (\d+) (\d+)$/s.exec(latin1(bytes)) ?? [];
  return { type: Number(type), fragment, seq: Number(seq), total: Number(total) };
}

export function writePacket({ type, fragment, seq, total }: ReportPacket): string {
  return `${type} ${fragment} ${seq} ${total}`;
}

export class ReportClient {
  /** Every datagram that came, as text. */
  readonly heard: string[] = [];
  private readonly socket: Socket;
  private readonly directoryPort: number;
  private onAck: (packet: ReportPacket) => void = () => {};
  private onAnswer: (answer: { type: number; payload: string }) => void = () => {};
  private fragments: string[] = [];

  private constructor(socket: Socket, directoryPort: number) {
    this.socket = socket;
    this.directoryPort = directoryPort;
    socket.on("message", (bytes) => this.onDatagram(bytes));
  }

  static open(directoryPort: number): Promise<ReportClient> {
    const socket = createSocket("udp4");
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, "127.0.0.1", () => resolve(new ReportClient(socket, directoryPort)));
    });
  }

  close(): void {
    this.socket.close();
  }

  /** UPDATE: `IP SP HTTPPORT SP { FILE SP }`. */
  update(httpPort: number, files: readonly string[]): Promise<void> {
    return this.send(1, `127.0.0.1 ${httpPort} ${files.map((file) => `${file} `).join("")}`);
  }

  exit(httpPort: number): Promise<void> {
    return this.send(3, `127.0.0.1 ${httpPort} `);
  }

  /** LOOKUP: the answer is a RESULT (5) or an ERROR (7). */
  lookup(file: string): Promise<{ type: number; payload: string }> {
    return this.ask(2, file);
  }

  /** VIEW, with an empty payload: the answer is a LISTING (6). */
  view(): Promise<{ type: number; payload: string }> {
    return this.ask(4, "");
  }

  private async ask(type: number, payload: string): Promise<{ type: number; payload: string }> {
    const answer = new Promise<{ type: number; payload: string }>((resolve) => {
      this.onAnswer = resolve;
    });
    await this.send(type, payload);
    return answer;
  }

  /** Stop and wait: one packet at a time, sent again until the next sequence number comes back. */
  private async send(type: number, payload: string): Promise<void> {
    const total = Math.max(1, Math.ceil(payload.length / FRAGMENT_BYTES));
    for (let seq = 1; seq <= total; seq++) {
      const fragment = payload.slice((seq - 1) * FRAGMENT_BYTES, seq * FRAGMENT_BYTES);
      await this.sendUntilAcknowledged({ type, fragment, seq, total });
    }
  }

  private sendUntilAcknowledged(packet: ReportPacket): Promise<void> {
    return new Promise((resolve, reject) => {
      let attempts = 0;
      const transmit = (): void => {
        if (attempts++ === ATTEMPTS) {
          clearInterval(timer);
          reject(new Error(`no ACK of ${writePacket(packet)}`));
        } else this.transmit(writePacket(packet));
      };
      const timer = setInterval(transmit, TIMEOUT_MS);
      this.onAck = ({ type, seq }) => {
        if (type !== packet.type || seq !== packet.seq + 1) return;
        clearInterval(timer);
        resolve();
      };
      transmit();
    });
  }

  private onDatagram(bytes: Uint8Array): void {
    this.heard.push(latin1(bytes));
    const packet = readPacket(bytes);
    if (packet.type <= 4) {
      this.onAck(packet);
      return;
    }
    this.transmit(writePacket({ ...packet, seq: packet.seq + 1 }));
    this.fragments[packet.seq - 1] = packet.fragment;
    if (this.fragments.filter((fragment) => fragment !== undefined).length < packet.total) return;
    const payload = this.fragments.join("");
    this.fragments = [];
    this.onAnswer({ type: packet.type, payload });
  }

  private transmit(text: string): void {
    this.socket.send(Buffer.from(text, "latin1"), this.directoryPort, "127.0.0.1");
  }
}

/** The 67 bytes of the report's client (with its address in Host), and all that comes back until the body is whole. */
export function reportGet(
  file: string,
  port: number,
  host: string,
): Promise<{ status: number; reason: string; body: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`GET ${file} HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: identity\r\n\r\n`);
    });
    let bytes = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = bytes.subarray(0, end).toString("latin1");
      const [, status, reason = ""] = /^HTTP\/1\.1 (\d+) ([^\r]*)/.exec(head) ?? [];
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
      const body = bytes.subarray(end + 4);
      if (body.length < length) return;
      socket.destroy();
      resolve({ status: Number(status), reason, body });
    });
    socket.on("close", () => reject(new Error("closed before the body was whole")));
  });
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
