/**
 * Items in the order of their ranks, in chunks: adding, removing and going on from any rank cost next to nothing, however
 * many there are. What the pages of long lists are cut from.
 */

/** Items per chunk; a fuller one is cut in two. */
const MAX_CHUNK = 512;

export class RankedList<T extends { readonly rank: number }> {
  /** None is empty, but for the only one. */
  private readonly chunks: T[][] = [[]];
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Adds an item whose rank no other has; false where it is there already. */
  add(item: T): boolean {
    const c = this.chunkOf(item.rank);
    const chunk = this.chunks[c] as T[];
    const at = firstFrom(chunk, item.rank);
    if (chunk[at]?.rank === item.rank) return false;
    if (at === chunk.length) chunk.push(item);
    else chunk.splice(at, 0, item);
    this.count++;
    if (chunk.length > MAX_CHUNK) this.chunks.splice(c + 1, 0, chunk.splice(MAX_CHUNK / 2));
    return true;
  }

  /** False where it was not there. */
  remove(item: T): boolean {
    const c = this.chunkOf(item.rank);
    const chunk = this.chunks[c] as T[];
    const at = firstFrom(chunk, item.rank);
    if (chunk[at] !== item) return false;
    chunk.splice(at, 1);
    this.count--;
    if (chunk.length === 0 && this.chunks.length > 1) this.chunks.splice(c, 1);
    return true;
  }

  /** The items whose ranks are above `rank`, in order; the list must not change meanwhile. */
  *after(rank: number): Generator<T> {
    let c = this.chunkOf(rank);
    let at = firstFrom(this.chunks[c] as T[], rank);
    if (this.chunks[c]?.[at]?.rank === rank) at++;
    for (; c < this.chunks.length; c++, at = 0) {
      const chunk = this.chunks[c] as T[];
      for (; at < chunk.length; at++) yield chunk[at] as T;
    }
  }

  /** The last chunk that begins at or before `rank`; the first one where none does. */
  private chunkOf(rank: number): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = this.chunks[middle]?.[0];
      if (first !== undefined && first.rank <= rank) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Where in a chunk the first item is whose rank is not below `rank`; its length where there is none. */
function firstFrom<T extends { readonly rank: number }>(chunk: readonly T[], rank: number): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chunk[middle] as T).rank < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
