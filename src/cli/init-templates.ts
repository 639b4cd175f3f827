/** The scenarios that `peerlab init` writes: small, commented, and passing as they are. */

export const SCENARIO_KINDS = ["lesson", "file-sharing"] as const;
export type ScenarioKind = (typeof SCENARIO_KINDS)[number];

/** What is filled in. */
export interface TemplateValues {
  /** The name of the scenario: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Where editors find the JSON Schema. */
  readonly schema: string;
  /** The file, as a person would type it. */
  readonly file: string;
}

export function scenarioTemplate(kind: ScenarioKind, values: TemplateValues): string {
  return kind === "lesson" ? lesson(values) : fileSharing(values);
}

const lesson = ({ name, schema, file }: TemplateValues) => `# yaml-language-server: $schema=${schema}
#
# Stop-and-wait between a bare sender and a receiver, over a link that loses packets.
#
#   npx peerlab run ${file}
#   npx peerlab run ${file} --set network.loss=0.3    # and look at the chart again
#   npx peerlab run ${file} --out results             # report.html, charts, traces, summary.json

name: ${name}
description: Stop-and-wait keeps one packet under way, and waits longer after each loss.
seed: 1                 # the same seed gives the same run, to the byte

network:                # every link, in both directions
  delay: 50ms           # or { distribution: uniform, min: 40ms, max: 60ms }
  loss: 0.1             # of data and of ACKs alike; or bursts: { gilbertElliott: { p: 0.03, r: 0.3 } }

protocol:
  rto:                  # the retransmission timeout
    estimator: report   # EstimatedRTT and DevRTT; or rfc6298, or fixed
    initial: 1s
    min: 200ms          # a floor: on a steady path the deviation vanishes, and the least delay would look like a loss
    backoff: 2          # doubles at each timeout; 1: no back-off
    karn: true          # no sample from a packet that was sent more than once

hosts:
  sender: { role: arq-sender }
  receiver: { role: arq-receiver }

timeline:
  - { at: 0s, host: sender, do: { send: { to: receiver, packets: 200, bytes: 512B } } }

expect:
  - send: { host: sender, delivered: 1 }
  # 1 / (0.9 x 0.9) = 1.23: a transmission counts when neither it nor its ACK is lost. 200 packets come near it.
  - transmissionsPerPacket: { between: [1.1, 1.4] }
    because: data and ACKs are lost with probability 0.1 each
`;

const fileSharing = ({ name, schema, file }: TemplateValues) => `# yaml-language-server: $schema=${schema}
#
# A central directory and two peers: one shares a file, the other finds it and downloads it.
#
#   npx peerlab run ${file}
#   npx peerlab run ${file} --seed 7                  # other losses
#   npx peerlab run ${file} --out results             # report.html, charts, traces, summary.json

name: ${name}
description: A peer looks a file up in the directory and downloads it from the peer that shares it.
seed: 1                 # the same seed gives the same run, to the byte
duration: 60s           # peers update for ever, so that the run needs an end

network:                # every link, in both directions
  delay: 20ms
  loss: 0.05
  links:                # what differs; later entries win
    - between: [bob, directory]
      delay: 80ms

hosts:
  directory: { role: directory }
  alice:
    role: peer
    files: { notes.txt: 20KiB }
    shares: [notes.txt]
  bob:
    role: peer
    start: 2s

timeline:
  - { at: 10s, host: bob, do: { lookup: notes.txt } }
  - { at: 20s, host: bob, do: { download: { file: notes.txt, from: alice } } }

expect:
  - lookup: { host: bob, file: notes.txt, offers: [alice] }
  - download: { host: bob, file: notes.txt, from: alice, status: 200, bytes: 20KiB, intact: true }
  - directory: { lists: { alice: [notes.txt], bob: [] } }
`;
