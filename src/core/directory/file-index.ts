/** Which entries hold a file. A look-up costs as much as it finds, however many peers there are. */

import { TableEntry } from "./entry.ts";
import { RankedList } from "./ranked-list.ts";

export class FileIndex {
  /** Most files have one holder, which needs no list. */
  private readonly holders = new Map<string, TableEntry | RankedList<TableEntry>>();

  /** Replaces the files of an entry, in the index and in the entry itself. */
  setFiles(entry: TableEntry, files: ReadonlySet<string>): void {
    for (const file of entry.files) {
      if (!files.has(file)) this.drop(entry, file);
    }
    for (const file of files) this.add(entry, file);
    entry.files = [...files];
  }

  /** The holders of a file, the first to have registered first; none: an empty list. */
  find(file: string, max: number): TableEntry[] {
    const found: TableEntry[] = [];
    for (const entry of this.after(file, -1)) {
      if (found.length === max) break;
      found.push(entry);
    }
    return found;
  }

  /** The holders of a file that registered after the one with a rank, in that order. */
  after(file: string, rank: number): Iterable<TableEntry> {
    const holders = this.holders.get(file);
    if (holders === undefined) return [];
    if (holders instanceof TableEntry) return holders.rank > rank ? [holders] : [];
    return holders.after(rank);
  }

  private add(entry: TableEntry, file: string): void {
    const holders = this.holders.get(file);
    if (holders === undefined) {
      this.holders.set(file, entry);
    } else if (holders instanceof RankedList) {
      holders.add(entry);
    } else if (holders !== entry) {
      const list = new RankedList<TableEntry>();
      list.add(holders);
      list.add(entry);
      this.holders.set(file, list);
    }
  }

  private drop(entry: TableEntry, file: string): void {
    const holders = this.holders.get(file);
    if (holders instanceof RankedList) {
      holders.remove(entry);
      if (holders.size === 0) this.holders.delete(file);
    } else if (holders === entry) {
      this.holders.delete(file);
    }
  }
}
