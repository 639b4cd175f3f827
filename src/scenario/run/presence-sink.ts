/** Feeds the liveness facts from the trace: who runs, and who is in the directory. */

import { EventCode, type TraceEvent, type TraceSink } from "../../trace/events.ts";
import { PresenceLog } from "../expect/presence.ts";
import type { HostOptions } from "../schema.ts";

export class PresenceSink implements TraceSink {
  readonly log = new PresenceLog();
  private readonly roles: ReadonlyMap<string, HostOptions["role"]>;

  constructor(hosts: readonly HostOptions[]) {
    this.roles = new Map(hosts.map((host) => [host.name, host.role]));
  }

  onEvent(event: TraceEvent): void {
    if (event.code !== EventCode.state) return;
    const role = this.roles.get(event.node);
    if (role === "directory") this.onDirectoryState(event);
    else if (role === "peer") this.onPeerState(event);
  }

  private onPeerState({ node, note, timeMs }: TraceEvent): void {
    if (note === "started" || note === "restarted" || note === "resumed") this.log.setLive(node, true, timeMs);
    else if (note === "crashed" || note === "paused") this.log.setLive(node, false, timeMs);
    if (note === "restarted" || note === "resumed") this.log.faultEnded(timeMs);
  }

  private onDirectoryState({ note, peer, timeMs }: TraceEvent): void {
    const word = note.slice(0, note.indexOf(" "));
    if (word === "added") {
      this.log.setListed(peer, true, timeMs);
    } else if (word === "removed") {
      // It left by its own wish: nobody expects it to be listed.
      this.log.setLive(peer, false, timeMs);
      this.log.setListed(peer, false, timeMs);
    } else if (word === "expired" || word === "evicted") {
      this.log.setListed(peer, false, timeMs);
    } else if (note === "crashed") {
      this.log.clearListed(timeMs);
    } else if (note === "restarted" || note === "resumed") {
      this.log.faultEnded(timeMs);
    }
  }
}
