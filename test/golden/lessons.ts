/** Small scenarios whose traces are worth reading, each with what there is to see in it. */

export interface Lesson {
  /** The golden file's name. */
  readonly name: string;
  readonly lesson: string;
  /** The scenario without its name and description. */
  readonly yaml: string;
}

/** A sender and a receiver, 50 ms apart, and a fixed timeout of 200 ms unless `rto` says otherwise. */
const bare = (rest: string, rto = "{ estimator: fixed, initial: 200ms, backoff: 1 }"): string => `
network:
  delay: 50ms
${rest}
hosts:
  sender: { role: arq-sender }
  receiver: { role: arq-receiver }
protocol:
  maxDatagram: 64B
  rto: ${rto}
`;

const sending = (what: string): string => `
timeline:
  - { at: 0s, host: sender, do: { send: { to: receiver, ${what} } } }
`;

export const LESSONS: readonly Lesson[] = [
  {
    name: "lost-data",
    lesson: "A data packet is lost. Nobody tells the sender: its timer runs out, and it sends the packet again.",
    yaml: `${bare("  faults: [{ match: { kind: data, attempt: 1 }, do: drop }]")}${sending("packets: 1, bytes: 64B")}`,
  },
  {
    name: "lost-ack",
    lesson:
      "The ACK is lost. To the sender that looks the same; the receiver knows the packet, drops it and acknowledges it again.",
    yaml: `${bare("  faults: [{ match: { kind: ack, attempt: 1 }, do: drop }]")}${sending("packets: 1, bytes: 64B")}`,
  },
  {
    name: "short-timer",
    lesson:
      "The timeout is shorter than the round trip: every packet goes twice, though nothing is lost. Late ACKs mean nothing, and cause nothing (no Sorcerer's Apprentice).",
    yaml: `${bare("", "{ estimator: fixed, initial: 80ms, backoff: 1 }")}${sending("packets: 3, bytes: 64B")}`,
  },
  {
    name: "karn",
    lesson:
      "The estimator at work: a sample, a loss with back-off, an ACK that cannot be told apart (Karn's rule refuses its sample, the backed-off timeout stays), and a new sample that ends the back-off.",
    yaml: `${bare(
      "  faults: [{ match: { kind: data, seq: 2, attempt: 1 }, do: drop }]",
      "{ estimator: report, initial: 1s, min: 10ms, backoff: 2, karn: true }",
    )}${sending("packets: 3, bytes: 64B")}`,
  },
  {
    name: "given-up",
    lesson: "Three attempts, all ACKs lost: the sender gives up and never knows that the receiver has had it all.",
    yaml: `${bare("  faults: [{ match: { kind: ack }, do: drop }]").replace("protocol:", "protocol:\n  attempts: 3")}${sending("packets: 1, bytes: 64B")}`,
  },
  {
    name: "fragmentation",
    lesson:
      "A list of files that one datagram cannot hold goes in three packets; the second is lost on the way. The directory acts once all are in.",
    yaml: `
duration: 3s
network:
  delay: 5ms
  faults: [{ match: { type: UPDATE, kind: data, seq: 2, attempt: 1 }, do: drop }]
protocol:
  maxDatagram: 64B
  rto: { estimator: fixed, initial: 200ms, backoff: 1 }
hosts:
  H1: { role: directory }
  H2:
    role: peer
    start: 1s
    files: { a-long-file-name-number-1.txt: 1B, a-long-file-name-number-2.txt: 1B, a-long-file-name-number-3.txt: 1B, a-long-file-name-number-4.txt: 1B }
    shares: [a-long-file-name-number-1.txt, a-long-file-name-number-2.txt, a-long-file-name-number-3.txt, a-long-file-name-number-4.txt]
`,
  },
  {
    name: "late-duplicate",
    lesson:
      "The flaw of numbers that restart with every message: the network keeps a copy of the first update, and delivers it after the list has changed. The directory cannot tell it from a new one: until the next update it lists a file that is gone.",
    yaml: `
duration: 10s
network:
  delay: 5ms
  faults: [{ match: { type: UPDATE, kind: data, message: 1 }, do: { duplicate: 5s } }]
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { old.txt: 1B }, shares: [old.txt] }
timeline:
  - { at: 2s, host: H2, do: { unshare: old.txt } }
`,
  },
  {
    name: "look-up-and-download",
    lesson: "The report's Test 3 in small: a peer looks a file up, is offered one source, and fetches it over HTTP.",
    yaml: `
duration: 3s
network: { delay: 5ms }
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { hello.txt: { content: "hello, world" } }, shares: [hello.txt] }
  H3: { role: peer, start: 500ms }
timeline:
  - { at: 1s, host: H3, do: { lookup: hello.txt } }
  - { at: 2s, host: H3, do: { download: { file: hello.txt, choice: 0 } } }
`,
  },
];
