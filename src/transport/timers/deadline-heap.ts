/**
 * What is due when: a binary heap of deadlines, the earliest first, those of one instant in the order in which they were
 * set. Each item knows its place, so that to move one or to take it out costs a few comparisons and leaves nothing behind.
 */

/** Something that will happen at a time. */
export interface Deadline {
  /** When, in whole ns of the queue's clock. */
  atNs: number;
  /** Counts up with each time that an item is set. */
  order: number;
  /** Its place in the heap; NOT_QUEUED where it is not in it. */
  place: number;
  happen(): void;
}

export const NOT_QUEUED = -1;

export class DeadlineHeap {
  private readonly items: Deadline[] = [];

  get size(): number {
    return this.items.length;
  }

  /** The earliest; undefined where there is none. */
  get first(): Deadline | undefined {
    return this.items[0];
  }

  /** Puts an item in, or to its new place after its deadline has changed. */
  put(item: Deadline): void {
    if (item.place === NOT_QUEUED) {
      item.place = this.items.length;
      this.items.push(item);
    }
    this.rise(item);
    this.sink(item);
  }

  /** Takes an item out; nothing happens where it is not in. */
  remove(item: Deadline): void {
    const { place } = item;
    if (place === NOT_QUEUED) return;
    item.place = NOT_QUEUED;
    const last = this.items.pop() as Deadline;
    if (last === item) return;
    this.items[place] = last;
    last.place = place;
    this.rise(last);
    this.sink(last);
  }

  /** Takes out all items that a test holds for. */
  removeIf(test: (item: Deadline) => boolean): void {
    for (const item of this.items.filter(test)) this.remove(item);
  }

  private rise(item: Deadline): void {
    const { items } = this;
    let { place } = item;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = items[parentPlace] as Deadline;
      if (!isBefore(item, parent)) break;
      items[place] = parent;
      parent.place = place;
      place = parentPlace;
    }
    items[place] = item;
    item.place = place;
  }

  private sink(item: Deadline): void {
    const { items } = this;
    let { place } = item;
    for (;;) {
      let childPlace = 2 * place + 1;
      if (childPlace >= items.length) break;
      let child = items[childPlace] as Deadline;
      const right = items[childPlace + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childPlace++;
      }
      if (!isBefore(child, item)) break;
      items[place] = child;
      child.place = place;
      place = childPlace;
    }
    items[place] = item;
    item.place = place;
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.order < b.order);
}
