/**
 * A host of the real world: one participant over UDP and TCP sockets of Node. It keeps the contract that the simulated
 * host keeps (test/contract), and tells the trace the same events.
 */

import { setTimeout as sleep } from "node:timers/promises";
import {
  type Endpoint,
  type Exchange,
  endpoint,
  type FileRequest,
  type PacketInfo,
  type Participant,
  type ResponseHandlers,
  type Stream,
  type StreamHandlers,
  type Timer,
  type Transport,
} from "../core/transport.ts";
import type { NodeTrace } from "../trace/node-trace.ts";
import { addressesReaching, resolveHost } from "./address.ts";
import { type BoundSockets, bindSockets, closeServer } from "./bind.ts";
import { Budget } from "./datagrams/budget.ts";
import { Flights } from "./datagrams/flights.ts";
import { Traffic, type TrafficCounts } from "./datagrams/traffic.ts";
import { HostExchanges } from "./host-exchanges.ts";
import { FileServer, type FileServerOptions } from "./http/file-server.ts";
import { LocalNetwork } from "./local-network.ts";
import { DEFAULT_CLOSE_TIMEOUT_MS, DEFAULT_RECEIVE_BUFFER_BYTES, type NodeHostOptions } from "./node-host-options.ts";
import { NowTrace } from "./now-trace.ts";
import { unpredictable } from "./random.ts";
import { Standstill } from "./standstill.ts";
import { HostStreams } from "./streams/host-streams.ts";
import { defaultStreamOptions } from "./streams/options.ts";
import { Tally } from "./tally.ts";
import { NodeTimer, type TimerOwner } from "./timers/node-timer.ts";
import type { TimerQueue } from "./timers/timer-queue.ts";
import { listenError, TransportError } from "./transport-error.ts";

export type { NodeHostOptions } from "./node-host-options.ts";

const NS_PER_MS = 1e6;

/** How often `close` looks whether everything has gone out. */
const CLOSE_POLL_MS = 5;

export class NodeHost implements Transport, TimerOwner {
  readonly name: string;
  readonly self: Endpoint;
  readonly trace: NodeTrace;
  /** The label of its name in the trace. */
  readonly nameId: number;
  /** Counts the starts and ends of hosts of this name, as the simulated network does. */
  readonly incarnation: number;
  readonly timers: TimerQueue;
  readonly flights = new Flights();
  readonly standstill = new Standstill();
  /** Resolves once the host is closed; rejects where its participant threw, which closes it at once. */
  readonly closed: Promise<void>;
  /** Nothing is sent, and no handler is called any more. */
  isClosed = false;
  private readonly network: LocalNetwork;
  private readonly sockets: BoundSockets;
  private readonly traffic: Traffic;
  private readonly streams: HostStreams;
  private readonly exchanges: HostExchanges;
  private fileServer: FileServer | undefined = undefined;
  private readonly streamsNotTaken: Tally;
  /** The keys of all addresses that reach it. */
  private readonly keys: readonly string[];
  private readonly closeTimeoutMs: number;
  private participantIfAny: Participant | undefined = undefined;
  private settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  private isClosing = false;

  /**
   * Opens the host's sockets, boots its participant and starts it. Rejects with a TransportError where a socket cannot
   * be opened, and with what the participant throws where it throws.
   */
  static async open(options: NodeHostOptions): Promise<NodeHost> {
    const { bind } = options;
    const address = await resolveHost(bind.host).catch((error: unknown) => {
      throw error instanceof TransportError ? error : listenError(error, { protocol: "UDP", ...bind });
    });
    const sockets = await bindSockets(address, bind.port, options.receiveBufferBytes ?? DEFAULT_RECEIVE_BUFFER_BYTES);
    const host = new NodeHost(options, sockets);
    try {
      if (options.http !== undefined) await host.serveFiles(options.http);
      host.begin(options.boot);
    } catch (error) {
      await host.breakDown();
      throw error;
    }
    return host;
  }

