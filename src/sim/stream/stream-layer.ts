/**
 * The byte streams of one simulated host: a small TCP over the host's lossy segments. It gives each segment to its
 * connection, makes connections, and answers what belongs to none with a reset (RFC 9293, 3.5.2).
 *
 * One layer serves a host for a whole run. A crash empties it, but it goes on counting connections, by which those of
 * before the crash are told from those after it: do not make a new one.
 */

import { type Endpoint, endpoint, type Stream, type StreamHandlers } from "../../core/transport.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { EndedStreams } from "./ended-streams.ts";
import { EphemeralPorts } from "./ephemeral-ports.ts";
import { connectorPart, incarnationOf } from "./incarnation.ts";
import { defaultStreamOptions, type StreamOptions } from "./options.ts";
import { ACK, FIN, RST, type Segment, type SegmentPort, SYN } from "./segment-port.ts";

const NO_BYTES = new Uint8Array(0);

/** A stream of the simulated world: its flow can be stopped at the receiving side. */
export interface SimStream extends Stream {
  readonly local: Endpoint;
  /** Hands no more bytes on; the advertised window closes as the receive buffer fills. */
  pause(): void;
  /** Hands on again, soon: what waited comes from a timer, not from within this call. */
  resume(): void;
  /**
   * Waits no longer for the other side's end (Linux: tcp_fin_timeout): as `abort`, but where our own direction is over
   * and acknowledged, without a word. The other side may still be reading; it hears a reset only if it sends more.
   */
  abandon(): void;
  /** Over, in whatever way; `onClose` may still be about to come. */
  readonly isClosed: boolean;
  /** This side has ended, and the other side has all of it, the end included. */
  readonly isFlushed: boolean;
}

/** Who handles a stream that is set up; undefined = nobody: the other side sees `reset`. */
export type AcceptStream = (stream: SimStream) => StreamHandlers | undefined;

export class StreamLayer implements ConnectionOwner {
  readonly port: SegmentPort;
  readonly options: StreamOptions;
  private readonly connections = new Map<string, Connection>();
  private readonly listeners = new Map<number, AcceptStream>();
  private readonly ephemeralPorts = new EphemeralPorts();
  private readonly ended: EndedStreams;
  crashes = 0;
  private connectCount = 0;
  private epoch = 0;

  constructor(port: SegmentPort, options: Partial<StreamOptions> = {}) {
    this.port = port;
    this.options = { ...defaultStreamOptions, ...options };
    this.ended = new EndedStreams(this.options.maxRememberedStreams);
  }

  /** Streams that are open, being set up or being closed. */
  get openStreams(): number {
    return this.connections.size;
  }

  /**
   * Accepts streams to a port of this host; the returned function ends that (open streams stay). RangeError where the
   * port is listened on already.
   */
  listen(port: number, accept: AcceptStream): () => void {
    if (this.listeners.has(port)) {
      throw new RangeError(`port ${port} of ${this.port.host} is listened on already: choose another one`);
    }
    this.listeners.set(port, accept);
    return () => {
      if (this.listeners.get(port) === accept) this.listeners.delete(port);
    };
  }

  /** Opens a stream. Where the host has no free port left, it is `refused`. */
  connect(localHost: string, to: Endpoint, handlers: StreamHandlers): SimStream {
    const port = this.ephemeralPorts.take((candidate) => !this.listeners.has(candidate));
    const local = endpoint(localHost, port ?? 1);
    const connection = new Connection(this, local, to, incarnationOf(++this.connectCount, 0), handlers);
    if (port === undefined) {
      connection.failSoon("refused");
      return connection;
    }
    this.connections.set(keyOf(local.port, to), connection);
    connection.start();
    return connection;
  }

