/** Bytes that arrived ahead of a gap. The caller bounds them: it puts in nothing beyond its receive window. */

interface Piece {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export class Reassembly {
  /** Without overlap, by rising sequence number. */
  private readonly pieces: Piece[] = [];

  /** Keeps the bytes from `seq` on; where some are here already, the first copy stays. */
  insert(seq: number, bytes: Uint8Array): void {
    const { pieces } = this;
    const end = seq + bytes.length;
    let index = pieces.length;
    while (index > 0 && endOf(pieces[index - 1]!) > seq) index--;
    for (let start = seq; start < end; index++) {
      const next = pieces[index];
      const gapEnd = next === undefined ? end : Math.min(end, next.seq);
      if (start < gapEnd) {
        pieces.splice(index, 0, { seq: start, bytes: bytes.subarray(start - seq, gapEnd - seq) });
        start = gapEnd;
      } else {
        start = endOf(next!);
      }
    }
  }

  /** Removes and returns bytes that begin at `seq`, where there are any; what lies before `seq` is dropped. */
  takeFrom(seq: number): Uint8Array | undefined {
    for (let first = this.pieces[0]; first !== undefined && first.seq <= seq; first = this.pieces[0]) {
      this.pieces.shift();
      if (endOf(first) > seq) return first.bytes.subarray(seq - first.seq);
    }
    return undefined;
  }
}

function endOf(piece: Piece): number {
  return piece.seq + piece.bytes.length;
}
