/**
 * Lets the worker threads that the code under test starts run src/ as it is: Node 20 does not know TypeScript by itself.
 * Given to the tests' processes by vitest.config.ts; their threads inherit it.
 */

import { register } from "node:module";

if (!process.features.typescript) register("./typescript-hooks.mjs", import.meta.url);
