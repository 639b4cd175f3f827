/** Which entries hold a file. A look-up costs as much as it finds, however many peers there are. */

import type { TableEntry } from "./entry.ts";

export class FileIndex {
  private readonly holders = new Map<string, Set<TableEntry>>();

  /** Replaces the files of an entry, in the index and in the entry itself. */
  setFiles(entry: TableEntry, files: ReadonlySet<string>): void {
    for (const file of entry.files) {
      if (!files.has(file)) this.drop(entry, file);
    }
    for (const file of files) {
      const holders = this.holders.get(file);
      if (holders === undefined) this.holders.set(file, new Set([entry]));
      else holders.add(entry);
    }
    entry.files = [...files];
  }

  /** The holders of a file, the first to have registered first; none: an empty list. */
  find(file: string, max: number): TableEntry[] {
    const holders = this.holders.get(file);
    if (holders === undefined) return [];
    return [...holders].sort((a, b) => a.rank - b.rank).slice(0, max);
  }

  private drop(entry: TableEntry, file: string): void {
    const holders = this.holders.get(file);
    if (holders === undefined) return;
    holders.delete(entry);
    if (holders.size === 0) this.holders.delete(file);
  }
}
