/** A contract world of real sockets on this machine's loopback interface. */

import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoint, endpoint, type Participant } from "../../src/core/transport.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { NodeHost } from "../../src/transport/node-host.ts";
import type { NodeHostOptions } from "../../src/transport/node-host-options.ts";
import type { ContractHost, ContractWorld } from "./world.ts";

/** Longer than anything takes, also where the machine is busy with other things. */
const PATIENCE_MS = 20_000;

/** A port at which nobody listens, for datagrams or for streams: it was free a moment ago. */
async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const isFree = await new Promise<boolean>((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(port, address, () => resolve(true));
  });
  if (isFree) await new Promise<void>((resolve) => void socket.close(resolve));
  await new Promise((resolve) => server.close(resolve));
  return isFree ? port : freePort(address);
}

export class NodeWorld implements ContractWorld {
  readonly nobody: Endpoint;
  readonly maxDatagramBytes: number;
  /** A busy machine may keep a process waiting. */
  readonly timerToleranceMs = 1000;
  readonly recorder: Recorder;
  private readonly address: string;
  private readonly options: Partial<NodeHostOptions>;
  private readonly hosts: NodeHost[] = [];

  private constructor(address: string, nobody: Endpoint, options: Partial<NodeHostOptions>) {
    this.address = address;
    this.nobody = nobody;
    this.maxDatagramBytes = address.includes(":") ? 65_527 : 65_507;
    this.options = options;
    this.recorder = options.recorder ?? new Recorder();
  }

  static async on(address: string, options: Partial<NodeHostOptions> = {}): Promise<NodeWorld> {
    return new NodeWorld(address, endpoint(address, await freePort(address)), options);
  }

  async host(handlers: Partial<Participant> = {}): Promise<ContractHost> {
    const host = await NodeHost.open({
      name: `H${this.hosts.length + 1}`,
      bind: { host: this.address, port: 0 },
      http: { host: this.address, port: 0 },
      recorder: this.recorder,
      ...this.options,
      boot: () => ({ start() {}, stop() {}, onDatagram() {}, ...handlers }),
    });
    this.hosts.push(host);
    return { transport: host, http: host.http ?? this.nobody };
  }

  async waitFor(what: string, condition: () => boolean): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > untilMs) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
      await sleep(1);
    }
  }

  async pass(ms: number): Promise<void> {
    await sleep(ms);
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()));
  }
}
