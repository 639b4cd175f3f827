/** Messages, and what becomes of them. */

import type { Endpoint } from "../transport.ts";
import type { WireError } from "../wire/hardened/errors.ts";
import type { FragmentPlan, MessageId, MessageType, PayloadSource } from "../wire/packet.ts";

/** A message to send: its bytes, or a source that makes them a fragment at a time. */
export interface OutgoingMessage {
  readonly type: MessageType;
  readonly payload: Uint8Array | PayloadSource;
  /** How the payload is cut, where that is not to follow from the sender's largest datagram. */
  readonly plan?: FragmentPlan;
  /** Where messages have IDs: this one's, where its sender must know it beforehand; absent: one is drawn. */
  readonly messageId?: MessageId;
  /** Where messages have IDs: the message that this one answers. */
  readonly replyTo?: MessageId;
}

/** A message that arrived whole. `payload` belongs to the receiver of the call. */
export interface IncomingMessage {
  readonly type: MessageType;
  readonly payload: Uint8Array;
  /** Where messages have IDs: this one's, and that of the message which it answers (zero: none). */
  readonly messageId?: MessageId;
  readonly replyTo?: MessageId;
}

/** Every message has exactly one outcome. Times in ms on the sender's clock. */
export type SendOutcome =
  | {
      readonly status: "delivered";
      readonly packets: number;
      readonly transmissions: number;
      /** From the first transmission to the last ACK. */
      readonly elapsedMs: number;
      /** Time spent behind other messages before the first transmission. */
      readonly queuedMs: number;
      /** From one update to the next, as the directory asks for it with the ACK of an UPDATE. */
      readonly updateIntervalMs?: number;
    }
  | {
      /** The other side will not have it, and says why. */
      readonly status: "rejected";
      readonly error: WireError;
      readonly packets: number;
      readonly transmissions: number;
      readonly elapsedMs: number;
      readonly queuedMs: number;
    }
  | {
      /** The packet `seq` was sent `attempts` times without an ACK. The other side may still have had all of it. */
      readonly status: "given-up";
      readonly seq: number;
      readonly attempts: number;
      readonly packets: number;
      readonly transmissions: number;
      readonly elapsedMs: number;
      readonly queuedMs: number;
    }
  /** Withdrawn by its sender (`cancel`, or the participant stopped). */
  | { readonly status: "cancelled" }
  /** Never sent: the queue to that remote end is full. */
  | { readonly status: "refused"; readonly reason: "queue-full" | "stopped" };

/** A message under way or queued. */
export interface PendingMessage {
  /** Withdraws the message; its outcome is `cancelled`. No-op once it has an outcome. */
  cancel(): void;
}

/** Whoever sends messages: stop-and-wait on one of the wires. */
export interface MessageSender {
  send(to: Endpoint, message: OutgoingMessage, done: (outcome: SendOutcome) => void): PendingMessage;
}
