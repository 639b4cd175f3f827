/**
 * A map from texts to objects that mostly has one entry: that one costs no table. A simulation has tens of thousands of
 * participants who talk to the directory alone.
 */

export class SmallMap<V> {
  private onlyKey: string | undefined = undefined;
  private onlyValue: V | undefined = undefined;
  /** All entries, once there has been more than one. */
  private table: Map<string, V> | undefined = undefined;

  get size(): number {
    return this.table?.size ?? (this.onlyKey === undefined ? 0 : 1);
  }

  get(key: string): V | undefined {
    if (this.table !== undefined) return this.table.get(key);
    return key === this.onlyKey ? this.onlyValue : undefined;
  }

  set(key: string, value: V): void {
    if (this.table !== undefined) {
      this.table.set(key, value);
    } else if (this.onlyKey === undefined || this.onlyKey === key) {
      this.onlyKey = key;
      this.onlyValue = value;
    } else {
      this.table = new Map([
        [this.onlyKey, this.onlyValue as V],
        [key, value],
      ]);
      this.onlyKey = undefined;
      this.onlyValue = undefined;
    }
  }

  delete(key: string): void {
    if (this.table !== undefined) this.table.delete(key);
    else if (key === this.onlyKey) {
      this.onlyKey = undefined;
      this.onlyValue = undefined;
    }
  }

  /** The entry that was set first; a key that was deleted and set again counts as new. */
  get first(): { readonly key: string; readonly value: V } | undefined {
    if (this.table !== undefined) {
      const entry = this.table.entries().next();
      return entry.done ? undefined : { key: entry.value[0], value: entry.value[1] };
    }
    return this.onlyKey === undefined ? undefined : { key: this.onlyKey, value: this.onlyValue as V };
  }

  /** In the order in which they were set. */
  *values(): Generator<V> {
    if (this.table !== undefined) yield* this.table.values();
    else if (this.onlyKey !== undefined) yield this.onlyValue as V;
  }
}
