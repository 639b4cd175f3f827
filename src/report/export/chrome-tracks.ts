/**
 * Where things are in a Chrome trace: a process for each host, in it a thread for what happens, and threads for timers,
 * as many as run side by side. Each is named by a metadata event before it is first used.
 */

import type { ChromeObject } from "./chrome-json.ts";

/** The thread of instant events. */
export const EVENTS_THREAD = 1;
const FIRST_TIMER_THREAD = 2;
/** Timers side by side at one host; more are left out. */
const MAX_TIMER_THREADS = 16;

export class ChromeTracks {
  private readonly write: (event: ChromeObject) => void;
  private readonly processes = new Map<string, number>();
  /** By process: until when each of its timer threads is taken, in ns. */
  private readonly timerThreads: number[][] = [];

  constructor(write: (event: ChromeObject) => void) {
    this.write = write;
  }

  /** The process of a host. */
  process(host: string): number {
    const known = this.processes.get(host);
    if (known !== undefined) return known;
    const pid = this.processes.size + 1;
    this.processes.set(host, pid);
    this.write({ name: "process_name", ph: "M", pid, args: { name: host } });
    this.write({ name: "process_sort_index", ph: "M", pid, args: { sort_index: pid } });
    this.nameThread(pid, EVENTS_THREAD, "events");
    return pid;
  }

  /**
   * A thread of a host on which nothing else runs meanwhile, where timers come in the order of their ends; undefined:
   * there are too many.
   */
  timerThread(pid: number, startNs: number, endNs: number): number | undefined {
    const takenUntil = this.timerThreads[pid] ?? [];
    this.timerThreads[pid] = takenUntil;
    const free = takenUntil.findIndex((untilNs) => untilNs <= startNs);
    const at = free >= 0 ? free : takenUntil.length;
    if (at === MAX_TIMER_THREADS) return undefined;
    if (at === takenUntil.length) {
      this.nameThread(pid, FIRST_TIMER_THREAD + at, at === 0 ? "timers" : `timers ${at + 1}`);
    }
    takenUntil[at] = endNs;
    return FIRST_TIMER_THREAD + at;
  }

  private nameThread(pid: number, tid: number, name: string): void {
    this.write({ name: "thread_name", ph: "M", pid, tid, args: { name } });
    this.write({ name: "thread_sort_index", ph: "M", pid, tid, args: { sort_index: tid } });
  }
}
