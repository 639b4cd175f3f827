/**
 * `npm run demo:hosts [-- --loss 10%] [--faults "delay=5ms"] [--out DIR]`: the report's demonstration on four hosts. Builds H1 to
 * H4 as network namespaces, runs the directory and three peers as processes of their own, replays the report's Tests 0 to 4,
 * captures the traffic of each host, and prints what the report says beside what was seen. Exit codes as peerlab's: 0 every
 * row agrees, 1 one does not, 2 bad usage, 3 it could not be done here, 130 interrupted.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled, ROOT } from "./checkout.mjs";
import { HostNetwork, lossTool, missingForHosts } from "./hosts/network.mjs";
import { REPORT_TESTS } from "./hosts/report-tests.mjs";
import { Stage } from "./hosts/stage.mjs";
import { claimTable } from "./hosts/table.mjs";

const USAGE = 'usage: npm run demo:hosts -- [--loss 10%] [--faults "delay=5ms"] [--out DIR] [--json]';

const say = (text) => process.stderr.write(`${text}\n`);

function refuse(exitCode, text) {
  say(`demo:hosts: ${text}`);
  process.exit(exitCode);
}

const options = readOptions();
const missing = missingForHosts();
if (options.loss > 0 && missing.length === 0 && lossTool() === undefined) {
  missing.push("nft or iptables, to lose packets: install the package iptables");
}
if (missing.length > 0) refuse(3, `needs\n${missing.map((what) => `  - ${what}`).join("\n")}`);
ensureInstalled();
ensureBuilt();

const network = new HostNetwork();
let stage;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    say("interrupted: taking the hosts down");
    Promise.resolve(stage?.abandon()).finally(() => {
      network.down();
      process.exit(130);
    });
  });
}

const results = [];
let failure;
try {
  await network.up(options.loss);
  for (const { title, perform } of REPORT_TESTS) {
    say(`Test ${title} ...`);
    stage = new Stage(network, join(options.out, `test-${title.replaceAll(" ", "-")}`), options.faults);
    results.push({ test: title, rows: await perform(stage) });
    stage = undefined;
  }
} catch (error) {
  failure = error;
} finally {
  await stage?.abandon();
  network.down();
}

if (!interrupted) {
  if (failure !== undefined) say(failure.message);
  const rows = results.flatMap((result) => result.rows);
  const passed = failure === undefined && rows.every(({ ok }) => ok !== false);
  const document = {
    lossProbability: options.loss,
    faults: options.faults,
    passed,
    tests: results,
    ...(failure && { error: failure.message }),
  };
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, "results.json"), `${JSON.stringify(document, null, 2)}\n`);
  process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : claimTable(results, options));
  process.exitCode = passed ? 0 : 1;
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        loss: { type: "string", default: "0%" },
        faults: { type: "string", default: "" },
        out: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    refuse(2, `${error.message}\n${USAGE}`);
  }
  const loss = /^(\d+(?:\.\d+)?)%$/.exec(values.loss);
  const probability = loss === null ? Number(values.loss) : Number(loss[1]) / 100;
  if (!(probability >= 0 && probability < 1)) {
    refuse(2, `--loss ${values.loss}: expected a share such as 10% or 0.1, from 0 to below 1\n${USAGE}`);
  }
  const name = probability === 0 ? "hosts" : `hosts-loss-${Math.round(probability * 100)}`;
  return { ...values, loss: probability, out: values.out ?? join(ROOT, "reports", "latest", name) };
}
