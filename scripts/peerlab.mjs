#!/usr/bin/env node
/**
 * The command `peerlab`. It is there before the build is: npm links a package's command only where its file exists, and
 * `npx peerlab` in a checkout that was not built yet would stay broken even after the build.
 */

import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write("peerlab: this checkout is not built yet: run `npm start` or `npm run build` in it first\n");
  process.exitCode = 3;
}
