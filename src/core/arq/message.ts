/** Messages, and what becomes of them. */

import type { FragmentPlan, MessageType, PayloadSource } from "../wire/packet.ts";

/** A message to send: its bytes, or a source that makes them a fragment at a time. */
export interface OutgoingMessage {
  readonly type: MessageType;
  readonly payload: Uint8Array | PayloadSource;
  /** How the payload is cut, where that is not to follow from the sender's largest datagram. */
  readonly plan?: FragmentPlan;
}

/** A message that arrived whole. `payload` belongs to the receiver of the call. */
export interface IncomingMessage {
  readonly type: MessageType;
  readonly payload: Uint8Array;
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
