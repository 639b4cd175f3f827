/** Real hosts for tests: opened on loopback, closed again, and watched. */

import { setTimeout as sleep } from "node:timers/promises";
import type { PacketInfo, Participant } from "../../src/core/transport.ts";
import { Recorder } from "../../src/trace/recorder.ts";
import { NodeHost, type NodeHostOptions } from "../../src/transport/node-host.ts";
import { Tape } from "../support/tape.ts";

export const INFO: PacketInfo = {
  kind: "data",
  type: "DATA",
  message: 1,
  seq: 1,
  total: 1,
  attempt: 1,
  retransmissionOf: 0,
};

const PATIENCE_MS = 20_000;

/** Resolves when the condition holds; rejects where that takes too long. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await sleep(1);
  }
}

/** Hosts of one process with one trace. */
export class RealWorld {
  readonly tape = new Tape();
  readonly recorder = new Recorder([this.tape]);
  readonly hosts: NodeHost[] = [];

  async open(
    name: string,
    handlers: Partial<Participant> = {},
    options: Partial<NodeHostOptions> = {},
  ): Promise<NodeHost> {
    const host = await NodeHost.open({
      name,
      bind: { host: "127.0.0.1", port: 0 },
      recorder: this.recorder,
      boot: () => ({ start() {}, stop() {}, onDatagram() {}, ...handlers }),
      ...options,
    });
    this.hosts.push(host);
    return host;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.hosts.map((host) => host.close()));
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
