/** Runs a scenario, takes its capture, and imports that. */

import { type ImportResult, importCapture } from "../../src/capture/import.ts";
import { readCapture } from "../../src/capture/read.ts";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import type { TraceSink } from "../../src/trace/events.ts";
import { CaptureFile } from "../../src/trace/pcapng/capture-file.ts";
import { concat } from "../contract/world.ts";

export function captureOf(scenario: Scenario, sinks: readonly TraceSink[] = []): Uint8Array {
  const blocks: Uint8Array[] = [];
  const file = new CaptureFile((block) => blocks.push(block.slice()), { title: "t", startMs: 0, maxBytes: 1 << 26 });
  runScenario(scenario, { capture: file, sinks });
  file.end();
  return concat(blocks);
}

/** Imports what `captureOf` gave. Nothing of it may be passed over. */
export function imported(scenario: Scenario, capture: Uint8Array, sinks: readonly TraceSink[]): ImportResult {
  const read = readCapture(capture);
  if (!read.ok) throw new Error(read.reason);
  if (read.skipped.length > 0) throw new Error(`passed over: ${JSON.stringify(read.skipped)}`);
  const { rto, maxAttempts } = scenario.protocol.arq;
  return importCapture(read.packets, { rto, maxAttempts, names: new Map(), ports: new Set() }, sinks);
}
