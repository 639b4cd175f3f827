/**
 * The stop-and-wait sender (Kurose and Ross, 3.4; the report's section on reliability): one packet of a message is
 * under way, the next one goes out when the ACK with the next sequence number is in, and a timer sends it again.
 *
 * Messages to one remote end go out one at a time per message type, since on the report's wire nothing but its type
 * ties an ACK to a message. Different types, and different remote ends, do not wait for each other.
 *
 * On a wire with message IDs an ACK counts only for the message whose ID it has. A remote end may answer with a challenge
 * there: the packet goes out again with the cookie that came, once for each run of the timer; and it may reject a message.
 */

import { SmallMap } from "../small-map.ts";
import type { Endpoint, Transport } from "../transport.ts";
import type { WireError } from "../wire/hardened/errors.ts";
import type { Packet } from "../wire/packet.ts";
import { evictOne } from "./eviction.ts";
import { type Done, Lane, RemoteEnd, type Shared } from "./lane.ts";
import type { OutgoingMessage, PendingMessage } from "./message.ts";
import type { ArqOptions } from "./options.ts";

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

  /** A packet came back with a cookie. The bytes are copied. */
  onChallenge(from: Endpoint, packet: Packet, cookie: Uint8Array): void {
    this.known(from.key)?.lane(packet.type)?.onChallenge(packet, cookie);
  }

  /** A message is not wanted. */
  onError(from: Endpoint, packet: Packet, error: WireError): void {
    this.known(from.key)?.lane(packet.type)?.onError(packet, error);
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