  /** A segment arrived, undamaged. */
  onSegment(segment: Segment): void {
    const key = keyOf(segment.destination.port, segment.source);
    const connection = this.connections.get(key);
    if (connection?.owns(segment)) {
      connection.onSegment(segment);
      return;
    }
    if (this.answerForEnded(key, segment)) return;
    if (connection?.isSupersededBy(segment)) connection.onForgotten();
    if (!this.answerSyn(key, segment)) this.refuse(segment);
  }

  /**
   * The host's process dies: listeners, streams and what it remembers of them are gone, and none of their handlers is
   * called. `sendResets` tells the other ends, as an operating system does that survives the process.
   */
  crash(sendResets: boolean): void {
    const dead = [...this.connections.values()];
    this.connections.clear();
    this.listeners.clear();
    this.ephemeralPorts.releaseAll();
    this.ended.clear();
    this.epoch++;
    this.crashes++;
    for (const connection of dead) connection.die(sendResets);
  }

  /** A connection is over. What is not remembered is kept apart from what comes by a new epoch. */
  release(connection: Connection, orderly: boolean): void {
    const key = keyOf(connection.local.port, connection.remote);
    if (this.connections.get(key) !== connection) return;
    this.connections.delete(key);
    if (!connection.isResponder) this.ephemeralPorts.release(connection.local.port);
    const forgets = orderly ? this.ended.remember(key, connection) : connection.isResponder;
    if (forgets) this.epoch++;
  }

  accept(connection: Connection): StreamHandlers | undefined {
    return this.listeners.get(connection.local.port)?.(connection);
  }

  /** Answers a segment that belongs to no connection with a reset (RFC 9293, 3.5.2, group 1), unless it is one. */
  refuse(segment: Segment): void {
    if (segment.flags & RST) return;
    const hasAck = (segment.flags & ACK) !== 0;
    this.answer(segment, hasAck ? RST : RST | ACK, hasAck ? segment.ack : 0, hasAck ? 0 : endOf(segment));
  }

  /** A SYN to a port that somebody listens on begins a connection. */
  private answerSyn(key: string, segment: Segment): boolean {
    const { destination, source, flags } = segment;
    if ((flags & (SYN | ACK | RST)) !== SYN || !this.listeners.has(destination.port)) return false;
    if (this.connections.has(key) || this.connections.size >= this.options.maxStreams) return false;
    const incarnation = incarnationOf(connectorPart(segment.incarnation), this.epoch);
    const connection = new Connection(this, destination, source, incarnation);
    this.connections.set(key, connection);
    connection.start();
    return true;
  }

  /** Late segments of a stream that ended: a FIN or data is acknowledged again, the rest means nothing any more. */
  private answerForEnded(key: string, segment: Segment): boolean {
    const ended = this.ended.get(key);
    if (ended === undefined) return false;
    if (segment.flags === SYN) {
      return ended.isResponder && connectorPart(segment.incarnation) <= connectorPart(ended.incarnation);
    }
    if (segment.incarnation !== ended.incarnation) return false;
    const mayMissItsAck = (segment.flags & (FIN | RST)) === FIN || segment.payload.length > 0;
    if (mayMissItsAck) this.answer(segment, ACK, ended.seq, ended.ack);
    return true;
  }

  private answer(segment: Segment, flags: number, seq: number, ack: number): void {
    this.port.sendSegment({
      source: segment.destination,
      destination: segment.source,
      flags,
      seq,
      ack,
      windowBytes: 0,
      payload: NO_BYTES,
      attempt: flags & RST ? segment.attempt : 1,
      retransmissionOf: 0,
      incarnation: segment.incarnation,
    });
  }
}

/** Names a connection of a host: its own port and the other end. */
function keyOf(localPort: number, remote: Endpoint): string {
  return `${localPort} ${remote.key}`;
}

/** The sequence number behind a segment's last octet. */
function endOf(segment: Segment): number {
  const controls = (segment.flags & SYN ? 1 : 0) + (segment.flags & FIN ? 1 : 0);
  return segment.seq + segment.payload.length + controls;
}
