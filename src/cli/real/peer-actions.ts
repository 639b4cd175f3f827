/** What the menu's entries do, over a Peer: its callbacks as promises, and a change of the list that the directory has heard of. */

import type { LookupOutcome, ShareOutcome, Source, UpdateOutcome, ViewOutcome } from "../../core/peer/outcomes.ts";
import type { Peer } from "../../core/peer/peer.ts";
import type { Transport } from "../../core/transport.ts";
import type { MenuActions } from "./menu.ts";

/** How long a change waits for the directory's ACK before the user is told that it waits. */
const TOLD_PATIENCE_MS = 3000;

/** Fetches a file and says what became of it, line by line. */
export type Receive = (name: string, sources: readonly Source[]) => Promise<readonly string[]>;

export class PeerActions implements MenuActions {
  readonly receive: Receive;
  private readonly transport: Transport;
  private readonly peer: Peer;
  private readonly allow: (name: string) => void;
  /** Who waits for the directory to know the list as it is now. */
  private readonly waiting = new Set<(told: boolean) => void>();

  /** `allow` hears of a name before it is shared: its user has named it. */
  constructor(transport: Transport, peer: Peer, receive: Receive, allow: (name: string) => void = () => {}) {
    this.transport = transport;
    this.peer = peer;
    this.receive = receive;
    this.allow = allow;
  }

  /** The peer's `onUpdate`. */
  onUpdate(outcome: UpdateOutcome): void {
    if (outcome === "current") for (const settle of [...this.waiting]) settle(true);
  }

  lookup(name: string): Promise<LookupOutcome> {
    return new Promise((resolve) => this.peer.lookup(name, resolve));
  }

  view(): Promise<ViewOutcome> {
    return new Promise((resolve) => this.peer.view(resolve));
  }

  list(): string {
    return this.peer.list();
  }

  share(name: string): Promise<ShareOutcome & { readonly told: boolean }> {
    this.allow(name);
    return this.change((done) => this.peer.share(name, done));
  }

  unshare(name: string): Promise<ShareOutcome & { readonly told: boolean }> {
    return this.change((done) => done(this.peer.unshare(name)));
  }

  /** The directory is told at once (report, Tests 1 and 2); a look at it afterwards shows the change. */
  private async change(
    act: (done: (outcome: ShareOutcome) => void) => void,
  ): Promise<ShareOutcome & { readonly told: boolean }> {
    // Whoever waits is there before the directory can answer.
    let told: Promise<boolean> = Promise.resolve(true);
    const outcome = await new Promise<ShareOutcome>((resolve) => {
      act((outcome) => {
        if (outcome.ok && outcome.note === undefined) told = this.untilTold();
        resolve(outcome);
      });
    });
    return { ...outcome, told: await told };
  }

  private untilTold(): Promise<boolean> {
    return new Promise<boolean>((resolve) => {
      const timer = this.transport.createTimer(() => settle(false));
      const settle = (told: boolean): void => {
        timer.cancel();
        this.waiting.delete(settle);
        resolve(told);
      };
      timer.set(TOLD_PATIENCE_MS);
      this.waiting.add(settle);
    });
  }
}
