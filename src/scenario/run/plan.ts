/** Plans a run, whatever its world: the starts of the hosts, the timeline, and the ends of faults. */

import type { PresenceLog } from "../expect/presence.ts";
import type { Actions } from "./actions.ts";
import type { World } from "./world.ts";

/** `presence` is told when a fault ends. */
export function planRun(world: World, actions: Actions, presence: PresenceLog | undefined): void {
  const { hosts, timeline, network } = world.scenario;
  for (const { name, startMs } of hosts) {
    if (startMs === undefined) continue;
    world.at(startMs, () => {
      const host = world.host(name);
      if (host?.state === "down") host.start();
    });
  }
  for (const entry of timeline) {
    world.at(entry.atMs, () => {
      if (entry.kind === "action") {
        actions.perform(entry.host, entry.action);
        return;
      }
      world.changeLinks(entry.options);
      for (const override of entry.links) world.changeLinks(override);
      presence?.faultEnded(world.nowMs);
    });
  }
  const { partitions, faults } = network;
  const ends = [...partitions.map(({ endMs }) => endMs), ...faults.map(({ match }) => match.beforeMs)];
  for (const endMs of ends) {
    if (endMs !== undefined && endMs !== Number.POSITIVE_INFINITY) {
      world.at(endMs, () => presence?.faultEnded(world.nowMs));
    }
  }
}
