/**
 * Who is live and who is in the directory, as the run goes: what the liveness expectation needs. Memory is one record
 * per host, however often it comes and goes.
 */

import type { Absence, LivenessFacts } from "./facts.ts";

interface Presence {
  live: boolean;
  listed: boolean;
  /** Since when the host has been live and not listed. */
  absentSinceMs: number | undefined;
  longest: { fromMs: number; toMs: number } | undefined;
}

export class PresenceLog {
  private readonly hosts = new Map<string, Presence>();
  private lastFaultEndMs = 0;

  /** A peer started, or stopped, crashed, left. */
  setLive(host: string, live: boolean, nowMs: number): void {
    const presence = this.presenceOf(host);
    presence.live = live;
    this.update(presence, nowMs);
  }

  /** The directory took a peer in, or dropped it. */
  setListed(host: string, listed: boolean, nowMs: number): void {
    const presence = this.presenceOf(host);
    presence.listed = listed;
    this.update(presence, nowMs);
  }

  /** The directory lost its table (it crashed). */
  clearListed(nowMs: number): void {
    for (const presence of this.hosts.values()) {
      presence.listed = false;
      this.update(presence, nowMs);
    }
  }

  /** A fault ended: absences count from now on. */
  faultEnded(nowMs: number): void {
    this.lastFaultEndMs = nowMs;
    for (const presence of this.hosts.values()) {
      presence.longest = undefined;
      if (presence.absentSinceMs !== undefined) presence.absentSinceMs = nowMs;
    }
  }

  facts(endMs: number): LivenessFacts {
    const peers = [];
    for (const [host, presence] of this.hosts) {
      if (presence.live) peers.push({ host, longestAbsence: longestAbsence(presence, endMs) });
    }
    return { lastFaultEndMs: this.lastFaultEndMs, peers };
  }

  private presenceOf(host: string): Presence {
    let presence = this.hosts.get(host);
    if (!presence) {
      presence = { live: false, listed: false, absentSinceMs: undefined, longest: undefined };
      this.hosts.set(host, presence);
    }
    return presence;
  }

  private update(presence: Presence, nowMs: number): void {
    const absent = presence.live && !presence.listed;
    if (absent) {
      presence.absentSinceMs ??= nowMs;
      return;
    }
    const fromMs = presence.absentSinceMs;
    presence.absentSinceMs = undefined;
    if (fromMs === undefined) return;
    const { longest } = presence;
    if (longest === undefined || nowMs - fromMs > longest.toMs - longest.fromMs)
      presence.longest = { fromMs, toMs: nowMs };
  }
}

function longestAbsence({ longest, absentSinceMs }: Presence, endMs: number): Absence | undefined {
  if (absentSinceMs === undefined) return longest;
  const closedMs = longest === undefined ? -1 : longest.toMs - longest.fromMs;
  return endMs - absentSinceMs >= closedMs ? { fromMs: absentSinceMs, toMs: undefined } : longest;
}
