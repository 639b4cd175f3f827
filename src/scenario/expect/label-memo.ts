/** What is known about labels, by their ids: small integers, 0 for "not asked yet". Texts are read once per label. */

const FIRST_CAPACITY = 64;

export class LabelMemo {
  private values = new Uint8Array(FIRST_CAPACITY);

  /** What was put for a label; 0 where nothing was (or where the label comes only once, with a negative id). */
  get(id: number): number {
    return this.values[id] ?? 0;
  }

  /** Remembers a value from 1 to 255 and returns it. One-off labels (negative ids) are not remembered. */
  put(id: number, value: number): number {
    if (id < 0) return value;
    if (id >= this.values.length) {
      const grown = new Uint8Array(Math.max(id + 1, this.values.length * 2));
      grown.set(this.values);
      this.values = grown;
    }
    this.values[id] = value;
    return value;
  }
}

const YES = 1;
const NO = 2;

/** A question about a text, asked once per label. */
export class LabelTest {
  private readonly memo = new LabelMemo();
  private readonly test: (text: string) => boolean;

  constructor(test: (text: string) => boolean) {
    this.test = test;
  }

  /** The answer where it is known already. */
  known(id: number): boolean | undefined {
    const value = this.memo.get(id);
    return value === 0 ? undefined : value === YES;
  }

  /** Asks the question, and remembers the answer. */
  learn(id: number, text: string): boolean {
    return this.memo.put(id, this.test(text) ? YES : NO) === YES;
  }
}
