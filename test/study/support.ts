/** A bare transfer whose losses, timeout and order a test chooses. */

export interface Bulk {
  readonly packets?: number;
  readonly messages?: number;
  readonly attempts?: number | "unlimited";
  readonly rto?: string;
  readonly expect?: string;
}

export function bulkText({
  packets = 100,
  messages = 1,
  attempts = "unlimited",
  rto = "{ estimator: fixed, initial: 200ms, backoff: 1 }",
  expect = "[]",
}: Bulk = {}): string {
  return `name: bulk
description: A bare transfer.
seed: 42
network: { delay: 50ms, loss: 0.1 }
protocol: { attempts: ${attempts}, rto: ${rto} }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, messages: ${messages}, packets: ${packets}, bytes: 64B } } }]
expect: ${expect}
`;
}
