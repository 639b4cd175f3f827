/** Which bytes of a file: a set of spans, kept sorted, disjoint and as few as possible. */

/** Bytes `from` to `to`, the last not included; `from` is below `to`. */
export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

export class ByteSpans implements Iterable<ByteSpan> {
  private spans: ByteSpan[] = [];
  private total = 0;

  /** RangeError where a span is none. */
  constructor(spans: Iterable<ByteSpan> = []) {
    for (const { from, to } of spans) this.add(from, to);
  }

  get totalBytes(): number {
    return this.total;
  }

  /** The number of spans, which is what the set costs. */
  get count(): number {
    return this.spans.length;
  }

  [Symbol.iterator](): Iterator<ByteSpan> {
    return this.spans[Symbol.iterator]();
  }

  add(from: number, to: number): void {
    if (from === to) return;
    check(from, to);
    // Those that overlap or touch become one with it.
    const first = this.firstEndingAt(from);
    let behind = first;
    let [low, high] = [from, to];
    for (; behind < this.spans.length && this.spans[behind]!.from <= to; behind++) {
      const span = this.spans[behind]!;
      low = Math.min(low, span.from);
      high = Math.max(high, span.to);
      this.total -= span.to - span.from;
    }
    this.spans.splice(first, behind - first, { from: low, to: high });
    this.total += high - low;
  }

  remove(from: number, to: number): void {
    if (from === to) return;
    check(from, to);
    const first = this.firstEndingAt(from + 1);
    let behind = first;
    const kept: ByteSpan[] = [];
    for (; behind < this.spans.length && this.spans[behind]!.from < to; behind++) {
      const span = this.spans[behind]!;
      this.total -= span.to - span.from;
      if (span.from < from) kept.push({ from: span.from, to: from });
      if (span.to > to) kept.push({ from: to, to: span.to });
    }
    for (const span of kept) this.total += span.to - span.from;
    this.spans.splice(first, behind - first, ...kept);
  }

  clear(): void {
    this.spans = [];
    this.total = 0;
  }

  /** Are all bytes of the span there? An empty span always is. */
  has(from: number, to: number): boolean {
    return from >= to || this.gaps(from, to).next().done === true;
  }

  /** The spans between `from` and `to` that are not there, from the left; the set must not change meanwhile. */
  *gaps(from: number, to: number): Generator<ByteSpan> {
    let at = from;
    for (let i = this.firstEndingAt(from + 1); i < this.spans.length && this.spans[i]!.from < to; i++) {
      const span = this.spans[i]!;
      if (span.from > at) yield { from: at, to: span.from };
      at = span.to;
    }
    if (at < to) yield { from: at, to };
  }

  /** The place of the first span that ends at `position` or later. */
  private firstEndingAt(position: number): number {
    let [low, high] = [0, this.spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.spans[middle]!.to < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function check(from: number, to: number): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw new RangeError(`bytes ${from} to ${to} are no span of a file: give two positions, the lower one first`);
  }
}
