/** The names of a scenario's hosts: keys of `hosts`, and NAME-1, NAME-2, ... for a key that stands for a group. */

import { nearest } from "./suggest.ts";

/** The most hosts of one scenario, groups written out. */
export const MAX_HOSTS = 200_000;

/** May two names, as a scenario writes them, mean the same host? `*` and groups mean several. */
export function overlap(a: string, b: string, names: HostNames): boolean {
  return a === b || a === "*" || b === "*" || names.groupOf(a) === b || names.groupOf(b) === a;
}

export class HostNames {
  /** Keys of `hosts`, in the order of the file, and how many hosts each stands for (undefined: it is no group). */
  private readonly counts: ReadonlyMap<string, number | undefined>;

  /** Are there more hosts than a scenario may have? The groups beyond the limit then count as single hosts. */
  readonly areTooMany: boolean;

  private constructor(counts: ReadonlyMap<string, number | undefined>, areTooMany: boolean) {
    this.counts = counts;
    this.areTooMany = areTooMany;
  }

  /** Reads the names out of the plain value of a scenario, whatever else is wrong with it. */
  static of(raw: unknown): HostNames {
    const hosts = (raw as { readonly hosts?: unknown } | null | undefined)?.hosts;
    const counts = new Map<string, number | undefined>();
    let total = 0;
    if (typeof hosts === "object" && hosts !== null && !Array.isArray(hosts)) {
      for (const [key, host] of Object.entries(hosts)) {
        const count = (host as { readonly count?: unknown } | null)?.count;
        const isGroup = typeof count === "number" && Number.isInteger(count) && count > 0;
        total += isGroup ? count : 1;
        counts.set(key, isGroup && total <= MAX_HOSTS ? count : undefined);
      }
    }
    return new HostNames(counts, total > MAX_HOSTS);
  }

  /** The key of `hosts` that a name is, or is a member of. */
  keyOf(name: string): string | undefined {
    return this.counts.has(name) ? name : this.groupOf(name);
  }

  /** The group that a name is a member of: NAME for NAME-1. */
  groupOf(name: string): string | undefined {
    const [, group, number] = /^(.+)-([1-9]\d*)$/.exec(name) ?? [];
    return group !== undefined && Number(number) <= (this.counts.get(group) ?? 0) ? group : undefined;
  }

  /** How many hosts a key stands for, where it is a group. */
  groupSize(key: string): number | undefined {
    return this.counts.get(key);
  }

  /** The hosts that a key or a member's name stands for; none for an unknown name. */
  members(name: string): readonly string[] {
    const count = this.counts.get(name);
    if (count === undefined) return this.keyOf(name) === undefined ? [] : [name];
    return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  }

  /** All hosts, groups written out. */
  all(): readonly string[] {
    return this.keys().flatMap((key) => this.members(key));
  }

  keys(): readonly string[] {
    return [...this.counts.keys()];
  }

  suggest(name: string): string | undefined {
    return nearest(name, this.counts.keys());
  }
}
