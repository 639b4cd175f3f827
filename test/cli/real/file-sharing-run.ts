/** A run of the simulated system in which a directory has something to say: joins, a change, an exit, an expiry. */

import { parseScenario } from "../../../src/scenario/parse.ts";
import { runScenario } from "../../../src/scenario/run.ts";
import type { TraceSink } from "../../../src/trace/events.ts";

const TEXT = `name: log
description: Two peers come and go.
seed: 1
duration: 60s
hosts:
  H1: { role: directory, address: 10.0.0.1 }
  H2: { role: peer, address: 10.0.0.2 }
  H3: { role: peer, address: 10.0.0.3, files: { new.txt: 10B } , shares: [new.txt] }
timeline:
  - { at: 2s, host: H3, do: { unshare: new.txt } }
  - { at: 4s, host: H3, do: exit }
  - { at: 6s, host: H2, do: crash }
expect:
  - deliveries: { atLeast: 1 }
`;

export function fileSharingRun(sink: TraceSink): void {
  const parsed = parseScenario(TEXT, "log.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 1));
  runScenario(parsed.scenario, { sinks: [sink] });
}
