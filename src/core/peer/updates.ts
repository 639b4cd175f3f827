/**
 * A peer's entry in the directory: made and kept alive by updates, removed by an exit. At most one update is under way.
 * When the next one is due, it replaces one that is still unacknowledged: it says all that counts, and nothing piles up.
 * A change of the list waits for the one under way: of two updates on their way at once, the older could come in last.
 */

import type { Arq } from "../arq/arq.ts";
import type { PendingMessage, SendOutcome } from "../arq/message.ts";
import type { Timer, Transport } from "../transport.ts";
import { MessageType } from "../wire/packet.ts";
import { encodeExit } from "../wire/payloads.ts";
import type { PeerOptions } from "./options.ts";
import type { ExitOutcome, UpdateOutcome } from "./outcomes.ts";
import type { SharedFiles } from "./shared-files.ts";

/** An exit on its way, and who waits for its outcome. */
interface Leaving {
  readonly done: (outcome: ExitOutcome) => void;
  message: PendingMessage | undefined;
}

export class Updates {
  private readonly arq: Arq;
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

  /** `tell` hears what became of each update. */
  constructor(
    transport: Transport,
    arq: Arq,
    options: PeerOptions,
    shared: SharedFiles,
    tell: (outcome: UpdateOutcome) => void,
  ) {
    this.arq = arq;
    this.options = options;
    this.shared = shared;
    this.tell = tell;
    this.nextUpdate = transport.createTimer(() => this.send());
    this.onOutcome = (outcome) => {
      if (outcome.status === "cancelled") return; // a newer one has its place already
      this.unacknowledged = undefined;
      if (outcome.status !== "delivered") this.tell("unanswered");
      else this.tell(this.isOutdated ? "outdated" : "current");
      if (this.isOutdated) this.send();
    };
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

    const { ip, port } = this.options.http;
    const payload = encodeExit({ ip, httpPort: port });
    const leaving: Leaving = { done, message: undefined };
    this.leaving = leaving;
    leaving.message = this.arq.send(this.options.directory, { type: MessageType.EXIT, payload }, (outcome) => {
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
    this.unacknowledged = this.arq.send(this.options.directory, this.shared.update(), this.onOutcome);
    this.nextUpdate.set(this.options.updatePeriodMs);
  }

  private settleExit(outcome: ExitOutcome): void {
    const leaving = this.leaving;
    if (leaving === undefined) return;
    this.leaving = undefined;
    leaving.message?.cancel();
    leaving.done(outcome);
  }
}

function exitOutcome(outcome: SendOutcome): ExitOutcome {
  switch (outcome.status) {
    case "delivered":
      return { status: "left" };
    case "given-up":
      return { status: "failed", reason: "given-up" };
    case "refused":
      return { status: "failed", reason: "refused" };
    case "cancelled":
      return { status: "failed", reason: "stopped" };
  }
}
