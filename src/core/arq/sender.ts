/**
 * The stop-and-wait sender (Kurose and Ross, 3.4; the report's section on reliability): one packet of a message is
 * under way, the next one goes out when the ACK with the next sequence number is in, and a timer sends it again.
 *
 * Messages to one remote end go out one at a time per message type, since on the report's wire nothing but its type
 * ties an ACK to a message. Different types, and different remote ends, do not wait for each other.
 */

import { SmallMap } from "../small-map.ts";
import { elapsedMs } from "../time.ts";
import type { Endpoint, PacketInfo, Timer, Transport } from "../transport.ts";
import {
  type FragmentPlan,
  MESSAGE_TYPE_NAMES,
  type MessageType,
  type Packet,
  type PayloadSource,
} from "../wire/packet.ts";
import { bytesSource } from "../wire/payload-source.ts";
import { evictOne } from "./eviction.ts";
import type { OutgoingMessage, PendingMessage, SendOutcome } from "./message.ts";
import type { ArqOptions } from "./options.ts";
import { RtoEstimator } from "./rto.ts";

type Done = (outcome: SendOutcome) => void;

/** A message that waits or is under way. */
class Outgoing implements PendingMessage {
  readonly payload: PayloadSource;
  readonly plan: FragmentPlan;
  readonly done: Done;
  readonly queuedAtMs: number;
  private readonly lane: Lane;

  constructor(lane: Lane, payload: PayloadSource, plan: FragmentPlan, done: Done, queuedAtMs: number) {
    this.lane = lane;
    this.payload = payload;
    this.plan = plan;
    this.done = done;
    this.queuedAtMs = queuedAtMs;
  }

  cancel(): void {
    this.lane.cancel(this);
  }
}

/** What all lanes of a sender share: the sender itself. */
interface Shared {
  readonly transport: Transport;
  readonly options: ArqOptions;
}

/** A remote end: its RTT estimator, and a chain of lanes, one for each message type sent to it. */
class RemoteEnd {
  readonly endpoint: Endpoint;
  readonly estimator: RtoEstimator;
  private firstLane: Lane | undefined = undefined;

  constructor(endpoint: Endpoint, options: ArqOptions) {
    this.endpoint = endpoint;
    this.estimator = new RtoEstimator(options.rto);
  }

  lane(type: MessageType): Lane | undefined {
    let lane = this.firstLane;
    while (lane !== undefined && lane.type !== type) lane = lane.next;
    return lane;
  }

  addLane(lane: Lane): void {
    lane.next = this.firstLane;
    this.firstLane = lane;
  }

  get isIdle(): boolean {
    for (let lane = this.firstLane; lane !== undefined; lane = lane.next) if (!lane.isIdle) return false;
    return true;
  }

  stop(): void {
    for (let lane = this.firstLane; lane !== undefined; lane = lane.next) lane.stop();
  }
}

/** The messages of one type to one remote end: one under way, the others behind it. */
class Lane {
  readonly type: MessageType;
  /** The next lane to the same remote end. */
  next: Lane | undefined = undefined;
  private readonly shared: Shared;
  private readonly remote: RemoteEnd;
  private readonly retransmission: Timer;
  private waiting: Outgoing[] | undefined = undefined;
  private current: Outgoing | undefined = undefined;
  private datagram: Uint8Array | undefined = undefined;
  /** Describes the packet under way: its seq, total, attempt, and its message's number. */
  private readonly info: PacketInfo;
  private transmissions = 0;
  private startedMs = 0;
  private sentMs = 0;
  private packetId = 0;

  constructor(shared: Shared, remote: RemoteEnd, type: MessageType) {
    this.shared = shared;
    this.remote = remote;
    this.type = type;
    this.info = {
      kind: "data",
      type: MESSAGE_TYPE_NAMES[type],
      message: 0,
      seq: 0,
      total: 0,
      attempt: 0,
      retransmissionOf: 0,
    };
    this.retransmission = shared.transport.createTimer(() => this.onTimeout());
  }

  get isIdle(): boolean {
    return this.current === undefined;
  }

  get isFull(): boolean {
    return this.current !== undefined && (this.waiting?.length ?? 0) >= this.shared.options.maxQueuedMessages;
  }

