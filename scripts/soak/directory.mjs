/**
 * The directory of the soak, in a process of its own. Tells its parent where it listens, and then, twice a second, who is in
 * its table: `{ atMs, ports }`, the peers' HTTP ports, which name them.
 */

import { defaultArqOptions } from "../../dist/core/arq/options.js";
import { Directory } from "../../dist/core/directory/directory.js";
import { defaultDirectoryOptions } from "../../dist/core/directory/options.js";
import { Recorder } from "../../dist/trace/recorder.js";
import { NodeHost } from "../../dist/transport/node-host.js";
import { faultsOf, nowMs, wireOf } from "./common.mjs";

const { loss, wire, seed } = JSON.parse(process.argv[2]);
const LOOK_EVERY_MS = 500;

const host = await NodeHost.open({
  name: "directory",
  bind: { host: "127.0.0.1", port: 0 },
  recorder: new Recorder(),
  faults: faultsOf(loss, `${seed} directory`),
  // All peers have one address here.
  budget: { datagramsPerSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY },
  boot: (transport) =>
    new Directory(transport, { ...defaultDirectoryOptions, wire, arq: { ...defaultArqOptions, wire: wireOf(wire) } }),
});
process.send({ port: host.self.port });
const looking = setInterval(() => {
  const ports = host.participant.entries().map(({ httpPort }) => httpPort);
  process.send({ atMs: nowMs(), ports });
}, LOOK_EVERY_MS);
process.on("disconnect", async () => {
  clearInterval(looking);
  await host.close();
});
