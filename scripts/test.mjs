/**
 * `npm test [-- VITEST ARGUMENTS...]`: makes the checkout ready (the tests of the command line run the build) and runs
 * vitest once. `--update-golden` writes the golden files anew instead of comparing with them.
 */

import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT, runNode } from "./checkout.mjs";

const UPDATE = "--update-golden";
const args = process.argv.slice(2);

ensureInstalled();
ensureBuilt();
process.exitCode = await runNode(
  join(ROOT, "node_modules", "vitest", "vitest.mjs"),
  ["run", ...args.filter((arg) => arg !== UPDATE)],
  args.includes(UPDATE) ? { UPDATE_GOLDEN: "1" } : {},
);