  add(message: OutgoingMessage, done: Done): Outgoing {
    const { transport, options } = this.shared;
    const payload = message.payload instanceof Uint8Array ? bytesSource(message.payload) : message.payload;
    const plan = message.plan ?? options.wire.plan(this.type, payload.byteLength, options.maxDatagramBytes);
    const outgoing = new Outgoing(this, payload, plan, done, transport.now());
    if (this.current === undefined) {
      this.begin(outgoing);
    } else {
      this.waiting ??= [];
      this.waiting.push(outgoing);
    }
    return outgoing;
  }

  /** The ACK that is waited for carries the next sequence number; any other is old and means nothing. */
  onAck(packet: Packet): void {
    const { info } = this;
    if (this.current === undefined || packet.seq !== info.seq + 1 || packet.total !== info.total) return;
    this.sample();
    if (info.seq < info.total) {
      this.nextPacket();
    } else {
      const { transport } = this.shared;
      this.finish("delivered", {
        status: "delivered",
        packets: info.total,
        transmissions: this.transmissions,
        elapsedMs: elapsedMs(this.startedMs, transport.now()),
        queuedMs: elapsedMs(this.current.queuedAtMs, this.startedMs),
      });
    }
  }

  cancel(outgoing: Outgoing): void {
    if (outgoing === this.current) {
      this.finish("cancelled", { status: "cancelled" });
      return;
    }
    const at = this.waiting?.indexOf(outgoing) ?? -1;
    if (at < 0) return;
    this.waiting?.splice(at, 1);
    this.drop(outgoing, "cancelled");
    outgoing.done({ status: "cancelled" });
  }

  /** Withdraws everything. */
  stop(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    if (this.current !== undefined) this.finish("cancelled", { status: "cancelled" });
    for (const outgoing of waiting) {
      this.drop(outgoing, "cancelled");
      outgoing.done({ status: "cancelled" });
    }
  }

  /** Tells the trace of a message that is never sent. */
  drop(
    message: { readonly payload: { readonly byteLength: number }; readonly plan?: FragmentPlan },
    word: string,
  ): void {
    facts.type = this.info.type;
    facts.message = this.info.message;
    facts.packets = message.plan?.totalPackets ?? 0;
    facts.transmissions = 0;
    facts.payloadBytes = message.payload.byteLength;
    facts.elapsedMs = 0;
    this.shared.transport.trace.message(this.remote.endpoint, word, facts);
  }

  private begin(outgoing: Outgoing): void {
    const { transport } = this.shared;
    const { info } = this;
    this.current = outgoing;
    this.transmissions = 0;
    this.startedMs = transport.now();
    info.message++;
    info.seq = 0;
    info.total = outgoing.plan.totalPackets;
    this.nextPacket();
  }

  private nextPacket(): void {
    const { info } = this;
    info.seq++;
    info.attempt = 1;
    info.retransmissionOf = 0;
    const { payload, plan } = this.current as Outgoing;
    this.datagram = this.shared.options.wire.encodeData(this.type, payload, plan, info.seq);
    this.transmit();
  }

  private transmit(): void {
    const { transport } = this.shared;
    this.transmissions++;
    this.sentMs = transport.now();
    this.packetId = transport.send(this.remote.endpoint, this.datagram as Uint8Array, this.info);
    if (this.info.attempt === 1) this.info.retransmissionOf = this.packetId;
    this.retransmission.set(this.remote.estimator.timeoutIntervalMs);
  }

  /** SampleRTT, from the latest transmission to now; Karn's rule refuses it where the packet was sent twice. */
  private sample(): void {
    const { transport, options } = this.shared;
    const { estimator, endpoint } = this.remote;
    const rttMs = elapsedMs(this.sentMs, transport.now());
    const retransmitted = this.info.attempt > 1;
    this.retransmission.cancel();
    if (retransmitted && options.rto.karn) {
      estimator.onAcknowledged(true);
      ambiguous.sampleRttMs = rttMs;
      ambiguous.estimatedRttMs = estimator.estimatedRttMs;
      ambiguous.devRttMs = estimator.devRttMs;
      ambiguous.timeoutIntervalMs = estimator.timeoutIntervalMs;
      transport.trace.rtt(endpoint, this.packetId, "ambiguous", ambiguous);
    } else {
      estimator.onSample(rttMs);
      estimator.onAcknowledged(retransmitted);
      transport.trace.rtt(endpoint, this.packetId, "sample", estimator);
    }
  }

