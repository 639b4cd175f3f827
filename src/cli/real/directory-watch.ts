/** Tells a peer's user once when the directory is lost, or refuses the peer, and once when all is well again. */

import type { UpdateOutcome } from "../../core/peer/outcomes.ts";
import type { Timer, Transport } from "../../core/transport.ts";
import { readableDuration } from "../../report/text.ts";

/** How long the first update waits for its ACK before the user hears of it. */
const FIRST_PATIENCE_MS = 3000;

export interface WatchedDirectory {
  /** As the user knows it: `10.0.0.1:7777`. */
  readonly address: string;
  readonly updatePeriodMs: number;
  /** What is wrong, in words, as far as the peer knows: its `directoryProblem`. */
  problem(): string | undefined;
}

export class DirectoryWatch {
  private readonly directory: WatchedDirectory;
  private readonly tell: (notice: string) => void;
  private readonly first: Timer;
  /** What the user was told is wrong; undefined while nothing is. */
  private told: string | undefined = undefined;

  /** `tell` takes a line. */
  constructor(transport: Transport, directory: WatchedDirectory, tell: (notice: string) => void) {
    this.directory = directory;
    this.tell = tell;
    this.first = transport.createTimer(() => this.lose("does not answer"));
    this.first.set(FIRST_PATIENCE_MS);
  }

  /** The peer's `onUpdate`. */
  onUpdate(outcome: UpdateOutcome): void {
    this.first.cancel();
    if (outcome === "unanswered") this.lose("does not answer");
    else if (outcome === "refused") this.lose("refuses this peer");
    else {
      if (this.told !== undefined) this.tell(`the directory ${this.directory.address} lists this peer now`);
      this.told = undefined;
    }
  }

  stop(): void {
    this.first.cancel();
  }

  private lose(what: string): void {
    if (this.told === what) return;
    this.told = what;
    const { address, updatePeriodMs } = this.directory;
    const problem = this.directory.problem();
    const why = problem === undefined ? "" : ` (${problem})`;
    const period = readableDuration(updatePeriodMs);
    this.tell(`the directory ${address} ${what}${why}: tried again at least every ${period}; files are still served`);
  }
}
