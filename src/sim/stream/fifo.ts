/** A first-in, first-out queue whose every operation takes constant time on average. */

const COMPACT_AT = 64;

export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The item at `index` from the front; undefined beyond the end. */
  at(index: number): T | undefined {
    return this.items[this.head + index];
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) this.clear();
    else if (this.head >= COMPACT_AT && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  /** Puts another item in the place of the first one. */
  replaceFirst(item: T): void {
    this.items[this.head] = item;
  }

  clear(): void {
    this.items.length = 0;
    this.head = 0;
  }
}
