/** Where the parts of a scenario are in its text: from a path to a line and a column. */

import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";
import type { Finding, Path } from "./problems.ts";

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export class SourceMap {
  private readonly document: Document;
  private readonly lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.document = document;
    this.lines = lines;
  }

  /** The place of a finding: the value at its path, its key, or, where nothing is there, the nearest parent's key. */
  locate({ path, at = "value" }: Pick<Finding, "path" | "at">): Place {
    let node: unknown = this.document.contents;
    let key: unknown;
    for (const [depth, step] of path.entries()) {
      const child = this.child(node, step);
      if (child === undefined) return this.placeOf(key ?? node);
      key = child.key;
      const isLast = depth === path.length - 1;
      if (isLast && at === "key" && key !== undefined) return this.placeOf(key);
      node = child.value;
    }
    if (at === "missing") return this.placeOf(key ?? node);
    // An empty value has a place of its own, behind the key; the key is easier to see.
    return this.placeOf(isScalar(node) && node.source === "" && key !== undefined ? key : node);
  }

  /** The place of an offset in the text. */
  placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  private child(node: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
    const parent = isAlias(node) ? node.resolve(this.document) : node;
    if (isSeq(parent)) {
      const value = parent.items[Number(step)];
      return value === undefined ? undefined : { key: undefined, value };
    }
    if (!isMap(parent)) return undefined;
    const pair: Pair | undefined = parent.items.findLast((item) => keyText(item.key) === String(step));
    return pair && { key: pair.key, value: pair.value };
  }

  private placeOf(node: unknown): Place {
    const range = (node as Node | null | undefined)?.range;
    return range ? this.placeAt(range[0]) : { line: 1, column: 1 };
  }
}

/** Is there a value, or an empty one, at a path? Works on plain values, not on YAML nodes. */
export function valueAt(root: unknown, path: Path): { readonly exists: boolean; readonly value: unknown } {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step))
      return { exists: false, value: undefined };
    value = (value as Record<string | number, unknown>)[step];
  }
  return { exists: true, value };
}

/** A mapping's key as a plain value has it. */
export function keyText(key: unknown): string {
  return String(isScalar(key) ? (key.value ?? "") : key);
}
