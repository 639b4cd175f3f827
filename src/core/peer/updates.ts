/**
 * A peer's entry in the directory: made and kept alive by updates, removed by an exit. At most one update is under way.
 * When the next one is due, it replaces one that is still unacknowledged: it says all that counts, and nothing piles up.
 * A change of the list waits for the one under way: of two updates on their way at once, the older could come in last.
 *
 * On the hardened wire the directory says with its ACK how long it wants to wait for the next update; the peer follows,
 * within its own period and `maxUpdateIntervalMs`.
 */

import type { PendingMessage, SendOutcome } from "../arq/message.ts";
import { elapsedMs } from "../time.ts";
import type { Timer, Transport } from "../transport.ts";
import type { Dialect } from "./dialect.ts";
import type { PeerOptions } from "./options.ts";
import type { ExitOutcome, UpdateOutcome } from "./outcomes.ts";
import type { SharedFiles } from "./shared-files.ts";

/** An exit on its way, and who waits for its outcome. */
interface Leaving {
  readonly done: (outcome: ExitOutcome) => void;
  message: PendingMessage | undefined;
}

export class Updates {
  private readonly transport: Transport;
  private readonly dialect: Dialect;
  private readonly options: PeerOptions;
  private readonly shared: SharedFiles;
  /** When the next update is due; runs while the peer has joined. */
  private readonly nextUpdate: Timer;
  private readonly onOutcome: (outcome: SendOutcome) => void;
  private readonly tell: (outcome: UpdateOutcome) => void;
  private unacknowledged: PendingMessage | undefined = undefined;
  private leaving: Leaving | undefined = undefined;
  private isJoined = false;
  /** Has the list changed since the latest update was sent? */
  private isOutdated = false;
  /** From one update to the next, as it is now. */
  private intervalMs: number;
  private sentMs = 0;
  private latestProblem: string | undefined = undefined;

  /** `tell` hears what became of each update. */
  constructor(
    transport: Transport,
    dialect: Dialect,
    options: PeerOptions,
    shared: SharedFiles,
    tell: (outcome: UpdateOutcome) => void,
  ) {
    this.transport = transport;
    this.dialect = dialect;
    this.options = options;
    this.intervalMs = options.updatePeriodMs;
    this.shared = shared;
    this.tell = tell;
    this.nextUpdate = transport.createTimer(() => this.send());
    this.onOutcome = (outcome) => {
      if (outcome.status === "cancelled") return; // a newer one has its place already
      this.unacknowledged = undefined;
      this.learn(outcome);
      this.tell(updateOutcome(outcome, this.isOutdated));
      if (this.isOutdated) this.send();
    };
  }

  /** Why the directory may not know of this peer, as far as the latest update tells; undefined where it was taken. */
  get problem(): string | undefined {
    return this.latestProblem ?? this.silence();
  }

  /** What silence may mean, where there is something to look at. */
  private silence(): string | undefined {
    const hint = this.dialect.hint();
    return hint === undefined ? undefined : `the directory does not answer: ${hint}`;
  }

  /** Does the peer send updates? */
  get joined(): boolean {
    return this.isJoined;
  }

  /** Sends the first update at once. An exit that is still on its way is withdrawn: it would undo this. */
  join(): void {
    if (this.isJoined) return;
    this.isJoined = true;
    this.settleExit({ status: "failed", reason: "joined-again" });
    this.send();
  }

  /** Tells the directory at once, or as soon as the update under way has an outcome; the period starts anew. */
  onListChanged(): void {
    if (!this.isJoined) return;
    if (this.unacknowledged === undefined) this.send();
    else this.isOutdated = true;
  }

  /** Sends the exit; no update follows, nor does one under way go on: it would make the entry again. */
  leave(done: (outcome: ExitOutcome) => void): void {
    if (!this.isJoined) {
      done({ status: "failed", reason: "not-joined" });
      return;
    }
    this.isJoined = false;
    this.nextUpdate.cancel();
    this.unacknowledged?.cancel();
    this.unacknowledged = undefined;
    this.isOutdated = false;

    const leaving: Leaving = { done, message: undefined };
    this.leaving = leaving;
    leaving.message = this.dialect.sendExit((outcome) => {
      if (this.leaving === leaving) this.settleExit(exitOutcome(outcome));
    });
  }

  /** An exit on its way has no time left. */
  stop(): void {
    this.nextUpdate.cancel();
    this.isJoined = false;
    this.settleExit({ status: "failed", reason: "stopped" });
  }

  private send(): void {
    this.isOutdated = false;
    if (this.unacknowledged !== undefined) {
      this.unacknowledged.cancel();
      this.tell("unanswered");
    }
    this.sentMs = this.transport.now();
    this.unacknowledged = this.dialect.sendUpdate(this.shared.update(), this.onOutcome);
    this.nextUpdate.set(this.intervalMs);
  }

  /** What the outcome of an update says about the directory. */
  private learn(outcome: SendOutcome): void {
    switch (outcome.status) {
      case "delivered":
        this.latestProblem = undefined;
        if (outcome.updateIntervalMs !== undefined) this.follow(outcome.updateIntervalMs);
        break;
      case "rejected":
        this.report(`the directory refuses the updates: ${outcome.error.code} ${outcome.error.text}`);
        break;
      case "given-up": {
        const silence = this.silence();
        if (silence === undefined) this.latestProblem = "the directory does not answer";
        else this.report(silence);
      }
    }
  }

  /** Tells the trace of a problem once, not with every update. */
  private report(problem: string): void {
    if (problem !== this.latestProblem) this.transport.trace.state(problem, this.options.directory.key);
    this.latestProblem = problem;
  }

  private follow(wantedMs: number): void {
    const { updatePeriodMs, maxUpdateIntervalMs } = this.options;
    const intervalMs = Math.max(updatePeriodMs, Math.min(wantedMs, maxUpdateIntervalMs));
    if (intervalMs === this.intervalMs) return;
    this.intervalMs = intervalMs;
    this.transport.trace.state(`updates every ${intervalMs} ms from now on`, this.options.directory.key);
    if (this.isJoined) this.nextUpdate.set(Math.max(0, intervalMs - elapsedMs(this.sentMs, this.transport.now())));
  }

  private settleExit(outcome: ExitOutcome): void {
    const leaving = this.leaving;
    if (leaving === undefined) return;
    this.leaving = undefined;
    leaving.message?.cancel();
    leaving.done(outcome);
  }
}

function updateOutcome({ status }: SendOutcome, isOutdated: boolean): UpdateOutcome {
  if (status === "delivered") return isOutdated ? "outdated" : "current";
  return status === "rejected" ? "refused" : "unanswered";
}

function exitOutcome(outcome: SendOutcome): ExitOutcome {
  switch (outcome.status) {
    case "delivered":
      return { status: "left" };
    case "given-up":
      return { status: "failed", reason: "given-up" };
    case "rejected":
    case "refused":
      return { status: "failed", reason: "refused" };
    case "cancelled":
      return { status: "failed", reason: "stopped" };
  }
}
