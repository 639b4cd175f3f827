/** Metrics of messages at their sender. A message has an outcome once it is delivered or given up. */

import type { EventKind } from "../../../trace/events.ts";
import { type Metric, ratio, sampled } from "./metric.ts";
import type { MetricsSink } from "./metrics-sink.ts";

const BITS_PER_BYTE = 8;
const MS_PER_SECOND = 1000;
/** A message that is given up counts the packets it tried: its latest timeout says which was the last. */
const OUTCOME_KINDS: readonly EventKind[] = ["state", "timeout"];

function messages(description: string, of: (sink: MetricsSink) => number): Metric {
  return { unit: "count", description, source: "events", kinds: ["state"], moves: "up", value: ({ sink }) => of(sink) };
}

function perOutcome(unit: Metric["unit"], description: string, of: (sink: MetricsSink) => number | undefined): Metric {
  return { unit, description, source: "events", kinds: OUTCOME_KINDS, value: ({ sink }) => of(sink) };
}

export const MESSAGE_METRICS = {
  messagesDelivered: messages("Messages of which every packet was acknowledged.", (sink) => sink.messagesDelivered),
  messagesGivenUp: messages(
    "Messages given up: one of their packets was sent the most times allowed, without an acknowledgement.",
    (sink) => sink.messagesGivenUp,
  ),
  messagesCancelled: messages("Messages that their sender withdrew.", (sink) => sink.messagesCancelled),
  messagesRefused: messages("Messages never sent, because the queue was full.", (sink) => sink.messagesRefused),
  messagesRejected: messages(
    "Messages that their receiver would not have, with an ERROR (on the hardened wire).",
    (sink) => sink.messagesRejected,
  ),
  messagesReceived: messages(
    "Messages that arrived whole and were handed on by their receiver.",
    (sink) => sink.messagesReceived,
  ),
  packetsAcknowledged: {
    unit: "count",
    description: "Packets acknowledged, of messages with an outcome.",
    source: "events",
    kinds: OUTCOME_KINDS,
    moves: "up",
    value: ({ sink }) => sink.packetsAcknowledged,
  },
  transmissionsPerPacket: perOutcome(
    "ratio",
    "Transmissions per packet that was sent at all, over messages with an outcome: (1 - f^M)/s in the closed form, 1/s without a limit M of attempts.",
    (sink) => ratio(sink.messageTransmissions, sink.packetsAttempted),
  ),
  timePerPacket: perOutcome(
    "ms",
    "Time from the first transmission of a message to its outcome, per packet that was sent at all.",
    (sink) => ratio(sink.messageElapsedSumMs, sink.packetsAttempted),
  ),
  meanMessageTime: perOutcome("ms", "Mean time from the first transmission of a message to its outcome.", (sink) =>
    ratio(sink.messageElapsedSumMs, sink.messagesDelivered + sink.messagesGivenUp),
  ),
  maxMessageTime: {
    ...perOutcome("ms", "Longest time from the first transmission of a message to its outcome.", (sink) =>
      sampled(sink.messageElapsedMaxMs),
    ),
    moves: "up",
  },
  goodput: perOutcome(
    "bit/s",
    "Payload bits of delivered messages, per second that messages with an outcome were under way.",
    (sink) => ratio(sink.payloadBytesDelivered * BITS_PER_BYTE * MS_PER_SECOND, sink.messageElapsedSumMs),
  ),
} satisfies Record<string, Metric>;
