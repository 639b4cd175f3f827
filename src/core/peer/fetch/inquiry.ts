/**
 * Who delivered bytes that are not the file's? When a whole does not have the SHA-256 that it should have, somebody
 * lied, or was damaged on the way; the hash does not say who. So each source in turn is taken to be honest, and fetched
 * from alone what others had delivered. When that whole has the SHA-256, everybody is guilty whose bytes differed; when
 * not, that source is. Before bytes are fetched again, each deliverer's are put down as testimony: the SHA-256 of each
 * span.
 */

import type { ByteSpan } from "../../byte-spans.ts";
import type { PartialFile } from "../file-store.ts";
import type { Deliverer, Deliveries } from "./deliveries.ts";
import type { FetchSource } from "./source.ts";
import { sameBytes } from "./version.ts";

interface Testimony {
  readonly who: Deliverer;
  readonly span: ByteSpan;
  readonly sha256: Uint8Array;
}

export class Inquiry {
  private readonly part: PartialFile;
  private readonly testimonies: Testimony[] = [];

  constructor(part: PartialFile) {
    this.part = part;
  }

  /** Puts down what everybody delivered. */
  testify(deliveries: Deliveries, done: (error?: string) => void): void {
    const spans = deliveries.deliverers.flatMap((who) => deliveries.of(who).map((span) => ({ who, span })));
    this.digestEach(spans, ({ who, span }, sha256) => this.testimonies.push({ who, span, sha256 }), done);
  }

  /** The whole that is there now is right: whose testimony differs from it? In the order in which they testified. */
  guilty(done: (who: readonly Deliverer[], error?: string) => void): void {
    const found = new Set<Deliverer>();
    this.digestEach(
      this.testimonies,
      ({ who, sha256 }, now) => {
        if (!sameBytes(sha256, now)) found.add(who);
      },
      (error) => done([...found], error),
    );
  }

  private digestEach<T extends { readonly span: ByteSpan }>(
    items: readonly T[],
    use: (item: T, sha256: Uint8Array) => void,
    done: (error?: string) => void,
  ): void {
    let index = 0;
    let isLooping = false;
    let answered = true;
    // A store in memory answers at once: a loop then, no recursion.
    const next = (): void => {
      answered = true;
      if (isLooping) return;
      isLooping = true;
      while (answered && index < items.length) {
        answered = false;
        const item = items[index++]!;
        this.part.digest(item.span, (result) => {
          if (result.ok) {
            use(item, result.sha256);
            next();
          } else done(result.error);
        });
      }
      isLooping = false;
      if (answered) done();
    };
    next();
  }
}

/**
 * Whom to take for honest next: a source that delivered, whose own word the SHA-256 is before others, then the one whose
 * bytes are the most, since that costs least. Undefined where no source that delivered can be asked any more.
 */
export function nextToTrust(deliveries: Deliveries, claimedBy: FetchSource | undefined): FetchSource | undefined {
  const candidates = deliveries.deliverers.flatMap((who) => (who !== "earlier" && who.isUsable ? [who] : []));
  const rank = (source: FetchSource): number =>
    source === claimedBy ? Number.POSITIVE_INFINITY : deliveries.bytesOf(source);
  return candidates.toSorted((a, b) => rank(b) - rank(a))[0];
}
