/**
 * What crosses an edge of the picture is cut there: in the picture it is drawn as it is, and beyond the edge a short rest
 * says that it goes on. Lines run downwards, as time does; places are in px and may lie beyond the edges.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Piece = readonly [from: Point, to: Point];

export interface CutLine {
  /** What of it is in the picture; undefined where nothing is. A line that begins or ends at the very edge has a point there. */
  readonly inside: Piece | undefined;
  /** Its first and its last point are in the picture. */
  readonly startsInside: boolean;
  readonly endsInside: boolean;
  /** Short pieces beyond the edges. */
  readonly rests: readonly Piece[];
}

/** How far a rest reaches beyond its edge, and how long a flat one may be. */
const REST_PX = 14;
const MAX_REST_LENGTH_PX = 44;
/** Less is an error of rounding. */
const HAIR_PX = 0.01;

/** Cuts a line at two levels. */
export function cutLine(start: Point, end: Point, topPx: number, bottomPx: number): CutLine {
  const startsInside = isBetween(start.y, topPx, bottomPx);
  const endsInside = isBetween(end.y, topPx, bottomPx);
  if (startsInside && endsInside) return { inside: [start, end], startsInside, endsInside, rests: [] };
  if (end.y < topPx - HAIR_PX || start.y > bottomPx + HAIR_PX) {
    return { inside: undefined, startsInside, endsInside, rests: [] };
  }
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const at = (y: number): Point => ({ x: start.x + (dx * (y - start.y)) / dy, y });
  const [first, last] = [startsInside ? start : at(topPx), endsInside ? end : at(bottomPx)];
  const restPx = Math.min(REST_PX, (MAX_REST_LENGTH_PX * dy) / Math.sqrt(dx * dx + dy * dy));
  const rests: Piece[] = [];
  if (!startsInside) rests.push([at(Math.max(start.y, topPx - restPx)), first]);
  if (!endsInside) rests.push([last, at(Math.min(end.y, bottomPx + restPx))]);
  return { inside: [first, last], startsInside, endsInside, rests };
}

/** Is a level in the picture? */
export function isBetween(y: number, topPx: number, bottomPx: number): boolean {
  return y >= topPx - HAIR_PX && y <= bottomPx + HAIR_PX;
}

/** The part of a polygon between two levels (Sutherland and Hodgman, 1974); no corners where nothing is there. */
export function cutPolygon(corners: readonly Point[], topPx: number, bottomPx: number): readonly Point[] {
  return below(
    below(corners, topPx).map(({ x, y }) => ({ x, y: -y })),
    -bottomPx,
  ).map(({ x, y }) => ({ x, y: -y }));
}

/** How far beyond an edge the rest of a shape is drawn, in px. */
export const SHAPE_REST_PX = REST_PX;

function below(corners: readonly Point[], level: number): readonly Point[] {
  return corners.flatMap((corner, i) => {
    const before = corners.at(i - 1)!;
    const crosses = corner.y >= level !== before.y >= level;
    const share = (level - before.y) / (corner.y - before.y);
    const crossing = { x: before.x + (corner.x - before.x) * share, y: level };
    return [...(crosses ? [crossing] : []), ...(corner.y >= level ? [corner] : [])];
  });
}

/** The pieces of a line outside of strips across the picture; one piece where it crosses none. */
export function outsideStrips(
  [from, to]: Piece,
  strips: readonly { readonly topPx: number; readonly bottomPx: number }[],
): readonly Piece[] {
  const at = (y: number): Point => ({ x: from.x + ((to.x - from.x) * (y - from.y)) / (to.y - from.y), y });
  const pieces: Piece[] = [];
  let start = from;
  for (const { topPx, bottomPx } of strips) {
    if (topPx < from.y || bottomPx > to.y) continue;
    pieces.push([start, at(topPx)]);
    start = at(bottomPx);
  }
  return [...pieces, [start, to]];
}
