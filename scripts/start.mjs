/**
 * `npm start [-- PATH... OPTIONS...]`: makes the checkout ready and runs scenarios, the report's own unless others are
 * named: `npm start -- scenarios/lessons --seed 7`. Its exit code is the run's.
 */

import { CLI, ensureBuilt, ensureInstalled, runNode } from "./checkout.mjs";

const args = process.argv.slice(2);
const pathsGiven = args.length > 0 && !args[0].startsWith("-");
const outGiven = args.some((arg) => arg === "--out" || arg.startsWith("--out="));

ensureInstalled();
ensureBuilt();
process.exitCode = await runNode(CLI, [
  "run",
  ...(pathsGiven ? [] : ["scenarios/report-2015"]),
  ...(outGiven ? [] : ["--out", "reports/latest"]),
  ...args,
]);
