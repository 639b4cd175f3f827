/**
 * Entries of one lifetime from the one updated longest ago to the one updated last: a doubly linked list, every step O(1).
 */

import type { TableEntry } from "./entry.ts";

export class AgeList {
  /** How long its entries stay without an update. */
  readonly lifetimeMs: number;
  private first: TableEntry | undefined = undefined;
  private last: TableEntry | undefined = undefined;

  constructor(lifetimeMs: number) {
    this.lifetimeMs = lifetimeMs;
  }

  /** The entry updated longest ago. */
  get oldest(): TableEntry | undefined {
    return this.first;
  }

  append(entry: TableEntry): void {
    entry.older = this.last;
    entry.newer = undefined;
    if (this.last === undefined) this.first = entry;
    else this.last.newer = entry;
    this.last = entry;
  }

  remove(entry: TableEntry): void {
    if (entry.older === undefined) this.first = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.last = entry.older;
    else entry.newer.older = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
  }

  moveToEnd(entry: TableEntry): void {
    if (entry === this.last) return;
    this.remove(entry);
    this.append(entry);
  }
}
