/** Metrics of packets: sent, lost, sent again. */

import type { EventKind } from "../../../trace/events.ts";
import { type Metric, ratio } from "./metric.ts";
import type { MetricsSink } from "./metrics-sink.ts";

function count(kind: EventKind, description: string, of: (sink: MetricsSink) => number): Metric {
  return { unit: "count", description, source: "events", kinds: [kind], moves: "up", value: ({ sink }) => of(sink) };
}

export const PACKET_METRICS = {
  transmissions: count(
    "send",
    "Packets sent: datagrams and byte-stream segments, retransmissions included.",
    transmissions,
  ),
  dataTransmissions: count(
    "send",
    "Data packets of messages sent, retransmissions included.",
    (sink) => sink.dataTransmissions,
  ),
  ackTransmissions: count("send", "Acknowledgements of data packets sent.", (sink) => sink.ackTransmissions),
  segmentTransmissions: count(
    "send",
    "Segments of byte streams sent (SYN, data, ACK, FIN, RST), retransmissions included.",
    (sink) => sink.segmentTransmissions,
  ),
  bytesSent: {
    unit: "bytes",
    description:
      "Bytes of all packets sent, as the trace has them: the whole of a datagram, the payload of a byte-stream segment.",
    source: "events",
    kinds: ["send"],
    moves: "up",
    value: ({ sink }) => sink.bytesSent,
  },
  deliveries: count("deliver", "Packets that reached their receiver, copies included.", (sink) => sink.deliveries),
  drops: count("drop", "Packets dropped, whatever the reason: the drop's note names the rule.", (sink) => sink.drops),
  lossRate: {
    unit: "ratio",
    description: "Packets dropped per packet sent.",
    source: "events",
    kinds: ["send", "drop"],
    value: ({ sink }) => ratio(sink.drops, transmissions(sink)),
  },
  dataLossRate: {
    unit: "ratio",
    description: "Data packets dropped per data packet sent: p in the closed forms of stop-and-wait.",
    source: "events",
    kinds: ["send", "drop"],
    value: ({ sink }) => ratio(sink.dataDrops, sink.dataTransmissions),
  },
  ackLossRate: {
    unit: "ratio",
    description: "Acknowledgements dropped per acknowledgement sent: q in the closed forms of stop-and-wait.",
    source: "events",
    kinds: ["send", "drop"],
    value: ({ sink }) => ratio(sink.ackDrops, sink.ackTransmissions),
  },
  duplicates: count("duplicate", "Packets that the network made a copy of.", (sink) => sink.duplicates),
  corruptions: count("corrupt", "Packets that the network damaged.", (sink) => sink.corruptions),
  rejects: count("reject", "Datagrams that a receiver refused as rubbish.", (sink) => sink.rejects),
  duplicatesReceived: {
    unit: "count",
    description:
      "Data packets that came to a receiver which had them already, so that it only acknowledged them again. Narrow it to the receiver.",
    source: "events",
    kinds: ["send", "state"],
    value: ({ sink }) => sink.repeatedAcks + sink.singleAcks - sink.singlesReceived,
  },
  timeouts: count("timeout", "Retransmission timers that ran out.", (sink) => sink.timeouts),
  retransmissions: count("send", "Data packets sent again.", (sink) => sink.retransmissions),
  necessaryRetransmissions: count(
    "send",
    "Retransmissions that were needed: everything sent of the packet before was lost.",
    (sink) => sink.necessaryRetransmissions,
  ),
  spuriousRetransmissions: count(
    "send",
    "Retransmissions of packets that had reached, or were about to reach, their receiver.",
    (sink) => sink.spuriousAckLost + sink.spuriousLate,
  ),
  spuriousLate: count(
    "send",
    "Spurious retransmissions because the packet or its acknowledgement was only late: the timeout was too short.",
    (sink) => sink.spuriousLate,
  ),
  spuriousAckLost: count(
    "send",
    "Spurious retransmissions because only the acknowledgement was lost.",
    (sink) => sink.spuriousAckLost,
  ),
  maxAttempt: {
    unit: "count",
    description: "The largest number of transmissions that one data packet took.",
    source: "events",
    kinds: ["send"],
    moves: "up",
    value: ({ sink }) => (sink.maxAttempt === 0 ? undefined : sink.maxAttempt),
  },
  segmentRetransmissions: count("send", "Segments of byte streams sent again.", (sink) => sink.segmentRetransmissions),
} satisfies Record<string, Metric>;

function transmissions(sink: MetricsSink): number {
  return sink.dataTransmissions + sink.ackTransmissions + sink.segmentTransmissions + sink.untypedTransmissions;
}