  private constructor(options: NodeHostOptions, sockets: BoundSockets) {
    const { name, recorder } = options;
    const { address, udp } = sockets;
    const network = LocalNetwork.of(recorder);
    this.name = name;
    this.network = network;
    this.sockets = sockets;
    this.self = endpoint(address, udp.port);
    this.timers = network.timers;
    this.nameId = recorder.labels.id(name);
    this.trace = new NowTrace(network, this.nameId);
    this.incarnation = 2 * network.countOpening(name) - 1;
    this.closeTimeoutMs = options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS;
    this.closed = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.traffic = new Traffic(this, network, udp, {
      budget: new Budget(options.budget ?? {}, network.nowNs()),
      faults: options.faults,
      describe: options.describe,
    });
    this.streamsNotTaken = new Tally(network.timers, (count, _bytes, why, isFirst) => {
      this.trace.state(isFirst ? `stream not taken: ${why}` : `${count} more streams not taken: ${why}`);
    });
    this.streams = new HostStreams({
      options: { ...defaultStreamOptions, ...options.streams },
      address,
      createTimer: (onFire) => this.createTimer(onFire),
      guard: (handler) => this.guard(handler),
      onStreamNotTaken: (why) => this.streamsNotTaken.add(why, 0, network.tick()),
    });
    this.exchanges = new HostExchanges(this, options.client ?? {});
    this.keys = addressesReaching(address).map((reaching) => endpoint(reaching, udp.port).key);
    network.name(this.nameId, [this.self.key, ...this.keys]);
    network.join(this, this.keys);
  }

  /** Where its file server listens; undefined where it has none. */
  get http(): Endpoint | undefined {
    return this.fileServer?.endpoint;
  }

  get participant(): Participant {
    if (this.participantIfAny === undefined)
      throw new Error(`${this.name} is still booting: it has no participant yet`);
    return this.participantIfAny;
  }

  /** What did not get through so far. */
  get counts(): TrafficCounts {
    return this.traffic.counts;
  }

  /** What the system grants as receive buffer for datagrams, in bytes. */
  get receiveBufferBytes(): number {
    return this.sockets.udp.receiveBufferBytes;
  }

  // The Transport -----------------------------------------------------------------------------------------------------

  now(): number {
    return this.network.nowNs() / NS_PER_MS;
  }

  wallClockMs(): number {
    return Date.now();
  }

  random(): number {
    return unpredictable();
  }

