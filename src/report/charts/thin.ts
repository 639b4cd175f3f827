/** Fewer points for the same picture: what would fall on the same place of the drawing is drawn once. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Columns of a line, in px. */
const COLUMN_PX = 0.5;

/**
 * A line's points in px, x rising, thinned so that the drawn line is the same: of each narrow column the first, the
 * lowest, the highest and the last (M4; Jugel and others, VLDB 2014).
 */
export function thinLine(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (let from = 0; from < points.length; ) {
    const column = Math.floor(points[from]!.x / COLUMN_PX);
    let to = from;
    while (to + 1 < points.length && Math.floor(points[to + 1]!.x / COLUMN_PX) === column) to++;
    if (to - from < 4) kept.push(...points.slice(from, to + 1));
    else kept.push(...extremes(points, from, to));
    from = to + 1;
  }
  return kept;
}

function extremes(points: readonly Point[], from: number, to: number): readonly Point[] {
  let [low, high] = [from, from];
  for (let i = from; i <= to; i++) {
    if (points[i]!.y < points[low]!.y) low = i;
    if (points[i]!.y > points[high]!.y) high = i;
  }
  return [...new Set([from, low, high, to])].toSorted((a, b) => a - b).map((i) => points[i]!);
}

/**
 * Dots, one of those that share a cell of a grid. The grid is as fine as the limit allows; `gridPx` says how fine, 0
 * where every dot is there.
 */
export function thinDots<T extends Point>(dots: readonly T[], maxDots: number): { dots: readonly T[]; gridPx: number } {
  if (dots.length <= maxDots) return { dots, gridPx: 0 };
  for (let gridPx = 0.5; ; gridPx *= 2) {
    const cells = new Map<string, T>();
    for (const dot of dots) {
      const cell = `${Math.floor(dot.x / gridPx)} ${Math.floor(dot.y / gridPx)}`;
      if (!cells.has(cell)) cells.set(cell, dot);
    }
    if (cells.size <= maxDots) return { dots: [...cells.values()], gridPx };
  }
}
