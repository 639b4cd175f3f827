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

/** Boxes are kept in bands of this height, so that a place is held against its neighbours only. */
const BAND_PX = 64;
/** Lines are avoided as chains of boxes of this size. */
const LINE_STEP_PX = 14;

export class LabelPlaces {
  leftOut = 0;
  private readonly taken = new Bands();
  private readonly lines = new Bands();

  /** Keeps a place free of labels. */
  reserve(box: Box): void {
    this.taken.add(box);
  }

  /** Asks labels to keep off a line, where there is room elsewhere. */
  avoidLine(x1: number, y1: number, x2: number, y2: number): void {
    const steps = Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1)) / LINE_STEP_PX);
    for (let i = 0; i < steps; i++) {
      const [from, to] = [i / steps, (i + 1) / steps];
      const [ya, yb] = [y1 + (y2 - y1) * from, y1 + (y2 - y1) * to];
      const [xa, xb] = [x1 + (x2 - x1) * from, x1 + (x2 - x1) * to];
      this.lines.add({ x: Math.min(xa, xb), y: Math.min(ya, yb), width: Math.abs(xb - xa), height: Math.abs(yb - ya) });
    }
  }

  /**
   * The first of the candidates that is free, if possible of lines as well; it then is taken. Undefined (and counted)
   * where none is.
   */
  place<T extends Box>(candidates: readonly T[]): T | undefined {
    const free = candidates.filter((box) => this.taken.isFree(box));
    const best = free.find((box) => this.lines.isFree(box)) ?? free[0];
    if (best === undefined) this.leftOut++;
    else this.reserve(best);
    return best;
  }
}

/** Boxes by the horizontal bands that they touch. */
class Bands {
  private readonly bands = new Map<number, Box[]>();

  add(box: Box): void {
    for (const band of bandsOf(box)) {
      const boxes = this.bands.get(band);
      if (boxes === undefined) this.bands.set(band, [box]);
      else boxes.push(box);
    }
  }

  isFree(box: Box): boolean {
    return bandsOf(box).every((band) => !(this.bands.get(band) ?? []).some((other) => overlap(box, other)));
  }
}

function bandsOf({ y, height }: Box): number[] {
  const [first, last] = [Math.floor(y / BAND_PX), Math.floor((y + height) / BAND_PX)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
