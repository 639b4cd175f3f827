/**
 * Between a participant and its real host: the participant sees the addresses, the clock and the random numbers that the
 * scenario gives it, the host sees sockets.
 */

import type {
  Endpoint,
  Exchange,
  FileRequest,
  PacketInfo,
  Participant,
  ResponseHandlers,
  Stream,
  StreamHandlers,
  Timer,
  Transport,
} from "../../core/transport.ts";
import { CounterRandom, deriveKey } from "../../faults/keyed-random.ts";
import type { NodeTrace } from "../../trace/node-trace.ts";
import type { NodeHost } from "../../transport/node-host.ts";
import type { AddressPlan } from "./address-plan.ts";

export interface PlannedHostOptions {
  /** Its datagram address in the scenario. */
  readonly self: Endpoint;
  readonly seed: string;
  /** How much faster than true time its timers and clock run, in parts per million. */
  readonly clockDriftPpm: number;
}

/** Datagrams to nobody: no socket takes this for an address, and the trace shows the one that was meant. */
const NOWHERE = "no host of the scenario";

export class PlannedTransport implements Transport {
  readonly self: Endpoint;
  readonly trace: NodeTrace;
  private readonly host: NodeHost;
  private readonly plan: AddressPlan;
  private readonly clockRate: number;
  private readonly wallClockStartMs: number;
  private readonly randomness: CounterRandom;

  constructor(host: NodeHost, plan: AddressPlan, { self, seed, clockDriftPpm }: PlannedHostOptions) {
    this.self = self;
    this.trace = host.trace;
    this.host = host;
    this.plan = plan;
    this.clockRate = 1 + clockDriftPpm / 1e6;
    this.wallClockStartMs = host.wallClockMs() - host.now();
    // The numbers that the simulated host draws.
    this.randomness = new CounterRandom(deriveKey(seed, `host ${host.name} ${host.incarnation}`));
  }

  now(): number {
    return this.host.now() * this.clockRate;
  }

  wallClockMs(): number {
    return this.wallClockStartMs + this.now();
  }

  random(): number {
    return this.randomness.next();
  }

  createTimer(onFire: () => void): Timer {
    const timer = this.host.createTimer(onFire);
    return this.clockRate === 1 ? timer : new DriftingTimer(timer, this.clockRate);
  }

  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    return this.host.send(this.plan.realDatagramEnd(to) ?? { ...to, host: NOWHERE }, datagram, info);
  }

  connect(to: Endpoint, handlers: StreamHandlers): Stream {
    return this.host.connect(this.plan.realDatagramEnd(to) ?? { ...to, host: NOWHERE }, handlers);
  }

  request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange {
    const real = this.plan.realHttpEnd(to);
    if (real !== undefined) return this.host.request(real, request, handlers);
    return this.refuse(to, handlers);
  }

  /** No host of the scenario serves files there: as if nobody listened. */
  private refuse(to: Endpoint, handlers: ResponseHandlers): Exchange {
    const timer = this.host.createTimer(() => {
      this.trace.http("failed: refused", to.key);
      handlers.onError("refused");
    });
    timer.set(0);
    const cancel = (): void => {
      if (!timer.isSet) return;
      timer.cancel();
      handlers.onError("cancelled");
    };
    return { cancel, pause() {}, resume() {} };
  }
}

/** A timer by a clock that does not run true: a fast one's delays are shorter. */
class DriftingTimer implements Timer {
  private readonly timer: Timer;
  private readonly clockRate: number;

  constructor(timer: Timer, clockRate: number) {
    this.timer = timer;
    this.clockRate = clockRate;
  }

  set(delayMs: number): void {
    this.timer.set(delayMs / this.clockRate);
  }

  cancel(): void {
    this.timer.cancel();
  }

  get isSet(): boolean {
    return this.timer.isSet;
  }
}

/** The participant as its real host sees it: whoever sends it a datagram has the scenario's address. */
export function plannedParticipant(participant: Participant, plan: AddressPlan): Participant {
  return {
    start: () => participant.start(),
    stop: () => participant.stop(),
    onDatagram: (from, datagram) => participant.onDatagram(plan.scenarioEnd(from), datagram),
    ...(participant.onConnection && {
      onConnection: (stream: Stream) => (participant as Required<Participant>).onConnection(stream),
    }),
    ...(participant.onFileRequest && {
      onFileRequest: (...args: Parameters<Required<Participant>["onFileRequest"]>) =>
        (participant as Required<Participant>).onFileRequest(...args),
    }),
  };
}
