/**
 * Labels that do not overlap: each is offered several places and takes the first that is free; where none is, it is left
 * out and counted, so that the picture can say so.
 */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A place for a label; where it is not level, `parts` are smaller boxes that cover it better than the one around them. */
export interface Place extends Box {
  readonly parts?: readonly Box[];
}

/** Boxes are kept in bands of this height, so that a place is held against its neighbours only. */
const BAND_PX = 64;
/** Lines are avoided as chains of boxes of this size. */
const LINE_STEP_PX = 14;

export class LabelPlaces {
  leftOut = 0;
  private readonly taken = new Bands();
  private readonly lines = new Bands();

  /** Keeps a place free of labels. */
  reserve(box: Place): void {
    for (const part of box.parts ?? [box]) this.taken.add(part);
  }

  /** Asks labels to keep off a line, where there is room elsewhere; those of `owner` itself need not. */
  avoidLine(x1: number, y1: number, x2: number, y2: number, owner?: unknown): void {
    const steps = Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1)) / LINE_STEP_PX);
    for (let i = 0; i < steps; i++) {
      const [from, to] = [i / steps, (i + 1) / steps];
      const [ya, yb] = [y1 + (y2 - y1) * from, y1 + (y2 - y1) * to];
      const [xa, xb] = [x1 + (x2 - x1) * from, x1 + (x2 - x1) * to];
      const box = { x: Math.min(xa, xb), y: Math.min(ya, yb), width: Math.abs(xb - xa), height: Math.abs(yb - ya) };
      this.lines.add({ ...box, owner });
    }
  }

  /**
   * The first of the candidates that is free, if possible of lines as well, else the one on the fewest of them; it then
   * is taken. Undefined (and counted) where none is free.
   */
  place<T extends Place>(candidates: readonly T[], owner?: unknown): T | undefined {
    let best: T | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const box of candidates) {
      if (!this.isFree(box)) continue;
      const crossings = this.lines.count(box, owner);
      if (crossings >= fewest) continue;
      [best, fewest] = [box, crossings];
      if (crossings === 0) break;
    }
    if (best === undefined) this.leftOut++;
    else this.reserve(best);
    return best;
  }

  /** Is nothing written there yet? */
  isFree(box: Place): boolean {
    return this.taken.count(box) === 0;
  }
}

type Kept = Box & { readonly owner?: unknown };

/** Boxes by the horizontal bands that they touch. */
class Bands {
  private readonly bands = new Map<number, Kept[]>();

  add(box: Kept): void {
    for (const band of bandsOf(box)) {
      const boxes = this.bands.get(band);
      if (boxes === undefined) this.bands.set(band, [box]);
      else boxes.push(box);
    }
  }

  /** How many boxes of others a place lies on. */
  count(place: Place, owner?: unknown): number {
    const found = new Set<Kept>();
    for (const part of place.parts ?? [place]) {
      for (const band of bandsOf(part)) {
        for (const other of this.bands.get(band) ?? []) {
          if ((owner === undefined || other.owner !== owner) && overlap(part, other)) found.add(other);
        }
      }
    }
    return found.size;
  }
}

function bandsOf({ y, height }: Box): number[] {
  const [first, last] = [Math.floor(y / BAND_PX), Math.floor((y + height) / BAND_PX)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
