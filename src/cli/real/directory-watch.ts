/** Tells a peer's user once when the directory is lost and once when it is back. */

import type { UpdateOutcome } from "../../core/peer/outcomes.ts";
import type { Timer, Transport } from "../../core/transport.ts";
import { readableDuration } from "../../report/text.ts";

/** How long the first update waits for its ACK before the user hears of it. */
const FIRST_PATIENCE_MS = 3000;

export class DirectoryWatch {
  private readonly directory: string;
  private readonly updatePeriodMs: number;
  private readonly tell: (notice: string) => void;
  private readonly first: Timer;
  private state: "not heard yet" | "answers" | "lost" = "not heard yet";

  /** `directory` is its address as the user knows it. `tell` takes a line. */
  constructor(transport: Transport, directory: string, updatePeriodMs: number, tell: (notice: string) => void) {
    this.directory = directory;
    this.updatePeriodMs = updatePeriodMs;
    this.tell = tell;
    this.first = transport.createTimer(() => this.lose());
    this.first.set(FIRST_PATIENCE_MS);
  }

  /** The peer's `onUpdate`. */
  onUpdate(outcome: UpdateOutcome): void {
    if (outcome === "unanswered") this.lose();
    else {
      this.first.cancel();
      if (this.state === "lost") this.tell(`the directory ${this.directory} answers now: this peer is listed there`);
      this.state = "answers";
    }
  }

  stop(): void {
    this.first.cancel();
  }

  private lose(): void {
    if (this.state === "lost") return;
    this.state = "lost";
    this.first.cancel();
    const period = readableDuration(this.updatePeriodMs);
    this.tell(
      `the directory ${this.directory} does not answer: tried again at least every ${period}; files are still served`,
    );
  }
}
