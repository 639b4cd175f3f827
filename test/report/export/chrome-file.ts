/** Reads a trace.chrome.json and holds it to the rules of the Trace Event Format that every file must keep. */

import { expect } from "vitest";

export interface ChromeEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: "M" | "b" | "e" | "X" | "i" | "C";
  readonly id?: string;
  readonly s?: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, string | number>>;
}

export interface ChromeFile {
  readonly events: readonly ChromeEvent[];
  readonly other: { readonly title?: string; readonly events: number; readonly leftOut?: string };
  /** Host of each process. */
  readonly hosts: ReadonlyMap<number, string>;
}

export function readChrome(text: string): ChromeFile {
  const { displayTimeUnit, traceEvents, otherData, ...rest } = JSON.parse(text);
  expect([displayTimeUnit, rest]).toEqual(["ms", {}]);
  const events = traceEvents as ChromeEvent[];
  const hosts = new Map<number, string>();
  const threads = new Set<string>();
  const open = new Map<string, ChromeEvent>();
  const busyUntil = new Map<string, number>();
  const seen = new Set<string>();
  let lastTs = 0;
  for (const one of events) {
    const thread = `${one.pid}.${one.tid}`;
    if (one.ph === "M") {
      if (one.name === "process_name") hosts.set(one.pid, String(one.args.name));
      if (one.name === "thread_name") threads.add(thread);
      continue;
    }
    // Named before it is used; only complete events are written later than they began.
    must(hosts.has(one.pid) || one.s === "g", one, "is of a process without a name");
    must(one.ph === "C" || one.s === "g" || threads.has(thread), one, "is on a thread without a name");
    must(one.ph === "X" || one.ts >= lastTs, one, "is earlier than the one before it");
    if (one.ph !== "X") lastTs = one.ts;
    if (one.ph === "b") {
      must(!seen.has(one.id!), one, "has the id of another");
      seen.add(one.id!);
      open.set(one.id!, one);
    }
    if (one.ph === "e") {
      const begin = open.get(one.id!);
      const isSame = begin?.name === one.name && begin.cat === one.cat && begin.pid === one.pid;
      must(isSame, one, "ends what did not begin");
      open.delete(one.id!);
    }
    if (one.ph === "X") {
      must(nanoseconds(one.ts) >= (busyUntil.get(thread) ?? 0), one, "overlaps another on its thread");
      busyUntil.set(thread, nanoseconds(one.ts) + nanoseconds(one.dur!));
    }
  }
  expect([...open.values()]).toEqual([]);
  return { events, other: otherData, hosts };
}

/** The sum of two decimals may be off in its last bit; that of whole numbers is not. */
function nanoseconds(microseconds: number): number {
  return Math.round(microseconds * 1000);
}

function must(isSo: boolean, event: ChromeEvent, otherwise: string): void {
  if (!isSo) throw new Error(`${JSON.stringify(event)} ${otherwise}`);
}
