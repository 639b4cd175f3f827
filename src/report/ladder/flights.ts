/** How long packets usually are on their way: what the time scale is chosen by, and how far a lost packet is drawn. */

import type { Transmission } from "../model/packets.ts";

/** In ms. A direction is `from\nto`; for those without one, the overall figure counts. */
export interface Flights {
  readonly byDirection: ReadonlyMap<string, number>;
  readonly typicalMs: number;
}

/** The medians of what came as far as its receiver. */
export function flightsOf(transmissions: readonly Transmission[]): Flights {
  const all: number[] = [];
  const lists = new Map<string, number[]>();
  for (const one of transmissions) {
    const flightMs = flightMsOf(one);
    if (flightMs === undefined) continue;
    all.push(flightMs);
    const key = `${one.from}\n${one.to}`;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [flightMs]);
    else list.push(flightMs);
  }
  return { byDirection: new Map([...lists].map(([key, list]) => [key, median(list)])), typicalMs: median(all) };
}

/** From its sending to its first arrival, or to its loss at its receiver; undefined where the trace has neither. */
export function flightMsOf({ sendEvent, sentNs, arrivals, losses }: Transmission): number | undefined {
  const first = arrivals[0] ?? losses.find(({ isAtReceiver }) => isAtReceiver);
  return sendEvent < 0 || first === undefined ? undefined : (first.timeNs - sentNs) / 1e6;
}

/** From each datagram to the next one in its direction, in ms. Segments come in bursts, and are close together by nature. */
export function gapsMs(transmissions: readonly Transmission[]): number[] {
  const gaps: number[] = [];
  const latest = new Map<string, number>();
  for (const { kind, from, to, sendEvent, sentNs } of transmissions) {
    if (kind === "segment" || sendEvent < 0) continue;
    const key = `${from}\n${to}`;
    const before = latest.get(key);
    if (before !== undefined) gaps.push((sentNs - before) / 1e6);
    latest.set(key, sentNs);
  }
  return gaps;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
