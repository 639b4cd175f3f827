/** `peerlab run --real`: one scenario on real sockets, with its progress, and with what can go wrong in words. */

import { readableDuration } from "../report/text.ts";
import { realWarnings } from "../scenario/real/fitness.ts";
import { NotForReal, runReal } from "../scenario/real/run.ts";
import type { RunOptions, RunResult } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import { DURATION, parseQuantity } from "../scenario/units.ts";
import { TransportError } from "../transport/transport-error.ts";
import { CliError } from "./exit-codes.ts";
import { type Console, say } from "./output.ts";
import { Progress } from "./progress.ts";
import type { RunCommandOptions } from "./run.ts";

/** Runs in real time; Ctrl-C ends it. `onEnd` is called when the last event was traced, also when interrupted. */
export async function driveReal(
  scenario: Scenario,
  runOptions: RunOptions,
  { lateness, quiet }: RunCommandOptions,
  console: Console,
  onEnd: () => void,
): Promise<RunResult> {
  const latenessMs = latenessOf(lateness);
  if (!quiet) {
    const { durationMs } = scenario;
    const howLong = durationMs === undefined ? "until nothing is left to do" : `for ${readableDuration(durationMs)}`;
    say(console, `${scenario.name}: runs with real sockets, in real time, ${howLong}`);
    for (const warning of realWarnings(scenario)) say(console, `${scenario.name}: ${warning}`);
  }
  const progress = new Progress(console, scenario.name, quiet);
  let events = 0;
  try {
    return await runReal(scenario, {
      ...runOptions,
      ...(latenessMs !== undefined && { latenessMs }),
      signal: console.interrupted,
      onProgress: (state) => {
        ({ events } = state);
        progress.update(state);
      },
    });
  } catch (error) {
    if (console.interrupted.aborted) {
      throw new CliError("interrupted", `interrupted in ${scenario.name} at event ${events}`);
    }
    if (error instanceof NotForReal) throw new CliError("bad-scenario", error.message);
    if (error instanceof TransportError) throw new CliError("runtime", `${scenario.name}: ${error.message}`);
    throw error;
  } finally {
    onEnd();
    progress.end();
  }
}

function latenessOf(lateness: string | undefined): number | undefined {
  if (lateness === undefined) return undefined;
  const latenessMs = parseQuantity(DURATION, lateness);
  if (latenessMs !== undefined) return latenessMs;
  throw new CliError("usage", `--lateness: found ${JSON.stringify(lateness)}, expected ${DURATION.expected}`);
}
