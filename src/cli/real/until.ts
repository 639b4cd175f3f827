/** Waiting for what ends a long-running command: Ctrl-C, a fault of the host, or time running out. */

import type { Console } from "../output.ts";

/** Resolves at Ctrl-C; rejects with what broke the host, where `closed` does. */
export function untilInterrupted({ interrupted }: Console, closed: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    closed.catch(reject);
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Waits for a promise, but no longer than `limitMs`: true where it came in time. It rejects as the promise does. */
export async function within(limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