  private onTimeout(): void {
    const { transport, options } = this.shared;
    const { info } = this;
    const { estimator, endpoint } = this.remote;
    expired.type = info.type;
    expired.seq = info.seq;
    expired.total = info.total;
    expired.attempt = info.attempt;
    expired.timeoutIntervalMs = estimator.timeoutIntervalMs;
    transport.trace.timeout(endpoint, this.packetId, expired);
    estimator.onTimeout();
    transport.trace.rtt(endpoint, this.packetId, "timeout", estimator);
    if (info.attempt < options.maxAttempts) {
      info.attempt++;
      this.transmit();
      return;
    }
    estimator.onGivenUp();
    this.finish("given up", {
      status: "given-up",
      seq: info.seq,
      attempts: info.attempt,
      packets: info.total,
      transmissions: this.transmissions,
      elapsedMs: elapsedMs(this.startedMs, transport.now()),
      queuedMs: elapsedMs((this.current as Outgoing).queuedAtMs, this.startedMs),
    });
  }

  /** The message has its outcome; the next one, if any, begins. */
  private finish(word: string, outcome: SendOutcome): void {
    const { transport } = this.shared;
    const finished = this.current as Outgoing;
    this.retransmission.cancel();
    this.current = undefined;
    this.datagram = undefined;
    facts.type = this.info.type;
    facts.message = this.info.message;
    facts.packets = this.info.total;
    facts.transmissions = this.transmissions;
    facts.payloadBytes = finished.payload.byteLength;
    facts.elapsedMs = elapsedMs(this.startedMs, transport.now());
    transport.trace.message(this.remote.endpoint, word, facts);
    const next = this.waiting?.shift();
    if (next !== undefined) this.begin(next);
    finished.done(outcome);
  }
}

// What the trace is told, in objects that serve again and again: the trace reads them during the call.
const ambiguous = { sampleRttMs: 0.5, estimatedRttMs: 0.5, devRttMs: 0.5, timeoutIntervalMs: 0.5 };
const expired = { type: "", seq: 0, total: 0, attempt: 0, timeoutIntervalMs: 0.5 };
const facts = { type: "", message: 0, packets: 0, transmissions: 0, payloadBytes: 0, elapsedMs: 0.5 };

export class StopAndWaitSender implements Shared {
  readonly transport: Transport;
  readonly options: ArqOptions;
  private readonly remotes = new SmallMap<RemoteEnd>();
  private latest: RemoteEnd | undefined = undefined;
  private stopped = false;

  constructor(transport: Transport, options: ArqOptions) {
    this.transport = transport;
    this.options = options;
  }

  /**
   * Queues a message for a remote end; it goes out at once where no other of its type is under way. `done` is called
   * once with its outcome; only `refused` comes before `send` returns.
   */
  send(to: Endpoint, message: OutgoingMessage, done: Done): PendingMessage {
    const remote = this.stopped ? undefined : this.remote(to);
    if (remote === undefined) return this.refuse(this.stopped ? "stopped" : "queue-full", done);
    let lane = remote.lane(message.type);
    if (lane === undefined) {
      lane = new Lane(this, remote, message.type);
      remote.addLane(lane);
    } else if (lane.isFull) {
      lane.drop(message, "refused");
      return this.refuse("queue-full", done);
    }
    return lane.add(message, done);
  }

  private refuse(reason: "queue-full" | "stopped", done: Done): PendingMessage {
    done({ status: "refused", reason });
    return { cancel() {} };
  }

  onAck(from: Endpoint, packet: Packet): void {
    const remote = this.known(from.key);
    remote?.lane(packet.type)?.onAck(packet);
  }

  /** Withdraws every message; nothing is sent afterwards. */
  stop(): void {
    this.stopped = true;
    for (const remote of this.remotes.values()) remote.stop();
  }

  private known(key: string): RemoteEnd | undefined {
    if (this.latest?.endpoint.key === key) return this.latest;
    const remote = this.remotes.get(key);
    if (remote !== undefined) this.latest = remote;
    return remote;
  }

  /** The state kept for a remote end; undefined where there is no room because all others are busy. */
  private remote(to: Endpoint): RemoteEnd | undefined {
    const known = this.known(to.key);
    if (known !== undefined) return known;
    const { options } = this;
    if (this.remotes.size >= options.maxRemotes && !evictOne(this.remotes, (remote) => remote.isIdle)) return undefined;
    const remote = new RemoteEnd(to, options);
    this.remotes.set(to.key, remote);
    this.latest = remote;
    return remote;
  }
}
