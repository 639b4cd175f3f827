/** `peerlab diff A B`: the first difference between two runs, and what followed from it. */

import { setImmediate } from "node:timers/promises";
import { diffDocument } from "../report/diff/diff-document.ts";
import { compareExactly, type ExactDiff } from "../report/diff/exact.ts";
import { exactText } from "../report/diff/exact-text.ts";
import { compareProtocol, type ProtocolDiff } from "../report/diff/protocol.ts";
import { protocolText } from "../report/diff/protocol-text.ts";
import { type Comparison, type PerSide, perSide, SIDES, TooLargeToCompare } from "../report/diff/sides.ts";
import { countOf } from "../report/text.ts";
import { DURATION, parseQuantity } from "../scenario/units.ts";
import { TraceFileError } from "../trace/read/trace-file-error.ts";
import { type DiffRun, openDiffRun } from "./diff-run.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { type Console, colorAllowed, columnsOf, writeJson } from "./output.ts";
import { reportError } from "./report-error.ts";

export interface DiffOptions {
  readonly seedA?: string | undefined;
  readonly seedB?: string | undefined;
  readonly setA: readonly string[];
  readonly setB: readonly string[];
  /** A duration with a unit. */
  readonly tolerance?: string | undefined;
  /** Undefined: where one run is real and the other simulated. */
  readonly protocol?: boolean | undefined;
  readonly json: boolean;
}

/** Events shown before the difference, and of each run from it on. */
const CONTEXT = 5;
/** Packets and messages named of each kind. */
const MAX_SHOWN = 8;
/** How exactly two runs in real time end together. */
const PROTOCOL_TOLERANCE_MS = 100;

/** 0: equal; 1: different; 2: bad usage or a bad scenario; 3: a file that cannot be read. Reports errors itself. */
export async function diffCommand(paths: PerSide<string>, options: DiffOptions, console: Console): Promise<ExitCode> {
  try {
    const toleranceMs = toleranceOf(options);
    const seeds = { a: options.seedA, b: options.seedB };
    const sets = { a: options.setA, b: options.setB };
    const runs = perSide((side) => openDiffRun(paths[side], { side, seed: seeds[side], set: sets[side] }));
    const usesProtocol = options.protocol ?? runs.a.isReal !== runs.b.isReal;
    const comparison = usesProtocol
      ? compareProtocol(runs, { toleranceMs: toleranceMs ?? PROTOCOL_TOLERANCE_MS, context: CONTEXT })
      : compareExactly(runs, { toleranceMs: toleranceMs ?? 0, context: CONTEXT, maxShown: MAX_SHOWN });
    const diff = await drive<ExactDiff | ProtocolDiff>(comparison, console);
    if (options.json) {
      writeJson(console.stdout, { ...perSide((side) => headOf(runs[side], diff.events[side])), ...diffDocument(diff) });
    } else show(runs, diff, console);
    return diff.isEqual ? ExitCode.passed : ExitCode.failed;
  } catch (error) {
    return reportError(console, asCliError(error), options.json ? {} : undefined);
  }
}

function toleranceOf({ tolerance }: DiffOptions): number | undefined {
  if (tolerance === undefined) return undefined;
  const toleranceMs = parseQuantity(DURATION, tolerance);
  if (toleranceMs !== undefined) return toleranceMs;
  throw new CliError("usage", `--tolerance: found ${JSON.stringify(tolerance)}, expected ${DURATION.expected}`);
}

/** Goes on step by step, so that Ctrl-C is heard in between. */
async function drive<T>(comparison: Comparison<T>, { interrupted }: Console): Promise<T> {
  for (;;) {
    const { done, value } = comparison.next();
    if (done) return value;
    await setImmediate();
    if (interrupted.aborted)
      throw new CliError("interrupted", `interrupted after ${countOf(value, "event")} of both runs`);
  }
}

function asCliError(error: unknown): unknown {
  const isOfFile = error instanceof TraceFileError || error instanceof TooLargeToCompare;
  return isOfFile ? new CliError("runtime", error.message) : error;
}

function headOf({ source, isReal, facts }: DiffRun, events: number): object {
  const { name, seed, traceHash, durationMs } = facts() ?? {};
  return { source, scenario: name, seed, traceHash, world: isReal ? "real" : "simulated", durationMs, events };
}

function show(runs: PerSide<DiffRun>, diff: ExactDiff | ProtocolDiff, { stdout, env }: Console): void {
  for (const side of SIDES) {
    const { source, isReal, facts } = runs[side];
    const known = facts();
    const seed = known?.seed === undefined ? "" : `, seed ${known.seed}`;
    const world = isReal ? ", real sockets" : "";
    stdout.write(`${side.toUpperCase()}  ${source}: ${countOf(diff.events[side], "event")}${seed}${world}\n`);
  }
  const style = { columns: columnsOf(stdout, env), color: colorAllowed(stdout, env) };
  stdout.write(`\n${diff.mode === "exact" ? exactText(diff, style) : protocolText(diff, style)}`);
}
