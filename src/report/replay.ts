/** The command that runs a scenario again, to paste into a shell. */

/** What a run was started with. */
export interface Replay {
  /** The scenario's file, as it was given. */
  readonly file: string;
  readonly seed: string;
  /** `path=value` assignments that changed the scenario. */
  readonly set?: readonly string[];
  /** With real sockets, where no two runs are the same: there is no event to stop at. */
  readonly isReal?: boolean;
  /** The event to stop at, from 1; absent: run to the end. */
  readonly untilEvent?: number | undefined;
}

export function replayCommand({ file, seed, set = [], isReal = false, untilEvent }: Replay): string {
  const words = ["npx", "peerlab", "run", ...(isReal ? ["--real"] : []), file, "--seed", seed];
  for (const assignment of set) words.push("--set", assignment);
  if (untilEvent !== undefined) words.push("--until-event", String(untilEvent));
  return words.map(shellWord).join(" ");
}

/** The command that shows a failure again: up to the event that decided, or the run's last one where none did. */
export function verdictReplay(
  run: Pick<Replay, "file" | "seed" | "isReal"> & { readonly events: number },
  verdict: { readonly event?: number },
  set: readonly string[] = [],
): string {
  const { file, seed, events, isReal = false } = run;
  if (isReal) return replayCommand({ file, seed, set, isReal });
  return replayCommand({ file, seed, set, untilEvent: verdict.event ?? Math.max(1, events) });
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