  createTimer(onFire: () => void): Timer {
    return new NodeTimer(this, onFire);
  }

  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    return this.traffic.send(to, datagram, info);
  }

  connect(to: Endpoint, handlers: StreamHandlers): Stream {
    const stream = this.streams.connect(to, handlers);
    if (this.isClosed) stream.abort();
    return stream;
  }

  request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange {
    const exchange = this.exchanges.request(to, request, handlers);
    if (this.isClosed) exchange.cancel();
    return exchange;
  }

  // What its timers and sockets call ----------------------------------------------------------------------------------

  nowNs(): number {
    return this.network.nowNs();
  }

  /** Hands a datagram to the participant. */
  receive(from: Endpoint, datagram: Uint8Array): void {
    if (this.isClosed) return;
    try {
      this.participantIfAny?.onDatagram(from, datagram);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Calls a handler of the participant; what it throws ends the host. */
  guard(handler: () => void): void {
    if (this.isClosed) return;
    if (this.standstill.isPaused) {
      this.standstill.putOff(() => this.guard(handler));
      return;
    }
    try {
      handler();
    } catch (error) {
      this.fail(error);
    }
  }

  // Its life ----------------------------------------------------------------------------------------------------------

  private async serveFiles(options: FileServerOptions): Promise<void> {
    try {
      this.fileServer = await FileServer.listen(
        options,
        (from, request, response) => this.guard(() => this.participantIfAny?.onFileRequest?.(from, request, response)),
        this.trace,
      );
    } catch (error) {
      throw error instanceof RangeError ? error : listenError(error, { protocol: "HTTP", ...options });
    }
    const { host, port } = this.fileServer.endpoint;
    this.network.name(
      this.nameId,
      addressesReaching(host).map((reaching) => endpoint(reaching, port).key),
    );
  }

  private begin(boot: (host: NodeHost) => Participant): void {
    const { udp, tcp } = this.sockets;
    this.trace.state(this.incarnation === 1 ? "started" : "restarted");
    const participant = boot(this);
    this.participantIfAny = participant;
    if (participant.onConnection === undefined) {
      void closeServer(tcp);
    } else if (tcp instanceof TransportError) {
      throw tcp;
    } else {
      this.streams.listen(tcp, (stream) => (participant as Required<Participant>).onConnection(stream));
    }
    if (participant.onFileRequest === undefined) {
      void this.fileServer?.close();
      this.fileServer = undefined;
    }
    udp.listen(this.traffic);
    participant.start();
  }

  /**
   * Leaves properly: `participant.stop()`, then what was sent goes out (at most `closeTimeoutMs`), then every socket and
   * timer goes. Rejects with what the participant threw, where it did.
   */
  close(): Promise<void> {
    if (!this.isClosing && !this.isClosed) {
      this.isClosing = true;
      this.guard(() => this.participantIfAny?.stop());
      this.leave().then(this.settle.resolve, this.settle.reject);
    }
    return this.closed;
  }

  /**
   * The process stands still: nothing is handled until `resume`, and up to 256 datagrams wait (further ones are dropped).
   * Its sockets stay open, and clients connect, as the system has it. Error where the host is paused or closed.
   */
  pause(): void {
    if (this.isClosed || this.standstill.isPaused)
      throw new Error(`${this.name} is ${this.isClosed ? "closed" : "paused"}`);
    this.trace.state("paused");
    this.standstill.isPaused = true;
    this.exchanges.pause();
    this.streams.pause();
  }

  /** What came meanwhile is handled now, in the order in which it came. Error where the host is not paused. */
  resume(): void {
    if (!this.standstill.isPaused) throw new Error(`${this.name} is not paused`);
    this.trace.state("resumed");
    this.exchanges.resume();
    this.streams.resume();
    this.standstill.resume();
  }

  /**
   * The process dies: nothing of its participant is called again, nobody is told, connections are reset, and what had not
   * gone out is lost. Resolves when its sockets are closed.
   */
  crash(): Promise<void> {
    if (!this.isClosed) {
      this.trace.state("crashed");
      this.breakDown().then(this.settle.resolve, this.settle.reject);
    }
    return this.closed;
  }

  private async leave(): Promise<void> {
    void this.fileServer?.close(); // with a time of its own for what is being uploaded
    const untilNs = this.network.nowNs() + this.closeTimeoutMs * NS_PER_MS;
    const hasGoneOut = (): boolean => this.isClosed || (this.traffic.isIdle && !this.streams.isFlushing);
    while (!hasGoneOut() && this.network.nowNs() < untilNs) await sleep(CLOSE_POLL_MS);
    await this.breakDown();
  }

  /** A handler of the participant threw, or a sink of the trace: nothing of what comes after can be relied on. */
  fail(error: unknown): void {
    if (this.isClosed) return;
    this.settle.reject(error);
    void this.breakDown();
  }

  private async breakDown(): Promise<void> {
    if (this.isClosed) return;
    this.traffic.close();
    this.streamsNotTaken.close();
    this.isClosed = true;
    this.standstill.clear();
    this.timers.cancelIf((item) => item instanceof NodeTimer && item.isOf(this));
    this.network.leave(this, this.keys);
    this.exchanges.cancelAll();
    this.streams.leaveAll();
    const { udp, tcp } = this.sockets;
    await Promise.all([udp.close(), closeServer(tcp), this.fileServer?.close()]);
  }
}
