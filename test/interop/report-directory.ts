/** A directory of the 2015 report, written from the description of its wire alone: nothing here comes from src/. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type ReportPacket, readPacket, writePacket } from "./report-client.ts";

const TIMEOUT_MS = 300;
/** Longer answers go in several packets. */
const FRAGMENT_BYTES = 60;

interface Entry {
  readonly ip: string;
  readonly httpPort: string;
  readonly files: readonly string[];
  readonly lastUpdate: string;
}

export class ReportDirectory {
  readonly port: number;
  /** By `IP PORT`, in the order in which they came. */
  readonly entries = new Map<string, Entry>();
  /** Every packet that came, as text. */
  readonly heard: string[] = [];
  private readonly socket: Socket;
  private readonly partial = new Map<string, string[]>();
  private readonly outgoing = new Map<string, { acknowledge(seq: number): void }>();

  private constructor(socket: Socket) {
    this.socket = socket;
    this.port = socket.address().port;
    socket.on("message", (bytes, from) => this.onDatagram(readPacket(bytes), from));
  }

  static open(port = 0): Promise<ReportDirectory> {
    const socket = createSocket("udp4");
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, "127.0.0.1", () => resolve(new ReportDirectory(socket)));
    });
  }

  close(): void {
    this.socket.close();
  }

  private onDatagram(packet: ReportPacket, from: RemoteInfo): void {
    this.heard.push(writePacket(packet));
    const sender = `${from.address}:${from.port} ${packet.type}`;
    if (packet.type >= 5) {
      this.outgoing.get(sender)?.acknowledge(packet.seq);
      return;
    }
    this.transmit(writePacket({ ...packet, seq: packet.seq + 1 }), from);
    const fragments = this.partial.get(sender) ?? [];
    fragments[packet.seq - 1] = packet.fragment;
    this.partial.set(sender, fragments);
    if (Array.from(fragments).filter((fragment) => fragment !== undefined).length < packet.total) return;
    this.partial.delete(sender);
    this.onMessage(packet.type, fragments.join(""), from);
  }

  private onMessage(type: number, payload: string, from: RemoteInfo): void {
    const [ip = "", httpPort = "", ...files] = payload.split(" ").filter((token) => token !== "");
    if (type === 1) {
      this.entries.set(`${ip} ${httpPort}`, { ip, httpPort, files, lastUpdate: (Date.now() / 1000).toFixed(6) });
    } else if (type === 3) {
      this.entries.delete(`${ip} ${httpPort}`);
    } else if (type === 2) {
      const holders = [...this.entries.values()].filter((entry) => entry.files.includes(payload));
      if (holders.length === 0) this.answer(7, "404 file not found", from);
      else this.answer(5, holders.map((entry) => `${entry.ip} ${entry.httpPort} `).join(""), from);
    } else {
      const lines = [...this.entries.values()].map(
        (entry) =>
          `${entry.ip} ${entry.httpPort} ${entry.files.map((file) => `${file} `).join("")}${entry.lastUpdate}\n`,
      );
      this.answer(6, lines.join(""), from);
    }
  }

  private answer(type: number, payload: string, to: RemoteInfo): void {
    const total = Math.max(1, Math.ceil(payload.length / FRAGMENT_BYTES));
    const key = `${to.address}:${to.port} ${type}`;
    const send = (seq: number): void => {
      if (seq > total) {
        this.outgoing.delete(key);
        return;
      }
      const fragment = payload.slice((seq - 1) * FRAGMENT_BYTES, seq * FRAGMENT_BYTES);
      const transmit = (): void => this.transmit(writePacket({ type, fragment, seq, total }), to);
      const timer = setInterval(transmit, TIMEOUT_MS).unref();
      this.outgoing.set(key, {
        acknowledge: (next) => {
          if (next !== seq + 1) return;
          clearInterval(timer);
          send(next);
        },
      });
      transmit();
    };
    send(1);
  }

  private transmit(text: string, to: RemoteInfo): void {
    try {
      this.socket.send(Buffer.from(text, "latin1"), to.port, to.address);
    } catch {
      // It is closed already: a test has ended.
    }
  }
}
