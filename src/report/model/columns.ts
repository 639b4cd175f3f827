/** Columns of numbers that grow as a trace does: typed arrays, doubled when they are full, cut to length at the end. */

export type NumberArray = Float64Array | Int32Array | Uint8Array;

const FIRST_CAPACITY = 256;

/** One column; `values` has room for more than `length` numbers until `finish` cuts it. */
export class Column<T extends NumberArray> {
  private values: T;
  private length = 0;
  private readonly make: (capacity: number) => T;

  constructor(make: (capacity: number) => T) {
    this.make = make;
    this.values = make(FIRST_CAPACITY);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = this.make(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  /** The numbers so far, as an array of just their length; later pushes do not change it. */
  finish(): T {
    return this.values.slice(0, this.length) as T;
  }
}

export const doubles = (): Column<Float64Array> => new Column((capacity) => new Float64Array(capacity));
export const integers = (): Column<Int32Array> => new Column((capacity) => new Int32Array(capacity));
export const bytes = (): Column<Uint8Array> => new Column((capacity) => new Uint8Array(capacity));

/** What each column of a table finishes as. */
type Finished<C> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** The numbers of every column of a table so far. */
export function finishAll<C extends Readonly<Record<string, Column<NumberArray>>>>(columns: C): Finished<C> {
  const finished = Object.entries(columns).map(([name, column]) => [name, column.finish()]);
  return Object.fromEntries(finished) as Finished<C>;
}
