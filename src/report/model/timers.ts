/** The retransmission timers of a whole trace in memory, from start to expiry or cancellation. */

import { isOutcome } from "../../scenario/expect/metrics/label-classes.ts";
import { EventCode } from "../../trace/events.ts";
import type { Transmission } from "./packets.ts";
import { type TimerBar, TimerLanes } from "./timer-lanes.ts";
import type { TraceModel } from "./trace-model.ts";

export type { TimerBar, TimerEnd } from "./timer-lanes.ts";

/** All timers, in the order of their ends. Packets that nobody waits for (of other protocols) have none. */
export function timersOf(model: TraceModel, transmissions: readonly Transmission[]): readonly TimerBar[] {
  const { events, texts, count } = model;
  const sendings = new Map<number, Transmission>();
  for (const one of transmissions) if (one.kind === "data" && one.sendEvent >= 0) sendings.set(one.sendEvent, one);
  const bars: TimerBar[] = [];
  const lanes = new TimerLanes((bar) => bars.push(bar));
  for (let i = 0; i < count; i++) {
    const [timeNs, node, packetId] = [events.timeNs[i]!, texts[events.node[i]!]!, events.packetId[i]!];
    switch (events.code[i]) {
      case EventCode.send: {
        const sent = sendings.get(i);
        if (sent !== undefined) lanes.sent(sent);
        break;
      }
      case EventCode.timeout:
        lanes.timeout(node, packetId, timeNs);
        break;
      case EventCode.rtt:
        lanes.acknowledged(node, packetId, timeNs);
        break;
      case EventCode.state: {
        const [note, type] = [texts[events.note[i]!]!, texts[events.type[i]!]!];
        if (note === "crashed") lanes.crashed(node, timeNs);
        else if (type !== "" && isOutcome(note)) {
          lanes.over(node, texts[events.peer[i]!]!, type, events.attempt[i]!, timeNs);
        }
        break;
      }
    }
  }
  lanes.finish(count === 0 ? 0 : events.timeNs[count - 1]!);
  return bars.filter(({ host }) => lanes.waits(host));
}
