/**
 * Which options and rules hold for each direction between two hosts: the default link, the overrides in their order,
 * and the partitions and scripted faults that concern it. Links of the same kind share one profile.
 */

import { type LinkProfile, linkProfile } from "./link.ts";
import type { LinkOptions, LinkOverride, NetworkOptions, Partition } from "./options.ts";
import { type FaultRule, partitionRule, ScriptedRule } from "./rules.ts";

export class LinkTable {
  private defaults: LinkOptions;
  private readonly overrides: LinkOverride[];
  private readonly partitions: readonly { partition: Partition; rule: FaultRule }[];
  private readonly faults: readonly ScriptedRule[];
  /** Profiles by what they are made of. */
  private readonly profiles = new Map<string, LinkProfile>();

  constructor(options: NetworkOptions) {
    this.defaults = options.link;
    this.overrides = [...options.links];
    this.partitions = options.partitions.map((partition) => ({ partition, rule: partitionRule(partition) }));
    this.faults = options.faults.map((fault, index) => new ScriptedRule(`fault ${index + 1}`, fault));
  }

  /** Changes the default link, or adds an override for the links it names. */
  change(change: Partial<LinkOptions> | LinkOverride): void {
    if ("options" in change) this.overrides.push(change);
    else this.defaults = { ...this.defaults, ...change };
    this.profiles.clear();
  }

  profile(from: string, to: string): LinkProfile {
    const overrides = indexesOf(this.overrides, (override) => names(override.from, from) && names(override.to, to));
    const partitions = indexesOf(this.partitions, ({ partition }) => separates(partition, from, to));
    const faults = indexesOf(this.faults, (rule) => rule.concerns(from, to));
    const key = `${overrides.join()};${partitions.join()};${faults.join()}`;
    let profile = this.profiles.get(key);
    if (profile === undefined) {
      let options = this.defaults;
      for (const index of overrides) options = { ...options, ...(this.overrides[index] as LinkOverride).options };
      const cuts = partitions.map((index) => (this.partitions[index] as { rule: FaultRule }).rule);
      const scripted = faults.map((index) => this.faults[index] as FaultRule);
      profile = linkProfile(options, [...cuts, ...scripted]);
      this.profiles.set(key, profile);
    }
    return profile;
  }
}

function separates(partition: Partition, from: string, to: string): boolean {
  const { twoWay } = partition;
  return (
    (names(partition.from, from) && names(partition.to, to)) ||
    (twoWay && names(partition.from, to) && names(partition.to, from))
  );
}

function names(list: readonly string[], name: string): boolean {
  return list.includes("*") || list.includes(name);
}

function indexesOf<T>(items: readonly T[], test: (item: T) => boolean): number[] {
  const indexes: number[] = [];
  for (const [index, item] of items.entries()) if (test(item)) indexes.push(index);
  return indexes;
}
