/** A host of a real run: its sockets are open while it is up, and it can crash, start again, pause and go on. */

import { endpoint, type Participant, type Transport } from "../../core/transport.ts";
import type { Recorder } from "../../trace/recorder.ts";
import type { FaultyNetwork } from "../../transport/faulty-network.ts";
import { NodeHost } from "../../transport/node-host.ts";
import type { WorldHost } from "../run/world.ts";
import type { HostOptions } from "../schema.ts";
import type { AddressPlan } from "./address-plan.ts";
import { PlannedTransport, plannedParticipant } from "./planned-host.ts";

/** Nothing is waited for when a host goes down: processes that die do not say goodbye. */
const NO_GRACE_MS = 1;

export interface RealHostOptions {
  readonly options: HostOptions;
  readonly plan: AddressPlan;
  readonly seed: string;
  readonly recorder: Recorder;
  readonly faults: FaultyNetwork;
  readonly boot: (options: HostOptions, transport: Transport) => Participant;
  /** Something takes time that the run must wait for: a socket opens. */
  readonly waitFor: (what: Promise<void>) => void;
  /** A bug: the participant threw. */
  readonly onFailure: (error: unknown) => void;
}

export class RealHost implements WorldHost {
  readonly name: string;
  state: "down" | "up" | "paused" = "down";
  participant: Participant | undefined = undefined;
  private readonly how: RealHostOptions;
  private node: NodeHost | undefined = undefined;
  /** Settles when the sockets of its latest start are open, or could not be opened. */
  private opening: Promise<unknown> = Promise.resolve();
  /** Settles when the sockets of its former lives are closed. */
  private closing: Promise<unknown> = Promise.resolve();

  constructor(how: RealHostOptions) {
    this.name = how.options.name;
    this.how = how;
  }

  start(): void {
    if (this.state !== "down") throw new Error(`${this.name} is ${this.state}: only a host that is down can start`);
    const opening = this.open();
    this.opening = opening.catch(() => {}); // whoever waits for it hears of it
    this.how.waitFor(opening);
  }

  crash(): void {
    if (this.state === "down") throw new Error(`${this.name} is down already: only a running host can crash`);
    this.goDown();
  }

  pause(): void {
    if (this.state !== "up") throw new Error(`${this.name} is ${this.state}: only a host that is up can pause`);
    this.node?.pause();
    this.state = "paused";
  }

  resume(): void {
    if (this.state !== "paused") throw new Error(`${this.name} is ${this.state}: only a paused host can resume`);
    this.state = "up";
    this.node?.resume();
  }

  /** The run is over: closes what is open, or just being opened. */
  async close(): Promise<void> {
    await this.opening;
    if (this.state !== "down") this.goDown();
    await this.closing;
  }

  private goDown(): void {
    this.state = "down";
    this.participant = undefined;
    this.closing = Promise.all([this.closing, this.node?.crash()]);
    this.node = undefined;
  }

  private async open(): Promise<void> {
    const { options, plan, seed, recorder, faults, boot, onFailure } = this.how;
    const { udp, http } = await plan.placeToOpen(options);
    const self = endpoint(options.address, options.port);
    const { clockDriftPpm } = options;
    this.node = await NodeHost.open({
      name: this.name,
      bind: udp,
      ...(http && { http: { host: http.host, port: http.port, closeGraceMs: NO_GRACE_MS } }),
      recorder,
      faults,
      boot: (node) => {
        const participant = boot(options, new PlannedTransport(node, plan, { self, seed, clockDriftPpm }));
        this.participant = participant;
        this.state = "up";
        return plannedParticipant(participant, plan);
      },
    });
    this.node.closed.catch(onFailure);
  }
}
