/** Who delivered which bytes: what is there, and whom to blame for it. */

import { type ByteSpan, ByteSpans } from "../../byte-spans.ts";
import type { FetchSource } from "./source.ts";

/** A source, or the fetch before this one. */
export type Deliverer = FetchSource | "earlier";

export class Deliveries {
  /** All bytes that are there. */
  readonly had = new ByteSpans();
  private readonly by = new Map<Deliverer, ByteSpans>();

  /** Bytes that were not there. */
  add(who: Deliverer, { from, to }: ByteSpan): void {
    let spans = this.by.get(who);
    if (spans === undefined) {
      spans = new ByteSpans();
      this.by.set(who, spans);
    }
    spans.add(from, to);
    this.had.add(from, to);
  }

  /** What somebody delivered counts as not there any more; gives the spans. */
  forget(who: Deliverer): readonly ByteSpan[] {
    const spans = this.of(who);
    for (const { from, to } of spans) this.had.remove(from, to);
    this.by.delete(who);
    return spans;
  }

  clear(): void {
    this.by.clear();
    this.had.clear();
  }

  of(who: Deliverer): readonly ByteSpan[] {
    return [...(this.by.get(who) ?? [])];
  }

  bytesOf(who: Deliverer): number {
    return this.by.get(who)?.totalBytes ?? 0;
  }

  /** Who delivered something that counts. */
  get deliverers(): readonly Deliverer[] {
    return [...this.by.keys()].filter((who) => this.bytesOf(who) > 0);
  }
}
